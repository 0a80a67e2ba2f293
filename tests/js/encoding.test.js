/** Text forms of bytes: every value has one spelling, and every other is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  MAX_BASE58_CHARS, concatBytes, decodeBase58, decodeBase64, decodeBase64url, decodeMultibase,
  decodeUtf8, encodeBase58, encodeBase64, encodeBase64url, encodeMultibase, encodeUtf8, equalBytes,
} from '../../web/static/js/encoding.js';
import { Random } from './simulators/random.js';
import { refused } from './simulators/refused.js';

const CODECS = {
  base64url: [encodeBase64url, decodeBase64url],
  base64: [encodeBase64, decodeBase64],
  base58: [encodeBase58, decodeBase58],
  multibase: [encodeMultibase, decodeMultibase],
};

for (const [name, [encode, decode]] of Object.entries(CODECS)) {
  test(`${name} gives back what was written`, () => {
    const random = new Random(1);
    for (let size = 0; size < 80; size += 1) {
      const data = concatBytes(new Uint8Array(random.below(3)), random.bytes(size));
      assert.deepEqual(decode(encode(data)), data);
    }
  });

  test(`${name} has one spelling: what is read is written the same`, async () => {
    const random = new Random(2);
    const characters = [...'zAQgw=-_+/1IlO0 \n~\u00e9'];
    for (let i = 0; i < 2000; i += 1) {
      const text = Array.from({ length: random.below(9) }, () => random.pick(characters)).join('');
      try {
        assert.equal(encode(decode(text)), text);
      } catch (error) {
        assert.equal(error.code, 'malformed', error);
      }
    }
  });
}

test('writes the examples of RFC 4648 §10', () => {
  const expected = ['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy'];
  expected.forEach((text, size) => {
    assert.equal(encodeBase64(encodeUtf8('foobar'.slice(0, size))), text);
  });
  assert.equal(encodeBase64url(Uint8Array.of(0xfb, 0xff)), '-_8');
});

test('writes base58 as Bitcoin does', () => {
  assert.equal(encodeBase58(encodeUtf8('Hello World!')), '2NEpo7TZRRrLZSi2U');
  assert.equal(encodeBase58(Uint8Array.of(0, 0, 1)), '112');
});

for (const text of ['A', 'AB', 'AAB', 'AA==', 'A A', '+/+/', 'AAAA\n']) {
  test(`refuses ${JSON.stringify(text)} as base64url`, () => (
    refused('malformed', () => decodeBase64url(text))
  ));
}

for (const text of ['AA', 'AA=', 'AB==', 'AAB=', 'AA==\n', '====', 'A===', '-_-_', 'AA==AA==']) {
  test(`refuses ${JSON.stringify(text)} as base64`, () => (
    refused('malformed', () => decodeBase64(text))
  ));
}

test('refuses base58 beyond its bound before decoding it', async () => {
  assert.equal(decodeBase58('1'.repeat(MAX_BASE58_CHARS)).length, MAX_BASE58_CHARS);
  await refused('too-large', () => decodeBase58('1'.repeat(MAX_BASE58_CHARS + 1)));
});

test('refuses another base than base58 as multibase', async () => {
  await refused('malformed', () => decodeMultibase('u-_8'));
  await refused('malformed', () => decodeMultibase(''));
});

test('reads UTF-8 strictly and keeps a byte-order mark', async () => {
  assert.equal(decodeUtf8(encodeUtf8('\ufeff가\u{1f600}')), '\ufeff가\u{1f600}');
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe3, 0x81]]) {
    await refused('malformed', () => decodeUtf8(Uint8Array.from(bytes)));
  }
});

test('compares bytes by value and length', () => {
  assert.ok(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  assert.ok(!equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0)));
});
