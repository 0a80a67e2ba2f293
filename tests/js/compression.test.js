/** zlib streams within a bound: whole, alone, and as zlib says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';

import { deflate, inflate } from '../../web/static/js/compression.js';
import { concatBytes, encodeUtf8 } from '../../web/static/js/encoding.js';
import { Random } from './simulators/random.js';
import { refused, refusedOrDone } from './simulators/refused.js';

const TEXT = encodeUtf8('gwanin '.repeat(100));
const STREAM = new Uint8Array(zlib.deflateSync(TEXT));
const bounded = (data, maxBytes = 10_000) => inflate(data, { maxBytes });

test('gives back what was compressed, and zlib reads it too', async () => {
  const random = new Random(7);
  for (const size of [0, 1, 1000, 100_000]) {
    const data = random.bytes(size);
    const stream = await deflate(data);
    assert.deepEqual(new Uint8Array(zlib.inflateSync(stream)), data);
    assert.deepEqual(await bounded(stream, size), data);
  }
});

const BROKEN = {
  'nothing': new Uint8Array(),
  'a stream cut off by a byte': STREAM.subarray(0, -1),
  'a stream without its checksum': STREAM.subarray(0, -4),
  'a stream with another checksum': concatBytes(STREAM.subarray(0, -1), [STREAM.at(-1) ^ 1]),
  'a byte behind a stream': concatBytes(STREAM, [0]),
  'a checksum behind a stream': concatBytes(STREAM, STREAM.subarray(-4)),
  'a second stream behind a stream': concatBytes(STREAM, STREAM),
  'gzip': new Uint8Array(zlib.gzipSync(TEXT)),
  'raw deflate': new Uint8Array(zlib.deflateRawSync(TEXT)),
};

for (const [what, data] of Object.entries(BROKEN)) {
  test(`refuses ${what}`, () => refused('malformed', () => bounded(data)));
}

test('refuses a stream that inflates beyond the bound', async () => {
  assert.deepEqual(await bounded(STREAM, TEXT.length), TEXT);
  await refused('too-large', () => bounded(STREAM, TEXT.length - 1));
});

test('stops a bomb without inflating it', async () => {
  const bomb = new Uint8Array(zlib.deflateSync(Buffer.alloc(64 * 1024 * 1024)));
  const before = process.memoryUsage().arrayBuffers;
  await refused('too-large', () => bounded(bomb, 64 * 1024));
  assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024);
});

test('gives bytes or our error for any bytes', async () => {
  const random = new Random(8);
  for (let i = 0; i < 300; i += 1) await refusedOrDone(() => bounded(random.damaged(STREAM)));
});
