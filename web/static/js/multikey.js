/** Multikey: a public key as multibase text. Spec: Controlled Identifiers 1.0 §2.2.2. */

import { concatBytes, decodeMultibase, encodeMultibase, equalBytes } from './encoding.js';
import { Malformed, Unsupported } from './errors.js';
import { KeyType, ed25519Key, p256Key } from './keys.js';
import { compressPoint } from './p256.js';

// Multicodec code points as canonical varints; fixed bytes, so no other spelling fits.
const ED25519_PUB = Uint8Array.of(0xed, 0x01);
const P256_PUB = Uint8Array.of(0x80, 0x24);

/** Read a `publicKeyMultibase`. Throws Malformed, or Unsupported for another kind of key. */
export function parseMultikey(text) {
  const data = decodeMultibase(text);
  const prefix = data.subarray(0, 2);
  const raw = data.slice(2);
  if (equalBytes(prefix, ED25519_PUB)) return ed25519Key(raw);
  if (!equalBytes(prefix, P256_PUB)) {
    throw new Unsupported('not a Multikey of Ed25519 or P-256');
  }
  if (raw.length !== 33) {
    throw new Malformed('a P-256 Multikey holds the compressed point, 33 bytes');
  }
  return p256Key(raw);
}

/** Write a public key as `publicKeyMultibase`: 48 characters for Ed25519, 49 for P-256. */
export function encodeMultikey(key) {
  if (key.type === KeyType.ED25519) return encodeMultibase(concatBytes(ED25519_PUB, key.raw));
  return encodeMultibase(concatBytes(P256_PUB, compressPoint(key.raw)));
}
