/**
 * Whom the root admits from elsewhere: a DID, or an X.509 trust anchor; and the end of that.
 *
 *     {did, issuer: {types}, kind: "admission", nameEn, nameKo, until,
 *      verifier: {attributes, legalBasis, purpose, purposeEn, retentionDays}}
 *     {anchor: {certificate, sha256}, issuer: {types}, kind: "admission", nameEn, nameKo, until}
 *     {kind: "end-of-admission", since, subject}
 *
 * Of `issuer` and `verifier` one may be missing. An anchor is named `x509-sha256:<hex>` wherever a
 * DID would stand; what its certificate says is not read here.
 */

import { MAX_ATTRIBUTES, MAX_TYPES } from './accreditation.js';
import { parseSelfDescribing } from './did_key.js';
import { sha256 } from './digest.js';
import { decodeBase64 } from './encoding.js';
import { Malformed, TooLarge } from './errors.js';
import { formatTimestamp, parseTimestamp, Validity } from './times.js';
import { parseDid } from './webvh_did.js';

const ANCHOR = 'x509-sha256:';
const MAX_DID_CHARS = 256; // it is the subject of its leaf
const MAX_CERTIFICATE_BYTES = 4096;
const MAX_CERTIFICATE_CHARS = 4 * (Math.floor(MAX_CERTIFICATE_BYTES / 3) + 1);
const DID = /^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/;

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

/** Whether a DID is the key itself, so that nothing has to be fetched to know it. */
export function isSelfDescribing(did) {
  return did.startsWith('did:key:') || did.startsWith('did:jwk:');
}

/** Whether this names an anchor and no DID. */
export function isAnchor(name) {
  return name.startsWith(ANCHOR);
}

/**
 * The admission in a statement that was logged at this time: {did, accreditation, registration},
 * each of the last two as `accreditation.js` has them, or null. did: or an anchor's name.
 *
 * Throws Malformed, TooLarge or Unsupported.
 */
export async function readAdmission(signed, loggedAt) {
  const anchor = signed.objectOrNull('anchor');
  const names = ['kind', 'root', 'nameKo', 'nameEn', 'until', 'issuer'];
  signed.only(...names, ...(anchor === null ? ['did', 'verifier'] : ['anchor']));
  const did = anchor === null ? signed.text('did') : await readAnchor(anchor);
  const named = { did, nameKo: filled(signed, 'nameKo'), nameEn: filled(signed, 'nameEn') };
  const until = readTime(signed, 'until');
  const right = { ...named, validity: new Validity(loggedAt, until) };
  const accreditation = readTypes(signed.objectOrNull('issuer'), right);
  const registration = readAsking(signed.objectOrNull('verifier'), right);
  if (anchor === null) checkForeignDid(did);
  if (accreditation === null && registration === null) {
    throw new Malformed('an admission lets somebody issue or ask');
  }
  if (until <= loggedAt) throw new Malformed('an admission has not ended when it is logged');
  return { did, accreditation, registration };
}

/** The end of an admission in a statement: {did, since}. Throws Malformed. */
export function readEnd(signed) {
  signed.only('kind', 'root', 'subject', 'since');
  return { did: signed.text('subject'), since: readTime(signed, 'since') };
}

/**
 * The same rights, none of which holds at `since` or later; one that had not begun is gone.
 *
 * null if that changes nothing.
 */
export function ended(rights, since) {
  const left = rights
    .filter(({ validity }) => validity.notBefore < since)
    .map((right) => (right.validity.notAfter <= since ? right : Object.freeze({
      ...right, validity: new Validity(right.validity.notBefore, since),
    })));
  const isSame = left.length === rights.length && left.every((right, n) => right === rights[n]);
  return isSame ? null : left;
}

/** A time in a notice, in its one spelling. Throws Malformed. */
export function readTime(members, name) {
  const text = members.text(name);
  const moment = parseTimestamp(text);
  if (formatTimestamp(moment) !== text) {
    throw new Malformed('a time in a notice is written as 2026-03-13T03:04:05Z');
  }
  return moment;
}

async function readAnchor(anchor) {
  anchor.only('certificate', 'sha256');
  const certificate = decodeBase64(anchor.text('certificate', { maxChars: MAX_CERTIFICATE_CHARS }));
  if (certificate.length > MAX_CERTIFICATE_BYTES) {
    throw new TooLarge(`the certificate of an anchor has at most ${MAX_CERTIFICATE_BYTES} bytes`);
  }
  const fingerprint = [...await sha256(certificate)]
    .map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!certificate.length || fingerprint !== anchor.text('sha256')) {
    throw new Malformed("the anchor's fingerprint is not the one of its certificate");
  }
  return ANCHOR + fingerprint;
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
