/**
 * Offline proofs that a leaf is in a log: index, path and signed head in one text.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64, optional>
 *     index 73894
 *     <the path, one hash a line>
 *
 *     <the checkpoint, verbatim>
 *
 * Spec: c2sp.org/tlog-proof.
 */

import { decodeDigest } from './checkpoint.js';
import { decodeBase64, decodeUtf8 } from './encoding.js';
import { Malformed, TooLarge } from './errors.js';
import { MAX_SIZE } from './merkle.js';
import { MAX_NOTE_BYTES } from './note.js';

export const MAX_PATH = 63;
export const MAX_EXTRA_BYTES = 64 * 1024;
export const MAX_PROOF_BYTES = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES;

const HEADER = 'c2sp.org/tlog-proof@v1';
const EXTRA = 'extra ';
const INDEX = /^index (0|[1-9][0-9]{0,18})$/;
const ASCII = /^[\n -~]*$/;
const NEWLINE = 0x0a;

/**
 * Read a proof; nothing in it is verified: {index, path, checkpoint, extra}.
 *
 * path: 32-byte hashes from the leaf upwards; checkpoint: the whole note, as bytes; extra: what the
 * application put beside it, or null. Throws Malformed or TooLarge.
 */
export function parseTlogProof(data) {
  if (data.length > MAX_PROOF_BYTES) {
    throw new TooLarge(`a proof has at most ${MAX_PROOF_BYTES} bytes`);
  }
  const gap = data.findIndex((byte, at) => byte === NEWLINE && data[at + 1] === NEWLINE);
  if (gap < 0) throw notAProof();
  const head = decodeUtf8(data.slice(0, gap));
  const lines = head.split('\n');
  if (!ASCII.test(head) || lines.shift() !== HEADER) throw notAProof();
  const extra = takeExtra(lines);
  const index = takeIndex(lines);
  if (lines.length > MAX_PATH) {
    throw new TooLarge(`an inclusion proof has at most ${MAX_PATH} hashes`);
  }
  return Object.freeze({
    index, path: lines.map(decodeDigest), checkpoint: data.slice(gap + 2), extra,
  });
}

function takeExtra(lines) {
  if (!lines[0]?.startsWith(EXTRA)) return null;
  const extra = decodeBase64(lines.shift().slice(EXTRA.length));
  if (extra.length > MAX_EXTRA_BYTES) {
    throw new TooLarge(`extra data has at most ${MAX_EXTRA_BYTES} bytes`);
  }
  return extra;
}

function takeIndex(lines) {
  const match = INDEX.exec(lines.shift() ?? '');
  if (match === null || Number(match[1]) >= MAX_SIZE) {
    throw new Malformed("a proof says the leaf's index, in decimal without leading zeros");
  }
  return Number(match[1]);
}

function notAProof() {
  return new Malformed('not a proof of c2sp.org/tlog-proof@v1');
}
