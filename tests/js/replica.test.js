/** Following the registry's log: what a view answers, and at which leaf a replica stops. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Purpose } from '../../web/static/js/did_document.js';
import { encodeBase64url } from '../../web/static/js/encoding.js';
import { KeyType } from '../../web/static/js/keys.js';
import { CLOCK_SKEW, Replica } from '../../web/static/js/replica.js';
import { LEEWAY } from '../../web/static/js/times.js';
import { parseDid } from '../../web/static/js/webvh_did.js';
import { GONE, changed } from './simulators/changed.js';
import { signer } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import { HOUR, RegistryLog, START, sealEntry, verifierKey } from './simulators/registry_log.js';

const TYPE = 'SeoulResidencyCredential';
const DIGEST = encodeBase64url(new Uint8Array(32).fill(1));

async function world() {
  const log = await RegistryLog.begin();
  const agency = await log.member('GU-11620');
  const library = await log.member('VER-LIB');
  log.time += HOUR;
  await log.accredit(agency, [TYPE, 'CityCertificateCredential/appointment']);
  await log.register(library, [`${TYPE}.residentOfSeoul`]);
  await log.add('schema', `types/${TYPE}/v1`, { h: DIGEST });
  log.time += HOUR;
  return { log, agency, library };
}

test('answers who may issue and ask, since when', async () => {
  const { log, agency, library } = await world();
  const view = await log.view();
  const at = START + HOUR;
  assert.equal(view.findAccreditation(agency.did, TYPE, at).nameEn, 'Gwanak-gu');
  assert.equal(view.findAccreditation(agency.did, 'CityCertificateCredential/appointment', at).did, agency.did);
  assert.equal(view.findAccreditation(agency.did, 'CityCertificateCredential', at), null);
  assert.equal(view.findAccreditation(library.did, TYPE, at), null);
  assert.equal(view.accreditationsAt(agency.did, at - LEEWAY).length, 1);
  assert.equal(view.accreditationsAt(agency.did, at - LEEWAY - 1).length, 0);
  assert.equal(view.accreditationsAt(agency.did, at + 366 * 24 * HOUR).length, 0);
  assert.deepEqual(view.accreditedDids(), [agency.did]);
  assert.deepEqual([...view.findRegistration(library.did, at).attributes], [`${TYPE}.residentOfSeoul`]);
  assert.equal(view.findRegistration(agency.did, at), null);
  assert.equal(view.findRegistration(library.did, at - LEEWAY - 1), null);
  assert.deepEqual([...view.schemas.keys()], [`types/${TYPE}/v1`]);
  assert.deepEqual([view.asOf, view.checkpoint.size], [log.time, log.leaves.length]);
});

test('the latest registration counts', async () => {
  const { log, library } = await world();
  await log.register(library, ['X.y']);
  const view = await log.view();
  assert.deepEqual([...view.findRegistration(library.did, log.time).attributes], ['X.y']);
  assert.deepEqual([...view.findRegistration(library.did, log.time - HOUR).attributes], [`${TYPE}.residentOfSeoul`]);
});

test('a right is not given backwards in time, but may begin later', async () => {
  const { log, agency } = await world();
  await log.accredit(agency, ['Early'], { document: { validFrom: '2020-01-01T00:00:00Z' } });
  await log.accredit(agency, ['Late'], { document: { validFrom: '2026-06-01T00:00:00Z' } });
  await log.accredit(agency, ['Open'], { document: { validFrom: undefined } });
  const view = await log.view();
  const held = (type, time) => view.findAccreditation(agency.did, type, time) !== null;
  assert.deepEqual([held('Early', log.time - LEEWAY - 1), held('Early', log.time)], [false, true]);
  assert.deepEqual([held('Late', log.time), held('Late', Date.parse('2026-06-01T00:00:00Z'))], [false, true]);
  assert.deepEqual([held('Open', log.time - LEEWAY - 1), held('Open', log.time)], [false, true]);
});

test('a view does not change when its replica goes on', async () => {
  const { log, agency } = await world();
  const replica = await log.replica();
  const view = await replica.confirm(await log.note(), await verifierKey(), log.time);
  await log.accredit(agency, ['Later']);
  await replica.append(log.leaves.at(-1), log.time);
  assert.equal(view.findAccreditation(agency.did, 'Later', log.time), null);
});

test('knows the key of a time, and for how long it was', async () => {
  const { log, agency } = await world();
  const method = `${agency.did}#eddsa-1`;
  const second = log.time;
  await log.update(agency, { state: { assertionMethod: [`${agency.did}#es256-1`] } });
  log.time += HOUR;
  const view = await log.view();
  const first = view.keyAt(method, Purpose.ASSERTION, START);
  assert.ok(first.key.equals(agency.keys['eddsa-1'].publicKey));
  assert.deepEqual([first.validFrom, first.retiredAt], [START, second]);
  const kept = view.keyAt(`${agency.did}#es256-1`, Purpose.ASSERTION, second);
  assert.deepEqual([kept.validFrom, kept.retiredAt], [START, null]);
  await refused('unknown-key', () => view.keyAt(method, Purpose.ASSERTION, second));
  await refused('unknown-key', () => view.keyAt(method, Purpose.ASSERTION, START - 1));
  await refused('unknown-key', () => view.keyAt(method, Purpose.AUTHENTICATION, START));
  await refused('unknown-key', () => view.keyAt(agency.did, Purpose.ASSERTION, START));
  await refused('unknown-did', () => view.keyAt(`${agency.did}x#eddsa-1`, Purpose.ASSERTION, START));
  await refused('did-invalid', () => view.history('did:web:a'));
});

test('a deactivated DID has no keys any more', async () => {
  const { log, agency } = await world();
  await log.update(agency, { parameters: { deactivated: true, updateKeys: [] } });
  const view = await log.view();
  const method = `${agency.did}#eddsa-1`;
  assert.ok(view.keyAt(method, Purpose.ASSERTION, START).key);
  await refused('unknown-key', () => view.keyAt(method, Purpose.ASSERTION, log.time));
});

/** The leaf is refused for this cause, and the replica goes on as if it had not come. */
async function stops(cause, log, leaf, now = log.time) {
  const replica = await log.replica();
  const refusal = await refused('leaf-rejected', () => replica.append(leaf, now));
  assert.deepEqual([refusal.index, refusal.cause.code], [log.leaves.length, cause], refusal.message);
  const view = await replica.confirm(await log.note(), await verifierKey(), now);
  assert.equal(view.checkpoint.size, log.leaves.length);
}

