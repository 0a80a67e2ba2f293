/**
 * URLs that arrive in messages: only https, and plain http for loopback names.
 *
 * Each function returns the text that it was given: identifiers are compared character by character
 * (OpenID4VCI 1.0 §12.2.4, RFC 8414 §3.3), so nothing here normalises.
 */

import { Malformed, TooLarge } from './errors.js';

export const MAX_URL_CHARS = 2048; // the shortest limit among the browsers and servers on the way

const URI = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/; // RFC 3986 §2
const PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/;
const HOST_AND_PORT = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]*))?$/;
const MAX_PORT = 65535;
const LOOPBACK = /^(?:.*\.)?localhost$/i;

/**
 * A credential issuer or authorization server identifier: no query, no fragment.
 *
 * Throws Malformed or TooLarge. Spec: OpenID4VCI 1.0 §12.2.1, RFC 8414 §2.
 */
export function parseIdentifier(text) {
  if (text.includes('?')) throw new Malformed('an issuer identifier has no query');
  return parseEndpoint(text);
}

/** The URL of an endpoint: a query is allowed, a fragment is not. Throws Malformed, TooLarge. */
export function parseEndpoint(text) {
  if (text.includes('#')) throw new Malformed('the URL of an endpoint has no fragment');
  return parseRedirect(text);
}

/** A URL that a browser is sent to; a fragment is allowed. Throws Malformed or TooLarge. */
export function parseRedirect(text) {
  split(text);
  return text;
}

/**
 * Where a document about an identifier stands: `/.well-known/NAME` before its path.
 *
 * Spec: OpenID4VCI 1.0 §12.2.2, RFC 8414 §3.1.
 */
export function wellKnownUrl(identifier, name) {
  const { scheme, authority, path } = split(identifier);
  return `${scheme}://${authority}/.well-known/${name}${path}`;
}

function split(text) {
  if (text.length > MAX_URL_CHARS) {
    throw new TooLarge(`a URL has at most ${MAX_URL_CHARS} characters`);
  }
  const parts = URI.test(text) ? PARTS.exec(text) : null;
  if (parts === null) throw new Malformed('not a URL');
  const [, scheme, authority, path] = parts;
  const host = parseHost(authority);
  if (path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) {
    throw new Malformed('a URL has no segments that clients would drop from its path');
  }
  const lower = scheme.toLowerCase();
  // Names that RFC 6761 §6.3 keeps on this machine; addresses never name an issuer here.
  if (lower !== 'https' && !(lower === 'http' && LOOPBACK.test(host))) {
    throw new Malformed('a URL uses https, or http with a loopback name');
  }
  return { scheme: lower, authority, path };
}

function parseHost(authority) {
  const match = HOST_AND_PORT.exec(authority);
  if (match === null || Number(match[2] ?? 0) > MAX_PORT || !isHost(match[1])) {
    throw new Malformed('a URL names a host, without escapes and without a user');
  }
  return match[1];
}

/** An address in brackets is one of IPv6, which the browser can tell best. */
function isHost(host) {
  return !host.startsWith('[') || URL.canParse(`https://${host}`);
}
