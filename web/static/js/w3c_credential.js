/**
 * W3C credentials (VCDM 2.0) under a Data Integrity proof of eddsa-jcs-2022, as the root signs.
 *
 * The whole document is signed as canonical JSON, so nothing can be withheld and no context is ever
 * processed. Presentations are not read here: what a log holds are credentials.
 * VC Data Model 2.0, VC Data Integrity 1.0, VC DI EdDSA Cryptosuites 1.0 §3.3.
 */

import { parseProof, verifyDocument, withoutMember } from './data_integrity.js';
import { parseSelfDescribing } from './did_key.js';
import { KeyMismatch, Malformed, Unsupported } from './errors.js';
import { JsonObject } from './json_object.js';
import { Validity } from './times.js';
import { CREDENTIAL, checkBaseContext, parseCredential } from './vcdm.js';
import { oneOrMore } from './vcdm_values.js';

const ASSERTION = 'assertionMethod';
const HOLDER = /^did:(?:key|jwk):/;

/**
 * Read a credential by the rules of VCDM 2.0; nothing in it is verified.
 *
 * credential: a JsonObject. Returns {issuer, keyId, credential, proof, unsecured}.
 * Throws Malformed, TooLarge, or Unsupported for several subjects or proofs, another suite, or a
 * kind of status that is not understood.
 */
export function parseW3cCredential(credential) {
  const parsed = parseCredential(credential);
  if (parsed.subjects.length !== 1) throw new Unsupported('a credential here has one subject');
  const proof = parseProof(onlyProof(credential));
  if (proof.purpose !== ASSERTION) {
    throw new Malformed(`the proof's purpose must be ${ASSERTION}`);
  }
  if (proof.created === null) throw new Malformed('the proof does not say when it was created');
  return Object.freeze({
    issuer: parsed.issuer,
    keyId: proof.verificationMethod,
    credential: parsed,
    claims: claimsOf(parsed.subjects[0]),
    proof,
    unsecured: withoutMember(credential.members, 'proof'),
  });
}

/**
 * Prove the issuer's proof; the proof's own `expires` shortens the validity.
 *
 * Returns {issuer, keyId, typeNames, validity, claims}: typeNames: but for the one that all have.
 * Throws KeyMismatch, SignatureInvalid, or Malformed when the signed context is not one of VCDM
 * 2.0. Spec: VC Data Integrity 1.0 §4.4.
 */
export async function verifyW3cCredential(parsed, key) {
  const { credential, proof } = parsed;
  if (parsed.keyId.split('#')[0] !== parsed.issuer) {
    throw new KeyMismatch("the proof was made with somebody else's key");
  }
  const signed = await verifyDocument(parsed.unsecured, proof, key);
  checkBaseContext(new JsonObject(signed)); // It may be shorter than the one that was parsed.
  const ends = [credential.validity.notAfter, proof.expires].filter((end) => end !== null);
  return Object.freeze({
    issuer: parsed.issuer,
    keyId: parsed.keyId,
    typeNames: credential.types.filter((name) => name !== CREDENTIAL),
    validity: new Validity(credential.validity.notBefore, ends.length ? Math.min(...ends) : null),
    claims: parsed.claims,
  });
}

function onlyProof(credential) {
  const proofs = oneOrMore(credential, 'proof');
  if (!proofs.length) throw new Malformed('the document has no proof');
  if (proofs.length > 1) throw new Unsupported('sets of proofs are not understood here');
  return proofs[0];
}

/** What is stated about the subject; its id belongs to the envelope if it is a holder's key. */
function claimsOf(subject) {
  const id = subject.textOrNull('id');
  if (id === null || !HOLDER.test(id)) return subject.members;
  parseSelfDescribing(id);
  return withoutMember(subject.members, 'id');
}
