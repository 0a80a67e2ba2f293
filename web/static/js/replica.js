/**
 * Follows one log leaf by leaf, recomputing its chain and root, and checks what each leaf says.
 *
 * Whoever keeps a replica trusts the log's operator for nothing but the signature on the
 * checkpoint: an entry that breaks a DID's history, or an accreditation that the root did not sign,
 * stops it.
 */

import { readAccreditation, readRegistration, verifyByRoot } from './accreditation.js';
import { verifyCheckpoint } from './checkpoint.js';
import { decodeBase64url, equalBytes } from './encoding.js';
import { LeafRejected, LogInconsistent, Refusal, rewrapped } from './errors.js';
import { EMPTY_CHAIN, LeafKind, verifyNext } from './leaf.js';
import { Frontier } from './merkle.js';
import { RegistryView } from './registry_view.js';
import { readEntry } from './webvh_entry.js';
import { begin } from './webvh_history.js';

export const CLOCK_SKEW = 300_000; // how far ahead of ours the log's clock may be

/** Everything that follows from the leaves appended so far; `confirm` makes it usable. */
export class Replica {
  #root;
  #chain = EMPTY_CHAIN;
  #frontier = new Frontier();
  #lastTime = -Infinity;
  #histories = new Map();
  #accreditations = new Map();
  #registrations = new Map();
  #schemas = new Map();

  /** root: the one DID whose accreditations count, as `parseDid` gives it. */
  constructor(root) {
    this.#root = root;
  }

  /** How many leaves it has seen: the index of the next. */
  get size() {
    return this.#chain.size;
  }

  /**
   * Take the next leaf. Throws LeafRejected, and then takes nothing from it.
   *
   * One at a time: a leaf that is given before the last one was taken is refused, as its place is
   * not known yet.
   */
  async append(data, now) {
    const before = this.#chain;
    try {
      const { leaf, head } = await verifyNext(data, before);
      this.#checkTime(leaf, now);
      const take = await this.#judge(leaf, now);
      const frontier = await this.#frontier.append(head.last);
      if (this.#chain !== before) throw new LogInconsistent('two leaves came for one place');
      take();
      this.#chain = head;
      this.#frontier = frontier;
      this.#lastTime = leaf.time;
    } catch (error) {
      throw rewrapped(error, Refusal, (cause) => (
        new LeafRejected(cause.message, { index: before.size, cause })
      ));
    }
  }

  /**
   * What is known, if the log has signed exactly these leaves: a RegistryView.
   *
   * note: the signed head, as bytes; key: from `parseVerifierKey`. Throws LogInconsistent if the
   * signed head is another, or what `verifyCheckpoint` throws.
   */
  async confirm(note, key, now) {
    const frontier = this.#frontier;
    const known = {
      histories: new Map(this.#histories),
      accreditations: new Map(this.#accreditations),
      registrations: new Map(this.#registrations),
      schemas: new Map(this.#schemas),
    };
    const checkpoint = await verifyCheckpoint(note, key);
    if (checkpoint.size !== frontier.size) {
      throw new LogInconsistent(`${frontier.size} leaves, but ${checkpoint.size} are signed`);
    }
    if (!equalBytes(checkpoint.root, await frontier.root())) {
      throw new LogInconsistent('the leaves do not give the root that is signed');
    }
    return new RegistryView({ checkpoint, asOf: now, ...known });
  }

  #checkTime(leaf, now) {
    if (leaf.time < this.#lastTime) {
      throw new LogInconsistent('the leaf is dated before its predecessor');
    }
    if (leaf.time > now + CLOCK_SKEW) throw new LogInconsistent('the leaf is dated in the future');
  }

  /** Check what a leaf says; returns what takes it, which can't fail any more. */
  async #judge(leaf, now) {
    switch (leaf.kind) {
      case LeafKind.DID:
        return this.#judgeEntry(leaf, now);
      case LeafKind.ACCREDITATION:
        return this.#judgeRight(leaf, readAccreditation, this.#accreditations);
      case LeafKind.VERIFIER:
        return this.#judgeRight(leaf, readRegistration, this.#registrations);
      case LeafKind.SCHEMA:
        return this.#judgeSchema(leaf);
      default:
        // The other kinds change nothing that a view answers: their bodies were checked on parsing.
        return () => {};
    }
  }

  async #judgeEntry(leaf, now) {
    const before = this.#histories.get(leaf.subject) ?? null;
    const number = before === null ? 1 : before.latest.number + 1;
    const entry = readEntry(leaf.body.object('entry'), { number });
    const after = await (before === null ? begin(entry, now) : before.advance(entry, now));
    if (after.scid !== leaf.subject) {
      throw new LogInconsistent("the leaf's subject is not the SCID of its entry");
    }
    return () => this.#histories.set(leaf.subject, after);
  }

  async #judgeRight(leaf, read, rights) {
    const loggedAt = leaf.time;
    const credential = leaf.body.object('credential');
    const verified = await verifyByRoot(credential, this.#rootHistory(), { loggedAt });
    const found = read(verified, { loggedAt });
    if (this.#histories.get(leaf.subject)?.did.text !== found.did) {
      throw new LogInconsistent("the leaf's subject is not the SCID of a DID in the log");
    }
    return () => rights.set(found.did, [...(rights.get(found.did) ?? []), found]);
  }

  #judgeSchema(leaf) {
    if (this.#schemas.has(leaf.subject)) {
      throw new LogInconsistent('a published document of a type has a second leaf');
    }
    return () => this.#schemas.set(leaf.subject, decodeBase64url(leaf.body.text('h')));
  }

  #rootHistory() {
    const history = this.#histories.get(this.#root.scid);
    if (history?.did.text !== this.#root.text) {
      throw new LogInconsistent("the root's own DID is not in the log yet");
    }
    return history;
  }
}
