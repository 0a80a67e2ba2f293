/**
 * JWS in compact form, strictly: RFC 7515 with the advice of RFC 8725.
 *
 * The algorithm is the one that the key signs with; the header has to agree with it and is never
 * asked. Keys inside a header (`jwk`, `x5c`, `jku`) are not looked at.
 */

import { decodeBase64url, encodeBase64url, encodeUtf8 } from './encoding.js';
import { KeyMismatch, Malformed, TooLarge, Unsupported } from './errors.js';
import { canonicalize } from './jcs.js';
import { parseObject } from './json_object.js';
import { isAlgorithmOf } from './jwk.js';

export const MAX_HEADER_BYTES = 8 * 1024;
export const MAX_JWS_BYTES = 256 * 1024;

/**
 * Read a compact JWS: a stranger's header and payload until `verifyParsed` has returned.
 *
 * Returns {header: JsonObject, payload, signed, signature}, the last three bytes; `signed` are
 * the bytes under the signature. Throws Malformed, TooLarge or Unsupported (`crit`, `b64`).
 * Spec: RFC 7515 §5.2 steps 1-7.
 */
export function parseCompact(token) {
  const [header, payload, signature] = split(token);
  return Object.freeze({
    header: parseHeader(header),
    payload: decodeBase64url(payload),
    signature: decodeBase64url(signature),
    signed: encodeUtf8(`${header}.${payload}`),
  });
}

/**
 * Verify a parsed JWS with the key that the caller trusts, and its media type.
 *
 * typ: what the header's `typ` must be (RFC 8725 §3.11), with or without `application/`.
 * Returns {header, payload}. Throws KeyMismatch (the header's alg is not the key's), Malformed or
 * SignatureInvalid. Spec: RFC 7515 §5.2 steps 8-9.
 */
export async function verifyParsed(jws, key, { typ }) {
  if (!isAlgorithmOf(key, jws.header.text('alg'))) {
    throw new KeyMismatch("the header's alg is not the algorithm of the registered key");
  }
  if (jws.header.text('typ').replace(/^application\//, '') !== typ) {
    throw new Malformed(`the header's typ must be ${typ}`);
  }
  await key.verify(jws.signature, jws.signed);
  return Object.freeze({ header: jws.header, payload: jws.payload });
}

/** Verify a compact JWS whose payload is a JSON object, and return that. Throws as both above. */
export async function verifyClaims(token, key, { typ }) {
  const { payload } = await verifyParsed(parseCompact(token), key, { typ });
  return parseObject(payload);
}

/** Sign a JSON payload, written canonically; `alg` is added from the signer's key. */
export async function signClaims(header, claims, signer) {
  const protectedHeader = canonicalize({ ...header, alg: signer.publicKey.type });
  const signed = `${encodeBase64url(protectedHeader)}.${encodeBase64url(canonicalize(claims))}`;
  return `${signed}.${encodeBase64url(await signer.sign(encodeUtf8(signed)))}`;
}

/** Look at the unverified header, to find which key it names. Never decides anything. */
export function peekHeader(token) {
  return parseHeader(split(token)[0]);
}

/** Look at the unverified payload, to find whose key is needed. Never decides anything. */
export function peekClaims(token) {
  return parseObject(decodeBase64url(split(token)[1]));
}

function split(token) {
  if (token.length > MAX_JWS_BYTES) throw new TooLarge('the JWS is too long');
  const parts = token.split('.');
  if (parts.length !== 3 || parts.includes('')) {
    throw new Malformed('a compact JWS has three non-empty parts');
  }
  return parts;
}

function parseHeader(segment) {
  const header = parseObject(decodeBase64url(segment), {
    maxBytes: MAX_HEADER_BYTES, where: 'header',
  });
  if (header.has('crit') || header.has('b64')) {
    throw new Unsupported('the header demands an extension that is not understood here');
  }
  return header;
}
