/**
 * JWK: a public key as JSON. RFC 7517, RFC 7518 §6.2, RFC 8037 §2.
 *
 * Private members are refused on reading: somebody's private key is nothing we want to have seen.
 */

import { concatBytes, decodeBase64url, encodeBase64url } from './encoding.js';
import { Malformed, Unsupported } from './errors.js';
import { KeyType, ed25519Key, p256Key } from './keys.js';

const MAX_KEY_OPS = 8; // as many as RFC 7517 §4.3 knows
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const ALGORITHMS = Object.freeze({
  [KeyType.ED25519]: ['EdDSA', 'Ed25519'], // RFC 8037, and its RFC 9864 name
  [KeyType.P256]: ['ES256'],
});

/**
 * Read a public JWK of kty OKP/Ed25519 or EC/P-256, with which signatures may be verified.
 *
 * jwk: a JsonObject. Throws Malformed (private members, wrong lengths, a point off the curve, an
 * `alg`, `use` or `key_ops` for something else) or Unsupported. Spec: RFC 7517 §4, RFC 7518 §6.2.
 */
export function parseJwk(jwk) {
  if (PRIVATE_MEMBERS.some((name) => jwk.has(name))) {
    throw new Malformed('the JWK holds private or symmetric key material');
  }
  const key = parseKey(jwk);
  if (jwk.has('alg') && !isAlgorithmOf(key, jwk.text('alg'))) {
    throw new Malformed("the JWK's alg does not fit its key type");
  }
  if (jwk.has('use') && jwk.text('use') !== 'sig') {
    throw new Malformed('the JWK is not for signatures');
  }
  if (jwk.has('key_ops') && !jwk.texts('key_ops', { maxItems: MAX_KEY_OPS }).includes('verify')) {
    throw new Malformed('the JWK is not for verifying signatures');
  }
  return key;
}

/** Write a public key as a JWK with the required members only. */
export function encodeJwk(key) {
  if (key.type === KeyType.ED25519) {
    return { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(key.raw) };
  }
  return {
    kty: 'EC',
    crv: 'P-256',
    x: encodeBase64url(key.raw.subarray(1, 33)),
    y: encodeBase64url(key.raw.subarray(33)),
  };
}

/** Whether a JOSE `alg` is one of the names of what a key signs with. */
export function isAlgorithmOf(key, name) {
  return ALGORITHMS[key.type].includes(name);
}

function parseKey(jwk) {
  const kind = `${jwk.text('kty')} ${jwk.textOrNull('crv')}`;
  if (kind === 'OKP Ed25519') return ed25519Key(coordinate(jwk, 'x'));
  if (kind === 'EC P-256') {
    return p256Key(concatBytes([4], coordinate(jwk, 'x'), coordinate(jwk, 'y')));
  }
  throw new Unsupported('the JWK is neither OKP with Ed25519 nor EC with P-256');
}

function coordinate(jwk, name) {
  const value = decodeBase64url(jwk.text(name));
  if (value.length !== 32) throw new Malformed(`the JWK's ${name} must have 32 bytes`);
  return value;
}
