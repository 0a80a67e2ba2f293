/** JWS: Wycheproof's cases by name, and a header that chooses nothing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeUtf8, encodeBase64url, encodeUtf8 } from '../../web/static/js/encoding.js';
import { JsonObject } from '../../web/static/js/json_object.js';
import { parseJwk } from '../../web/static/js/jwk.js';
import {
  MAX_HEADER_BYTES, MAX_JWS_BYTES, parseCompact, peekClaims, peekHeader, signClaims, verifyClaims,
  verifyParsed,
} from '../../web/static/js/jws.js';
import { KeyType } from '../../web/static/js/keys.js';
import { signer } from './simulators/keys.js';
import { Random } from './simulators/random.js';
import { refused, refusedOrDone } from './simulators/refused.js';
import { readJson } from './simulators/vectors.js';

const P256 = await signer(KeyType.P256, 1);
const ED25519 = await signer(KeyType.ED25519, 1);
const segment = (value) => encodeBase64url(encodeUtf8(JSON.stringify(value)));

/** A token with exactly this header, which `signClaims` would not write. */
async function signed(header, { payload = {}, by = P256 } = {}) {
  const text = `${segment(header)}.${segment(payload)}`;
  return `${text}.${encodeBase64url(await by.sign(encodeUtf8(text)))}`;
}

const verify = (token, key = P256.publicKey) => verifyClaims(token, key, { typ: 'test+jwt' });

// Wycheproof's headers have no `typ`, without which nothing is accepted here. It is put into the
// parsed header; the signature is over the text, which stays as it is.
async function verifyWhateverTyp(token, key) {
  const jws = parseCompact(token);
  const header = new JsonObject({ ...jws.header.members, typ: 'JWT' });
  await verifyParsed({ ...jws, header }, key, { typ: 'JWT' });
}

for (const group of readJson('wycheproof/json_web_signature_test.json').testGroups) {
  const keyOf = () => parseJwk(new JsonObject(group.public ?? group.private));
  const isOurs = group.public?.crv === 'P-256';
  for (const { tcId, comment, jws, result } of group.tests) {
    test(`json_web_signature_test.json ${tcId} ${comment}`, async () => {
      // RSA, HMAC and P-521 are not in use here, so the keys themselves are refused, good or bad.
      const run = () => (isOurs ? verifyWhateverTyp(jws, keyOf()) : keyOf());
      if (isOurs && result === 'valid') await run();
      else await assert.rejects(async () => run(), /^Refusal/);
    });
  }
}

for (const by of [P256, ED25519]) {
  test(`${by.publicKey.type}: verifies what it signs`, async () => {
    const token = await signClaims({ typ: 'test+jwt', kid: 'a' }, { b: 1, a: '김시범' }, by);
    const claims = await verify(token, by.publicKey);
    assert.deepEqual([claims.integer('b'), claims.text('a')], [1, '김시범']);
    assert.equal(peekHeader(token).text('alg'), by.publicKey.type);
    assert.equal(peekClaims(token).text('a'), '김시범');
    assert.equal(decodeUtf8(parseCompact(token).payload), '{"a":"김시범","b":1}');
  });
}

test('the key chooses the algorithm when signing', async () => {
  const token = await signClaims({ typ: 'test+jwt', alg: 'none' }, {}, P256);
  assert.equal(peekHeader(token).text('alg'), 'ES256');
});

test('takes the name of EdDSA that RFC 9864 gives it, and application/ before a type', async () => {
  const header = { alg: 'Ed25519', typ: 'application/test+jwt' };
  await verify(await signed(header, { by: ED25519 }), ED25519.publicKey);
});

const HEADERS = {
  'alg none': ['key-mismatch', { alg: 'none', typ: 'test+jwt' }],
  'the alg of another key': ['key-mismatch', { alg: 'EdDSA', typ: 'test+jwt' }],
  'no alg': ['malformed', { typ: 'test+jwt' }],
  'no typ': ['malformed', { alg: 'ES256' }],
  'another typ': ['malformed', { alg: 'ES256', typ: 'JWT' }],
  'application/ twice': ['malformed', { alg: 'ES256', typ: 'application/application/test+jwt' }],
  'crit': ['unsupported', { alg: 'ES256', typ: 'test+jwt', crit: ['exp'] }],
  'b64': ['unsupported', { alg: 'ES256', typ: 'test+jwt', b64: true }],
};

for (const [what, [code, header]] of Object.entries(HEADERS)) {
  test(`refuses a header with ${what}`, async () => {
    const token = await signed(header);
    await refused(code, () => verify(token));
  });
}

test('refuses a token that is not three parts of base64url', async () => {
  const good = await signed({ alg: 'ES256', typ: 'test+jwt' });
  const [header, payload, signature] = good.split('.');
  const bad = ['', '..', `${header}.${payload}`, `${good}.`, `${good}=`, `${header}..${signature}`, ` ${good}`];
  for (const token of bad) await refused('malformed', () => verify(token));
});

test('refuses a changed payload, header or signature', async () => {
  const good = await signed({ alg: 'ES256', typ: 'test+jwt' }, { payload: { a: 1 } });
  const [header, payload, signature] = good.split('.');
  const other = segment({ alg: 'ES256', typ: 'test+jwt', kid: 'b' });
  for (const token of [
    `${header}.${segment({ a: 2 })}.${signature}`,
    `${other}.${payload}.${signature}`,
    `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
  ]) await refused('signature-invalid', () => verify(token));
  await refused('signature-invalid', () => verify(good, p256Other.publicKey));
});

const p256Other = await signer(KeyType.P256, 2);

test('has bounds for the token and for the header', async () => {
  await refused('too-large', () => parseCompact('A'.repeat(MAX_JWS_BYTES + 1)));
  const header = { alg: 'ES256', typ: 'test+jwt', x: 'x'.repeat(MAX_HEADER_BYTES) };
  await refused('too-large', () => peekHeader(`${segment(header)}.e30.AA`));
});

test('refuses a payload that is no object where claims are wanted', async () => {
  const token = await signed({ alg: 'ES256', typ: 'test+jwt' }, { payload: [] });
  await refused('malformed', () => verify(token));
  await refused('malformed', () => peekClaims(token));
});

test('gives an answer or our error for any text', async () => {
  const random = new Random(11);
  const valid = encodeUtf8(await signed({ alg: 'ES256', typ: 'test+jwt' }));
  for (let i = 0; i < 500; i += 1) {
    await refusedOrDone(() => verify(String.fromCharCode(...random.damaged(valid))));
  }
});
