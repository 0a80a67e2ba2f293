/** Sealed records: they open with their key at their place, whole and unchanged, and never else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generateRecordKey, openRecord, sealRecord } from '../../web/static/js/record_box.js';
import { Random } from './simulators/random.js';
import { refused } from './simulators/refused.js';

const KEY = await generateRecordKey();
const PLACE = 'gwanin-wallet/credentials/3';
const VALUE = { name: '김시범', list: [1, true, null], inner: { empty: '' } };

test('gives back what was sealed', async () => {
  const opened = await openRecord(KEY, PLACE, await sealRecord(KEY, PLACE, VALUE));
  assert.equal(JSON.stringify(opened), JSON.stringify(VALUE));
});

test('seals the same value differently each time', async () => {
  const [one, other] = await Promise.all([1, 2].map(() => sealRecord(KEY, PLACE, VALUE)));
  assert.notDeepEqual(one, other);
});

test('opens at no other place and with no other key', async () => {
  const sealed = await sealRecord(KEY, PLACE, VALUE);
  for (const place of ['', 'gwanin-wallet/credentials/4', 'gwanin-wallet/history/3', `${PLACE}0`]) {
    await refused('vault-unreadable', () => openRecord(KEY, place, sealed));
  }
  const another = await generateRecordKey();
  await refused('vault-unreadable', () => openRecord(another, PLACE, sealed));
});

test('opens nothing that was cut, lengthened or altered anywhere', async () => {
  const sealed = await sealRecord(KEY, PLACE, VALUE);
  const random = new Random(11);
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = sealed.slice();
    altered[at] ^= 1 << random.below(8);
    await refused('vault-unreadable', () => openRecord(KEY, PLACE, altered));
  }
  for (const length of [0, 5, 12, 20, sealed.length - 1]) {
    await refused('vault-unreadable', () => openRecord(KEY, PLACE, sealed.slice(0, length)));
  }
  await refused('vault-unreadable', () => openRecord(KEY, PLACE, Uint8Array.of(...sealed, 0)));
});

test('the key stays where it was made', async () => {
  assert.equal(KEY.extractable, false);
  await assert.rejects(crypto.subtle.exportKey('raw', KEY));
});
