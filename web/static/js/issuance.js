/**
 * The messages by which a wallet gets a credential: token, nonce, credential, and refusals.
 *
 * OpenID4VCI 1.0 §6 to §8, RFC 6749 §5. Sending them is the page's concern.
 */

import { Malformed, Unsupported } from './errors.js';
import { encodeForm } from './form.js';
import { canonicalize } from './jcs.js';
import { parseObject } from './json_object.js';
import { PRE_AUTHORIZED_CODE } from './offer.js';
import { isObject } from './strict_json.js';

export const MAX_TOKEN_RESPONSE_BYTES = 64 * 1024;
export const MAX_TOKEN_CHARS = 8 * 1024;
export const MAX_NONCE_RESPONSE_BYTES = 4 * 1024;
export const MAX_NONCE_CHARS = 1024;
export const MAX_CREDENTIAL_RESPONSE_BYTES = 1024 * 1024;
export const MAX_CREDENTIALS = 20;
export const MAX_CREDENTIAL_CHARS = 64 * 1024; // the bound that our own SD-JWT parser has
export const MAX_ERROR_BYTES = 16 * 1024;

const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/; // b64token of RFC 6750 §2.1: nothing that ends a line
const ERROR = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,64}$/;
const MAX_DESCRIPTION_CHARS = 1000;
const MAX_NOTIFICATION_ID_CHARS = 256;

/**
 * The body of a token request by which an anonymous wallet redeems a pre-authorized code: a text.
 *
 * txCode: what the person typed, null if none is needed. Spec: OpenID4VCI 1.0 §6.1.
 */
export function buildTokenRequest({ code, txCode }) {
  const fields = { grant_type: PRE_AUTHORIZED_CODE, 'pre-authorized_code': code };
  return encodeForm(txCode === null ? fields : { ...fields, tx_code: txCode });
}

/**
 * Read a token response: {accessToken, expiresIn}; expiresIn: seconds, or null.
 *
 * Throws Malformed, TooLarge, or Unsupported for a token that is not a bearer's.
 * Spec: RFC 6749 §5.1, OpenID4VCI 1.0 §6.2.
 */
export function parseTokenResponse(data) {
  const body = parseObject(data, { maxBytes: MAX_TOKEN_RESPONSE_BYTES });
  if (body.text('token_type').toLowerCase() !== 'bearer') { // case does not count: RFC 6749 §5.1
    throw new Unsupported('the access token is not a bearer token');
  }
  const expiresIn = body.integerOrNull('expires_in');
  if (expiresIn !== null && expiresIn <= 0) {
    throw new Malformed('expires_in must be a positive number of seconds');
  }
  const accessToken = body.text('access_token');
  if (accessToken.length > MAX_TOKEN_CHARS || !TOKEN.test(accessToken)) {
    throw new Malformed("the access token is not a bearer token's text");
  }
  return Object.freeze({ accessToken, expiresIn });
}

/** Read a nonce response: the `c_nonce`. Throws Malformed or TooLarge. OpenID4VCI 1.0 §7.2. */
export function parseNonceResponse(data) {
  const body = parseObject(data, { maxBytes: MAX_NONCE_RESPONSE_BYTES });
  return body.text('c_nonce', { maxChars: MAX_NONCE_CHARS });
}

/**
 * The body of a credential request, as bytes. Spec: OpenID4VCI 1.0 §8.2.
 *
 * proofs: key proofs of type `jwt`; empty if the credential is to be bound to no key.
 */
export function buildCredentialRequest({ configurationId, proofs }) {
  const request = { credential_configuration_id: configurationId };
  return canonicalize(proofs.length ? { ...request, proofs: { jwt: proofs } } : request);
}

/**
 * Read a credential response: {credentials, notificationId}; credentials: texts, or JSON objects.
 *
 * At most 1 MiB and 20 credentials. Throws Malformed, TooLarge, or Unsupported for an issuer that
 * wants to issue later. Spec: OpenID4VCI 1.0 §8.3.
 */
export function parseCredentialResponse(data) {
  const body = parseObject(data, { maxBytes: MAX_CREDENTIAL_RESPONSE_BYTES });
  if (body.has('transaction_id')) {
    throw new Unsupported('the issuer answers that it will issue later');
  }
  const entries = body.objects('credentials', { maxItems: MAX_CREDENTIALS });
  if (!entries.length) throw new Malformed('credentials must hold at least one credential');
  return Object.freeze({
    credentials: entries.map(parseCredential),
    notificationId: body.textOrNull('notification_id', { maxChars: MAX_NOTIFICATION_ID_CHARS }),
  });
}

/**
 * Read the refusal of an endpoint: {error, description}; error: their code, which may be one that
 * we do not know; description: their text, for a log only.
 *
 * Throws Malformed or TooLarge. Spec: RFC 6749 §5.2, OpenID4VCI 1.0 §8.3.1.2.
 */
export function parseErrorResponse(data) {
  const body = parseObject(data, { maxBytes: MAX_ERROR_BYTES });
  const error = body.text('error');
  if (!ERROR.test(error)) throw new Malformed('error must be 1 to 64 printable ASCII characters');
  const description = body.textOrNull('error_description', { maxChars: MAX_DESCRIPTION_CHARS });
  return Object.freeze({ error, description });
}

function parseCredential(entry) {
  if (isObject(entry.any('credential'))) return entry.object('credential').members;
  return entry.text('credential', { maxChars: MAX_CREDENTIAL_CHARS });
}
