/**
 * The files of tests/vectors/ and of this folder's neighbours.
 *
 *     readJson('wycheproof/ed25519_test.json')      // by JSON.parse: the file is trusted
 *     folders('sd-jwt')                             // names below a folder, sorted
 */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const VECTORS = new URL('../../vectors/', import.meta.url);

/** A vector's bytes. */
export function readBytes(path) {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(path, VECTORS))));
}

/** A vector's text, without the line break at its end. */
export function readText(path) {
  return new TextDecoder().decode(readBytes(path)).replace(/\n$/, '');
}

/** A vector as JSON. */
export function readJson(path) {
  return JSON.parse(readText(path));
}

/** The names in a folder of vectors, sorted. */
export function names(path) {
  return readdirSync(fileURLToPath(new URL(path, VECTORS))).sort();
}

/** Whether there is such a vector. */
export function exists(path) {
  return existsSync(fileURLToPath(new URL(path, VECTORS)));
}

/** Bytes from hexadecimal digits. */
export function hex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}
