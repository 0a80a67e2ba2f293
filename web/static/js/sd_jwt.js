/**
 * SD-JWT and SD-JWT+KB in compact form: an issuer's JWT, disclosures, a holder's JWT. RFC 9901.
 *
 *     holder      SdJwt ── withhold ──> <JWT>~<disclosure>~ ── bind ──> <JWT>~<disclosure>~<KB-JWT>
 *     anyone      text ── parseSdJwt ──> SdJwt ── verifySdJwt ──> claims
 *     verifier    SdJwt ── verifyKeyBinding ──> for whom and when the holder signed
 *
 * Which claims must be there, whose key it is and what the times mean is the profile's concern
 * (`sd_jwt_vc.js`). The JSON serialization of RFC 9901 §8 is optional and not read.
 */

import { digestText } from './digest.js';
import { choose, parseDisclosures, reveal } from './disclosures.js';
import { encodeUtf8 } from './encoding.js';
import { BindingInvalid, Malformed, TooLarge, Unsupported } from './errors.js';
import { HolderBinding } from './holder_binding.js';
import { parseObject } from './json_object.js';
import { parseCompact, signClaims, verifyParsed } from './jws.js';

export const MAX_SD_JWT_CHARS = 64 * 1024; // ten times the longest credential of a city

const KEY_BINDING_TYP = 'kb+jwt';

/**
 * Read the compact form, strictly; nothing in it is verified.
 *
 * Returns {jws, payload, disclosures, presented, keyBinding}: payload: a JsonObject with digests;
 * presented: the text up to the last `~`, which the holder signs; keyBinding: a JWS or null.
 * Throws TooLarge beyond 64 kB or 256 disclosures; Malformed, among others when the last part is
 * neither empty nor a JWT; Unsupported for header extensions. Spec: RFC 9901 §4, §7.1 step 1.
 */
export async function parseSdJwt(text) {
  checkSize(text);
  const end = text.lastIndexOf('~') + 1;
  const presented = text.slice(0, end); // Without any ~ there is no issuer's JWT before it.
  const [issuerJwt, ...disclosures] = presented.slice(0, -1).split('~');
  const jws = parseCompact(issuerJwt);
  return Object.freeze({
    jws,
    payload: parseObject(jws.payload),
    disclosures: await parseDisclosures(disclosures),
    presented,
    keyBinding: end < text.length ? parseCompact(text.slice(end)) : null,
  });
}

/**
 * Prove the issuer's signature and put the disclosures in place: the processed payload.
 *
 * typ: the `typ` that the issuer's header must have, exactly.
 * Throws SignatureInvalid, KeyMismatch, Unsupported for an `_sd_alg` other than SHA-256, TooLarge
 * beyond depth 16, or Malformed. Says nothing about times. Spec: RFC 9901 §7.1.
 */
export async function verifySdJwt(sdJwt, key, { typ }) {
  await verifyJws(sdJwt.jws, key, typ);
  return reveal(sdJwt.payload.members, sdJwt.disclosures);
}

/**
 * Prove that the key's owner signed this presentation; null when it has no KB-JWT.
 *
 * key: from the verified payload. The caller compares audience, nonce and time.
 * Throws SignatureInvalid, KeyMismatch, BindingInvalid for another SD-JWT's binding, Unsupported
 * for a binding with times of its own, or Malformed. Spec: RFC 9901 §4.3, §7.3 step 5.
 */
export async function verifyKeyBinding(sdJwt, key) {
  if (sdJwt.keyBinding === null) return null;
  const { payload } = await verifyJws(sdJwt.keyBinding, key, KEY_BINDING_TYP);
  const claims = parseObject(payload);
  if (claims.text('sd_hash') !== (await sdHash(sdJwt.presented))) {
    throw new BindingInvalid('the holder signed another presentation than this one');
  }
  if (claims.has('exp') || claims.has('nbf')) {
    // RFC 9901 gives a binding its `iat` only. Times that nobody checks must not look checked.
    throw new Unsupported('a key binding with exp or nbf is not understood here');
  }
  return new HolderBinding({
    audience: claims.text('aud'),
    nonce: claims.text('nonce'),
    issuedAt: claims.numericDate('iat'),
  });
}

/**
 * The same SD-JWT with only those disclosures that these paths need; it ends with `~`.
 *
 * Throws Malformed if a path leads nowhere, and what `verifySdJwt` throws for bad disclosures.
 */
export function withhold(sdJwt, paths) {
  const chosen = choose(sdJwt.payload.members, sdJwt.disclosures, paths);
  const [issuerJwt, ...texts] = sdJwt.presented.split('~');
  const digests = [...sdJwt.disclosures.keys()];
  const shown = digests.flatMap((digest, at) => (chosen.has(digest) ? [texts[at]] : []));
  return [issuerJwt, ...shown, ''].join('~');
}

/** Put a KB-JWT behind an SD-JWT that ends with `~`. Throws TooLarge. Spec: RFC 9901 §4.3. */
export async function bind(presented, { holder, audience, nonce, now }) {
  const claims = {
    iat: Math.floor(now / 1000),
    aud: audience,
    nonce,
    sd_hash: await sdHash(presented),
  };
  return checkSize(presented + (await signClaims({ typ: KEY_BINDING_TYP }, claims, holder)));
}

function checkSize(text) {
  if (text.length > MAX_SD_JWT_CHARS) {
    throw new TooLarge(`an SD-JWT has at most ${MAX_SD_JWT_CHARS} bytes here`);
  }
  return text;
}

async function verifyJws(jws, key, typ) {
  // RFC 9901 §4.3 and its profiles give `typ` one spelling, without `application/`.
  if (jws.header.text('typ') !== typ) throw new Malformed(`the header's typ must be ${typ}`);
  return verifyParsed(jws, key, { typ });
}

function sdHash(presented) {
  return digestText(encodeUtf8(presented));
}
