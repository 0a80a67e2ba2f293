/**
 * The did:webvh test suite's logs, each by its name, with the specification's verdict.
 *
 * tests/vectors/didwebvh: thirteen scenarios by five implementations, and sixteen that must fail;
 * didwebvh-py-negative: one implementation's own.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseDid } from '../../web/static/js/webvh_did.js';
import { replay } from '../../web/static/js/webvh_history.js';
import { NO_APPROVALS, parseWitnessFile } from '../../web/static/js/webvh_witness.js';
import { refused } from './simulators/refused.js';
import { exists, names, readBytes, readJson, readText } from './simulators/vectors.js';

const NOW = Date.parse('2026-11-23T00:00:00Z');
const SUITE = 'didwebvh';

const NEGATIVE = {
  'negative-cross-did-witness-replay': ['log-witness-missing', 2],
  'negative-did-key-body-fragment-mismatch': ['log-proof-invalid', 1],
  'negative-duplicate-witness-ids': ['log-parameter-invalid', 1],
  'negative-portable-scid-swap': ['log-scid-mismatch', 2],
  'negative-pre-rotation-omit-updatekeys': ['log-pre-rotation-broken', 2],
  'negative-scid-mismatch-genesis': ['log-scid-mismatch', 1],
  'negative-unknown-method-version': ['log-parameter-invalid', 1],
  'negative-versiontime-future': ['log-time-invalid', 2],
  'negative-versiontime-non-monotonic': ['log-time-invalid', 2],
  'negative-wrong-cryptosuite': ['log-proof-invalid', 1],
  'negative-zero-witness-threshold': ['log-parameter-invalid', 1],
};
const BY_DID_ONLY = [
  'negative-fragment-leaks-into-domain', 'negative-lowercase-pct-port-ip',
  'negative-path-traversal-did', 'negative-pct-encoded-ip-host', 'negative-pct-encoded-traversal',
];
// A witness's `id` "MUST be a did:key DID"; these logs name a bare Multikey.
const NOT_WITNESSES = ['witness-threshold/rust', 'witness-update/rust'];

// Two of two witnesses are active when entry 2 names one of one, so both must approve entry 2; the
// files hold one approval of it.
const TOO_FEW = /^witness-update\//;

const POSITIVE = names(SUITE)
  .filter((name) => /^(?!negative-)[a-z-]+$/.test(name))
  .flatMap((scenario) => names(`${SUITE}/${scenario}`).map((by) => `${scenario}/${by}`))
  .filter((name) => exists(`${SUITE}/${name}/did.jsonl`));

function run(folder, line) {
  const log = readBytes(`${folder}/did.jsonl`);
  return replay(log, { did: didOf(folder, line), now: NOW, witnesses: approvals(folder) });
}

function approvals(folder) {
  const file = `${folder}/did-witness.json`;
  return exists(file) ? parseWitnessFile(readBytes(file)) : NO_APPROVALS;
}

/** The DID in one of the log's lines, with the log's SCID where the document has another. */
function didOf(folder, line) {
  const entries = readText(`${folder}/did.jsonl`).split('\n').map((text) => JSON.parse(text));
  const host = entries.at(line).state.id.split(':').slice(3);
  return parseDid(['did:webvh', entries[0].parameters.scid, ...host].join(':'));
}

test('every log of the suite is run', () => {
  assert.equal(POSITIVE.length, 64);
  const negative = names(SUITE).filter((name) => /^negative-[a-z-]+$/.test(name));
  assert.deepEqual(negative, [...Object.keys(NEGATIVE), ...BY_DID_ONLY].sort());
});

for (const name of POSITIVE) {
  test(`resolves ${name}, unless its witnesses are none or too few`, async () => {
    const folder = `${SUITE}/${name}`;
    if (NOT_WITNESSES.includes(name)) {
      await refused('log-parameter-invalid', () => run(folder, -1));
    } else if (TOO_FEW.test(name)) {
      await refused('log-witness-missing', () => run(folder, -1));
    } else {
      const { latest } = await run(folder, -1);
      const { didDocument, didDocumentMetadata } = readJson(`${folder}/resolutionResult.json`);
      assert.equal(latest.versionId, didDocumentMetadata.versionId);
      assert.equal(latest.time, Date.parse(didDocumentMetadata.versionTime));
      assert.equal(latest.didDocument.id, didDocument.id);
      assert.equal(latest.parameters.deactivated, didDocumentMetadata.deactivated ?? false);
    }
  });
}

