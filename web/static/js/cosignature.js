/**
 * Cosignatures: a witness's statement that a head continues every head of the log it saw before.
 *
 * Signature type 0x04, Ed25519 over a header, the time and the checkpoint's text.
 * Spec: c2sp.org/tlog-cosignature.
 */

import { concatBytes, encodeUtf8, equalBytes } from './encoding.js';
import { Malformed, QuorumMissing, TooLarge } from './errors.js';
import { parseVkey } from './note.js';

export const MAX_WITNESSES = 32; // a note has 64 lines at most, and the log may have several

const TYPE = 0x04;
const TIME_BYTES = 8;
const MAX_TIME = 253_402_300_799; // the last second of the year 9999

/**
 * Read the key of a witness (vkey of type 0x04): {name, keyId, key}.
 *
 * Throws Malformed, or Unsupported for another type.
 */
export function parseWitnessKey(text) {
  return parseVkey(text, TYPE);
}

/** Which witnesses count, and how many of them must have signed. */
export class WitnessPolicy {
  #witnesses;

  /**
   * witnesses: from `parseWitnessKey`, each once; quorum: at least one of them, or 0 of none.
   * Throws Malformed or TooLarge.
   */
  constructor(witnesses, quorum) {
    if (witnesses.length > MAX_WITNESSES) {
      throw new TooLarge(`a policy has at most ${MAX_WITNESSES} witnesses`);
    }
    const isTwice = (one, at) => witnesses.slice(0, at).some((other) => (
      other.name === one.name || other.key.equals(one.key)
    ));
    if (witnesses.some(isTwice)) {
      throw new Malformed('a witness counts once, under one name and one key');
    }
    const least = Math.min(1, witnesses.length);
    if (!Number.isInteger(quorum) || quorum < least || quorum > witnesses.length) {
      throw new Malformed('a quorum is at least one of the witnesses and at most all of them');
    }
    this.#witnesses = [...witnesses];
    this.quorum = quorum;
    Object.freeze(this);
  }

  /**
   * When each witness that signed this head saw it, by name: a Map of moments.
   *
   * note: from `parseNote`. Lines by others are ignored. Throws Malformed or SignatureInvalid for
   * a line by one of these keys that does not verify, and QuorumMissing when too few signed.
   */
  async verify(note) {
    const times = new Map();
    for (const witness of this.#witnesses) {
      const time = await findCosignature(note, witness);
      if (time !== null) times.set(witness.name, time);
    }
    if (times.size < this.quorum) {
      throw new QuorumMissing(`${times.size} of ${this.quorum} witnesses have signed the head`);
    }
    return times;
  }
}

/**
 * When a witness signed this note, or null. Of several lines by one key the earliest counts, and
 * every one must verify. Throws Malformed or SignatureInvalid.
 */
export async function findCosignature({ text, signatures }, { name, keyId, key }) {
  const lines = signatures.filter((line) => line.name === name && equalBytes(line.keyId, keyId));
  let earliest = null;
  for (const { value } of lines) {
    const seconds = readTime(value);
    const message = concatBytes(encodeUtf8(`cosignature/v1\ntime ${seconds}\n`), text);
    await key.verify(value.slice(TIME_BYTES), message);
    earliest = Math.min(earliest ?? Infinity, seconds * 1000);
  }
  return earliest;
}

function readTime(value) {
  const seconds = value.slice(0, TIME_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
  if (seconds > MAX_TIME) throw new Malformed("a cosignature's time is no date");
  return seconds;
}
