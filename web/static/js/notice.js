/**
 * What the root makes known in `notice` leaves: that a key is no longer its owner's alone, and that
 * somebody whose DID stands elsewhere counts here.
 *
 * A statement is a JSON object that the root signs with eddsa-jcs-2022:
 *
 *     {did, key, kind: "compromise", proof, root, since}
 *     {did, issuer: {types}, kind: "admission", nameEn, nameKo, proof, root, until,
 *      verifier: {attributes, legalBasis, purpose, purposeEn, retentionDays}}
 *
 * Of `issuer` and `verifier` one may be missing. There are no other members and no other kinds.
 */

import { MAX_ATTRIBUTES, MAX_TYPES } from './accreditation.js';
import { parseProof, verifyDocument, withoutMember } from './data_integrity.js';
import { parseSelfDescribing } from './did_key.js';
import { Purpose } from './did_document.js';
import { KeyMismatch, Malformed, Unsupported } from './errors.js';
import { JsonObject } from './json_object.js';
import { formatTimestamp, parseTimestamp, Validity } from './times.js';
import { parseDid } from './webvh_did.js';

export const COMPROMISE = 'compromise';
export const ADMISSION = 'admission';

const MAX_DID_CHARS = 256; // it is the subject of its leaf
const DID = /^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/;

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
 * Returns {kind, did, key, since}, or {kind, did, accreditation, registration}, each of the last
 * two as `accreditation.js` has them, or null. Throws SignatureInvalid, KeyMismatch, Malformed or
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
  if (kind === ADMISSION) return admission(signed, loggedAt);
  throw new Unsupported('a notice of an unknown kind');
}

/**
 * The key of a DID that is the key itself; null for one whose keys stand elsewhere.
 *
 * Throws Malformed or Unsupported for another key than the one it has.
 */
export function ownKey(did, keyId) {
  if (!isSelfDescribing(did)) return null;
  if (!keyId.startsWith(`${did}#`)) {
    throw new Malformed('the key is not named by an absolute DID URL of its DID');
  }
  return parseSelfDescribing(keyId);
}

function isSelfDescribing(did) {
  return did.startsWith('did:key:') || did.startsWith('did:jwk:');
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

function admission(signed, loggedAt) {
  signed.only('kind', 'root', 'did', 'nameKo', 'nameEn', 'until', 'issuer', 'verifier');
  const did = signed.text('did');
  const named = { did, nameKo: filled(signed, 'nameKo'), nameEn: filled(signed, 'nameEn') };
  const until = readTime(signed, 'until');
  const right = { ...named, validity: new Validity(loggedAt, until) };
  const accreditation = readTypes(signed.objectOrNull('issuer'), right);
  const registration = readAsking(signed.objectOrNull('verifier'), right);
  checkForeignDid(did);
  if (accreditation === null && registration === null) {
    throw new Malformed('an admission lets somebody issue or ask');
  }
  if (until <= loggedAt) throw new Malformed('an admission has not ended when it is logged');
  return Object.freeze({ kind: ADMISSION, did, accreditation, registration });
}

function checkForeignDid(did) {
  if (did.length > MAX_DID_CHARS || !DID.test(did)) {
    throw new Malformed(`a DID of at most ${MAX_DID_CHARS} characters is needed`);
  }
  if (isSelfDescribing(did)) {
    parseSelfDescribing(did);
  } else if (did.startsWith('did:webvh:')) {
    parseDid(did);
  }
}

function readTypes(issuer, right) {
  if (issuer === null) return null;
  issuer.only('types');
  const types = new Set(readTexts(issuer, 'types', MAX_TYPES));
  return Object.freeze({ ...right, types });
}

function readAsking(verifier, right) {
  if (verifier === null) return null;
  verifier.only('attributes', 'purpose', 'purposeEn', 'legalBasis', 'retentionDays');
  const retentionDays = verifier.integer('retentionDays');
  if (retentionDays < 0) throw new Malformed('retentionDays is not a count');
  return Object.freeze({
    ...right,
    attributes: new Set(readTexts(verifier, 'attributes', MAX_ATTRIBUTES)),
    purposeKo: filled(verifier, 'purpose'),
    purposeEn: filled(verifier, 'purposeEn'),
    legalBasis: filled(verifier, 'legalBasis'),
    retentionDays,
  });
}

function readTexts(members, name, maxItems) {
  const found = members.texts(name, { maxItems });
  if (!found.length || new Set(found).size !== found.length || found.includes('')) {
    throw new Malformed(`${name} is empty, or holds a value twice`);
  }
  return found;
}

function filled(members, name) {
  const text = members.text(name);
  if (!text) throw new Malformed(`${name} is empty`);
  return text;
}

function readTime(members, name) {
  const text = members.text(name);
  const moment = parseTimestamp(text);
  if (formatTimestamp(moment) !== text) {
    throw new Malformed('a time in a notice is written as 2026-03-13T03:04:05Z');
  }
  return moment;
}
