/**
 * Fields in `application/x-www-form-urlencoded`: request bodies, and what stands in a link.
 *
 * Lenient form parsers differ in which of two equal names wins and in what a broken `%` means, so
 * either is refused here. WHATWG URL §5, RFC 6749 §3.2 and appendix B.
 */

import { decodeUtf8 } from './encoding.js';
import { Malformed, TooLarge } from './errors.js';
import { JsonObject } from './json_object.js';

export const MAX_FIELDS = 50; // the number of parts that the web server takes, too

const FIELD = /^(?:[\x21-\x24\x26-\x7e]|%[0-9A-Fa-f]{2})*$/;

/**
 * Read form fields as a JsonObject of non-empty strings.
 *
 * A field without a value counts as left out (RFC 6749 §3.2). Throws TooLarge beyond `maxChars` or
 * 50 fields; Malformed for a name that comes twice, a broken escape, or text not in UTF-8.
 */
export function parseForm(text, { maxChars }) {
  if (text.length > maxChars) throw new TooLarge(`the form is longer than ${maxChars} bytes`);
  const pairs = text === '' ? [] : text.split('&');
  if (pairs.length > MAX_FIELDS) throw new TooLarge(`the form has more than ${MAX_FIELDS} fields`);
  const fields = new Map();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(pair.slice(0, Math.max(equals, 0)));
    if (equals < 0 || fields.has(name)) {
      throw new Malformed('each field of a form is a name, = and a value, and comes once');
    }
    fields.set(name, decode(pair.slice(equals + 1)));
  }
  return new JsonObject(Object.fromEntries([...fields].filter(([, value]) => value !== '')));
}

/** Write form fields, with spaces as `%20` so that the same text serves in a link. */
export function encodeForm(fields) {
  return Object.entries(fields).map((pair) => pair.map(encode).join('=')).join('&');
}

function encode(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => (
    `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  ));
}

function decode(text) {
  if (!FIELD.test(text)) {
    throw new Malformed('a form holds printable ASCII, everything else is escaped with %');
  }
  const bytes = (text.replaceAll('+', ' ').match(/%..|./g) ?? [])
    .map((part) => (part.length === 3 ? parseInt(part.slice(1), 16) : part.charCodeAt(0)));
  return decodeUtf8(Uint8Array.from(bytes));
}
