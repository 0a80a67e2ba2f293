/** did:webvh logs of our own making: each rule has a log that breaks it alone, signed as it stands. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { didKeyMethod } from '../../web/static/js/did_key.js';
import { encodeUtf8 } from '../../web/static/js/encoding.js';
import { KeyType } from '../../web/static/js/keys.js';
import { encodeMultikey } from '../../web/static/js/multikey.js';
import { parseDid } from '../../web/static/js/webvh_did.js';
import { entryHash, hashText } from '../../web/static/js/webvh_entry.js';
import { replay } from '../../web/static/js/webvh_history.js';
import { NO_APPROVALS } from '../../web/static/js/webvh_witness.js';
import { GONE, changed } from './simulators/changed.js';
import { signer } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import { HOST, HOUR, START, documentOf, sealEntry, signDocument } from './simulators/registry_log.js';

const KEYS = await Promise.all([1, 2, 3, 4].map((byte) => signer(KeyType.ED25519, byte)));
const NAMES = KEYS.map(({ publicKey }) => encodeMultikey(publicKey));
const HASHES = await Promise.all(NAMES.map((name) => hashText(encodeUtf8(name))));
const P256 = encodeMultikey((await signer(KeyType.P256, 1)).publicKey);
const NOW = START + 24 * HOUR;
const STATE = documentOf(`did:webvh:{SCID}:${HOST}:dids:GU-11620`, { a: KEYS[0].publicKey });

const first = (parameters = {}, state = STATE, time = START) => sealEntry({
  parameters: JSON.parse(JSON.stringify({ method: 'did:webvh:1.0', scid: '{SCID}', updateKeys: [NAMES[0]], ...parameters })), state, time,
}, null, KEYS[0]);

const next = (before, { parameters = {}, state = before.state, time = START + HOUR, by = KEYS[0] } = {}) => (
  sealEntry({ parameters, state, time }, before, by)
);

function run(entries, did = entries[0].state.id) {
  const log = encodeUtf8(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  return replay(log, { did: parseDid(did), now: NOW, witnesses: NO_APPROVALS });
}

/** The same entry with other proofs. */
async function resigned({ proof, ...entry }, by, changes = {}) {
  const options = { verificationMethod: didKeyMethod(by.publicKey), proofPurpose: 'assertionMethod', created: entry.versionTime };
  const signed = await signDocument(entry, JSON.parse(JSON.stringify({ ...options, ...changes })), by);
  return { ...entry, proof: [signed.proof] };
}

test('follows two entries', async () => {
  const one = await first();
  const history = await run([one, await next(one)]);
  assert.deepEqual([history.versions.length, history.did.text], [2, one.state.id]);
});

test('takes pre-rotation, where each key was committed to', async () => {
  const one = await first({ nextKeyHashes: [HASHES[1], HASHES[2]] });
  const parameters = { updateKeys: [NAMES[1]], nextKeyHashes: [HASHES[2]] };
  const two = await next(one, { parameters, by: KEYS[1] });
  assert.equal((await run([one, two])).versions.length, 2);
});

test('a portable DID may move, and is found by both names', async () => {
  const one = await first({ portable: true });
  const id = one.state.id.replace('GU-11620', 'GU-1');
  const state = { ...one.state, id, alsoKnownAs: [one.state.id] };
  const history = await run([one, await next(one, { state })]);
  assert.ok(history.hasDid(parseDid(one.state.id)) && history.hasDid(parseDid(id)));
  const silent = await next(one, { state: { ...one.state, id } });
  await refused('log-document-invalid', () => run([one, silent]));
  const other = { ...state, id: id.replace(/Qm./, 'Qmz') };
  await refused('log-scid-mismatch', async () => run([one, await next(one, { state: other })]));
});