const RIGHTS = {
  'signed by another member': ['key-mismatch', ({ library }) => ({ by: library })],
  'with a stranger\'s signature': ['signature-invalid', ({ library }) => ({ signer: library.keys['eddsa-1'] })],
  'with a key that the root does not have': ['unknown-key', ({ log }) => ({ options: { verificationMethod: `${log.root.did}#eddsa-2` } })],
  'with a key of another kind': ['key-mismatch', ({ log }) => ({ options: { verificationMethod: `${log.root.did}#es256-1` } })],
  'for another purpose': ['malformed', () => ({ options: { proofPurpose: 'authentication' } })],
  'without an end': ['unsupported', () => ({ document: { validUntil: undefined } })],
  'of another type': ['malformed', () => ({ document: { type: ['VerifiableCredential', 'Other'] } })],
  'of two types': ['malformed', () => ({ document: { type: ['VerifiableCredential', 'IssuerAccreditationCredential', 'Other'] } })],
  'without a name': ['malformed', () => ({ claims: { nameKo: undefined } })],
  'without an English name': ['malformed', () => ({ claims: { nameEn: '' } })],
  'without a DID': ['malformed', () => ({ claims: { issuerDid: undefined } })],
  'for types that are no array': ['malformed', () => ({ claims: { allowedTypes: TYPE } })],
  'for too many types': ['malformed', () => ({ claims: { allowedTypes: Array(65).fill('x') } })],
  'for somebody else': ['log-inconsistent', ({ library }) => ({ claims: { issuerDid: library.did } })],
};

for (const [name, [cause, changes]] of Object.entries(RIGHTS)) {
  test(`stops at an accreditation ${name}`, async () => {
    const found = await world();
    const { log, agency } = found;
    const credential = await log.accreditation(agency, [TYPE], changes(found));
    await stops(cause, log, log.build('accreditation', agency.scid, { credential }));
  });
}

const REGISTRATIONS = {
  'no purpose': { purpose: undefined },
  'no English purpose': { purposeEn: undefined },
  'no legal basis': { legalBasis: '' },
  'retention without a number': { retentionDays: 'x' },
  'attributes that are no array': { attributes: 'x' },
  'too many attributes': { attributes: Array(129).fill('x') },
  'no DID': { verifierDid: undefined },
  'no name': { nameKo: undefined },
};

for (const [name, claims] of Object.entries(REGISTRATIONS)) {
  test(`stops at a registration with ${name}`, async () => {
    const { log, library } = await world();
    const credential = await log.registration(library, ['a'], { claims });
    await stops('malformed', log, log.build('verifier', library.scid, { credential }));
  });
}

