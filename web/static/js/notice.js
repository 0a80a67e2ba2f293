/**
 * What the root makes known in `notice` leaves: that a key is no longer its owner's alone, that
 * somebody from elsewhere counts here, and that he does so no more.
 *
 * A statement is a JSON object that the root signs with eddsa-jcs-2022:
 *
 *     {did, key, kind: "compromise", proof, root, since}
 *
 * and with `proof` and `root` likewise the two of `admission.js`. There are no other kinds.
 */

import { readAdmission, readEnd, readTime } from './admission.js';
import { parseProof, verifyDocument, withoutMember } from './data_integrity.js';
import { Purpose } from './did_document.js';
import { KeyMismatch, Malformed, Unsupported } from './errors.js';
import { JsonObject } from './json_object.js';

export const COMPROMISE = 'compromise';
export const ADMISSION = 'admission';
export const END_OF_ADMISSION = 'end-of-admission';

/**
 * The key that a statement says it is signed with, if the root had it when this was logged.
 *
 * statement: a JsonObject; root: its History; loggedAt: the leaf's time. Throws UnknownKey,
 * KeyMismatch, Malformed or Unsupported.
 */
export function signingKeyOf(statement, root, { loggedAt }) {
  if (statement.text('root') !== root.did.text) {
    throw new KeyMismatch("only the registry's root gives notice");
  }
  const proof = parseProof(statement.object('proof'));
  if (proof.purpose !== Purpose.ASSERTION || proof.created === null || proof.expires !== null) {
    throw new Malformed('the proof of a notice is dated, for assertionMethod, and does not expire');
  }
  // The log vouches for the time here, so a key that was retired later needs no other evidence.
  return root.keyAt(proof.verificationMethod, Purpose.ASSERTION, loggedAt).key;
}

/**
 * The notice that a statement is, proven to be signed with this key.
 *
 * Returns {kind, did, key, since}, or {kind} with what `readAdmission` or `readEnd` returns. Throws SignatureInvalid, KeyMismatch, Malformed or
 * Unsupported.
 */
export async function readNotice(statement, key, { loggedAt }) {
  const proof = parseProof(statement.object('proof'));
  const unsigned = withoutMember(statement.members, 'proof');
  const signed = new JsonObject(
    await verifyDocument(unsigned, proof, key),
    "the leaf's statement",
  );
  const kind = signed.text('kind');
  if (kind === COMPROMISE) return compromise(signed, loggedAt);
  if (kind === ADMISSION) return Object.freeze({ kind, ...await readAdmission(signed, loggedAt) });
  if (kind === END_OF_ADMISSION) return Object.freeze({ kind, ...readEnd(signed) });
  throw new Unsupported('a notice of an unknown kind');
}

function compromise(signed, loggedAt) {
  signed.only('kind', 'root', 'did', 'key', 'since');
  const [did, key, since] = [signed.text('did'), signed.text('key'), readTime(signed, 'since')];
  if (!key.startsWith(`${did}#`)) {
    throw new Malformed('a compromised key is named by an absolute DID URL of its DID');
  }
  if (since > loggedAt) throw new Malformed("a key can't be compromised from a time to come");
  return Object.freeze({ kind: COMPROMISE, did, key, since });
}
