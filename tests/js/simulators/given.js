/** What a test in another language gives our modules: bytes as text, keys as JWKs. */

import { decodeBase64url } from '../../../web/static/js/encoding.js';
import { JsonObject } from '../../../web/static/js/json_object.js';
import { parseJwk } from '../../../web/static/js/jwk.js';

/** Bytes from base64url. */
export function bytes(text) {
  return decodeBase64url(text);
}

/** A public key from the members of a JWK. */
export function publicKey(members) {
  return parseJwk(new JsonObject(members, 'jwk'));
}
