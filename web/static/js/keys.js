/**
 * Public keys and signers of Ed25519 and P-256, by the browser's WebCrypto.
 *
 * The algorithm follows from the key and never from a message, so no message can choose it. Text
 * forms of keys are in `jwk.js` and `multikey.js`. Secret keys stay where script can't read them:
 * a signer holds a handle, which IndexedDB can keep and nobody can export.
 */

import { isWeakPoint } from './ed25519_points.js';
import { equalBytes } from './encoding.js';
import { Malformed, SignatureInvalid } from './errors.js';
import { uncompressPoint } from './p256.js';

export const SIGNATURE_BYTES = 64;

/** The key types in use; the value is the JOSE `alg` that each one signs with. */
export const KeyType = Object.freeze({ ED25519: 'EdDSA', P256: 'ES256' });

const KEY_ALGORITHMS = Object.freeze({
  [KeyType.ED25519]: { name: 'Ed25519' },
  [KeyType.P256]: { name: 'ECDSA', namedCurve: 'P-256' },
});
const SIGNATURE_ALGORITHMS = Object.freeze({
  [KeyType.ED25519]: { name: 'Ed25519' },
  [KeyType.P256]: { name: 'ECDSA', hash: 'SHA-256' },
});

/**
 * A public key: built by `ed25519Key` or `p256Key` only.
 *
 * raw: Ed25519: 32 bytes (RFC 8032 §5.1.2). P-256: the uncompressed point, 65 bytes (SEC 1).
 */
export class PublicKey {
  #imported = null;

  constructor(type, raw) {
    this.type = type;
    this.raw = raw;
    Object.freeze(this);
  }

  /**
   * Prove that this key's owner signed these bytes.
   *
   * signature: 64 bytes; Ed25519 R‖S (RFC 8032 §5.1.6), P-256 r‖s (RFC 7518 §3.4).
   * Throws SignatureInvalid.
   */
  async verify(signature, message) {
    if (signature.length !== SIGNATURE_BYTES) {
      throw new SignatureInvalid('the signature does not have 64 bytes');
    }
    if (this.#isWeak(signature) || !(await this.#fits(signature, message))) {
      throw new SignatureInvalid('the signature does not belong to this content');
    }
  }

  /** Whether another key, or null, is this one. */
  equals(other) {
    return other !== null && this.type === other.type && equalBytes(this.raw, other.raw);
  }

  #isWeak(signature) {
    if (this.type !== KeyType.ED25519) return false;
    return isWeakPoint(this.raw) || isWeakPoint(signature.subarray(0, 32));
  }

  async #fits(signature, message) {
    try {
      this.#imported ??= crypto.subtle.importKey(
        'raw', this.raw, KEY_ALGORITHMS[this.type], true, ['verify'],
      );
      const algorithm = SIGNATURE_ALGORITHMS[this.type];
      return await crypto.subtle.verify(algorithm, await this.#imported, signature, message);
    } catch (error) {
      // 32 bytes that are no point: some browsers find out on import, others on use.
      if (error instanceof DOMException) return false;
      throw error;
    }
  }
}

/** A public key from its 32 bytes. Throws Malformed; that it is no point, `verify` finds out. */
export function ed25519Key(raw) {
  if (raw.length !== 32) throw new Malformed('an Ed25519 public key has 32 bytes');
  return new PublicKey(KeyType.ED25519, raw);
}

/** A public key from a compressed (33) or uncompressed (65 bytes) point. Throws Malformed. */
export function p256Key(point) {
  return new PublicKey(KeyType.P256, uncompressPoint(point));
}

const READERS = new Map([['Ed25519', ed25519Key], ['ECDSA', p256Key]]);

/** Signs with a key that WebCrypto holds: built by `generateSigner` or `signerOf`. */
export class Signer {
  /** keyPair: the handles, for IndexedDB. */
  constructor(publicKey, keyPair) {
    this.publicKey = publicKey;
    this.keyPair = keyPair;
    Object.freeze(this);
  }

  /** Sign these bytes: 64 bytes, in the form that `PublicKey.verify` takes. */
  async sign(message) {
    const algorithm = SIGNATURE_ALGORITHMS[this.publicKey.type];
    return new Uint8Array(await crypto.subtle.sign(algorithm, this.keyPair.privateKey, message));
  }
}

/** A signer with a new key that can't be exported, from the browser's own randomness. */
export async function generateSigner(type) {
  return signerOf(await crypto.subtle.generateKey(KEY_ALGORITHMS[type], false, ['sign', 'verify']));
}

/** The signer of a pair that was generated before. Throws Malformed for another kind of pair. */
export async function signerOf(keyPair) {
  const read = READERS.get(keyPair.publicKey.algorithm.name);
  if (!read) throw new Malformed('the pair is neither of Ed25519 nor of P-256');
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', keyPair.publicKey));
  return new Signer(read(raw), keyPair);
}
