/**
 * The signed request object: a verifier asks a wallet for presentations.
 *
 * Only requests that the owner of a DID signs, and that are answered in the clear by POST, are
 * understood so far. OpenID4VP 1.0 §5, RFC 9101.
 */

import { parseQuery } from './dcql.js';
import { KeyMismatch, Malformed, Unsupported } from './errors.js';
import { parseEndpoint } from './https_url.js';
import { peekHeader, verifyClaims } from './jws.js';
import { LEEWAY, Validity } from './times.js';

export const MAX_NONCE_CHARS = 512;
export const MAX_FORMATS = 32;

const TYP = 'oauth-authz-req+jwt';
const AUDIENCE = 'https://self-issued.me/v2'; // §5.8: a wallet that was not discovered
const DID_PREFIX = 'decentralized_identifier:';
const URL_SAFE = /^[A-Za-z0-9\-._~]+$/; // §5.2
const DID = /^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,1000}$/;
// What a request may not hold besides: each would let somebody else decide what is asked, or where
// the answer goes. §8.2, §5.1, RFC 9101 §4.
const REFUSED = ['redirect_uri', 'request', 'request_uri', 'scope'];

/**
 * The DID in a client identifier. Spec: OpenID4VP 1.0 §5.9.3.
 *
 * Throws Unsupported for any other prefix, or none; Malformed if no DID follows it.
 */
export function verifierDid(clientId) {
  if (!clientId.startsWith(DID_PREFIX)) {
    throw new Unsupported('the verifier does not identify itself by a DID');
  }
  const did = clientId.slice(DID_PREFIX.length);
  if (!DID.test(did)) throw new Malformed('the client identifier holds no DID');
  return did;
}

/**
 * The DID URL of the key that is needed before the request object can be verified.
 *
 * clientId: from the link. Throws KeyMismatch if it is no key of that client's DID, else as
 * `verifierDid` and `peekHeader`.
 */
export function peekKeyId(requestObject, { clientId }) {
  const keyId = peekHeader(requestObject).text('kid');
  const [did, ...fragment] = keyId.split('#');
  if (did !== verifierDid(clientId) || fragment.join('#') === '') {
    throw new KeyMismatch("the request's kid is no key of the DID in the client identifier");
  }
  return keyId;
}

/**
 * Prove that a verifier asks this, now, and as the one that the link named.
 *
 * key: what the registry gives for `peekKeyId`; clientId: from the link; walletNonce: what we sent
 * along when fetching, null if nothing.
 * Returns {clientId, responseUri, nonce, state, query}: state: null if there is none; query: as
 * `parseQuery` returns it.
 * Throws KeyMismatch, SignatureInvalid, Malformed, Unsupported, Expired or NotYetValid.
 * Spec: OpenID4VP 1.0 §5.10.1, RFC 9101 §6.
 */
export async function verifyRequestObject(requestObject, key, { clientId, walletNonce, now }) {
  peekKeyId(requestObject, { clientId });
  const claims = await verifyClaims(requestObject, key, { typ: TYP });
  const request = parseClaims(claims);
  const answered = claims.textOrNull('wallet_nonce', { maxChars: MAX_NONCE_CHARS });
  const issuedAt = claims.numericDateOrNull('iat');
  const expiresAt = claims.numericDateOrNull('exp');
  if (request.clientId !== clientId) {
    throw new KeyMismatch('the request is signed by another verifier than the link names');
  }
  if (walletNonce !== null && answered !== walletNonce) {
    throw new Malformed("the request does not answer the wallet's nonce");
  }
  new Validity(claims.numericDateOrNull('nbf') ?? issuedAt, expiresAt).check(now, LEEWAY);
  return request;
}

/** Read what is asked; unknown claims are ignored, as §5 demands. */
function parseClaims(claims) {
  checkKind(claims);
  const clientId = claims.text('client_id');
  verifierDid(clientId);
  const query = parseQuery(claims.object('dcql_query').members);
  const state = claims.has('state') ? urlSafe(claims, 'state') : null;
  if (state === null && !query.credentials.every((item) => item.requireHolderBinding)) { // §5.3
    throw new Malformed('a request for presentations without holder binding needs a state');
  }
  checkFormats(claims);
  return Object.freeze({
    clientId,
    responseUri: parseEndpoint(claims.text('response_uri')),
    nonce: urlSafe(claims, 'nonce'),
    state,
    query,
  });
}

function checkKind(claims) {
  if (claims.text('aud') !== AUDIENCE) throw new Malformed(`the request's aud must be ${AUDIENCE}`);
  if (claims.text('response_type') !== 'vp_token') {
    throw new Unsupported('the request is not for a vp_token alone');
  }
  if (claims.text('response_mode') !== 'direct_post') {
    throw new Unsupported('the request wants its answer in another way than by direct_post');
  }
  if (claims.has('transaction_data')) { // §5.1: the one unknown member that must not be ignored
    throw new Unsupported('the request wants transaction data to be authorized');
  }
  if (REFUSED.some((name) => claims.has(name))) {
    throw new Malformed(`the request must not hold any of ${REFUSED.join(', ')}`);
  }
}

function urlSafe(claims, name) {
  const value = claims.text(name, { maxChars: MAX_NONCE_CHARS });
  if (!URL_SAFE.test(value)) {
    throw new Malformed(
      `${name} holds letters, digits, hyphens, periods, underscores and tildes`,
    );
  }
  return value;
}

function checkFormats(claims) {
  const formats = claims.object('client_metadata').object('vp_formats_supported');
  const names = formats.names();
  if (!names.length || names.length > MAX_FORMATS) {
    throw new Malformed(`vp_formats_supported names 1 to ${MAX_FORMATS} formats`);
  }
  names.forEach((name) => formats.object(name));
}