const FIRST = {
  'no method': ['log-parameter-invalid', { method: undefined }],
  'another method': ['log-parameter-invalid', { method: 'did:webvh:0.5' }],
  'no update keys': ['log-parameter-invalid', { updateKeys: undefined }],
  'an unknown parameter': ['log-parameter-invalid', { other: 1 }],
  'an update key of another kind': ['log-parameter-invalid', { updateKeys: [P256] }],
  'an update key that is none': ['log-parameter-invalid', { updateKeys: ['z6Mk'] }],
  'an update key twice': ['log-parameter-invalid', { updateKeys: [NAMES[0], NAMES[0]] }],
  'update keys that are no array': ['log-parameter-invalid', { updateKeys: NAMES[0] }],
  'an update key of another': ['log-key-not-authorised', { updateKeys: [NAMES[1]] }],
  'a portable that is no boolean': ['log-parameter-invalid', { portable: 'yes' }],
  'a deactivated that is no boolean': ['log-parameter-invalid', { deactivated: 1 }],
  'a negative ttl': ['log-parameter-invalid', { ttl: -1 }],
  'a ttl beyond 2^31': ['log-parameter-invalid', { ttl: 2 ** 31 + 1 }],
  'a watcher that is no URL': ['log-parameter-invalid', { watchers: ['x'] }],
  'a watcher twice': ['log-parameter-invalid', { watchers: ['https://a.example', 'https://a.example'] }],
  'witnesses without a threshold': ['log-parameter-invalid', { witness: { witnesses: [{ id: `did:key:${NAMES[1]}` }] } }],
  'a threshold of nobody': ['log-parameter-invalid', { witness: { threshold: 0, witnesses: [{ id: `did:key:${NAMES[1]}` }] } }],
  'a threshold beyond its witnesses': ['log-parameter-invalid', { witness: { threshold: 2, witnesses: [{ id: `did:key:${NAMES[1]}` }] } }],
  'a witness twice': ['log-parameter-invalid', { witness: { threshold: 1, witnesses: [{ id: `did:key:${NAMES[1]}` }, { id: `did:key:${NAMES[1]}` }] } }],
  'a witness without did:key': ['log-parameter-invalid', { witness: { threshold: 1, witnesses: [{ id: NAMES[1] }] } }],
  'a witness of another kind': ['log-parameter-invalid', { witness: { threshold: 1, witnesses: [{ id: `did:key:${P256}` }] } }],
  'witnesses who have not approved it': ['log-witness-missing', { witness: { threshold: 1, witnesses: [{ id: `did:key:${NAMES[1]}` }] } }],
};

for (const [name, [code, parameters]] of Object.entries(FIRST)) {
  test(`refuses a first entry with ${name}`, async () => {
    const entry = await first(parameters);
    await refused(code, () => run([entry]));
  });
}

const NEXT = {
  'an scid': ['log-parameter-invalid', (one) => ({ parameters: { scid: one.parameters.scid } })],
  'portable from now on': ['log-parameter-invalid', () => ({ parameters: { portable: true } })],
  'a time that does not rise': ['log-time-invalid', () => ({ time: START })],
  'a time in the future': ['log-time-invalid', () => ({ time: NOW + HOUR })],
  'a key that is not authorised': ['log-key-not-authorised', () => ({ by: KEYS[1] })],
  'a key that it authorises itself': ['log-key-not-authorised', () => ({ parameters: { updateKeys: [NAMES[1]] }, by: KEYS[1] })],
  'a document that moved': ['log-document-invalid', (one) => ({ state: { ...one.state, id: one.state.id.replace('GU', 'XX') } })],
  'a document without an id': ['log-document-invalid', (one) => ({ state: changed(one.state, ['id'], GONE) })],
  'a document of another method': ['log-scid-mismatch', (one) => ({ state: { ...one.state, id: 'did:web:a' } })],
  'a document whose id is no DID': ['log-document-invalid', (one) => ({ state: { ...one.state, id: one.state.id.toUpperCase().replace(/.*(QM[^:]*)/, `did:webvh:${one.parameters.scid}`) } })],
};

for (const [name, [code, changes]] of Object.entries(NEXT)) {
  test(`refuses a second entry with ${name}`, async () => {
    const one = await first();
    const { entry } = await refused(code, async () => run([one, await next(one, changes(one))]));
    assert.equal(entry, 2);
  });
}

const ROTATION = {
  'a key that nobody committed to': { parameters: { updateKeys: [NAMES[3]], nextKeyHashes: [HASHES[2]] }, by: KEYS[3] },
  'no update keys': { parameters: { nextKeyHashes: [HASHES[2]] }, by: KEYS[1] },
  'no next keys': { parameters: { updateKeys: [NAMES[1]] }, by: KEYS[1] },
};

for (const [name, changes] of Object.entries(ROTATION)) {
  test(`refuses under pre-rotation ${name}`, async () => {
    const one = await first({ nextKeyHashes: [HASHES[1]] });
    await refused('log-pre-rotation-broken', async () => run([one, await next(one, changes)]));
  });
}

test('nothing follows the end', async () => {
  const one = await first();
  const two = await next(one, { parameters: { deactivated: true } });
  assert.ok((await run([one, two])).latest.parameters.deactivated);
  const three = await next({ ...two, parameters: { scid: one.parameters.scid } }, { time: START + 2 * HOUR });
  await refused('log-deactivated', () => run([one, two, three]));
});

