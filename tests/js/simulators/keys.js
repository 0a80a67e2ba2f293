/**
 * Signers from known secrets, so that artefacts of tests can be made again.
 *
 *     const issuer = await signer(KeyType.P256, 1);      // the secret is 32 bytes of 1
 */

import { concatBytes } from '../../../web/static/js/encoding.js';
import { KeyType, signerOf } from '../../../web/static/js/keys.js';
import { hex } from './vectors.js';

// RFC 8410 §7: the DER of an Ed25519 private key up to its 32 bytes.
const ED25519_PKCS8 = hex('302e020100300506032b657004220420');
// RFC 5208 and RFC 5915: the same of a P-256 key, whose public point is left to be computed.
const P256_PKCS8 = hex(
  '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420',
);

/** The signer whose secret is one byte, 32 times. */
export function signer(type, byte) {
  return signerFromSecret(type, new Uint8Array(32).fill(byte));
}

/** The signer of 32 secret bytes. */
export async function signerFromSecret(type, secret) {
  return signerOf(await (type === KeyType.ED25519 ? ed25519Pair(secret) : p256Pair(secret)));
}

async function ed25519Pair(secret) {
  const der = concatBytes(ED25519_PKCS8, secret);
  const privateKey = await crypto.subtle.importKey('pkcs8', der, 'Ed25519', true, ['sign']);
  const { x } = await crypto.subtle.exportKey('jwk', privateKey);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x };
  const publicKey = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', true, ['verify']);
  return { privateKey, publicKey };
}

async function p256Pair(secret) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const der = concatBytes(P256_PKCS8, secret);
  const privateKey = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', privateKey);
  const publicKey = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, algorithm, true, ['verify']);
  return { privateKey, publicKey };
}
