/**
 * Inclusion and consistency proofs: lists of 32-byte node hashes from the leaves upwards.
 *
 * Whether the root is the log's is for `checkpoint.js`: a proof verified against a root that nobody
 * signed proves nothing.
 */

import { equalBytes } from './encoding.js';
import { ConsistencyInvalid, InclusionInvalid, Malformed } from './errors.js';
import { DIGEST_BYTES, MAX_SIZE, emptyRoot, nodeHash } from './merkle.js';

/**
 * Prove that a leaf is in the tree that a root commits to.
 *
 * leaf, root: 32 bytes, leaf prefix applied; index: 0-based, below size; path: sibling hashes from
 * the leaf upwards. Throws Malformed if the path cannot be one for this place, InclusionInvalid if
 * it leads elsewhere. Spec: RFC 9162 §2.1.3.2.
 */
export async function verifyInclusion({ leaf, index, size, path, root }) {
  if (!(isSize(index) && isSize(size) && index < size)) {
    throw new Malformed('no leaf of this index in a tree of this size');
  }
  // Below the level where the leaf's way up meets the tree's right edge, siblings stand on either
  // side by the bits of the index; above it, only left siblings exist.
  const place = BigInt(index);
  const meet = bitLength(place ^ BigInt(size - 1));
  checkPath([leaf, ...path], 1 + meet + bitCount(place >> BigInt(meet)));
  const below = await climb(leaf, path.slice(0, meet), place);
  const found = await climbRight(below, path.slice(meet));
  if (!equalBytes(found, root)) throw new InclusionInvalid('the proof leads to another root');
}

/**
 * Prove that the newer tree continues the older one, leaf by leaf.
 *
 * An empty old tree, or one of equal size, takes an empty path and is compared by root.
 * Throws Malformed if the path cannot be one for these sizes, ConsistencyInvalid if the trees
 * differ or the tree shrank. Spec: RFC 9162 §2.1.4.2.
 */
export async function verifyConsistency({ oldSize, oldRoot, newSize, newRoot, path }) {
  if (!isSize(oldSize) || !isSize(newSize)) throw new Malformed('not the sizes of trees');
  if (oldSize > newSize) throw new ConsistencyInvalid('the newer tree is the smaller one');
  if (oldSize > 0 && oldSize < newSize) {
    await climbToBoth({ oldSize, oldRoot, newSize, newRoot, path });
    return;
  }
  checkPath(path, 0);
  if (oldSize === 0 && !equalBytes(oldRoot, await emptyRoot())) {
    throw new ConsistencyInvalid('the older root is not the root of an empty tree');
  }
  if (oldSize === newSize && !equalBytes(oldRoot, newRoot)) {
    throw new ConsistencyInvalid('one size, but two roots');
  }
}

/** Climb from the last perfect subtree of the old tree towards both roots at once. */
async function climbToBoth({ oldSize, oldRoot, newSize, newRoot, path }) {
  const old = BigInt(oldSize);
  const height = BigInt(bitLength(old & -old) - 1); // of that subtree
  const place = (old - 1n) >> height; // its index on its level
  const meet = bitLength(place ^ (BigInt(newSize - 1) >> height));
  // An old tree that is that subtree has a known root, which is not sent.
  const sent = place === 0n ? 0 : 1;
  checkPath(path, sent + meet + bitCount(place >> BigInt(meet)));
  const start = sent ? path[0] : oldRoot;
  const below = path.slice(sent, sent + meet);
  const above = path.slice(sent + meet);
  const lefts = below.filter((_, level) => (place >> BigInt(level)) & 1n);
  const oldFound = await climbRight(await climbRight(start, lefts), above);
  const newFound = await climbRight(await climb(start, below, place), above);
  if (!equalBytes(oldFound, oldRoot) || !equalBytes(newFound, newRoot)) {
    throw new ConsistencyInvalid('the proof leads to other roots');
  }
}

/** Hash upwards; bit l of the index tells whether we come from the right on level l. */
async function climb(start, siblings, index) {
  let node = start;
  for (const [level, sibling] of siblings.entries()) {
    const fromRight = (index >> BigInt(level)) & 1n;
    node = await (fromRight ? nodeHash(sibling, node) : nodeHash(node, sibling));
  }
  return node;
}

/** Hash upwards along the right edge, where every sibling stands to the left. */
async function climbRight(start, siblings) {
  let node = start;
  for (const sibling of siblings) node = await nodeHash(sibling, node);
  return node;
}

function isSize(value) {
  return Number.isInteger(value) && value >= 0 && value <= MAX_SIZE;
}

function bitLength(number) {
  return number === 0n ? 0 : number.toString(2).length;
}

function bitCount(number) {
  return number.toString(2).replaceAll('0', '').length;
}

function checkPath(path, length) {
  if (path.length !== length) {
    throw new Malformed('a proof of another length than this place in this tree has');
  }
  if (path.some((sibling) => sibling.length !== DIGEST_BYTES)) {
    throw new Malformed('a proof holds hashes of 32 bytes');
  }
}
