/**
 * The keys of an admitted DID that stand elsewhere, as far as its own host tells of them.
 *
 * A did:webvh brings its whole history. A did:web has the present only: a key that it lists today
 * is vouched for today, and of a key that it does not list nobody can say whether it ever did.
 */

import { DidDocument } from './did_document.js';
import {
  DidNotProven, KeyHistoryUnknown, LogInvalid, Malformed, UnknownKey, rewrapped,
} from './errors.js';
import { parseObject } from './json_object.js';
import { fileUrl, parseDid } from './webvh_did.js';
import { replay } from './webvh_history.js';

const WEB = 'did:web:';
const ANY_SCID = `did:webvh:Qm${'1'.repeat(44)}:`;
const MAX_DOCUMENT_BYTES = 256 * 1024;

/** Whether a DID is a did:web. */
export function isWeb(did) {
  return did.startsWith(WEB);
}

/**
 * Where a DID that stands elsewhere shows its keys.
 *
 * Throws DidInvalid for one of neither method; a did:web is read as strictly as a did:webvh.
 */
export function keysUrl(did) {
  return isWeb(did)
    ? fileUrl(parseDid(ANY_SCID + did.slice(WEB.length)), 'did.json')
    : fileUrl(parseDid(did), 'did.jsonl');
}

/** Where the approvals of a did:webvh's witnesses stand. Throws DidInvalid. */
export function approvalsUrl(did) {
  return fileUrl(parseDid(did), 'did-witness.json');
}

/** The keys of a did:web, from its document as bytes: {did, asOf, keyAt}. Throws DidNotProven. */
export function shownKeys(did, data, asOf) {
  const shown = readDocument(did, data);
  return Object.freeze({
    did,
    asOf,
    keyAt: (keyId, purpose) => ({
      key: shownKey(shown, keyId, purpose), validFrom: asOf, retiredAt: null,
    }),
  });
}

/**
 * The keys of a did:webvh, from its whole log as bytes: {did, asOf, keyAt}.
 *
 * witnesses: from `parseWitnessFile`, or NO_APPROVALS. Throws LogWitnessMissing where they matter,
 * DidNotProven for every other fault.
 */
export async function loggedKeys(did, log, { witnesses, now }) {
  try {
    const history = await replay(log, { did: parseDid(did), now, witnesses });
    return Object.freeze({
      did, asOf: now, keyAt: (keyId, purpose, time) => history.keyAt(keyId, purpose, time),
    });
  } catch (error) {
    throw rewrapped(error, LogInvalid, (cause) => (
      cause.code === 'log-witness-missing' ? cause : new DidNotProven(cause.message)
    ));
  }
}

function readDocument(did, data) {
  try {
    const shown = new DidDocument(parseObject(data, { maxBytes: MAX_DOCUMENT_BYTES }).members);
    if (shown.id !== did) throw new Malformed('the document there is of another DID');
    return shown;
  } catch (error) {
    throw rewrapped(error, Malformed, (cause) => new DidNotProven(cause.message));
  }
}

function shownKey(shown, keyId, purpose) {
  if (!keyId.startsWith(`${shown.id}#`)) {
    throw new UnknownKey('the key is not named by an absolute DID URL of this DID');
  }
  try {
    return shown.method(keyId, purpose);
  } catch (error) {
    throw rewrapped(error, UnknownKey, () => (
      new KeyHistoryUnknown('the DID does not list this key today')
    ));
  }
}
