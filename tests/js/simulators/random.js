/**
 * Bytes and choices that look random and are the same in every run.
 *
 *     const random = new Random(7);
 *     random.bytes(20); random.below(6); random.pick(['a', 'b']); random.damaged(bytes);
 */

/** A stream of pseudo-random numbers: mulberry32, by its seed. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end) {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  /** So many bytes. */
  bytes(count) {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }

  /** One of the values. */
  pick(values) {
    return values[this.below(values.length)];
  }

  /** The same bytes with one to three of them changed, left out or put in. */
  damaged(data) {
    const changed = [...data];
    for (let left = 1 + this.below(3); left > 0; left -= 1) {
      const added = this.below(3) ? [this.below(256)] : [];
      changed.splice(this.below(changed.length + 1), this.below(2), ...added);
    }
    return Uint8Array.from(changed);
  }
}
