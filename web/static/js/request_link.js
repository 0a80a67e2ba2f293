/**
 * Where a wallet gets a request object: the link that names its URL. OpenID4VP 1.0 §5.1 and §5.7,
 * RFC 9101 §5.
 */

import { Malformed } from './errors.js';
import { parseEndpoint } from './https_url.js';
import { parseWalletLink } from './wallet_link.js';

export const MAX_CLIENT_ID_CHARS = 2048;

const SCHEMES = ['openid4vp', 'haip-vp'];
const METHODS = ['get', 'post']; // both are case-sensitive: §5.1

/**
 * Read a link by `openid4vp:`, `haip-vp:` or to a web wallet, `https://wallet#…`.
 *
 * Returns {clientId, requestUri, method}: who asks, which is only a claim until a request object
 * with the same one has been verified; where the request is; `get` or `post`. Everything else in
 * the link is ignored: a wallet must use only what is signed (§5.10.1).
 * Throws Malformed or TooLarge.
 */
export function parseRequestLink(link) {
  const fields = parseWalletLink(link, { schemes: SCHEMES });
  const method = fields.textOrNull('request_uri_method') ?? 'get'; // RFC 9101 §5.2
  if (!METHODS.includes(method)) throw new Malformed('request_uri_method must be get or post');
  return Object.freeze({
    clientId: fields.text('client_id', { maxChars: MAX_CLIENT_ID_CHARS }),
    requestUri: parseEndpoint(fields.text('request_uri')),
    method,
  });
}
