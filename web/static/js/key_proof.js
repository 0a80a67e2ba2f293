/**
 * Key proofs of type `jwt`: a wallet shows that it holds the key its credential will be bound to.
 *
 * OpenID4VCI 1.0 §8.2, appendices F.1 and F.4.
 */

import { didKeyMethod } from './did_key.js';
import { Unsupported } from './errors.js';
import { encodeJwk } from './jwk.js';
import { signClaims } from './jws.js';
import { KeyType } from './keys.js';

const TYP = 'openid4vci-proof+jwt';
const PREFERRED = [KeyType.P256, KeyType.ED25519]; // every phone's hardware knows the first

/**
 * The type of key to make for a credential of this configuration: a KeyType.
 *
 * Throws Unsupported if the issuer takes no proof of a key that this wallet can make.
 */
export function holderKeyType({ proofAlgorithms }) {
  const taken = PREFERRED.find((type) => !proofAlgorithms.length || proofAlgorithms.includes(type));
  if (taken === undefined) {
    throw new Unsupported('the issuer takes no kind of key that this wallet can make');
  }
  return taken;
}

/**
 * Sign a key proof as an anonymous wallet, naming the key as the configuration allows: a JWT.
 *
 * audience: the credential issuer identifier; nonce: fresh from its nonce endpoint.
 * Throws Unsupported if the issuer binds to neither a JWK nor a did:key.
 */
export async function buildKeyProof(signer, { configuration, audience, nonce, now }) {
  const header = { typ: TYP, ...keyHeader(configuration, signer.publicKey) };
  return signClaims(header, { aud: audience, iat: Math.floor(now / 1000), nonce }, signer);
}

function keyHeader({ bindingMethods }, key) {
  if (bindingMethods.includes('jwk')) return { jwk: encodeJwk(key) };
  if (bindingMethods.includes('did:key')) return { kid: didKeyMethod(key) };
  throw new Unsupported('the issuer binds to no kind of identifier that this wallet has');
}
