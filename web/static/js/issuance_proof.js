/**
 * What a holder shows beside a credential to prove since when it has existed.
 *
 *     {"path":["<base64url>",…],"position":17,"salt":"<base64url>","v":1}
 *
 * An issuer's credentials of one day are leaves of one padded tree, whose root stands in the log.
 * A leaf is SHA-256(0x00 || salt || digest), with the digest of the credential as it was issued.
 */

import { sha256 } from './digest.js';
import {
  concatBytes, decodeBase64url, encodeBase64url, encodeUtf8,
} from './encoding.js';
import { Malformed, Unsupported } from './errors.js';
import { DIGEST_BYTES, leafHash, nodeHash } from './merkle.js';

export const MAX_PROOF_BYTES = 4 * 1024;

const SALT_BYTES = 16;
const MIN_PATH = 6; // a tree is padded to 64 leaves at least
const MAX_PATH = 24;
const VERSION = 1;

/**
 * Read a proof, unverified: {salt, position, path}.
 *
 * proof: a JsonObject. Throws Unsupported for another version, TooLarge for a longer path than any
 * tree has, Malformed for what is missing, unknown, mistyped, or can be no place in such a tree.
 */
export function readIssuanceProof(proof) {
  if (proof.integer('v') !== VERSION) throw new Unsupported('an issuance proof of another version');
  proof.only('path', 'position', 'salt', 'v');
  const texts = proof.array('path', { maxItems: MAX_PATH });
  const position = proof.integer('position');
  const salt = decodeBase64url(proof.text('salt'));
  if (texts.length < MIN_PATH) {
    throw new Malformed('an issuance proof has a path through a padded tree');
  }
  if (position < 0 || position >= 2 ** texts.length) {
    throw new Malformed('the tree of this path has no such position');
  }
  if (salt.length !== SALT_BYTES) throw new Malformed('an issuance proof has a salt of 16 bytes');
  return Object.freeze({ salt, position, path: Object.freeze(texts.map(readSibling)) });
}

/** A proof as it is kept and sent. */
export function proofMembers({ salt, position, path }) {
  return {
    path: path.map(encodeBase64url), position, salt: encodeBase64url(salt), v: VERSION,
  };
}

/** SHA-256 of an SD-JWT's issuer-signed JWT, which is the same in every presentation. */
export function issuedDigest(credential) {
  return sha256(encodeUtf8(credential.split('~')[0]));
}

/** The root that a proof leads to from a credential's digest. */
export async function issuanceRoot({ salt, position, path }, digest) {
  let found = await leafHash(concatBytes(salt, digest));
  let place = position;
  for (const sibling of path) {
    found = await (place % 2 ? nodeHash(sibling, found) : nodeHash(found, sibling));
    place = Math.floor(place / 2);
  }
  return found;
}

function readSibling(text) {
  if (typeof text !== 'string') throw new Malformed('a path is a list of texts');
  const sibling = decodeBase64url(text);
  if (sibling.length !== DIGEST_BYTES) throw new Malformed('a path holds hashes of 32 bytes');
  return sibling;
}
