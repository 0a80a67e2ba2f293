/** Keys and signatures: Wycheproof's cases by name, and what may not become a key. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { concatBytes, encodeUtf8 } from '../../web/static/js/encoding.js';
import {
  KeyType, ed25519Key, generateSigner, p256Key, signerOf,
} from '../../web/static/js/keys.js';
import { compressPoint } from '../../web/static/js/p256.js';
import { signer, signerFromSecret } from './simulators/keys.js';
import { Random } from './simulators/random.js';
import { refused, refusedOrDone } from './simulators/refused.js';
import { hex, readJson } from './simulators/vectors.js';

const MESSAGE = encodeUtf8('message');
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n; // L of Ed25519

async function check(key, { sig, msg, result }) {
  const verification = () => key.verify(hex(sig), hex(msg));
  await (result === 'valid' ? verification() : refused('signature-invalid', verification));
}

function runWycheproof(file, keyOf) {
  for (const group of readJson(`wycheproof/${file}`).testGroups) {
    const key = keyOf(group.publicKey);
    for (const one of group.tests) {
      test(`${file} ${one.tcId} ${one.comment}`, () => check(key, one));
    }
  }
}

runWycheproof('ed25519_test.json', ({ pk }) => ed25519Key(hex(pk)));
runWycheproof(
  'ecdsa_secp256r1_sha256_p1363_test.json', ({ uncompressed }) => p256Key(hex(uncompressed)),
);

for (const type of Object.values(KeyType)) {
  test(`${type}: verifies what it signs, and nothing else`, async () => {
    const { publicKey, ...ours } = await generateSigner(type);
    const signature = await (await signerOf(ours.keyPair)).sign(MESSAGE);
    assert.equal(signature.length, 64);
    await publicKey.verify(signature, MESSAGE);
    await refused('signature-invalid', () => publicKey.verify(signature, encodeUtf8('massage')));
    const other = await signer(type, 2);
    await refused('signature-invalid', () => other.publicKey.verify(signature, MESSAGE));
  });

  test(`${type}: no script can read a new secret key`, async () => {
    const { keyPair } = await generateSigner(type);
    assert.equal(keyPair.privateKey.extractable, false);
    for (const format of ['jwk', 'pkcs8', 'raw']) {
      await assert.rejects(crypto.subtle.exportKey(format, keyPair.privateKey));
    }
  });

  test(`${type}: refuses a signature of another length`, async () => {
    const { publicKey, ...ours } = await signer(type, 1);
    const signature = await (await signerOf(ours.keyPair)).sign(MESSAGE);
    for (const size of [0, 63, 65, 128]) {
      const other = new Uint8Array(size);
      other.set(signature.subarray(0, size));
      await refused('signature-invalid', () => publicKey.verify(other, MESSAGE));
    }
  });
}

test('refuses a pair of another kind', async () => {
  for (const [name, namedCurve, uses] of [
    ['ECDSA', 'P-384', ['sign', 'verify']], ['ECDH', 'P-256', ['deriveBits']],
  ]) {
    const pair = await crypto.subtle.generateKey({ name, namedCurve }, true, uses);
    await refused('malformed', () => signerOf(pair));
  }
});

const WEAK = {
  'order 4': '00'.repeat(32),
  'order 4, the other sign': `${'00'.repeat(31)}80`,
  'identity': `01${'00'.repeat(31)}`,
  'identity, not canonical': `ee${'ff'.repeat(30)}7f`,
  'order 2': `ec${'ff'.repeat(30)}7f`,
  'order 8': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'order 8, the other': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'not canonical': 'ff'.repeat(32),
  'no point': `02${'00'.repeat(31)}`,
};

for (const [what, digits] of Object.entries(WEAK)) {
  test(`verifies nothing with a weak Ed25519 key: ${what}`, async () => {
    const key = ed25519Key(hex(digits));
    // R = key and S = 0 would satisfy the equation for many messages.
    for (const start of [digits, `01${'00'.repeat(31)}`]) {
      const signature = hex(start + '00'.repeat(32));
      for (let i = 0; i < 8; i += 1) {
        await refused('signature-invalid', () => key.verify(signature, Uint8Array.of(i)));
      }
    }
  });
}

test('refuses a signature whose R is of small order, though the equation holds', async () => {
  const seed = new Uint8Array(32).fill(1);
  const { publicKey } = await signerFromSecret(KeyType.ED25519, seed);
  const identity = hex(`01${'00'.repeat(31)}`);
  // With R the identity, S = h·a fits, whatever the message.
  const secret = (await hash(seed)).subarray(0, 32);
  secret[0] &= 248;
  secret[31] = (secret[31] & 63) | 64;
  const h = littleEndian(await hash(identity, publicKey.raw, MESSAGE));
  const s = (h * littleEndian(secret)) % ORDER;
  const digits = s.toString(16).padStart(64, '0');
  const signature = Uint8Array.of(...identity, ...hex(digits).reverse());
  const engine = await crypto.subtle.importKey('raw', publicKey.raw, 'Ed25519', true, ['verify']);
  assert.ok(await crypto.subtle.verify('Ed25519', engine, signature, MESSAGE));
  await refused('signature-invalid', () => publicKey.verify(signature, MESSAGE));
});

async function hash(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-512', concatBytes(...parts)));
}

function littleEndian(bytes) {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

test('an Ed25519 key has 32 bytes', async () => {
  for (const size of [0, 31, 33]) await refused('malformed', () => ed25519Key(new Uint8Array(size)));
});

test('reads both forms of a P-256 point as one key, for both signs of y', async () => {
  const parities = new Set();
  for (let byte = 1; byte < 9; byte += 1) {
    const { publicKey } = await signer(KeyType.P256, byte);
    const compressed = compressPoint(publicKey.raw);
    parities.add(compressed[0]);
    assert.ok(p256Key(compressed).equals(publicKey));
    assert.ok(p256Key(publicKey.raw).equals(publicKey));
  }
  assert.deepEqual([...parities].sort(), [2, 3]);
});

test('refuses what is no point of P-256', async () => {
  const { publicKey: { raw } } = await signer(KeyType.P256, 1);
  const changed = (at, byte) => raw.map((old, place) => (place === at ? byte : old));
  const points = [
    new Uint8Array(), Uint8Array.of(0), raw.subarray(1), Uint8Array.of(...raw, 0),
    changed(0, 6), changed(0, 5).subarray(0, 33), changed(64, raw[64] ^ 1),
    Uint8Array.of(2, ...new Uint8Array(32).fill(0xff)),
    Uint8Array.of(4, ...new Uint8Array(64).fill(0xff)),
    // x = 5 has a y, and x + p, which is the same modulo p, must not be a second spelling of it.
    hex('02ffffffff00000001000000000000000000000001000000000000000000000004'),
    // x = 1: x³ - 3x + b is no square.
    hex(`02${'00'.repeat(31)}01`),
  ];
  for (const point of points) await refused('malformed', () => p256Key(point));
  p256Key(hex(`02${'00'.repeat(31)}05`));
});

test('gives a key or our error for any bytes', async () => {
  const random = new Random(10);
  for (let i = 0; i < 300; i += 1) {
    const point = Uint8Array.of(random.pick([2, 3, 4]), ...random.bytes(random.pick([32, 64])));
    await refusedOrDone(() => p256Key(point));
    await refusedOrDone(() => ed25519Key(random.bytes(32)).verify(random.bytes(64), MESSAGE));
  }
});

test('knows two keys apart, and a key from none', async () => {
  const [one, two] = [(await signer(KeyType.P256, 1)).publicKey, (await signer(KeyType.P256, 2)).publicKey];
  assert.ok(one.equals(p256Key(one.raw)));
  assert.ok(!one.equals(two) && !one.equals(null));
  assert.ok(!one.equals((await signer(KeyType.ED25519, 1)).publicKey));
});
