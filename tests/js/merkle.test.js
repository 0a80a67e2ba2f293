/** RFC 6962 trees: growing ones against the definition, and every proof of every small tree. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeBase64, encodeUtf8 } from '../../web/static/js/encoding.js';
import { Frontier, MAX_SIZE, emptyRoot, leafHash, nodeHash } from '../../web/static/js/merkle.js';
import { verifyConsistency, verifyInclusion } from '../../web/static/js/merkle_proof.js';
import { refused } from './simulators/refused.js';
import { hex } from './simulators/vectors.js';

const SIZE = 21;
const LEAVES = await Promise.all(
  Array.from({ length: SIZE }, (_, at) => leafHash(encodeUtf8(`leaf ${at}`))),
);

/** The largest power of two below a count: RFC 6962 §2.1. */
const split = (count) => 2 ** (Math.ceil(Math.log2(count)) - 1);

/** The root by its definition. RFC 6962 §2.1. */
async function rootOf(leaves) {
  if (leaves.length <= 1) return leaves[0] ?? emptyRoot();
  const middle = split(leaves.length);
  return nodeHash(await rootOf(leaves.slice(0, middle)), await rootOf(leaves.slice(middle)));
}

/** PATH(m, D[n]). RFC 6962 §2.1.1. */
async function inclusionPath(index, leaves) {
  if (leaves.length <= 1) return [];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return index < middle
    ? [...await inclusionPath(index, left), await rootOf(right)]
    : [...await inclusionPath(index - middle, right), await rootOf(left)];
}

/** SUBPROOF(m, D[n], b). RFC 6962 §2.1.2. */
async function consistencyPath(size, leaves, isWhole = true) {
  if (size === leaves.length) return isWhole ? [] : [await rootOf(leaves)];
  const middle = split(leaves.length);
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)];
  return size <= middle
    ? [...await consistencyPath(size, left, isWhole), await rootOf(right)]
    : [...await consistencyPath(size - middle, right, false), await rootOf(left)];
}

test('hashes as the test vectors of Certificate Transparency say', async () => {
  assert.deepEqual(await emptyRoot(), hex('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'));
  const empty = await leafHash(new Uint8Array());
  assert.deepEqual(empty, hex('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'));
  const root = await new Frontier().append(empty).then((one) => leafHash(hex('00')).then((leaf) => one.append(leaf)));
  assert.deepEqual(await root.root(), hex('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'));
});

test('grows to the root that the definition gives, at every size', async () => {
  let frontier = new Frontier();
  for (let size = 0; size <= SIZE; size += 1) {
    assert.equal(frontier.size, size);
    assert.deepEqual(await frontier.root(), await rootOf(LEAVES.slice(0, size)));
    if (size < SIZE) frontier = await frontier.append(LEAVES[size]);
  }
});

test('verifies the inclusion of every leaf in every tree, and nothing beside it', async () => {
  for (let size = 1; size <= SIZE; size += 1) {
    const leaves = LEAVES.slice(0, size);
    const root = await rootOf(leaves);
    for (let index = 0; index < size; index += 1) {
      const proof = { leaf: LEAVES[index], index, size, path: await inclusionPath(index, leaves), root };
      await verifyInclusion(proof);
      await refused('inclusion-invalid', () => verifyInclusion({ ...proof, leaf: LEAVES[(index + 1) % SIZE] }));
      await refused('inclusion-invalid', () => verifyInclusion({ ...proof, root: LEAVES[0].map((b) => b ^ 1) }));
      await refused('malformed', () => verifyInclusion({ ...proof, path: [...proof.path, root] }));
      if (proof.path.length) {
        await refused('malformed', () => verifyInclusion({ ...proof, path: proof.path.slice(1) }));
        const other = [...proof.path.slice(0, -1), LEAVES[0].map((byte) => byte ^ 1)];
        await refused('inclusion-invalid', () => verifyInclusion({ ...proof, path: other }));
      }
    }
  }
});

test('verifies the consistency of every two trees, and of no others', async () => {
  for (let newSize = 1; newSize <= SIZE; newSize += 1) {
    const newRoot = await rootOf(LEAVES.slice(0, newSize));
    for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
      const oldRoot = await rootOf(LEAVES.slice(0, oldSize));
      const path = oldSize < newSize ? await consistencyPath(oldSize, LEAVES.slice(0, newSize)) : [];
      const proof = { oldSize, oldRoot, newSize, newRoot, path };
      await verifyConsistency(proof);
      const wrong = LEAVES[0].map((byte) => byte ^ 1);
      await refused('consistency-invalid', () => verifyConsistency({ ...proof, oldRoot: wrong }));
      await refused('consistency-invalid', () => verifyConsistency({ ...proof, newRoot: wrong }));
      await refused('malformed', () => verifyConsistency({ ...proof, path: [...path, wrong] }));
    }
  }
});

test('an empty tree is continued by any, if its root is the empty one', async () => {
  const newRoot = await rootOf(LEAVES);
  const proof = { oldSize: 0, oldRoot: await emptyRoot(), newSize: SIZE, newRoot, path: [] };
  await verifyConsistency(proof);
  await verifyConsistency({ ...proof, newSize: 0, newRoot: proof.oldRoot });
  await refused('consistency-invalid', () => verifyConsistency({ ...proof, oldRoot: newRoot }));
  await refused('consistency-invalid', () => verifyConsistency({ ...proof, newSize: 0 }));
  await refused('malformed', () => verifyConsistency({ ...proof, path: [newRoot] }));
});

test('refuses sizes and places that no tree has, and hashes that are none', async () => {
  const root = await rootOf(LEAVES.slice(0, 2));
  const proof = { leaf: LEAVES[0], index: 0, size: 2, path: [LEAVES[1]], root };
  await verifyInclusion(proof);
  for (const change of [
    { index: -1 }, { index: 2 }, { index: 0.5 }, { size: 0 }, { size: MAX_SIZE + 1 },
    { leaf: root.slice(1) }, { path: [root.slice(1)] },
  ]) await refused('malformed', () => verifyInclusion({ ...proof, ...change }));
  const trees = { oldSize: 1, oldRoot: LEAVES[0], newSize: 2, newRoot: root, path: [LEAVES[1]] };
  await verifyConsistency(trees);
  for (const change of [{ oldSize: -1 }, { newSize: MAX_SIZE + 1 }, { path: [root.slice(1)] }]) {
    await refused('malformed', () => verifyConsistency({ ...trees, ...change }));
  }
  await refused('consistency-invalid', () => verifyConsistency({ ...trees, oldSize: 3 }));
});

test('counts beyond 2^32', async () => {
  const size = 2 ** 40;
  const path = Array.from({ length: 40 }, (_, at) => LEAVES[(at + 1) % SIZE]);
  let root = LEAVES[0];
  for (const sibling of path) root = await nodeHash(sibling, root);
  await verifyInclusion({ leaf: LEAVES[0], index: size - 1, size, path, root });
  await refused('inclusion-invalid', () => verifyInclusion({ leaf: LEAVES[0], index: size - 2, size, path, root }));
});

test('is the base64 of the empty root that a checkpoint compares with', async () => {
  assert.equal(encodeBase64(await emptyRoot()), '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
});
