/** Witnesses' signatures on a head: how many are enough, and that a broken one is never overlooked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WitnessPolicy, findCosignature, parseWitnessKey } from '../../web/static/js/cosignature.js';
import { sha256 } from '../../web/static/js/digest.js';
import { concatBytes, encodeBase64, encodeUtf8 } from '../../web/static/js/encoding.js';
import { KeyType } from '../../web/static/js/keys.js';
import { parseNote } from '../../web/static/js/note.js';
import { signer } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import { RegistryLog } from './simulators/registry_log.js';

const SIGNERS = await Promise.all([31, 32, 33].map((seed) => signer(KeyType.ED25519, seed)));
const KEYS = await Promise.all(SIGNERS.map((by, at) => keyOf(`SEL-WIT${at + 1}`, by)));
const NOTE = parseNote(await (await RegistryLog.begin()).note());
const SECONDS = 1_773_370_800;

async function keyOf(name, by, type = 4) {
  const material = concatBytes([type], by.publicKey.raw);
  const id = (await sha256(concatBytes(encodeUtf8(`${name}\n`), material))).slice(0, 4);
  const digits = [...id].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return parseWitnessKey(`${name}+${digits}+${encodeBase64(material)}`);
}

async function line(at, { seconds = SECONDS, text = NOTE.text, by = SIGNERS[at] } = {}) {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
  const message = concatBytes(encodeUtf8(`cosignature/v1\ntime ${seconds}\n`), text);
  const { name, keyId } = KEYS[at];
  return { name, keyId, value: concatBytes(time, await by.sign(message)) };
}

const signed = (...lines) => ({ ...NOTE, signatures: [...NOTE.signatures, ...lines] });
const policy = new WitnessPolicy(KEYS, 2);

test('a quorum of different witnesses is enough, and says when', async () => {
  const times = await policy.verify(signed(await line(0), await line(2, { seconds: SECONDS + 5 })));
  assert.deepEqual([...times], [['SEL-WIT1', SECONDS * 1000], ['SEL-WIT3', (SECONDS + 5) * 1000]]);
});

test('one witness twice is one witness, as of the earlier time', async () => {
  const note = signed(await line(0), await line(0, { seconds: SECONDS - 9 }));
  await refused('quorum-missing', () => policy.verify(note));
  assert.equal(await findCosignature(note, KEYS[0]), (SECONDS - 9) * 1000);
});

test('a broken line of a witness stops everything', async () => {
  const right = [await line(0), await line(1)];
  const wrong = await line(2, { text: encodeUtf8('another head\n') });
  await refused('signature-invalid', () => policy.verify(signed(...right, wrong)));
  const endless = { ...wrong, value: concatBytes(new Uint8Array(8).fill(255), wrong.value.slice(8)) };
  await refused('malformed', () => policy.verify(signed(...right, endless)));
});

test('a quorum is possible, and not nothing', async () => {
  for (const quorum of [-1, 0, 4, 1.5, '2']) {
    await refused('malformed', () => new WitnessPolicy(KEYS, quorum));
  }
  await refused('malformed', () => new WitnessPolicy([...KEYS, KEYS[0]], 2));
  assert.equal((await new WitnessPolicy([], 0).verify(NOTE)).size, 0);
});

test('the key of a log is no key of a witness', async () => {
  await refused('unsupported', () => keyOf('SEL-WIT1', SIGNERS[0], 1));
});
