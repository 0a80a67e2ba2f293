/**
 * An issuer and a holder of SD-JWTs who write exactly what they are told, right or wrong.
 *
 *     const name = disclosure('salt', 'name', '김시범');
 *     const token = await sdJwt({ _sd: [await digest(name)] }, [name]);   // <JWT>~<disclosure>~
 *     token + await keyBinding(token, { aud: '…', nonce: '…' })           // an SD-JWT+KB
 */

import { digestText } from '../../../web/static/js/digest.js';
import { encodeBase64url, encodeUtf8 } from '../../../web/static/js/encoding.js';
import { encodeJwk } from '../../../web/static/js/jwk.js';
import { KeyType } from '../../../web/static/js/keys.js';
import { signer } from './keys.js';

export const NOW = Date.parse('2026-03-10T03:00:00Z');
export const TYP = 'example+sd-jwt';
export const ISSUER = await signer(KeyType.P256, 1);
export const HOLDER = await signer(KeyType.P256, 2);
export const STRANGER = await signer(KeyType.P256, 3);
export const HOLDER_JWK = encodeJwk(HOLDER.publicKey);

/** The disclosure of these values, whether they make one or not. */
export function disclosure(...array) {
  return encodeBase64url(encodeUtf8(JSON.stringify(array)));
}

/** The digest of a disclosure, by the letter of RFC 9901 §4.2.3. */
export function digest(text) {
  return digestText(encodeUtf8(text));
}

/** An SD-JWT with this payload as it stands. */
export async function sdJwt(payload, disclosures = [], { header = { typ: TYP }, by = ISSUER } = {}) {
  return [await jwt(header, payload, by), ...disclosures, ''].join('~');
}

/** A KB-JWT for an SD-JWT; `iat` and `sd_hash` are right unless `claims` says otherwise. */
export async function keyBinding(presented, claims, { header = { typ: 'kb+jwt' }, by = HOLDER } = {}) {
  const payload = { iat: NOW / 1000, sd_hash: await digest(presented), ...claims };
  return jwt(header, payload, by);
}

async function jwt(header, payload, by) {
  const parts = [{ alg: by.publicKey.type, ...header }, payload];
  const text = parts.map((part) => encodeBase64url(encodeUtf8(JSON.stringify(part)))).join('.');
  return `${text}.${encodeBase64url(await by.sign(encodeUtf8(text)))}`;
}
