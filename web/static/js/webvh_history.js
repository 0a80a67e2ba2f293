/**
 * A DID's history: its versions in order, and what held when.
 *
 *     begin(first entry) ── advance(entry) ── advance(entry) ──> History ── keyAt(method, time)
 *
 * A History is known to be valid up to its last version, save for witnesses, who approve entries
 * after the fact. Values are immutable. did:webvh 1.0, "Read (Resolve)".
 */

import { Purpose } from './did_document.js';
import {
  LogDocumentInvalid, LogInvalid, LogScidMismatch, LogWitnessMissing, Refusal, UnknownKey,
} from './errors.js';
import { parseEntry, splitLog } from './webvh_entry.js';
import { verifyEntry } from './webvh_version.js';
import { approvedBy } from './webvh_witness.js';

/** All versions of one DID, in order, at least one. Built by `begin`, `advance` and `replay`. */
export class History {
  constructor(versions) {
    this.versions = Object.freeze(versions);
    Object.freeze(this);
  }

  /** The version that is current as far as this history goes. */
  get latest() {
    return this.versions.at(-1);
  }

  /** The DID as the latest version names it: {text, scid}. */
  get did() {
    return this.latest.did;
  }

  get scid() {
    return this.latest.parameters.scid;
  }

  /** Whether any version has this DID; a portable one may have had several. */
  hasDid(did) {
    return this.versions.some((version) => version.did.text === did.text);
  }

  /**
   * The history with one more entry, if it may follow; nothing before it is verified again.
   *
   * Throws a leaf of LogInvalid. Spec: "Read (Resolve)".
   */
  async advance(entry, now) {
    return new History([...this.versions, await verifyEntry(entry, this.latest, now)]);
  }

  /**
   * The key of a method that was listed for a purpose at a time, and how long it was.
   *
   * Returns {key, validFrom, retiredAt}; retiredAt: when it left its purpose, null if it has not.
   * Whoever signed at `time` is another question: a thief can write any time he likes, so for a
   * key that is retired by now, `time` must come from the log and not from the signature.
   * Throws UnknownKey if the method was not listed then, the DID was deactivated or did not exist;
   * KeyMismatch, Unsupported or Malformed as `DidDocument.method`.
   */
  keyAt(methodId, purpose, time) {
    const index = this.versions.findLastIndex((version) => version.time <= time);
    if (index < 0) throw new UnknownKey('the DID did not exist at that time');
    const found = this.versions[index];
    if (found.parameters.deactivated) {
      throw new UnknownKey('the DID was deactivated at that time');
    }
    const key = found.didDocument.method(methodId, purpose);
    const isOther = (version) => !lists(version, methodId, purpose, key);
    const before = this.versions.slice(0, index).findLastIndex(isOther);
    const end = this.versions.slice(index + 1).find(isOther);
    return Object.freeze({
      key, validFrom: this.versions[before + 1].time, retiredAt: end?.time ?? null,
    });
  }

  /** Every key that ever stood under this name to sign with; empty if there is none. */
  keysNamed(methodId) {
    const purposes = [Purpose.ASSERTION, Purpose.AUTHENTICATION];
    return this.versions.flatMap((version) => (
      purposes.map((purpose) => methodOrNull(version, methodId, purpose))
    )).filter((key) => key !== null);
  }
}

/** The history of one entry, the first. Throws a leaf of LogInvalid. */
export async function begin(entry, now) {
  return new History([await verifyEntry(entry, null, now)]);
}

/**
 * Verify a whole did.jsonl for the DID that was asked for, as `parseDid` gives it.
 *
 * witnesses: what did-witness.json holds, from `parseWitnessFile`, or NO_APPROVALS.
 * Throws a leaf of LogInvalid that names the first entry that is wrong.
 */
export async function replay(log, { did, now, witnesses }) {
  let { history, failure } = await advanceThrough(log, now);
  if (history === null) throw failure;
  const approved = await approvedBy(history.versions, witnesses);
  if (approved < history.versions.length) {
    const entry = approved + 1;
    failure = new LogWitnessMissing('too few witnesses have approved it', { entry });
    if (!approved) throw failure;
    history = new History(history.versions.slice(0, approved));
  }
  checkDid(history, did);
  if (failure !== null) throw failure;
  return history;
}

/** What a log came to: the history before its first fault, and that fault; each may be null. */
async function advanceThrough(log, now) {
  let history = null;
  try {
    for (const [at, line] of splitLog(log).entries()) {
      const entry = parseEntry(line, { number: at + 1 });
      history = await (history === null ? begin(entry, now) : history.advance(entry, now));
    }
  } catch (error) {
    if (error instanceof LogInvalid) return { history, failure: error };
    throw error;
  }
  return { history, failure: null };
}

function checkDid(history, did) {
  if (history.scid !== did.scid) {
    throw new LogScidMismatch('the log belongs to a DID with another SCID', { entry: 1 });
  }
  if (!history.hasDid(did)) {
    throw new LogDocumentInvalid('no version has the DID that was asked for', { entry: 1 });
  }
}

/** Whether a version lists the same key under the same name; the name alone proves nothing. */
function lists(version, methodId, purpose, key) {
  const found = methodOrNull(version, methodId, purpose);
  return found !== null && found.equals(key) && !version.parameters.deactivated;
}

/** null for what is not listed there, or of a kind that nobody verifies with. */
function methodOrNull(version, methodId, purpose) {
  try {
    return version.didDocument.method(methodId, purpose);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
