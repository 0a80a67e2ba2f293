/** SD-JWT VC: our own vector, and what the profile demands beyond RFC 9901. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_BINDING_AGE } from '../../web/static/js/holder_binding.js';
import { KeyType } from '../../web/static/js/keys.js';
import { parseSdJwtVc, present, verifyHolder, verifySdJwtVc } from '../../web/static/js/sd_jwt_vc.js';
import { LEEWAY } from '../../web/static/js/times.js';
import { signer, signerFromSecret } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import {
  HOLDER, HOLDER_JWK, ISSUER, NOW, STRANGER, digest, disclosure, keyBinding, sdJwt,
} from './simulators/sd_jwt.js';
import { readJson } from './simulators/vectors.js';

const DID = 'did:webvh:QmIssuer:registry.gwanin.example';
const HEADER = { typ: 'dc+sd-jwt', kid: `${DID}#es256-1` };
const NAME = disclosure('salt', 'nameKo', '김시범');
const PAYLOAD = {
  iss: DID,
  iat: NOW / 1000,
  nbf: NOW / 1000,
  exp: NOW / 1000 + 86400,
  vct: 'https://registry.gwanin.example/types/SpecimenCredential/v1',
  'vct#integrity': 'sha256-abc',
  cnf: { jwk: HOLDER_JWK },
  status: { status_list: { idx: 7, uri: 'https://registry.gwanin.example/status/1' } },
  member: true,
  _sd: [await digest(NAME)],
};

const issue = (changes = {}, header = {}, disclosures = [NAME]) => (
  sdJwt({ ...PAYLOAD, ...changes }, disclosures, { header: { ...HEADER, ...header } })
);
const verified = async (token, key = ISSUER.publicKey) => (
  verifySdJwtVc(await parseSdJwtVc(token), key)
);

test('reads what the issuer signed', async () => {
  const found = await verified(await issue());
  assert.equal(found.issuer, DID);
  assert.equal(found.keyId, HEADER.kid);
  assert.equal(found.issuedAt, NOW);
  assert.deepEqual([found.validity.notBefore, found.validity.notAfter], [NOW, NOW + 86_400_000]);
  assert.equal(found.typeUrl, PAYLOAD.vct);
  assert.equal(found.integrity, 'sha256-abc');
  assert.deepEqual(found.claims, { member: true, nameKo: '김시범' });
  assert.deepEqual(found.status, { uri: 'https://registry.gwanin.example/status/1', index: 7 });
  assert.ok(found.holder.equals(HOLDER.publicKey));
});

test('leaves out what the issuer left out', async () => {
  const optional = { nbf: undefined, exp: undefined, 'vct#integrity': undefined, cnf: undefined, status: undefined };
  const found = await verified(await issue(optional));
  assert.deepEqual([found.validity.notBefore, found.validity.notAfter], [null, null]);
  assert.deepEqual([found.integrity, found.holder, found.status], [null, null, null]);
});

const REFUSED = {
  'another typ': ['unsupported', {}, { typ: 'vc+sd-jwt' }],
  'no kid': ['malformed', {}, { kid: undefined }],
  'a kid without a DID': ['malformed', {}, { kid: '#es256-1' }],
  'a kid without a fragment': ['malformed', {}, { kid: DID }],
  'a kid with two fragments': ['malformed', {}, { kid: `${DID}#a#b` }],
  'a kid of another DID': ['key-mismatch', {}, { kid: 'did:webvh:QmOther:registry.gwanin.example#es256-1' }],
  'no iss': ['malformed', { iss: undefined }],
  'another iss': ['key-mismatch', { iss: 'did:webvh:QmOther:registry.gwanin.example' }],
  'no iat': ['malformed', { iat: undefined }],
  'an iat with a fraction': ['malformed', { iat: NOW / 1000 + 0.5 }],
  'no vct': ['malformed', { vct: undefined }],
  'an exp that is no number': ['malformed', { exp: '2026-03-13' }],
  'an audience': ['unsupported', { aud: 'https://verifier.example' }],
  'a status that is no list': ['unsupported', { status: { other: {} } }],
  'two kinds of status': ['unsupported', { status: { ...PAYLOAD.status, other: {} } }],
  'a negative index': ['malformed', { status: { status_list: { idx: -1, uri: 'a' } } }],
  'an index with a fraction': ['malformed', { status: { status_list: { idx: 1.5, uri: 'a' } } }],
  'a holder by kid': ['unsupported', { cnf: { kid: 'a' } }],
  'a holder by two ways': ['unsupported', { cnf: { jwk: HOLDER_JWK, kid: 'a' } }],
  'a holder with a private key': ['malformed', { cnf: { jwk: { ...HOLDER_JWK, d: HOLDER_JWK.x } } }],
  'other types that name its own': ['malformed', { aka_vcts: [PAYLOAD.vct] }],
  'no other types': ['malformed', { aka_vcts: [] }],
  'a digest inside the status': ['malformed', { status: { ...PAYLOAD.status, _sd: ['decoy'] } }],
};

for (const [what, [code, changes, header]] of Object.entries(REFUSED)) {
  test(`refuses a credential with ${what}`, async () => {
    const token = await issue(changes, header);
    await refused(code, () => verified(token));
  });
}

for (const name of ['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status']) {
  test(`refuses ${name} in a disclosure`, async () => {
    const text = disclosure('salt', name, PAYLOAD[name] ?? ['https://other.example']);
    const token = await issue({ _sd: [await digest(text)], [name]: undefined }, {}, [text]);
    await assert.rejects(verified(token), /^Refusal: malformed/);
  });
}

test('refuses an audience in a disclosure, and the key of another', async () => {
  const text = disclosure('salt', 'aud', 'https://verifier.example');
  const token = await issue({ _sd: [await digest(text)] }, {}, [text]);
  await refused('unsupported', () => verified(token));
  const good = await issue();
  await refused('signature-invalid', () => verified(good, STRANGER.publicKey));
});

const REQUEST = { audience: 'decentralized_identifier:did:example:v', nonce: 'n'.repeat(22) };
const show = (credential, changes = {}) => (
  present(credential, { disclose: [['nameKo']], holder: HOLDER, ...REQUEST, now: NOW, ...changes })
);
const heldBy = async (token) => {
  const parsed = await parseSdJwtVc(token);
  return verifyHolder(parsed, await verifySdJwtVc(parsed, ISSUER.publicKey));
};

test('the holder shows what was chosen, to whom and when it was asked', async () => {
  const credential = await issue();
  const shown = await show(credential, { disclose: [] });
  assert.deepEqual((await verified(shown)).claims, { member: true });
  const binding = await heldBy(await show(credential));
  binding.check({ ...REQUEST, now: NOW, leeway: LEEWAY });
  assert.equal(await heldBy(credential), null);
});

test('shows a credential of nobody without a signature', async () => {
  const shown = await show(await issue({ cnf: undefined }));
  assert.ok(shown.endsWith('~'));
});

test('refuses a signature under a credential of nobody', async () => {
  const credential = await issue({ cnf: undefined });
  const token = credential + await keyBinding(credential, { aud: 'a', nonce: 'b' });
  await refused('binding-invalid', () => heldBy(token));
});

test("refuses to show a presentation again, or with another's key", async () => {
  const credential = await issue();
  const shown = await show(credential);
  await refused('malformed', () => show(shown));
  await refused('key-mismatch', () => show(credential, { holder: STRANGER }));
});

const MOMENTS = {
  'another audience': { audience: 'other' },
  'another nonce': { nonce: 'other' },
  'a moment before it was signed': { now: NOW - LEEWAY - 1 },
  'a moment long after': { now: NOW + MAX_BINDING_AGE + LEEWAY + 1 },
};

for (const [what, changes] of Object.entries(MOMENTS)) {
  test(`a binding is refused for ${what}`, async () => {
    const binding = await heldBy(await show(await issue()));
    const asked = { ...REQUEST, now: NOW, leeway: LEEWAY };
    binding.check(asked);
    await refused('binding-invalid', () => binding.check({ ...asked, ...changes }));
  });
}

test('a binding is good to the last moment on both sides', async () => {
  const binding = await heldBy(await show(await issue()));
  for (const now of [NOW - LEEWAY, NOW + MAX_BINDING_AGE + LEEWAY]) {
    binding.check({ ...REQUEST, now, leeway: LEEWAY });
  }
});

test('reads the vector of our own, and its presentation', async () => {
  const { credential, presentation } = readJson('seoul/sd-jwt-vc.json');
  const key = (await labelled('issuer')).publicKey;
  const found = await verified(credential, key);
  assert.equal(found.holder.type, KeyType.ED25519);
  assert.deepEqual(JSON.parse(JSON.stringify(found.claims)), {
    nameKo: '견본', member: true, place: { gu: '11620', dong: '가상동' },
  });
  const parsed = await parseSdJwtVc(presentation);
  const shown = await verifySdJwtVc(parsed, key);
  assert.deepEqual(JSON.parse(JSON.stringify(shown.claims)), { member: true, place: {} });
  const binding = await verifyHolder(parsed, shown);
  assert.equal(binding.audience, 'decentralized_identifier:did:example:verifier');
  assert.equal(binding.issuedAt, Date.parse('2026-03-13T03:01:00Z'));
});

test('makes the presentation of the vector again, byte for byte', async () => {
  const { credential, presentation } = readJson('seoul/sd-jwt-vc.json');
  assert.equal(await present(credential, {
    disclose: [['member']],
    holder: await labelled('holder'),
    audience: 'decentralized_identifier:did:example:verifier',
    nonce: 'n-0S6_WzA2Mj-n-0S6_WzA2Mj',
    now: Date.parse('2026-03-13T03:01:00Z'),
  }), presentation);
});

/** A key that everybody knows: its seed is the SHA-256 of a label (tests/vectors_of_ours.py). */
async function labelled(label) {
  const seed = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(label));
  return signerFromSecret(KeyType.ED25519, new Uint8Array(seed));
}

test('an Ed25519 holder signs as well', async () => {
  const holder = await signer(KeyType.ED25519, 5);
  const { x } = await crypto.subtle.exportKey('jwk', holder.keyPair.publicKey);
  const credential = await issue({ cnf: { jwk: { kty: 'OKP', crv: 'Ed25519', x } } });
  assert.notEqual(await heldBy(await show(credential, { holder })), null);
});
