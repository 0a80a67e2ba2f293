/**
 * Data Integrity proofs with the cryptosuite eddsa-jcs-2022, on any JSON document.
 *
 * DID log entries and the root's accreditations are secured this way; what a document means and
 * who may sign it is the caller's concern. VC Data Integrity 1.0, VC DI EdDSA Cryptosuites 1.0.
 */

import { sha256 } from './digest.js';
import { concatBytes, decodeMultibase } from './encoding.js';
import { KeyMismatch, SignatureInvalid, Unsupported } from './errors.js';
import { canonicalize } from './jcs.js';
import { KeyType } from './keys.js';
import { equalJson } from './strict_json.js';
import { parseTimestamp } from './times.js';

export const MAX_DOMAINS = 8;

const EDDSA_JCS_2022 = 'eddsa-jcs-2022';
const TYPE = 'DataIntegrityProof';
const MAX_TIMESTAMP_CHARS = 40;

/**
 * Read one proof object; nothing in it is verified.
 *
 * Returns {verificationMethod, purpose, created, expires, options, value}: the times are moments
 * or null; options: everything that is hashed; value: the signature.
 * Throws Malformed, or Unsupported for another type or suite, and for `previousProof`.
 * Spec: VC Data Integrity 1.0 §2.1.
 */
export function parseProof(proof) {
  const value = decodeMultibase(proof.text('proofValue'));
  if (proof.text('type') !== TYPE || proof.text('cryptosuite') !== EDDSA_JCS_2022) {
    throw new Unsupported('the proof is not a DataIntegrityProof with eddsa-jcs-2022');
  }
  if (proof.has('previousProof')) throw new Unsupported('proof chains are not understood here');
  checkOptions(proof);
  return Object.freeze({
    verificationMethod: proof.text('verificationMethod'),
    purpose: proof.text('proofPurpose'),
    created: moment(proof, 'created'),
    expires: moment(proof, 'expires'),
    options: withoutMember(proof.members, 'proofValue'),
    value,
  });
}

/**
 * Prove that the key's owner signed this document, given without its `proof` member.
 *
 * Returns the document as it was signed: a context that somebody appended later is taken off.
 * Says nothing about purpose, times or whose key it is: the caller reads those in `proof`.
 * Throws KeyMismatch, Malformed or SignatureInvalid. Spec: VC DI EdDSA §3.3.2.
 */
export async function verifyDocument(unsecured, proof, key) {
  if (key.type !== KeyType.ED25519) {
    throw new KeyMismatch('eddsa-jcs-2022 verifies with Ed25519');
  }
  const signed = withSignedContext(unsecured, proof.options); // 4
  await key.verify(proof.value, await hashData(signed, proof.options)); // 5-8
  return signed;
}

/** An object's members but for one. */
export function withoutMember(members, left) {
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== left));
}

/** What is optional in a proof must still be what it should be. */
function checkOptions(proof) {
  ['id', 'nonce', 'challenge'].forEach((name) => proof.textOrNull(name));
  if (Array.isArray(proof.any('domain'))) {
    proof.texts('domain', { maxItems: MAX_DOMAINS });
  } else {
    proof.textOrNull('domain');
  }
}

function moment(proof, name) {
  const text = proof.textOrNull(name, { maxChars: MAX_TIMESTAMP_CHARS });
  return text === null ? null : parseTimestamp(text);
}

/** SHA-256 of the proof options, then of the document: 64 bytes. Spec: VC DI EdDSA §3.3.4. */
async function hashData(unsecured, options) {
  const parts = [options, unsecured].map((part) => sha256(canonicalize(part)));
  return concatBytes(...(await Promise.all(parts)));
}

/** What was signed when the context grew afterwards; it may only have grown at its end. */
function withSignedContext(unsecured, options) {
  if (!Object.hasOwn(options, '@context')) return unsecured;
  const context = options['@context'];
  const signed = asList(context);
  const present = Object.hasOwn(unsecured, '@context') ? asList(unsecured['@context']) : [];
  if (!equalJson(present.slice(0, signed.length), signed)) {
    throw new SignatureInvalid("the document's @context is not the one that was signed");
  }
  return { ...unsecured, '@context': context };
}

function asList(context) {
  return Array.isArray(context) ? context : [context];
}
