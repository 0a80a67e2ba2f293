/**
 * C2SP checkpoints: a log's size and root under its name, as a signed note.
 *
 * Only `verifyCheckpoint` returns something to rely on. Spec: c2sp.org/tlog-checkpoint.
 */

import { decodeBase64, decodeUtf8 } from './encoding.js';
import { KeyMismatch, Malformed } from './errors.js';
import { DIGEST_BYTES, MAX_SIZE } from './merkle.js';
import { parseNote, verifyNote } from './note.js';

const SIZE = /^(?:0|[1-9][0-9]{0,18})$/;
const EMPTY_ROOT = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; // SHA-256 of nothing

/**
 * Return what the log that this key belongs to has signed: {origin, size, root, extension}.
 *
 * data: the whole note. Signatures by other keys, such as witnesses, are ignored here.
 * Throws Malformed, TooLarge, CheckpointNotSigned, SignatureInvalid, or KeyMismatch when the
 * key's owner signed the head of a log of another name.
 */
export async function verifyCheckpoint(data, key) {
  const checkpoint = parseCheckpoint(await verifyNote(parseNote(data), key));
  if (checkpoint.origin !== key.name) {
    throw new KeyMismatch('the checkpoint is of another log than the key');
  }
  return checkpoint;
}

/**
 * Read a note's text as a checkpoint. It says what is claimed, and proves nothing.
 *
 * Throws Malformed, also for a size beyond 2^53-1, which JavaScript can't count.
 * Spec: c2sp.org/tlog-checkpoint, "Note text".
 */
export function parseCheckpoint(text) {
  const lines = decodeUtf8(text).split('\n');
  if (lines.length < 4 || lines.pop() !== '' || lines.includes('')) {
    throw new Malformed('a checkpoint is three or more lines, none of them empty');
  }
  const [origin, size, root, ...extension] = lines;
  if (!SIZE.test(size) || Number(size) > MAX_SIZE) {
    throw new Malformed("a checkpoint's size is a decimal number without leading zeros");
  }
  if (size === '0' && root !== EMPTY_ROOT) {
    throw new Malformed('an empty log has the root of the empty tree');
  }
  return Object.freeze({ origin, size: Number(size), root: decodeDigest(root), extension });
}

/** Read a SHA-256 value in standard base64: 32 bytes. Throws Malformed. */
export function decodeDigest(text) {
  const digest = decodeBase64(text);
  if (digest.length !== DIGEST_BYTES) throw new Malformed('a SHA-256 value has 32 bytes');
  return digest;
}
