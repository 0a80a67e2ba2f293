/**
 * What the root lets others do: issuers' accreditations and verifiers' registrations.
 *
 * Both are credentials of the catalogue, signed by the root with eddsa-jcs-2022, and each stands in
 * the log as a leaf; here they become values that answer a question.
 */

import { Purpose } from './did_document.js';
import { KeyMismatch, Malformed, Unsupported } from './errors.js';
import { JsonObject } from './json_object.js';
import { Validity } from './times.js';
import { parseW3cCredential, verifyW3cCredential } from './w3c_credential.js';

export const MAX_TYPES = 64;
export const MAX_ATTRIBUTES = 128;

const ISSUER_TYPE = 'IssuerAccreditationCredential';
const VERIFIER_TYPE = 'VerifierRegistrationCredential';

/**
 * Prove that the root signed a credential with a key that it had when this was logged.
 *
 * Returns {verified, key}: whether the key was declared compromised before, the caller knows.
 * credential: a JsonObject; root: its History; loggedAt: the leaf's time. Throws UnknownKey,
 * KeyMismatch, SignatureInvalid, Malformed or Unsupported.
 */
export async function verifyByRoot(credential, root, { loggedAt }) {
  const parsed = parseW3cCredential(credential);
  if (parsed.issuer !== root.did.text) {
    throw new KeyMismatch("only the registry's root accredits issuers and registers verifiers");
  }
  // The log vouches for the time here, so a key that was retired later needs no other evidence.
  const { key } = root.keyAt(parsed.keyId, Purpose.ASSERTION, loggedAt);
  const verified = await verifyW3cCredential(parsed, key);
  if (verified.validity.notAfter === null) {
    throw new Unsupported('a right that never ends is not given');
  }
  return { verified, key };
}

/**
 * The accreditation that a verified credential of the root is: an agency's right to issue.
 *
 * Returns {did, types, nameKo, nameEn, validity}: types: a Set of `Type`, or `Type/subtype` where a
 * type has subtypes; validity: from the later of what the credential says and when it was logged.
 * Throws Malformed.
 */
export function readAccreditation(verified, { loggedAt }) {
  const claims = claimsOf(verified, ISSUER_TYPE);
  return Object.freeze({
    did: claims.text('issuerDid'),
    types: new Set(claims.texts('allowedTypes', { maxItems: MAX_TYPES })),
    nameKo: claims.text('nameKo'),
    nameEn: claims.text('nameEn'),
    validity: sinceLogged(verified.validity, loggedAt),
  });
}

/**
 * The registration that a verified credential of the root is: what a verifier may ask for.
 *
 * Returns {did, attributes, purposeKo, purposeEn, legalBasis, retentionDays, nameKo, nameEn,
 * validity}: attributes: a Set of `Type.claim`, the claim's path joined by dots. Throws Malformed.
 */
export function readRegistration(verified, { loggedAt }) {
  const claims = claimsOf(verified, VERIFIER_TYPE);
  return Object.freeze({
    did: claims.text('verifierDid'),
    attributes: new Set(claims.texts('attributes', { maxItems: MAX_ATTRIBUTES })),
    purposeKo: claims.text('purpose'),
    purposeEn: claims.text('purposeEn'),
    legalBasis: claims.text('legalBasis'),
    retentionDays: claims.integer('retentionDays'),
    nameKo: claims.text('nameKo'),
    nameEn: claims.text('nameEn'),
    validity: sinceLogged(verified.validity, loggedAt),
  });
}

function claimsOf(verified, typeName) {
  if (verified.typeNames.length !== 1 || verified.typeNames[0] !== typeName) {
    throw new Malformed(`the leaf's credential is not a ${typeName}`);
  }
  return new JsonObject(verified.claims, 'credentialSubject');
}

/** A right can't be given backwards in time: it begins when everybody could see it. */
function sinceLogged({ notBefore, notAfter }, loggedAt) {
  return new Validity(Math.max(notBefore ?? loggedAt, loggedAt), notAfter);
}
