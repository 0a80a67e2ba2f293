/** Keys as text: Multikey, JWK, did:key and did:jwk. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { didKeyMethod, parseSelfDescribing } from '../../web/static/js/did_key.js';
import { concatBytes, encodeBase64url, encodeMultibase, encodeUtf8 } from '../../web/static/js/encoding.js';
import { canonicalize } from '../../web/static/js/jcs.js';
import { JsonObject } from '../../web/static/js/json_object.js';
import { encodeJwk, parseJwk } from '../../web/static/js/jwk.js';
import { KeyType } from '../../web/static/js/keys.js';
import { encodeMultikey, parseMultikey } from '../../web/static/js/multikey.js';
import { signer } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import { hex, readJson } from './simulators/vectors.js';

const ED25519 = (await signer(KeyType.ED25519, 1)).publicKey;
const P256 = (await signer(KeyType.P256, 1)).publicKey;
const OKP = encodeJwk(ED25519);
const EC = encodeJwk(P256);
const didJwk = (jwk) => `did:jwk:${encodeBase64url(canonicalize(jwk))}`;

for (const key of [ED25519, P256]) {
  test(`${key.type}: every text form gives the key back`, () => {
    assert.ok(parseMultikey(encodeMultikey(key)).equals(key));
    assert.ok(parseJwk(new JsonObject(encodeJwk(key))).equals(key));
    const method = didKeyMethod(key);
    assert.ok(parseSelfDescribing(method).equals(key));
    assert.ok(parseSelfDescribing(method.split('#')[0]).equals(key));
    assert.ok(parseSelfDescribing(didJwk(encodeJwk(key))).equals(key));
    assert.ok(parseSelfDescribing(`${didJwk(encodeJwk(key))}#0`).equals(key));
  });
}

test('reads the Multikeys of the W3C specifications', () => {
  // Controlled Identifiers 1.0 §2.2.2, and the key pair of VC DI EdDSA.
  assert.equal(parseMultikey('z6MkmM42vxfqZQsv4ehtTjFFxQ4sQKS2w6WR7emozFAn5cxu').type, KeyType.ED25519);
  assert.equal(parseMultikey('zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv').type, KeyType.P256);
  const { publicKeyMultibase } = readJson('w3c-vc-di-eddsa/keyPair.json');
  assert.equal(encodeMultikey(parseMultikey(publicKeyMultibase)), publicKeyMultibase);
});

test('refuses a Multikey of another kind, length or base', async () => {
  const multikey = (...parts) => encodeMultibase(concatBytes(...parts));
  await refused('unsupported', () => parseMultikey(multikey([0x12, 0x00], ED25519.raw)));
  await refused('unsupported', () => parseMultikey('z'));
  await refused('malformed', () => parseMultikey(multikey([0xed, 0x01], ED25519.raw.slice(1))));
  await refused('malformed', () => parseMultikey(multikey([0x80, 0x24], P256.raw)));
  await refused('malformed', () => parseMultikey(encodeMultikey(ED25519).slice(1)));
  await refused('too-large', () => parseMultikey(`z${'1'.repeat(257)}`));
});

const JWKS = {
  'a private member': ['malformed', { ...OKP, d: OKP.x }],
  'a symmetric key': ['malformed', { kty: 'oct', k: 'AAAA' }],
  'an unknown kty': ['unsupported', { ...OKP, kty: 'RSA' }],
  'another curve': ['unsupported', { ...OKP, crv: 'X25519' }],
  'a curve of the other kty': ['unsupported', { ...EC, crv: 'Ed25519' }],
  'no kty': ['malformed', { crv: 'Ed25519', x: OKP.x }],
  'a short x': ['malformed', { ...OKP, x: OKP.x.slice(2) }],
  'a long y': ['malformed', { ...EC, y: `AA${EC.y}A` }],
  'a y with a spare leading zero': ['malformed', { ...EC, y: encodeBase64url(concatBytes([0], P256.raw.subarray(33))) }],
  'a point off the curve': ['malformed', { ...EC, y: EC.x }],
  'an alg of another type': ['malformed', { ...OKP, alg: 'ES256' }],
  'an alg of no signature': ['malformed', { ...EC, alg: 'ECDH-ES' }],
  'a use for encryption': ['malformed', { ...EC, use: 'enc' }],
  'key_ops without verify': ['malformed', { ...EC, key_ops: ['sign'] }],
  'key_ops that are no list': ['malformed', { ...EC, key_ops: 'verify' }],
};

for (const [what, [code, jwk]] of Object.entries(JWKS)) {
  test(`refuses a JWK with ${what}`, () => refused(code, () => parseJwk(new JsonObject(jwk))));
}

test('takes a JWK whose alg, use and key_ops fit', () => {
  for (const [jwk, alg] of [[OKP, 'EdDSA'], [OKP, 'Ed25519'], [EC, 'ES256']]) {
    parseJwk(new JsonObject({ ...jwk, alg, use: 'sig', key_ops: ['verify'], kid: 'a' }));
  }
});

// The valid cases are all of RSA and HMAC, which are not in use here, so their keys are refused too.
// Case 1 puts a symmetric key beside a good one; here no header can choose between them.
for (const group of readJson('wycheproof/json_web_key_test.json').testGroups) {
  for (const { tcId, comment } of group.tests) {
    (group.public ?? group.private).keys.forEach((jwk, at) => {
      test(`json_web_key_test.json ${tcId} ${comment} ${at}`, async () => {
        const parse = () => parseJwk(new JsonObject(jwk));
        if (tcId === 1 && jwk.kty === 'EC') {
          assert.equal(parse().type, KeyType.P256);
        } else {
          const refusal = await assert.rejects(async () => parse(), /^Refusal/);
          assert.equal(refusal, undefined);
        }
      });
    });
  }
}

const DIDS = {
  'another method': ['unsupported', 'did:web:a.example'],
  'no DID': ['unsupported', ''],
  'a fragment of another key': ['malformed', `did:key:${encodeMultikey(ED25519)}#${encodeMultikey(P256)}`],
  'an empty fragment': ['malformed', `did:key:${encodeMultikey(ED25519)}#`],
  'a second fragment': ['malformed', `${didKeyMethod(ED25519)}#a`],
  'another method of a did:jwk': ['malformed', `${didJwk(EC)}#1`],
  'a did:jwk that is no JSON': ['malformed', `did:jwk:${encodeBase64url(encodeUtf8('{'))}`],
  'a DID that is too long': ['malformed', `did:jwk:${'A'.repeat(1020)}`],
};

for (const [what, [code, did]] of Object.entries(DIDS)) {
  test(`refuses ${what}`, () => refused(code, () => parseSelfDescribing(did)));
}

test('reads the key of RFC 8037 appendix A.2', () => {
  const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
  const key = parseJwk(new JsonObject({ kty: 'OKP', crv: 'Ed25519', x }));
  assert.deepEqual(key.raw, hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'));
});
