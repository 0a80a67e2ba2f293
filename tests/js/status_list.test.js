/** The Token Status List: the vectors of its draft, and what a reader does not accept. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deflate } from '../../web/static/js/compression.js';
import { encodeBase64url } from '../../web/static/js/encoding.js';
import { signClaims } from '../../web/static/js/jws.js';
import { KeyType } from '../../web/static/js/keys.js';
import {
  MAX_INFLATED_BYTES, State, parseTokenList, verifyTokenList,
} from '../../web/static/js/status_list.js';
import { LEEWAY } from '../../web/static/js/times.js';
import { signer, signerFromSecret } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import { readJson, readText } from './simulators/vectors.js';

const NOW = Date.parse('2026-03-13T03:00:00Z');
const SECONDS = NOW / 1000;
const DID = 'did:webvh:QmIssuer:registry.gwanin.example';
const URI = 'https://registry.gwanin.example/status/1';
const ISSUER = await signer(KeyType.P256, 1);
const pack = async (bytes) => encodeBase64url(await deflate(Uint8Array.from(bytes)));
const CLAIMS = {
  sub: URI, iat: SECONDS, exp: SECONDS + 86400, ttl: 300,
  status_list: { bits: 2, lst: await pack([0b11100100, 0]) },
};

const token = (claims = {}, header = {}, by = ISSUER) => signClaims(
  { typ: 'statuslist+jwt', kid: `${DID}#es256-1`, ...header },
  JSON.parse(JSON.stringify({ ...CLAIMS, ...claims })),
  by,
);
const verify = (text, { key = ISSUER.publicKey, uri = URI, now = NOW } = {}) => (
  verifyTokenList(parseTokenList(text), key, { uri, now, leeway: LEEWAY })
);

for (const vector of readJson('oauth-token-status-list/status_list_vectors.json')) {
  test(`reads the vector ${vector.name}`, async () => {
    const list = await verify(await token({ status_list: vector.json }));
    for (const [index, value] of Object.entries(vector.nonzero)) {
      assert.equal(list.value(Number(index)), value);
    }
    let other = 0;
    for (let index = 0; index < vector.size; index += 101) {
      if (!(index in vector.nonzero)) other += list.value(index);
    }
    assert.equal(other, 0);
    await refused('status-index-out-of-range', () => list.value((vector.raw_len * 8) / vector.bits));
  });
}

test('says what each value means, and that some values mean nothing here', async () => {
  const list = await verify(await token());
  assert.deepEqual([0, 1, 2, 4].map((at) => list.state(at)), [
    State.VALID, State.REVOKED, State.SUSPENDED, State.VALID,
  ]);
  await refused('unsupported', () => list.state(3));
  for (const index of [-1, 8, 2 ** 40, 2n ** 60n]) {
    await refused('status-index-out-of-range', () => list.state(index));
  }
  assert.deepEqual([list.uri, list.issuer, list.keyId], [URI, DID, `${DID}#es256-1`]);
  assert.deepEqual([list.issuedAt, list.expires, list.ttl], [NOW, NOW + 86_400_000, 300]);
});

test('takes a list without an end and a ttl', async () => {
  const list = await verify(await token({ exp: undefined, ttl: undefined }));
  assert.deepEqual([list.expires, list.ttl], [null, null]);
});

const REFUSED = {
  'another address': ['status-list-mismatch', { sub: `${URI}0` }],
  'no address': ['malformed', { sub: undefined }],
  'no time': ['malformed', { iat: undefined }],
  'a time to come': ['not-yet-valid', { iat: SECONDS + 61 }],
  'a beginning to come': ['not-yet-valid', { nbf: SECONDS + 61 }],
  'an end that is over': ['expired', { exp: SECONDS - 60 }],
  'a ttl of nothing': ['malformed', { ttl: 0 }],
  'a ttl of years': ['malformed', { ttl: 366 * 86400 + 1 }],
  'three bits': ['malformed', { status_list: { ...CLAIMS.status_list, bits: 3 } }],
  'no bits': ['malformed', { status_list: { lst: CLAIMS.status_list.lst } }],
  'no list': ['malformed', { status_list: { bits: 2 } }],
  'a list that is not compressed': ['malformed', { status_list: { bits: 2, lst: 'AAAA' } }],
  'a list cut off': ['malformed', { status_list: { bits: 2, lst: CLAIMS.status_list.lst.slice(0, -4) } }],
  'a list that is a bomb': ['too-large', { status_list: { bits: 2, lst: await pack(new Uint8Array(MAX_INFLATED_BYTES + 1)) } }],
  'another issuer': ['malformed', { iss: 'did:webvh:QmOther:registry.gwanin.example' }],
};

for (const [what, [code, claims]] of Object.entries(REFUSED)) {
  test(`refuses a list with ${what}`, async () => {
    const text = await token(claims);
    await refused(code, () => verify(text));
  });
}

test('refuses a key that is not named by a DID URL', async () => {
  for (const kid of ['es256-1', undefined, '#es256-1']) {
    const header = JSON.parse(JSON.stringify({ typ: 'statuslist+jwt', kid }));
    const text = await signClaims(header, CLAIMS, ISSUER);
    await refused('unsupported', () => parseTokenList(text));
  }
  assert.equal(parseTokenList(await token({ iss: DID }, { kid: '#es256-1' })).keyId, `${DID}#es256-1`);
});

test("refuses another typ, another's signature, another key", async () => {
  const jwt = await token({}, { typ: 'JWT' });
  await refused('malformed', () => verify(jwt));
  const stranger = await signer(KeyType.P256, 3);
  const forged = await token({}, {}, stranger);
  await refused('signature-invalid', () => verify(forged));
  const good = await token();
  const { publicKey } = await signer(KeyType.ED25519, 1);
  await refused('key-mismatch', () => verify(good, { key: publicKey }));
  await refused('status-list-mismatch', () => verify(good, { uri: `${URI}/` }));
});

test('reads the vector of our own', async () => {
  const seed = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('issuer'));
  const { publicKey } = await signerFromSecret(KeyType.ED25519, new Uint8Array(seed));
  const uri = 'https://registry.gwanin.example/status/SPECIMEN-1';
  const list = await verify(readText('seoul/status-list.jwt'), { key: publicKey, uri });
  assert.deepEqual([76, 77, 78].map((at) => list.state(at)), [State.VALID, State.REVOKED, State.SUSPENDED]);
});
