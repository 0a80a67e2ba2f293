/**
 * Authorization Server Metadata, as far as the pre-authorized code grant needs it.
 *
 * RFC 8414 §2 and §3, OpenID4VCI 1.0 §12.3.
 */

import { Malformed } from './errors.js';
import { parseEndpoint, parseIdentifier, wellKnownUrl } from './https_url.js';
import { parseObject } from './json_object.js';

export const MAX_METADATA_BYTES = 256 * 1024;
export const MAX_METHODS = 64;

const LISTS = ['grant_types_supported', 'token_endpoint_auth_methods_supported'];
const ANONYMOUS = 'pre-authorized_grant_anonymous_access_supported';

/**
 * Where a server's metadata stands; a final `/` of the issuer is dropped first.
 *
 * Throws Malformed. Spec: RFC 8414 §3.1.
 */
export function serverMetadataUrl(issuer) {
  return wellKnownUrl(issuer.replace(/\/$/, ''), 'oauth-authorization-server');
}

/**
 * Read the metadata of exactly this server: {issuer, tokenEndpoint}; unknown members are ignored.
 *
 * Throws Malformed if the document says it is another's, or is not what RFC 8414 says.
 */
export function parseServerMetadata(data, { issuer }) {
  const metadata = parseObject(data, { maxBytes: MAX_METADATA_BYTES });
  if (metadata.text('issuer') !== issuer) {
    throw new Malformed("the metadata is another authorization server's");
  }
  LISTS.filter((name) => metadata.has(name))
    .forEach((name) => metadata.texts(name, { maxItems: MAX_METHODS }));
  metadata.booleanOrNull(ANONYMOUS);
  return Object.freeze({
    issuer: parseIdentifier(issuer),
    tokenEndpoint: parseEndpoint(metadata.text('token_endpoint')),
  });
}
