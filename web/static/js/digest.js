/** SHA-256, the only hash of the project, by the browser. */

import { encodeBase64url } from './encoding.js';

/** The SHA-256 digest of these bytes: 32 bytes. */
export async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}

/** The same in base64url: 43 characters. */
export async function digestText(data) {
  return encodeBase64url(await sha256(data));
}
