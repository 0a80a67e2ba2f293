/** Leaves and the bundles they come in: our own vector, and one change at a time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bundlesBetween, parseBundle } from '../../web/static/js/bundles.js';
import { encodeUtf8 } from '../../web/static/js/encoding.js';
import { canonicalize } from '../../web/static/js/jcs.js';
import { EMPTY_CHAIN, LeafKind, MAX_LEAF_BYTES, parseLeaf, verifyNext } from '../../web/static/js/leaf.js';
import { Random } from './simulators/random.js';
import { refused, refusedOrDone } from './simulators/refused.js';
import { readJson } from './simulators/vectors.js';

const { leaves: LEAVES, checkpoint: CHECKPOINT } = readJson('seoul/log.json');
const FIRST = JSON.parse(LEAVES[0]);
const DIGEST = 'A'.repeat(43);
const PERIOD = { from: '2026-03-13T03:00:00Z', until: '2026-03-14T03:00:00Z' };
const leaf = (changes = {}) => canonicalize(JSON.parse(JSON.stringify({ ...FIRST, ...changes })));

test('reads the leaves of our vector as one chain', async () => {
  let head = EMPTY_CHAIN;
  for (const [at, data] of LEAVES.entries()) {
    const next = await verifyNext(encodeUtf8(data), head);
    assert.deepEqual([next.leaf.index, next.leaf.kind], [at, LeafKind.SCHEMA]);
    assert.equal(next.leaf.time, Date.parse('2026-03-13T03:00:00Z'));
    head = next.head;
  }
  assert.equal(head.size, 3);
});

test('refuses a leaf at another place, or after another', async () => {
  const { head } = await verifyNext(encodeUtf8(LEAVES[0]), EMPTY_CHAIN);
  await refused('leaf-chain-broken', () => verifyNext(encodeUtf8(LEAVES[1]), EMPTY_CHAIN));
  await refused('leaf-chain-broken', () => verifyNext(encodeUtf8(LEAVES[0]), head));
  const other = { ...head, last: head.last.map((byte) => byte ^ 1) };
  await refused('leaf-chain-broken', () => verifyNext(encodeUtf8(LEAVES[1]), other));
});

const REFUSED = {
  'another version': ['unsupported', { v: 2 }],
  'an unknown kind': ['unsupported', { kind: 'person' }],
  'a kind that objects have': ['unsupported', { kind: 'constructor' }],
  'an unknown member': ['malformed', { x: 1 }],
  'no time': ['malformed', { t: undefined }],
  'a time with a fraction': ['malformed', { t: '2026-03-13T03:00:00.5Z' }],
  'a time of another zone': ['malformed', { t: '2026-03-13T12:00:00+09:00' }],
  'a negative index': ['malformed', { i: -1 }],
  'a short predecessor': ['malformed', { prev: 'AAAA' }],
  'no subject': ['malformed', { sub: '' }],
  'a subject with a space': ['malformed', { sub: 'a b' }],
  'a subject beyond ASCII': ['malformed', { sub: '관인' }],
  'a subject of 257 characters': ['malformed', { sub: 'a'.repeat(257) }],
  'a body that is no object': ['malformed', { body: [] }],
  'an empty body': ['malformed', { body: {} }],
  'an unknown member in its body': ['malformed', { body: { ...FIRST.body, x: 1 } }],
  'a digest that is none': ['malformed', { body: { h: 'AAAA' } }],
};

for (const [what, [code, changes]] of Object.entries(REFUSED)) {
  test(`refuses a leaf with ${what}`, () => refused(code, () => parseLeaf(leaf(changes))));
}

test('refuses a leaf that is not canonical, or too large', async () => {
  await refused('malformed', () => parseLeaf(encodeUtf8(JSON.stringify(FIRST, null, 1))));
  await refused('malformed', () => parseLeaf(encodeUtf8(LEAVES[0].replace('"v":1', '"v":1.0'))));
  await refused('too-large', () => parseLeaf(new Uint8Array(MAX_LEAF_BYTES + 1)));
});

const STATUS = { list: FIRST.sub, h: DIGEST, seq: 1, ...PERIOD };
const BATCH = { agency: FIRST.sub, root: DIGEST, n: 1, ...PERIOD };
const BODIES = {
  did: { entry: { a: 1 } },
  accreditation: { credential: { a: 1 } },
  verifier: { credential: { a: 1 } },
  schema: { h: DIGEST },
  status: STATUS,
  directory: { root: DIGEST, n: 1, upto: 1 },
  batch: BATCH,
  audit: { agency: FIRST.sub, head: DIGEST, n: 0 },
  notice: { statement: { a: 1 } },
  service: { service: FIRST.sub, root: DIGEST, seq: 0 },
};

for (const [kind, body] of Object.entries(BODIES)) {
  test(`reads a leaf of kind ${kind}, and misses each member of its body`, async () => {
    assert.equal(parseLeaf(leaf({ kind, body })).kind, kind);
    for (const name of Object.keys(body)) {
      await refused('malformed', () => parseLeaf(leaf({ kind, body: { ...body, [name]: undefined } })));
    }
  });
}

const BROKEN = {
  'an entry that is empty': ['did', { entry: {} }],
  'a credential that is empty': ['accreditation', { credential: {} }],
  'a list that is not its subject': ['status', { ...STATUS, list: 'other' }],
  'an agency that is not its subject': ['batch', { ...BATCH, agency: 'other' }],
  'a count below nothing': ['batch', { ...BATCH, n: -1 }],
  'a period that ends where it begins': ['status', { ...STATUS, until: PERIOD.from }],
};

for (const [what, [kind, body]] of Object.entries(BROKEN)) {
  test(`refuses ${what}`, () => refused('malformed', () => parseLeaf(leaf({ kind, body }))));
}

test('reads the last head of the log before, if it is of its subject', async () => {
  const sub = 'registry.gwanin.example/2026';
  const body = { checkpoint: CHECKPOINT };
  assert.equal(parseLeaf(leaf({ kind: 'origin', sub, body })).subject, sub);
  await refused('malformed', () => parseLeaf(leaf({ kind: 'origin', body })));
  await refused('malformed', () => parseLeaf(leaf({ kind: 'origin', sub, body: { checkpoint: 'a' } })));
});

test('gives a leaf or our error for any bytes', async () => {
  const random = new Random(15);
  for (let i = 0; i < 1000; i += 1) {
    await refusedOrDone(() => parseLeaf(random.damaged(encodeUtf8(LEAVES[0]))));
  }
});

test('names the bundles between two sizes, as tlog-tiles has them', () => {
  const found = (start, size) => bundlesBetween(start, size).map(({ path, width, skip }) => [path, width, skip]);
  assert.deepEqual(found(0, 0), []);
  assert.deepEqual(found(5, 5), []);
  assert.deepEqual(found(0, 1), [['tile/entries/000.p/1', 1, 0]]);
  assert.deepEqual(found(3, 300), [['tile/entries/000', 256, 3], ['tile/entries/001.p/44', 44, 0]]);
  assert.deepEqual(found(256, 512), [['tile/entries/001', 256, 0]]);
  assert.deepEqual(found(256 * 1234067, 256 * 1234067 + 8), [['tile/entries/x001/x234/067.p/8', 8, 0]]);
});

test('reads a bundle of exactly so many leaves', async () => {
  const data = Uint8Array.of(0, 1, 0x61, 0, 0, 0, 2, 0x62, 0x63);
  const leaves = parseBundle(data, { width: 3 }).map((one) => new TextDecoder().decode(one));
  assert.deepEqual(leaves, ['a', '', 'bc']);
  await refused('malformed', () => parseBundle(data, { width: 2 }));
  await refused('malformed', () => parseBundle(data, { width: 4 }));
  for (let size = 0; size < data.length; size += 1) {
    await refused('malformed', () => parseBundle(data.subarray(0, size), { width: 3 }));
  }
});