for (const [name, verdict] of Object.entries(NEGATIVE)) {
  test(`refuses ${name}`, async () => {
    const [code, entry] = [verdict].flat();
    for (const line of [0, -1]) {
      const refusal = await refused(code, () => run(`${SUITE}/${name}/ts`, line));
      assert.equal(refusal.entry, entry);
    }
  });
}

for (const name of BY_DID_ONLY) {
  test(`refuses the DID of ${name}`, async () => {
    const dids = readText(`${SUITE}/${name}/script.yaml`).match(/(?<=did: ")did:webvh:[^"]+/g);
    for (const did of dids) {
      // The suite's SCID has 48 characters, among them zeros: none of that must be the reason.
      const scid = 'QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE';
      await refused('did-invalid', () => parseDid(did));
      await refused('did-invalid', () => parseDid(did.replace(did.split(':')[2], scid)));
    }
  });
}

const PYTHON = 'didwebvh-py-negative';
const PYTHON_LOGS = {
  'invalid-json': 'log-malformed',
  'invalid-method': 'log-scid-mismatch',
  'invalid-scid': 'log-scid-mismatch',
  'missing-proof': 'log-proof-invalid',
  'missing-witness': 'log-witness-missing',
  'short': null, // it is valid
};

test('every log of the python suite is run', () => {
  assert.deepEqual(names(`${PYTHON}/logs`), Object.keys(PYTHON_LOGS));
});

for (const [name, code] of Object.entries(PYTHON_LOGS)) {
  test(`${code === null ? 'takes' : 'refuses'} ${PYTHON}/${name}`, async () => {
    const [{ did_url: url }] = readJson(`${PYTHON}/resolver-suite.json`).filter((row) => row.log === name);
    const log = readBytes(`${PYTHON}/logs/${name}/did.jsonl`);
    const witnesses = approvals(`${PYTHON}/logs/${name}`);
    const did = parseDid(url.split('?')[0]);
    const judged = () => replay(log, { did, now: NOW, witnesses });
    if (code === null) assert.equal((await judged()).versions.length, 2);
    else await refused(code, judged);
  });
}

test('refuses an empty log', async () => {
  const did = didOf(`${SUITE}/basic-create/ts`, 0);
  for (const size of [0, 1]) {
    const log = new Uint8Array(size).fill(0x0a);
    await refused('log-malformed', () => replay(log, { did, now: NOW, witnesses: NO_APPROVALS }));
  }
});

test('replays our own log, and says which key held when', async () => {
  const folder = 'seoul';
  const history = await run(folder, 0);
  const id = `${history.did.text}#eddsa-1`;
  const [first, second, third] = history.versions.map(({ time }) => time);
  assert.equal(history.versions.length, 4);
  const one = history.keyAt(id, 'assertionMethod', first);
  assert.deepEqual([one.validFrom, one.retiredAt], [first, second]);
  const two = history.keyAt(id, 'assertionMethod', second);
  assert.ok(!two.key.equals(one.key));
  assert.equal(two.validFrom, second);
  assert.ok(two.retiredAt >= third);
  await refused('unknown-key', () => history.keyAt(id, 'assertionMethod', first - 1));
  await refused('unknown-key', () => history.keyAt(id, 'authentication', first));
  await refused('unknown-key', () => history.keyAt(id, 'assertionMethod', history.latest.time));
});

test('refuses a log beyond its bounds before reading it', async () => {
  const did = didOf('seoul', 0);
  const long = new Uint8Array(2 * 1024 * 1024 + 1).fill(0x20);
  await refused('log-malformed', () => replay(long, { did, now: NOW }));
  const refusal = await refused('log-malformed', () => (
    replay(new Uint8Array(1001).fill(0x0a), { did, now: NOW })
  ));
  assert.equal(refusal.entry, 1001);
});
