/**
 * Follows one log leaf by leaf, recomputing its chain and root, and checks what each leaf says.
 *
 * Whoever keeps a replica trusts the log's operator for nothing but the signature on the
 * checkpoint: an entry that breaks a DID's history, or an accreditation that the root did not sign,
 * stops it.
 */

import { readAccreditation, readRegistration, verifyByRoot } from './accreditation.js';
import { ended, ownKey } from './admission.js';
import { verifyCheckpoint } from './checkpoint.js';
import { DIRECTORY_SUBJECT, directoryBody, rowOf } from './directory.js';
import { decodeBase64url, equalBytes } from './encoding.js';
import {
  KeyCompromised, LeafRejected, LogInconsistent, Refusal, rewrapped,
} from './errors.js';
import { EMPTY_CHAIN, LeafKind, verifyNext } from './leaf.js';
import { Frontier } from './merkle.js';
import { encodeMultikey } from './multikey.js';
import { COMPROMISE, END_OF_ADMISSION, readNotice, signingKeyOf } from './notice.js';
import { RegistryView, batchKey } from './registry_view.js';
import { parseTimestamp } from './times.js';
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
  #latest = new Map();
  #compromised = new Map();
  #admitted = new Map();
  #batches = new Map();

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
      const row = rowOf(leaf);
      if (row !== null) this.#latest.set(row.key, row);
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
      compromised: new Map(this.#compromised),
      admitted: new Map(this.#admitted),
      batches: new Map(this.#batches),
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
      case LeafKind.STATUS:
        return this.#judgeStatus(leaf);
      case LeafKind.DIRECTORY:
        return this.#judgeDirectory(leaf);
      case LeafKind.NOTICE:
        return this.#judgeNotice(leaf);
      case LeafKind.BATCH:
        return this.#judgeBatch(leaf);
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
    const { verified, key } = await verifyByRoot(credential, this.#rootHistory(), { loggedAt });
    this.#checkNotCompromised(key);
    const found = read(verified, { loggedAt });
    if (this.#histories.get(leaf.subject)?.did.text !== found.did) {
      throw new LogInconsistent("the leaf's subject is not the SCID of a DID in the log");
    }
    return () => add(rights, found);
  }

  #judgeSchema(leaf) {
    if (this.#schemas.has(leaf.subject)) {
      throw new LogInconsistent('a published document of a type has a second leaf');
    }
    return () => this.#schemas.set(leaf.subject, decodeBase64url(leaf.body.text('h')));
  }

  /** What is proven with it is proven by the first leaf that holds it. */
  #judgeBatch({ subject, body, index, time }) {
    const place = batchKey(subject, decodeBase64url(body.text('root')));
    const batch = Object.freeze({
      size: body.integer('n'),
      begins: parseTimestamp(body.text('from')),
      ends: parseTimestamp(body.text('until')),
      index,
      loggedAt: time,
    });
    return () => { if (!this.#batches.has(place)) this.#batches.set(place, batch); };
  }

  #judgeStatus(leaf) {
    const before = this.#latest.get(`status/${leaf.subject}`);
    if (before !== undefined && leaf.body.integer('seq') <= before.latest) {
      throw new LogInconsistent('the list was logged with this or a later sequence number');
    }
    return () => {};
  }

  async #judgeDirectory(leaf) {
    const body = await directoryBody(this.#latest.values(), leaf.index);
    const differs = Object.keys(body).some((name) => leaf.body.members[name] !== body[name]);
    if (leaf.subject !== DIRECTORY_SUBJECT || differs) {
      throw new LogInconsistent('the leaf is not the directory of the leaves before it');
    }
    return () => {};
  }

  async #judgeNotice(leaf) {
    const loggedAt = leaf.time;
    const statement = leaf.body.object('statement');
    const key = signingKeyOf(statement, this.#rootHistory(), { loggedAt });
    this.#checkNotCompromised(key);
    const found = await readNotice(statement, key, { loggedAt });
    if (found.kind === COMPROMISE) return this.#judgeCompromise(leaf, found);
    if (found.kind === END_OF_ADMISSION) return this.#judgeEnd(leaf, found);
    return this.#judgeAdmission(leaf, found);
  }

  /** Every key that ever stood under this name is meant, wherever it is listed. */
  #judgeCompromise(leaf, { did, key, since }) {
    const keys = this.#keysNamed(leaf.subject, did, key).map(encodeMultikey);
    if (!keys.length) {
      throw new LogInconsistent('the DID never had the key that is declared compromised');
    }
    return () => keys.forEach((multikey) => {
      const before = this.#compromised.get(multikey) ?? since;
      this.#compromised.set(multikey, Math.min(since, before));
    });
  }

  #keysNamed(subject, did, keyId) {
    if (this.#admitted.has(did)) {
      const own = ownKey(did, keyId);
      return own === null || subject !== did ? [] : [own];
    }
    const history = this.#histories.get(subject);
    if (history?.did.text !== did) {
      throw new LogInconsistent("the leaf's subject is not the SCID of a DID in the log");
    }
    return history.keysNamed(keyId);
  }

  #judgeAdmission(leaf, { did, accreditation, registration }) {
    if (leaf.subject !== did) {
      throw new LogInconsistent("the leaf's subject is not the DID that is admitted");
    }
    if ([...this.#histories.values()].some((history) => history.did.text === did)) {
      throw new LogInconsistent('a DID of this log is accredited, not admitted');
    }
    return () => {
      if (!this.#admitted.has(did)) this.#admitted.set(did, leaf.time);
      if (accreditation !== null) add(this.#accreditations, accreditation);
      if (registration !== null) add(this.#registrations, registration);
    };
  }

  #judgeEnd(leaf, { did, since }) {
    if (leaf.subject !== did || !this.#admitted.has(did)) {
      throw new LogInconsistent("the leaf's subject is nobody who was admitted");
    }
    const left = [this.#accreditations, this.#registrations].map((rights) => (
      [rights, ended(rights.get(did) ?? [], since)]
    )).filter(([, rights]) => rights !== null);
    if (!left.length) throw new LogInconsistent('no right is left that could end then');
    return () => left.forEach(([rights, after]) => rights.set(did, after));
  }

  /** The log's own order says what came first, whatever `since` says. */
  #checkNotCompromised(key) {
    if (this.#compromised.has(encodeMultikey(key))) {
      throw new KeyCompromised('the root has declared this key of its own compromised');
    }
  }

  #rootHistory() {
    const history = this.#histories.get(this.#root.scid);
    if (history?.did.text !== this.#root.text) {
      throw new LogInconsistent("the root's own DID is not in the log yet");
    }
    return history;
  }
}

function add(rights, found) {
  rights.set(found.did, [...(rights.get(found.did) ?? []), found]);
}
