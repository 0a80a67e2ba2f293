/**
 * C2SP signed notes: a text, a blank line, and signature lines; and the verifier keys for them.
 *
 * What a text says is `checkpoint.js`'s concern. Spec: c2sp.org/signed-note.
 */

import { sha256 } from './digest.js';
import { concatBytes, decodeBase64, decodeUtf8, encodeUtf8, equalBytes } from './encoding.js';
import { CheckpointNotSigned, Malformed, TooLarge, Unsupported } from './errors.js';
import { ed25519Key } from './keys.js';

export const MAX_NOTE_BYTES = 256 * 1024; // 64 lines with the largest signature in use, ML-DSA-44
export const MAX_SIGNATURES = 64;

const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
// No white space, as Unicode has it, and no plus sign.
const NAME = new RegExp(
  String.raw`^[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`
  + String.raw`+\ud800-\udfff]{1,255}$`,
  'u',
);
const KEY_ID = /^[0-9a-f]{8}$/;
const DASH = '\u2014 '; // em dash and space

/**
 * Read a verifier key (`vkey`), `name+hex(key id)+base64(type, key)`: {name, keyId, key}.
 *
 * Throws Malformed, or Unsupported for another signature type than Ed25519 (0x01).
 */
export function parseVerifierKey(text) {
  return parseVkey(text, ED25519);
}

/**
 * Read `name+hex(key id)+base64(type, key)` of this type of Ed25519 signatures: {name, keyId, key}.
 *
 * Throws Malformed, or Unsupported for another type. Spec: c2sp.org/signed-note, "Verifier keys".
 */
export async function parseVkey(text, signatureType) {
  const [name, id, ...rest] = text.split('+');
  if (!rest.length) throw new Malformed('not a verifier key: name+id+key');
  const data = decodeBase64(rest.join('+')); // base64 may hold a plus sign, a name may not
  if (data[0] !== signatureType) {
    throw new Unsupported('not a verifier key of the signature type that is wanted here');
  }
  const key = ed25519Key(data.slice(1));
  checkName(name);
  const keyId = (await sha256(concatBytes(encodeUtf8(`${name}\n`), data))).slice(0, KEY_ID_BYTES);
  if (!KEY_ID.test(id) || !equalBytes(keyId, hexBytes(id))) {
    throw new Malformed("the verifier key's id does not belong to its name and key");
  }
  return Object.freeze({ name, keyId, key });
}

/**
 * Read a note of at most 256 KiB with 1 to 64 signature lines; nothing in it is verified.
 *
 * Returns {text, signatures}: text: the signed bytes, with their final newline; signatures:
 * [{name, keyId, value}]. Throws Malformed or TooLarge.
 */
export function parseNote(data) {
  if (data.length > MAX_NOTE_BYTES) {
    throw new TooLarge(`a note has at most ${MAX_NOTE_BYTES} bytes`);
  }
  if (data.some((byte) => byte < 0x20 && byte !== 0x0a)) {
    throw new Malformed('a note has no control characters but newlines');
  }
  const note = decodeUtf8(data);
  const blank = note.lastIndexOf('\n\n');
  const lines = note.slice(blank + 2);
  if (blank < 1 || !lines.endsWith('\n')) {
    throw new Malformed('a note is a text, a blank line and signature lines');
  }
  const signatures = lines.slice(0, -1).split('\n');
  if (signatures.length > MAX_SIGNATURES) {
    throw new TooLarge(`a note has at most ${MAX_SIGNATURES} signatures`);
  }
  return Object.freeze({
    text: encodeUtf8(note.slice(0, blank + 1)),
    signatures: signatures.map(parseSignature),
  });
}

/**
 * Return the note's text, signed by this key's owner; lines of other keys are ignored.
 *
 * Throws CheckpointNotSigned when no line is by this key, SignatureInvalid when one is and does
 * not verify, whatever the others say. Spec: c2sp.org/signed-note, "Signatures".
 */
export async function verifyNote(note, { name, keyId, key }) {
  const byKey = note.signatures
    .filter((line) => line.name === name && equalBytes(line.keyId, keyId));
  if (!byKey.length) {
    throw new CheckpointNotSigned('the note has no signature by the key that is wanted');
  }
  for (const line of byKey) await key.verify(line.value, note.text);
  return note.text;
}

function parseSignature(line) {
  const rest = line.slice(DASH.length);
  const space = rest.indexOf(' ');
  if (!line.startsWith(DASH) || space < 0) throw notASignature();
  const name = rest.slice(0, space);
  checkName(name);
  const data = decodeBase64(rest.slice(space + 1));
  if (data.length <= KEY_ID_BYTES) throw notASignature();
  return Object.freeze({
    name, keyId: data.slice(0, KEY_ID_BYTES), value: data.slice(KEY_ID_BYTES),
  });
}

function notASignature() {
  return new Malformed('not a signature line: dash, name, key id with signature');
}

function checkName(name) {
  if (!NAME.test(name)) {
    throw new Malformed('a key name has 1 to 255 characters without spaces and plus signs');
  }
}

function hexBytes(text) {
  return Uint8Array.from(text.match(/../g), (byte) => parseInt(byte, 16));
}
