/** Which cards a wallet shows: the least, the newest, and none that would be refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseQuery } from '../../web/static/js/dcql.js';
import { selectCards, selectOptional } from '../../web/static/js/matching.js';
import { LEEWAY, Validity } from '../../web/static/js/times.js';
import { refused } from './simulators/refused.js';

const NOW = Date.parse('2026-03-13T03:00:00Z');
const card = (number, { begins = null, ends = null, holder = {}, claims = { member: true, name: 'x' } } = {}) => ({
  number, verified: { typeUrl: 'type', claims, holder, validity: new Validity(begins, ends) },
});
const item = (id, ...claims) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: ['type'] }, claims: claims.map((path) => ({ path: [path] })) });
const query = (credentials, sets = undefined) => parseQuery({ credentials, ...(sets && { credential_sets: sets }) });
const chosen = (found) => found.map(({ queryId, card: { number }, disclose }) => [queryId, number, disclose]);
const ONE = query([item('a', 'member')]);

test('shows the newest card that fits, and of it only what is asked', () => {
  assert.deepEqual(chosen(selectCards(ONE, [card(1), card(10), card(9)], NOW)), [['a', 10, [['member']]]]);
});

test('passes over cards that would be refused', async () => {
  const over = card(3, { ends: NOW - LEEWAY });
  const early = card(4, { begins: NOW + LEEWAY + 1 });
  assert.deepEqual(chosen(selectCards(ONE, [card(1), over, early], NOW)), [['a', 1, [['member']]]]);
  assert.equal(selectCards(ONE, [card(3, { ends: NOW - LEEWAY + 1 })], NOW).length, 1);
  assert.equal(selectCards(ONE, [card(4, { begins: NOW + LEEWAY })], NOW).length, 1);
  const { detail } = await refused('nothing-to-show', () => selectCards(ONE, [over, early], NOW));
  assert.equal(detail, 'a: expired; a: not-yet-valid');
});

test('says what is missing', async () => {
  const detail = async (...cards) => (await refused('nothing-to-show', () => selectCards(ONE, cards, NOW))).detail;
  assert.equal(await detail(card(1, { claims: {} })), 'a: claim-missing: member');
  assert.equal(await detail(card(1, { holder: null })), 'a: not-holder-bound');
  assert.match(await detail(), /holds no credential/);
});

test('takes the first option of each required set, and leaves out what is optional', async () => {
  const items = [item('a', 'other'), item('b', 'member'), item('c', 'name')];
  const sets = [{ options: [['a'], ['b'], ['c']] }, { options: [['c']], required: false }];
  assert.deepEqual(chosen(selectCards(query(items, sets), [card(1)], NOW)), [['b', 1, [['member']]]]);
  const twice = [{ options: [['b']] }, { options: [['b', 'c']] }];
  assert.deepEqual(chosen(selectCards(query(items, twice), [card(1)], NOW)).map(([id]) => id), ['b', 'c']);
  await refused('nothing-to-show', () => selectCards(query(items, [{ options: [['a']] }, { options: [['b']] }]), [card(1)], NOW));
});

test('offers what is optional besides, each thing once', () => {
  const items = [item('a', 'other'), item('b', 'member'), item('c', 'name')];
  const sets = [{ options: [['b']] }, { options: [['a'], ['b', 'c']], required: false }, { options: [['c']], required: false }];
  const required = selectCards(query(items, sets), [card(1)], NOW);
  const groups = selectOptional(query(items, sets), [card(1)], { required, now: NOW });
  assert.deepEqual(groups.map(chosen), [[['c', 1, [['name']]]]]);
});
