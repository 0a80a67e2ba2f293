/**
 * did:webvh identifiers. did:webvh 1.0, "Method-Specific Identifier".
 *
 * One DID has one spelling here: hosts in lower case and as A-labels, percent-encoding in capitals
 * and only where it is needed. Names are compared as text, so a second spelling would be a second
 * identity with the same address.
 */

import { decodeUtf8, encodeUtf8 } from './encoding.js';
import { DidInvalid, Malformed, rewrapped } from './errors.js';

export const MAX_DID_CHARS = 1024;
export const MAX_PATH_SEGMENTS = 16;
export const MAX_PORT = 65535;
export const SCID_PLACEHOLDER = '{SCID}';

const PREFIX = 'did:webvh:';
const SCID = /^Qm[1-9A-HJ-NP-Za-km-z]{44}$/; // base58 of 12 20 and 32 bytes: SHA-256
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_HOST = 253;
// A last label like this makes URL parsers read the whole host as an IPv4 address (WHATWG §3.5).
const NUMERIC = /^(?:[0-9]+|0x[0-9a-f]*)$/;
const HOST_AND_PORT = /^([^%]*)(?:%3A([1-9][0-9]{0,4}))?$/;
const SEGMENT = /^(?:[A-Za-z0-9._-]|%[0-9A-F]{2})+$/;
const PLAIN = /^[A-Za-z0-9._-]$/;
const LOOPBACK = 'localhost';
const UNPRINTABLE = /[\p{C}\p{Z}]/u; // but for the space itself

/**
 * Read a bare did:webvh DID, without path, query or fragment: {text, scid}. Throws DidInvalid.
 *
 * Refused beyond the specification: upper-case hosts, U-labels, `%3a`, needless escapes. Accepted
 * beyond it: the host `localhost`, which has one label only, for a registry on one's own desk.
 */
export function parseDid(text) {
  if (text.length > MAX_DID_CHARS || !text.startsWith(PREFIX)) {
    throw new DidInvalid('not a did:webvh DID');
  }
  const [scid, authority, ...path] = text.slice(PREFIX.length).split(':');
  checkScid(scid);
  if (authority === undefined || path.length > MAX_PATH_SEGMENTS) {
    throw new DidInvalid(
      `the DID needs a host and at most ${MAX_PATH_SEGMENTS} path segments`,
    );
  }
  checkAuthority(authority);
  path.forEach(checkSegment);
  return Object.freeze({ text, scid });
}

/**
 * The address of a file of a DID, as `parseDid` gives it: https, but http for this very machine.
 *
 * Spec: did:webvh 1.0, "The DID to HTTPS Transformation".
 */
export function fileUrl({ text }, name) {
  const [authority, ...path] = text.slice(PREFIX.length).split(':').slice(1);
  const [, host, port] = HOST_AND_PORT.exec(authority);
  const isHere = host === LOOPBACK || host.endsWith(`.${LOOPBACK}`);
  const folder = path.length ? path.map((segment) => segment.replaceAll('%7E', '~')) : ['.well-known'];
  return [
    `${isHere ? 'http' : 'https'}://${host}${port === undefined ? '' : `:${port}`}`, ...folder, name,
  ].join('/');
}

/** Throw DidInvalid unless the text can be an SCID; whether it is one, its log will show. */
export function checkScid(text) {
  if (!SCID.test(text)) {
    throw new DidInvalid('an SCID has the 46 base58 characters of a SHA-256 multihash');
  }
}

function checkAuthority(text) {
  const match = HOST_AND_PORT.exec(text);
  if (match === null) {
    throw new DidInvalid('the host has an escape, or a port that is not %3A and its number');
  }
  const [, host, port = '0'] = match;
  const labels = host.split('.');
  if (host.length > MAX_HOST || !labels.every((label) => LABEL.test(label))) {
    throw new DidInvalid(
      'the host is not a domain name in lower-case letters, digits and hyphens',
    );
  }
  if (labels.length < 2 && host !== LOOPBACK) {
    throw new DidInvalid('the host is not a fully qualified domain name');
  }
  if (NUMERIC.test(labels.at(-1))) throw new DidInvalid('the host is an IP address');
  if (Number(port) > MAX_PORT) throw new DidInvalid('the port is beyond 65535');
}

/** Refuse what could lead out of its folder, or be written in two ways. */
function checkSegment(segment) {
  if (!SEGMENT.test(segment)) {
    throw new DidInvalid('a path segment is empty or has a character that must be escaped');
  }
  const name = decodeSegment(segment);
  if (['.', '..'].includes(name) || /[/\\]/.test(name)) {
    throw new DidInvalid('a path segment leads to another folder');
  }
  if (UNPRINTABLE.test(name.replaceAll(' ', '')) || /^ | $/.test(name)) {
    throw new DidInvalid(
      'a path segment has control characters or begins or ends with a space',
    );
  }
  if (segment !== encodeSegment(name)) {
    throw new DidInvalid('a path segment has an escape that it does not need');
  }
}

function decodeSegment(segment) {
  const bytes = segment.match(/%..|./g)
    .map((part) => (part.length === 3 ? parseInt(part.slice(1), 16) : part.charCodeAt(0)));
  try {
    return decodeUtf8(Uint8Array.from(bytes));
  } catch (error) {
    throw rewrapped(error, Malformed, () => (
      new DidInvalid("a path segment's escapes are not UTF-8")
    ));
  }
}

/** Percent-encode all but the characters that a DID may hold as they are. DID Core §3.1. */
function encodeSegment(name) {
  const escaped = [...encodeUtf8(name)].map((byte) => {
    const character = String.fromCharCode(byte);
    if (PLAIN.test(character)) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return escaped.join('');
}
