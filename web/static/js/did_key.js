/** did:key and did:jwk: identifiers that are the key itself, used by holders. */

import { decodeBase64url } from './encoding.js';
import { Malformed, Unsupported } from './errors.js';
import { parseObject } from './json_object.js';
import { parseJwk } from './jwk.js';
import { encodeMultikey, parseMultikey } from './multikey.js';

const MAX_CHARS = 1024;
const KEY = 'did:key:';
const JWK = 'did:jwk:';

/**
 * The key of a did:key or did:jwk, or of the one verification method it has.
 *
 * A fragment must name that one method (did:key: the key again; did:jwk: `0`).
 * Throws Unsupported for another method, Malformed for anything else.
 * Spec: did:key §3.1, did:jwk.
 */
export function parseSelfDescribing(didOrUrl) {
  const [did, ...fragment] = didOrUrl.split('#');
  if (did.length > MAX_CHARS) throw new Malformed('the DID is too long');
  const [key, method] = parseDid(did);
  if (fragment.length && fragment.join('#') !== method) {
    throw new Malformed('the DID URL names a verification method that this DID does not have');
  }
  return key;
}

/** The DID URL of the one verification method that a key has as a did:key. */
export function didKeyMethod(key) {
  const multikey = encodeMultikey(key);
  return `${KEY}${multikey}#${multikey}`;
}

function parseDid(did) {
  const identifier = did.slice(KEY.length);
  if (did.startsWith(KEY)) return [parseMultikey(identifier), identifier];
  if (did.startsWith(JWK)) return [parseJwk(parseObject(decodeBase64url(identifier))), '0'];
  throw new Unsupported('a holder is named by did:key or did:jwk');
}