test('an entry has one proof by each of its keys, made for it alone', async () => {
  const entry = await first();
  const proof = async (changes, by = KEYS[0]) => run([await resigned(entry, by, changes)]);
  assert.ok(await proof({}));
  await refused('log-proof-invalid', () => proof({ proofPurpose: 'authentication' }));
  await refused('log-proof-invalid', () => proof({ expires: '2030-01-01T00:00:00Z' }));
  await refused('log-proof-invalid', () => proof({ verificationMethod: `did:key:${NAMES[0]}` }));
  await refused('log-proof-invalid', () => proof({ verificationMethod: `did:key:${NAMES[0]}#${NAMES[1]}` }));
  await refused('log-proof-invalid', () => proof({ verificationMethod: 'did:web:a#b' }));
  await refused('log-proof-invalid', () => proof({ verificationMethod: didKeyMethod(KEYS[0].publicKey) }, KEYS[1]));
  await refused('log-proof-invalid', () => run([{ ...entry, proof: [] }]));
  await refused('log-proof-invalid', () => run([{ ...entry, proof: [entry.proof[0], entry.proof[0]] }]));
  await refused('log-proof-invalid', () => run([{ ...entry, proof: Array(5).fill(entry.proof[0]) }]));
});

test('hashes and numbers are those of the entries', async () => {
  const one = await first();
  const two = await next(one);
  const renamed = async (versionId) => run([one, await resigned({ ...two, versionId }, KEYS[0])]);
  await refused('log-out-of-sequence', () => renamed(two.versionId.replace(/^2/, '3')));
  await refused('log-hash-mismatch', () => renamed(one.versionId.replace(/^1/, '2')));
  for (const versionId of ['2', `02-${HASHES[0]}`, '2-abc', `2-${HASHES[0]}x`]) {
    await refused('log-malformed', () => renamed(versionId));
  }
  await refused('log-hash-mismatch', async () => run([one, await resigned({ ...two, state: { ...two.state, a: 1 } }, KEYS[0])]));
  await refused('log-scid-mismatch', () => run([one], one.state.id.replace(one.parameters.scid, HASHES[0])));
  await refused('log-document-invalid', () => run([one], `${one.state.id}0`));
});

test('the SCID is the hash of the first entry', async () => {
  const { proof, versionId, ...draft } = await first();
  const text = JSON.stringify(draft).replaceAll(draft.parameters.scid, HASHES[0]);
  const entry = JSON.parse(text);
  const renamed = { versionId: `1-${await entryHash(entry, HASHES[0])}`, ...entry };
  await refused('log-scid-mismatch', async () => run([await resigned(renamed, KEYS[0])]));
});

const SCID = 'QmPBLVBvxN4dCGxE2q9jj46TTf5uX7UmvYjJGDGZysu72F';
const GOOD = ['a.example', 'localhost%3A8000', 'localhost', 'a.example:b:c', 'a.example:%EC%84%9C', 'xn--9n2bp8q.example'];
const BAD = ['', 'a', 'A.example', 'a.example%3a80', 'a.example%3A0', 'a.example%3A65536', 'a.example:80:', 'a.example:',
  'a.example:..', 'a.example:.', 'a.example:%2E%2E', 'a.example:%41', 'a.example:%2F', 'a.example:%ff', 'a.example:%e2%82%ac',
  '127.0.0.1', '1.2.3.0x1', 'a.1', '-a.example', 'a-.example', 'a..example', '.a.example', 'a.example.', 'a.example/b', 'a.example#b',
  'a.example?b', 'a.example:b#c', 'a.example:%00', 'a.example:%E2%80%8B', 'a_b.example', `${'a'.repeat(64)}.example`,
  `a.example${':b'.repeat(17)}`, `a.example:${'b'.repeat(1024)}`, `${'abcdefgh.'.repeat(29)}example`];

for (const rest of GOOD) {
  test(`reads a DID at ${rest}`, () => assert.equal(parseDid(`did:webvh:${SCID}:${rest}`).scid, SCID));
}

for (const rest of BAD) {
  test(`refuses a DID at ${rest.slice(0, 40) || 'nothing'}`, () => refused('did-invalid', () => parseDid(`did:webvh:${SCID}:${rest}`)));
}

test('refuses another method, and what is no SCID', async () => {
  for (const text of ['', 'did:web:a.example', `did:webvh:${SCID}`, `did:webvh:${SCID.slice(1)}:a.example`, `did:webvh:${SCID}0:a.example`, `did:webvh:{SCID}:a.example`, `did:webvh:${SCID.replace('P', '0')}:a.example`]) {
    await refused('did-invalid', () => parseDid(text));
  }
});