test('stops at a registration in place of an accreditation, and at a subject without a DID', async () => {
  const { log, agency, library } = await world();
  const credential = await log.registration(library, ['a']);
  await stops('malformed', log, log.build('accreditation', library.scid, { credential }));
  await stops('log-inconsistent', log, log.build('verifier', agency.scid, { credential }));
  await stops('log-inconsistent', log, log.build('verifier', 'Q', { credential }));
});

test('stops at a second digest of a document', async () => {
  const { log } = await world();
  await stops('log-inconsistent', log, log.build('schema', `types/${TYPE}/v1`, { h: DIGEST }));
});

test('stops at a leaf out of time', async () => {
  const { log } = await world();
  const at = (time) => log.build('schema', 'types/Y/v1', { h: DIGEST }, time);
  await stops('log-inconsistent', log, at(log.time - 2 * HOUR));
  await stops('log-inconsistent', log, at(log.time + CLOCK_SKEW + 1000));
  const replica = await log.replica();
  await replica.append(at(log.time + CLOCK_SKEW), log.time);
  assert.equal(replica.size, log.leaves.length + 1);
});

test('stops at an entry that does not continue its DID, or is of another', async () => {
  const { log, agency, library } = await world();
  await stops('log-out-of-sequence', log, log.build('did', agency.scid, { entry: agency.entry }));
  const before = { ...agency.entry };
  const draft = { parameters: {}, state: agency.entry.state, time: log.time };
  const right = await sealEntry(draft, before, agency.update);
  await stops('log-inconsistent', log, log.build('did', 'Q', { entry: agency.entry }));
  await stops('log-hash-mismatch', log, log.build('did', agency.scid, { entry: changed(right, ['state', 'x'], 1) }));
  await stops('log-proof-invalid', log, log.build('did', agency.scid, { entry: changed(right, ['proof'], GONE) }));
  await stops('log-malformed', log, log.build('did', agency.scid, { entry: changed(right, ['state'], GONE) }));
  const byOther = await sealEntry(draft, before, library.update);
  await stops('log-key-not-authorised', log, log.build('did', agency.scid, { entry: byOther }));
  const late = await sealEntry({ ...draft, time: START }, before, agency.update);
  await stops('log-time-invalid', log, log.build('did', agency.scid, { entry: late }));
});

test('stops at a leaf out of its place', async () => {
  const { log } = await world();
  await stops('leaf-chain-broken', log, log.leaves[1]);
});

test('accepts no right before the root is in the log', async () => {
  const { log, agency } = await world();
  const replica = new Replica(parseDid(agency.did));
  await replica.append(log.leaves[0], log.time);
  await replica.append(log.leaves[1], log.time);
  await replica.append(log.leaves[2], log.time);
  const refusal = await refused('leaf-rejected', () => replica.append(log.leaves[3], log.time));
  assert.equal(refusal.cause.code, 'key-mismatch');
  const other = new Replica(parseDid(log.root.did.replace('SEL-DIG', 'OTHER')));
  for (const leaf of log.leaves.slice(0, 3)) await other.append(leaf, log.time);
  assert.equal((await refused('leaf-rejected', () => other.append(log.leaves[3], log.time))).cause.code, 'log-inconsistent');
});

test('confirms only the head that the log has signed over these leaves', async () => {
  const { log } = await world();
  const replica = await log.replica();
  const confirm = async (note) => replica.confirm(await log.note(note), await verifierKey(), log.time);
  await refused('log-inconsistent', () => confirm({ size: 3 }));
  await refused('log-inconsistent', () => confirm({ says: log.leaves.length + 1 }));
  await refused('checkpoint-not-signed', () => confirm({ origin: 'other.example' }));
  const stranger = await signer(KeyType.ED25519, 9);
  await refused('checkpoint-not-signed', () => confirm({ by: stranger }));
  const twin = await world();
  await twin.log.add('schema', 'types/Z/v1', { h: DIGEST });
  await log.add('schema', 'types/Y/v1', { h: DIGEST });
  await replica.append(log.leaves.at(-1), log.time);
  await refused('log-inconsistent', async () => (
    replica.confirm(await twin.log.note(), await verifierKey(), log.time)
  ));
});

test('takes one leaf at a time', async () => {
  const { log } = await world();
  const replica = new Replica(parseDid(log.root.did));
  const [first, second] = await Promise.allSettled([
    replica.append(log.leaves[0], log.time), replica.append(log.leaves[0], log.time),
  ]);
  assert.deepEqual([first.status, second.status].sort(), ['fulfilled', 'rejected']);
  assert.equal(replica.size, 1);
});
