/** tlog-proof files, read strictly, and what the directory says of one key. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifyLatest } from '../../web/static/js/directory_proof.js';
import { encodeBase64, encodeUtf8 } from '../../web/static/js/encoding.js';
import { canonicalize } from '../../web/static/js/jcs.js';
import { JsonObject } from '../../web/static/js/json_object.js';
import { leafHash, nodeHash } from '../../web/static/js/merkle.js';
import {
  MAX_EXTRA_BYTES, MAX_PATH, MAX_PROOF_BYTES, parseTlogProof,
} from '../../web/static/js/tlog_proof.js';
import { refused } from './simulators/refused.js';

const HASH = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const NOTE = `example.com/log\n9\n${HASH}\n\n\u2014 x AAAA\n`;
const HEADER = 'c2sp.org/tlog-proof@v1\n';
const parse = (text) => parseTlogProof(encodeUtf8(text));

test('reads index, path and head, and the extra data where there is any', () => {
  const plain = parse(`${HEADER}index 7\n${HASH}\n\n${NOTE}`);
  assert.deepEqual([plain.index, plain.extra], [7, null]);
  assert.deepEqual(plain.path, [Uint8Array.from({ length: 32 }, (_, at) => at)]);
  assert.deepEqual(plain.checkpoint, encodeUtf8(NOTE));
  const extra = parse(`${HEADER}extra eHl6\nindex 0\n\n${NOTE}`);
  assert.deepEqual([extra.index, extra.path, extra.extra], [0, [], encodeUtf8('xyz')]);
});

const WRONG = {
  empty: '',
  'another header': `c2sp.org/tlog-proof@v2\nindex 7\n\n${NOTE}`,
  'no index': `${HEADER}\n${NOTE}`,
  'a leading zero': `${HEADER}index 07\n\n${NOTE}`,
  'a negative index': `${HEADER}index -1\n\n${NOTE}`,
  'an index beyond': `${HEADER}index 9007199254740991\n\n${NOTE}`,
  'index before extra': `${HEADER}index 7\nextra eHl6\n\n${NOTE}`,
  'extra twice': `${HEADER}extra eHl6\nextra eHl6\nindex 7\n\n${NOTE}`,
  'a short hash': `${HEADER}index 7\neHl6\n\n${NOTE}`,
  'unpadded extra': `${HEADER}extra eHk\nindex 7\n\n${NOTE}`,
  'carriage returns': `${HEADER}index 7\r\n\n${NOTE}`,
  'a letter that is none': `${HEADER}index \u0667\n\n${NOTE}`,
  'no gap': `${HEADER}index 7\n${HASH}\n`,
};

for (const [name, text] of Object.entries(WRONG)) {
  test(`refuses ${name}`, () => refused('malformed', () => parse(text)));
}

test('is bounded before it works', async () => {
  const path = `${HASH}\n`.repeat(MAX_PATH);
  assert.equal(parse(`${HEADER}index 7\n${path}\n${NOTE}`).path.length, MAX_PATH);
  await refused('too-large', () => parse(`${HEADER}index 7\n${path}${HASH}\n\n${NOTE}`));
  const extra = encodeBase64(new Uint8Array(MAX_EXTRA_BYTES + 1));
  await refused('too-large', () => parse(`${HEADER}extra ${extra}\nindex 7\n\n${NOTE}`));
  await refused('too-large', () => parseTlogProof(new Uint8Array(MAX_PROOF_BYTES + 1)));
});

// The directory

const ROWS = [['did/a', '1-x', 3, []], ['did/b', '4-y', 9, ['deactivated']]];
const HASHES = await Promise.all(ROWS.map((row) => leafHash(canonicalize(row))));
const ROOT = await nodeHash(...HASHES);
const placed = (at, changes = {}) => new JsonObject({
  row: ROWS[at], position: at, path: [encodeBase64(HASHES[1 - at])], ...changes,
});
const latest = (rows, key, root = ROOT) => verifyLatest(rows, key, { root, size: 2 });

test('says what is the latest of a key', async () => {
  assert.deepEqual({ ...await latest([placed(0)], 'did/a') }, {
    key: 'did/a', latest: '1-x', index: 3, deactivated: false,
  });
  assert.equal((await latest([placed(1)], 'did/b')).deactivated, true);
});

test('takes no evidence of something else', async () => {
  await refused('not-in-directory', () => latest([placed(0)], 'did/b'));
  await refused('not-in-directory', () => latest([], 'did/a'));
  await refused('not-in-directory', () => latest([placed(0), placed(1)], 'did/a'));
  await refused('inclusion-invalid', () => latest([placed(0, { position: 1 })], 'did/a'));
  await refused('inclusion-invalid', () => latest([placed(0)], 'did/a', HASHES[0]));
  const other = [['did/a', '2-x', 3, []], ['did/a', '1-x', 4, []], ['did/a', '1-x', 3, ['deactivated']]];
  for (const row of other) {
    await refused('inclusion-invalid', () => latest([placed(0, { row })], 'did/a'));
  }
  await refused('malformed', () => latest([placed(0, { position: 2 })], 'did/a'));
  await refused('malformed', () => latest([placed(0, { path: [] })], 'did/a'));
  await refused('malformed', () => latest([placed(0, { path: ['AA=='] })], 'did/a'));
});

for (const row of [
  [], ['did/a'], ['did/a', '1-x', 3], ['did/a', '1-x', 3, [], 0], ['did/a', null, 3, []],
  ['did/a', '1-x', -1, []], ['did/a', '1-x', 0.5, []], ['did/a', '1-x', 3, ['x']],
  ['did/a', '1-x', 3, ['deactivated', 'deactivated']], ['did/a', '1-x', 3, null],
]) {
  test(`takes ${JSON.stringify(row)} for no row`, () => (
    refused('malformed', () => latest([placed(0, { row })], 'did/a'))
  ));
}
