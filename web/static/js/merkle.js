/**
 * RFC 6962 hashing: leaves, nodes, and the frontier from which a tree grows. SHA-256, 32 bytes.
 *
 * Sizes and indexes are numbers, exact up to 2^53-1, which no log of a city reaches.
 */

import { sha256 } from './digest.js';
import { concatBytes } from './encoding.js';

export const DIGEST_BYTES = 32;
export const MAX_SIZE = Number.MAX_SAFE_INTEGER;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of one leaf's bytes. Spec: RFC 6962 §2.1. */
export function leafHash(leaf) {
  return sha256(concatBytes(LEAF, leaf));
}

/** The hash of an inner node over its two children. Spec: RFC 6962 §2.1. */
export function nodeHash(left, right) {
  return sha256(concatBytes(NODE, left, right));
}

/** The root of the tree without leaves. */
export function emptyRoot() {
  return sha256(new Uint8Array());
}

/** All that a tree must remember to grow: the roots of its perfect subtrees, largest first. */
export class Frontier {
  #nodes;

  /** size: the number of leaves; nodes: one hash for each bit that is set in it. */
  constructor(size = 0, nodes = []) {
    this.size = size;
    this.#nodes = nodes;
    Object.freeze(this);
  }

  /** The frontier after one more leaf hash. */
  async append(leaf) {
    const nodes = [...this.#nodes];
    let node = leaf;
    // A perfect subtree of the same height stands to the left: join them.
    for (let carry = this.size; carry % 2 === 1; carry = Math.floor(carry / 2)) {
      node = await nodeHash(nodes.pop(), node);
    }
    return new Frontier(this.size + 1, [...nodes, node]);
  }

  /** The root of the tree of this size. */
  async root() {
    if (!this.#nodes.length) return emptyRoot();
    let root = this.#nodes.at(-1);
    for (const node of this.#nodes.slice(0, -1).reverse()) root = await nodeHash(node, root);
    return root;
  }
}
