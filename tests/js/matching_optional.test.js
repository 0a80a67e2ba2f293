/** What could be shown besides: optional sets, each whole or not at all, and nothing twice. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseQuery } from '../../web/static/js/dcql.js';
import { selectCards, selectOptional } from '../../web/static/js/matching.js';
import { Validity } from '../../web/static/js/times.js';

const NOW = Date.parse('2026-03-13T03:00:00Z');
const TYPE = 'https://gwanin.example/types/T/v1';

function card(number, claims, notAfter = null) {
  const verified = { typeUrl: TYPE, claims, holder: {}, validity: new Validity(null, notAfter) };
  return { number, verified };
}

function query(ids, sets) {
  const item = { format: 'dc+sd-jwt', meta: { vct_values: [TYPE] } };
  return parseQuery({
    credentials: ids.map((id) => ({ ...item, id, claims: [{ path: [id] }] })),
    credential_sets: sets,
  });
}

function optional(ids, sets, cards) {
  const asked = query(ids, sets);
  const required = selectCards(asked, cards, NOW);
  return selectOptional(asked, cards, { required, now: NOW })
    .map((group) => group.map(({ queryId, card: { number } }) => `${queryId}${number}`));
}

const REQUIRED = { options: [['a']] };

test('an optional set is offered with the newest card that fits', () => {
  const cards = [card(1, { a: 1, b: 1 }), card(2, { b: 1 })];
  const sets = [REQUIRED, { options: [['b']], required: false }];
  assert.deepEqual(optional(['a', 'b'], sets, cards), [['b2']]);
});

test('what the wallet has not, or what is over, is not offered', () => {
  const sets = [REQUIRED, { options: [['b']], required: false }];
  assert.deepEqual(optional(['a', 'b'], sets, [card(1, { a: 1 })]), []);
  const over = [card(1, { a: 1 }), card(2, { b: 1 }, NOW - 3_600_000)];
  assert.deepEqual(optional(['a', 'b'], sets, over), []);
});

test('a group is whole, and the first option that can be delivered', () => {
  const cards = [card(1, { a: 1, c: 1, d: 1 })];
  const sets = [REQUIRED, { options: [['b', 'c'], ['c', 'd']], required: false }];
  assert.deepEqual(optional(['a', 'b', 'c', 'd'], sets, cards), [['c1', 'd1']]);
});

test('what is sent anyway, or offered already, is not offered again', () => {
  const cards = [card(1, { a: 1, b: 1 })];
  const sets = [
    REQUIRED, { options: [['a']], required: false }, { options: [['a', 'b']], required: false },
    { options: [['b']], required: false },
  ];
  assert.deepEqual(optional(['a', 'b'], sets, cards), [['b1']]);
});
