/**
 * Text forms of bytes: UTF-8, base64, base64url, base58btc, multibase. One spelling per value.
 *
 * Two spellings of one value would give two hashes and two verdicts, so padding, white space and
 * non-canonical trailing bits are refused rather than tolerated. Bytes are `Uint8Array`s.
 */

import { Malformed, TooLarge } from './errors.js';

// Decoding base58 is quadratic; the longest value in use is a 64-byte signature.
export const MAX_BASE58_CHARS = 256;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE64 = alphabet(`${LETTERS}+/`);
const BASE64URL = alphabet(`${LETTERS}-_`);
const BASE58 = alphabet('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz');

/** Write a text as UTF-8. A lone surrogate becomes U+FFFD; no parser here lets one in. */
export function encodeUtf8(text) {
  return new TextEncoder().encode(text);
}

/** Read UTF-8, byte-order mark and all. Throws Malformed. */
export function decodeUtf8(data) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch (error) {
    throw new Malformed('not UTF-8', { cause: error });
  }
}

/** These bytes, one after the other. */
export function concatBytes(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether two byte strings are the same. Not for secrets: it stops at the first difference. */
export function equalBytes(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** Write bytes in base64url without padding. RFC 7515 appendix C. */
export function encodeBase64url(data) {
  return encodeSextets(data, BASE64URL);
}

/**
 * Read unpadded base64url.
 *
 * Throws Malformed for padding, any other character, an impossible length or non-zero unused bits.
 * Spec: RFC 4648 §3.5 and §5, RFC 7515 §2.
 */
export function decodeBase64url(text) {
  return decodeSextets(text, BASE64URL);
}

/** Write bytes in standard base64, padded. RFC 4648 §4. */
export function encodeBase64(data) {
  const text = encodeSextets(data, BASE64);
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** Read standard base64, padded and canonical. Throws Malformed for every other spelling. */
export function decodeBase64(text) {
  const bare = text.replace(/={1,2}$/, '');
  if (text.length % 4 || text.length - bare.length !== (4 - (bare.length % 4)) % 4) {
    throw new Malformed('base64 is padded to a multiple of four characters');
  }
  return decodeSextets(bare, BASE64);
}

/** Write bytes in base58btc, keeping each leading zero byte as a leading `1`. */
export function encodeBase58(data) {
  let number = data.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = '';
  for (; number > 0n; number /= 58n) text = BASE58.characters[Number(number % 58n)] + text;
  const zeros = data.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros < 0 ? data.length : zeros) + text;
}

/**
 * Read base58btc of at most 256 characters.
 *
 * Throws TooLarge beyond that, Malformed for a character outside the alphabet.
 */
export function decodeBase58(text) {
  if (text.length > MAX_BASE58_CHARS) throw new TooLarge('base58 text is too long');
  let number = 0n;
  for (const character of text) {
    const value = BASE58.values.get(character);
    if (value === undefined) throw new Malformed('not base58btc');
    number = number * 58n + BigInt(value);
  }
  const bytes = [];
  for (; number > 0n; number /= 256n) bytes.push(Number(number % 256n));
  const zeros = text.length - text.replace(/^1+/, '').length;
  return Uint8Array.from([...new Array(zeros).fill(0), ...bytes.reverse()]);
}

/** Write bytes as multibase base58btc: `z` and base58. Spec: Controlled Identifiers 1.0 §2.4. */
export function encodeMultibase(data) {
  return `z${encodeBase58(data)}`;
}

/** Read multibase base58btc (`z`); every other base is Malformed, as no suite here uses one. */
export function decodeMultibase(text) {
  if (!text.startsWith('z')) {
    throw new Malformed('not multibase base58btc: it must start with z');
  }
  return decodeBase58(text.slice(1));
}

function alphabet(characters) {
  return { characters, values: new Map([...characters].map((one, value) => [one, value])) };
}

function encodeSextets(data, { characters }) {
  let text = '';
  for (let at = 0; at < data.length; at += 3) {
    const group = (data[at] << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
    const count = Math.min(data.length - at, 3) + 1;
    for (let i = 0; i < count; i += 1) text += characters[(group >> (18 - 6 * i)) & 63];
  }
  return text;
}

function decodeSextets(text, { values }) {
  const data = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let count = 0;
  let size = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = values.get(text[at]);
    if (value === undefined) throw new Malformed('a character that is not of this base64');
    bits = ((bits << 6) | value) & 0xfff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      data[size] = bits >> count;
      size += 1;
    }
  }
  // What is left over is less than a byte: two or four zero bits, never six.
  if (count === 6 || bits & ((1 << count) - 1)) {
    throw new Malformed('base64 of an impossible length or with unused bits set');
  }
  return data;
}
