/** Key proofs: which kind of key, and what the proof says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { didKeyMethod } from '../../web/static/js/did_key.js';
import { encodeJwk } from '../../web/static/js/jwk.js';
import { peekHeader, verifyClaims } from '../../web/static/js/jws.js';
import { buildKeyProof, holderKeyType } from '../../web/static/js/key_proof.js';
import { KeyType } from '../../web/static/js/keys.js';
import { signer } from './simulators/keys.js';
import { refused } from './simulators/refused.js';

const TYP = 'openid4vci-proof+jwt';
const NOW = Date.parse('2026-03-13T03:04:05.678Z');

test('makes the kind of key that the issuer takes, P-256 if it may choose', async () => {
  assert.equal(holderKeyType({ proofAlgorithms: [] }), KeyType.P256);
  assert.equal(holderKeyType({ proofAlgorithms: ['EdDSA', 'ES256'] }), KeyType.P256);
  assert.equal(holderKeyType({ proofAlgorithms: ['EdDSA'] }), KeyType.ED25519);
  await refused('unsupported', () => holderKeyType({ proofAlgorithms: ['ES384'] }));
});

for (const type of [KeyType.P256, KeyType.ED25519]) {
  test(`signs what the issuer needs with ${type}, and no more`, async () => {
    const holder = await signer(type, 2);
    const terms = { audience: 'https://a.example', nonce: 'n', now: NOW };
    const byJwk = await buildKeyProof(holder, { ...terms, configuration: { bindingMethods: ['did:key', 'jwk'] } });
    const claims = await verifyClaims(byJwk, holder.publicKey, { typ: TYP });
    assert.deepEqual({ ...claims.members }, { aud: 'https://a.example', iat: Math.floor(NOW / 1000), nonce: 'n' });
    assert.deepEqual({ ...peekHeader(byJwk).object('jwk').members }, encodeJwk(holder.publicKey));
    assert.ok(!peekHeader(byJwk).has('kid'));
    const byDid = await buildKeyProof(holder, { ...terms, configuration: { bindingMethods: ['did:key'] } });
    assert.equal(peekHeader(byDid).text('kid'), didKeyMethod(holder.publicKey));
    assert.ok(!peekHeader(byDid).has('jwk'));
  });
}

test('refuses to name its key in a way that it does not have', async () => {
  const holder = await signer(KeyType.P256, 2);
  const configuration = { bindingMethods: ['did:web'] };
  await refused('unsupported', () => buildKeyProof(holder, { configuration, audience: 'a', nonce: 'n', now: NOW }));
});
