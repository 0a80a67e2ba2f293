/** Base45: bytes in the characters that a QR code holds densest. RFC 9285. */

import { Malformed } from './errors.js';

const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUES = new Map([...CHARACTERS].map((character, value) => [character, value]));

/** Write bytes: three characters for two of them, two for a last one. RFC 9285 §4. */
export function encodeBase45(data) {
  let text = '';
  for (let at = 0; at < data.length; at += 2) {
    const isPair = at + 1 < data.length;
    let value = isPair ? data[at] * 256 + data[at + 1] : data[at];
    for (let digits = isPair ? 3 : 2; digits > 0; digits -= 1) {
      text += CHARACTERS[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** Read base45. Throws Malformed for another character, length or value. RFC 9285 §4.2, §6. */
export function decodeBase45(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((character) => VALUES.get(character));
    if (digits.length === 1 || digits.includes(undefined)) throw new Malformed('not base45');
    const [low, middle, high = 0] = digits;
    const value = low + middle * 45 + high * 2025;
    if (value > (digits.length === 3 ? 0xffff : 0xff)) throw new Malformed('not base45');
    bytes.push(...(digits.length === 3 ? [value >> 8, value & 0xff] : [value]));
  }
  return Uint8Array.from(bytes);
}
