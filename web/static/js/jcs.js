/** RFC 8785 (JCS): the one byte string of a JSON value, for hashing and signing. */

import { encodeUtf8 } from './encoding.js';
import { Malformed } from './errors.js';
import { Float } from './strict_json.js';

/**
 * Write the canonical bytes of a JSON value.
 *
 * Throws Malformed for what JCS can't carry: integers beyond 2^53-1, NaN, infinities, lone
 * surrogates, or a value that is not JSON. Spec: RFC 8785 §3.2.
 */
export function canonicalize(value) {
  return encodeUtf8(write(value));
}

function write(value) {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  // ECMAScript's own spelling of a double is the one that RFC 8785 §3.2.2.3 prescribes.
  if (value instanceof Float && Number.isFinite(value.value)) return String(value.value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (isPlainObject(value)) return `{${Object.keys(value).sort().map(member(value)).join(',')}}`;
  throw new Malformed('not a value that RFC 8785 can canonicalize');
}

/** `sort` compares UTF-16 code units, as §3.2.3 demands. */
function member(owner) {
  return (name) => `${writeText(name)}:${write(owner[name])}`;
}

function writeText(text) {
  if (!text.isWellFormed()) throw new Malformed('a lone surrogate can not be canonicalized');
  return JSON.stringify(text);
}

function isPlainObject(value) {
  if (typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
