/**
 * SD-JWT VC: credentials as RFC 9901 SD-JWTs of type `dc+sd-jwt`.
 *
 * The profile follows draft-ietf-oauth-sd-jwt-vc-19. It is narrower where a choice is left: the
 * issuer is a DID, `kid` names its key, `iat` is always visible, the holder's key is `cnf.jwk`, and
 * the status is a status list. The key comes from the registry, so `x5c` is not looked at.
 */

import { BindingInvalid, KeyMismatch, Malformed, Unsupported } from './errors.js';
import { parseJwk } from './jwk.js';
import { bind, parseSdJwt, verifyKeyBinding, verifySdJwt, withhold } from './sd_jwt.js';
import { equalJson } from './strict_json.js';
import { Validity } from './times.js';

export const TYP = 'dc+sd-jwt';

// What SD-JWT VC §2.2.2.3 forbids to disclose selectively, in whole or in part; and `iat`, without
// which nobody could tell which key was the issuer's at the time.
const ENVELOPE = [
  'iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status',
];
const MAX_OTHER_TYPES = 16; // more would only make a reader compare
const DID_URL = /^(did:[a-z0-9]+:[A-Za-z0-9._:%-]+)#[A-Za-z0-9._:%-]+$/;

/**
 * Read an SD-JWT VC as it is issued or presented. Its fields are claims by a stranger: they tell
 * which key to look up, and never decide anything.
 *
 * Returns {issuer, keyId, issuedAt, sdJwt}. Throws Malformed, TooLarge or Unsupported.
 * Spec: SD-JWT VC §2.2, RFC 9901 §4.
 */
export async function parseSdJwtVc(text) {
  const sdJwt = await parseSdJwt(text);
  const { header } = sdJwt.jws;
  if (header.text('typ') !== TYP) throw new Unsupported(`the header's typ is not ${TYP}`);
  const keyId = header.text('kid');
  didOf(keyId);
  return Object.freeze({
    issuer: sdJwt.payload.text('iss'),
    keyId,
    issuedAt: sdJwt.payload.numericDate('iat'),
    sdJwt,
  });
}

/**
 * Prove the issuer's signature and put the disclosures in place.
 *
 * Returns {issuer, keyId, issuedAt, validity, typeUrl, integrity, claims, status, holder}:
 * integrity: SRI digest of the type's metadata or null; claims: without those of the envelope;
 * status: {uri, index} or null; holder: a PublicKey or null.
 * Throws KeyMismatch, SignatureInvalid, Malformed, TooLarge, or Unsupported for a holder's key or
 * a status of another kind. Spec: SD-JWT VC §2.4, RFC 9901 §7.1.
 */
export async function verifySdJwtVc(unverified, key) {
  checkOwner(unverified.keyId, unverified.issuer);
  const { payload } = unverified.sdJwt;
  const processed = await verifySdJwt(unverified.sdJwt, key, { typ: TYP });
  if (!equalJson(ofEnvelope(processed), ofEnvelope(payload.members))) {
    throw new Malformed('a claim that must always be visible was selectively disclosed');
  }
  if ('aud' in processed) {
    // It would say who may accept the credential (RFC 7519 §4.1.3), which nothing here checks.
    throw new Unsupported('a credential for one audience only is not understood here');
  }
  const typeUrl = payload.text('vct');
  const integrity = payload.textOrNull('vct#integrity');
  checkOtherTypes(payload, typeUrl);
  return Object.freeze({
    issuer: unverified.issuer,
    keyId: unverified.keyId,
    issuedAt: unverified.issuedAt,
    validity: new Validity(payload.numericDateOrNull('nbf'), payload.numericDateOrNull('exp')),
    typeUrl,
    integrity,
    claims: outsideEnvelope(processed),
    status: parseStatus(payload),
    holder: parseHolder(payload),
  });
}

/**
 * Prove that `cnf.jwk` signed this very presentation; null for a credential without a KB-JWT.
 *
 * verified: what `verifySdJwtVc` made of the same `unverified`. Throws BindingInvalid if the
 * credential is bound to nobody, else as `verifyKeyBinding`. Spec: RFC 9901 §7.3.
 */
export async function verifyHolder(unverified, verified) {
  if (unverified.sdJwt.keyBinding !== null && verified.holder === null) {
    throw new BindingInvalid('a holder signed, but the credential is bound to nobody');
  }
  return verifyKeyBinding(unverified.sdJwt, verified.holder);
}

/**
 * Show the claims at these paths; a credential of nobody is shown without a signature.
 *
 * Throws Malformed for a presentation or a path that leads nowhere, KeyMismatch for another
 * holder's key, TooLarge beyond 64 kB. Spec: RFC 9901 §7.2.
 */
export async function present(credential, { disclose, holder, audience, nonce, now }) {
  const { sdJwt } = await parseSdJwtVc(credential);
  if (sdJwt.keyBinding !== null) {
    throw new Malformed('this is a presentation; the credential itself ends with ~');
  }
  const presented = withhold(sdJwt, disclose);
  const key = parseHolder(sdJwt.payload);
  if (key === null) return presented;
  if (!key.equals(holder.publicKey)) {
    throw new KeyMismatch("the credential is bound to another holder's key");
  }
  return bind(presented, { holder, audience, nonce, now });
}

function checkOwner(keyId, issuer) {
  if (didOf(keyId) !== issuer) {
    throw new KeyMismatch("the key that kid names is not the issuer's");
  }
}

function didOf(keyId) {
  const url = DID_URL.exec(keyId);
  if (url === null) throw new Malformed('kid must be an absolute DID URL that names a key');
  return url[1];
}

function ofEnvelope(claims) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => ENVELOPE.includes(name)));
}

function outsideEnvelope(claims) {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !ENVELOPE.includes(name)));
}

/** §2.2.2.2. Only `vct` decides here, but a malformed credential is refused all the same. */
function checkOtherTypes(payload, typeUrl) {
  if (!payload.has('aka_vcts')) return;
  const others = payload.texts('aka_vcts', { maxItems: MAX_OTHER_TYPES });
  if (!others.length || others.includes(typeUrl)) {
    throw new Malformed('aka_vcts must name other types than vct, at least one');
  }
}

function parseStatus(payload) {
  const status = payload.objectOrNull('status');
  if (status === null) return null;
  if (status.names().join() !== 'status_list') {
    throw new Unsupported('the status is not a status list, or not only one');
  }
  const reference = status.object('status_list');
  const index = reference.integer('idx');
  if (index < 0) throw new Malformed('status.status_list.idx must not be negative');
  return Object.freeze({ uri: reference.text('uri'), index });
}

function parseHolder(payload) {
  const confirmation = payload.objectOrNull('cnf');
  if (confirmation === null) return null;
  if (confirmation.names().join() !== 'jwk') {
    throw new Unsupported("the holder's key is not given as cnf.jwk alone");
  }
  return parseJwk(confirmation.object('jwk'));
}
