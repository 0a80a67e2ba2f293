/** eddsa-jcs-2022: the vectors of the W3C, and what the proof does not forgive. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_DOMAINS, parseProof, verifyDocument, withoutMember } from '../../web/static/js/data_integrity.js';
import { sha256 } from '../../web/static/js/digest.js';
import { concatBytes, decodeUtf8, encodeMultibase } from '../../web/static/js/encoding.js';
import { canonicalize } from '../../web/static/js/jcs.js';
import { JsonObject } from '../../web/static/js/json_object.js';
import { KeyType } from '../../web/static/js/keys.js';
import { parseMultikey } from '../../web/static/js/multikey.js';
import { signer } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import { readJson, readText } from './simulators/vectors.js';

const FOLDER = 'w3c-vc-di-eddsa';
const JCS = `${FOLDER}/eddsa-jcs-2022`;
const KEY = parseMultikey(readJson(`${FOLDER}/keyPair.json`).publicKeyMultibase);
const SIGNED = readJson(`${JCS}/signedJCS.json`);

function verify(secured, key = KEY) {
  const outer = new JsonObject(secured);
  return verifyDocument(withoutMember(secured, 'proof'), parseProof(outer.object('proof')), key);
}

test('the documents of the W3C canonicalize as published', () => {
  const written = (path) => decodeUtf8(canonicalize(readJson(path)));
  assert.equal(written(`${FOLDER}/unsigned.json`), readText(`${JCS}/canonDocJCS.txt`));
  assert.equal(written(`${JCS}/proofConfigJCS.json`), readText(`${JCS}/proofCanonJCS.txt`));
});

test('the signed document of the W3C verifies, and is returned as it was signed', async () => {
  assert.deepEqual(await verify(SIGNED), withoutMember(SIGNED, 'proof'));
});

for (const name of ['name', 'validFrom', 'issuer']) {
  test(`refuses the signed document of the W3C with another ${name}`, () => (
    refused('signature-invalid', () => verify({ ...SIGNED, [name]: 'other' }))
  ));
}

const BY = await signer(KeyType.ED25519, 7);
const PROOF = {
  type: 'DataIntegrityProof',
  cryptosuite: 'eddsa-jcs-2022',
  created: '2026-03-13T03:04:05Z',
  verificationMethod: 'did:example:a#k',
  proofPurpose: 'assertionMethod',
};

/** A document with a proof over exactly these options. */
async function signed(content, options) {
  const hashes = await Promise.all([options, content].map((part) => sha256(canonicalize(part))));
  const proofValue = encodeMultibase(await BY.sign(concatBytes(...hashes)));
  return { ...content, proof: { ...options, proofValue } };
}

const OPTIONS = {
  'another type': ['unsupported', { type: 'Ed25519Signature2020' }],
  'another suite': ['unsupported', { cryptosuite: 'eddsa-rdfc-2022' }],
  'a chain': ['unsupported', { previousProof: 'urn:uuid:1' }],
  'no method': ['malformed', { verificationMethod: undefined }],
  'no purpose': ['malformed', { proofPurpose: undefined }],
  'a time without its zone': ['malformed', { created: '2026-03-13T03:04:05' }],
  'an end that is no time': ['malformed', { expires: 'never' }],
  'a domain that is no text': ['malformed', { domain: 1 }],
  'an empty domain': ['malformed', { domain: [''] }],
  'too many domains': ['malformed', { domain: new Array(MAX_DOMAINS + 1).fill('a.example') }],
  'a challenge that is no text': ['malformed', { challenge: 1 }],
  'a nonce that is no text': ['malformed', { nonce: 1 }],
  'an id that is no text': ['malformed', { id: 1 }],
};

for (const [what, [code, changes]] of Object.entries(OPTIONS)) {
  test(`refuses a proof with ${what}`, async () => {
    const options = JSON.parse(JSON.stringify({ ...PROOF, ...changes }));
    const secured = await signed({ n: 1 }, options);
    await refused(code, () => verify(secured, BY.publicKey));
  });
}

test('takes every optional member that is as it should be', async () => {
  const options = {
    ...PROOF, id: 'urn:uuid:1', nonce: 'a', challenge: 'b', domain: ['a.example'],
    expires: '2026-03-14T03:04:05+09:00',
  };
  const secured = await signed({ n: 1 }, options);
  await verify(secured, BY.publicKey);
  const proof = parseProof(new JsonObject(secured.proof));
  assert.equal(proof.created, Date.parse('2026-03-13T03:04:05Z'));
  assert.equal(proof.expires, Date.parse('2026-03-13T18:04:05Z'));
  await verify(await signed({ n: 1 }, { ...PROOF, domain: 'a.example' }), BY.publicKey);
});

test('refuses a changed option of the proof, and a changed value', async () => {
  const secured = await signed({ n: 1 }, PROOF);
  const proof = { ...secured.proof, proofPurpose: 'authentication' };
  await refused('signature-invalid', () => verify({ ...secured, proof }, BY.publicKey));
  const short = { ...secured.proof, proofValue: encodeMultibase(new Uint8Array(63)) };
  await refused('signature-invalid', () => verify({ ...secured, proof: short }, BY.publicKey));
  const plain = { ...secured.proof, proofValue: secured.proof.proofValue.slice(1) };
  await refused('malformed', () => verify({ ...secured, proof: plain }, BY.publicKey));
});

test('refuses a key of another type', async () => {
  const { publicKey } = await signer(KeyType.P256, 1);
  await refused('key-mismatch', () => verify(SIGNED, publicKey));
});

test('a context may grow at its end after signing, and is taken off again', async () => {
  const content = { '@context': ['https://a.example/1', { a: 1 }], n: 1 };
  const secured = await signed(content, { ...PROOF, '@context': content['@context'] });
  const grown = { ...secured, '@context': [...content['@context'], 'https://b.example'] };
  assert.deepEqual(await verify(grown, BY.publicKey), content);
  for (const context of [['https://b.example', ...content['@context']], ['https://a.example/1'], []]) {
    await refused('signature-invalid', () => verify({ ...secured, '@context': context }, BY.publicKey));
  }
  await refused('signature-invalid', () => verify(withoutMember(secured, '@context'), BY.publicKey));
});
