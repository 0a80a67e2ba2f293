/** Moments and spans: dateTimeStamps in one reading, and both ends of a validity. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LEEWAY, Validity, formatTimestamp, parseTimestamp } from '../../web/static/js/times.js';
import { Random } from './simulators/random.js';
import { refused, refusedOrDone } from './simulators/refused.js';

const NOON = Date.UTC(2026, 2, 13, 12);

const READ = {
  '2026-03-13T12:00:00Z': NOON,
  '2026-03-13T12:00:00+00:00': NOON,
  '2026-03-13T21:00:00+09:00': NOON,
  '2026-03-12T22:00:00-14:00': NOON,
  '2026-03-13T12:00:00.5Z': NOON + 500,
  '2026-03-13T12:00:00.000001Z': NOON + 0.001,
  '2026-03-13T12:00:00.000001999Z': NOON + 0.001,
  '2024-02-29T00:00:00Z': Date.UTC(2024, 1, 29),
  '0001-01-01T00:00:00Z': -62135596800000,
  '9999-12-31T23:59:59Z': 253402300799000,
};

for (const [text, moment] of Object.entries(READ)) {
  test(`reads ${text}`, () => assert.equal(parseTimestamp(text), moment));
}

const REFUSED = [
  '', '2026-03-13', '2026-03-13T12:00:00', '2026-03-13T12:00Z', '2026-03-13 12:00:00Z',
  '2026-03-13t12:00:00z', '2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-03-13T24:00:00Z',
  '2026-03-13T12:00:60Z', '2026-03-13T12:60:00Z', '2026-03-13T12:00:00.Z', '0000-01-01T00:00:00Z',
  '2026-03-13T12:00:00.1234567890Z', '2026-03-13T12:00:00+14:30', '2026-03-13T12:00:00+0900',
  '2026-03-13T12:00:00Zx', '12026-03-13T12:00:00Z', '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00', '2026-03-13T12:00:00\u0661Z', 'x2026-03-13T12:00:00Z',
];

for (const text of REFUSED) {
  test(`refuses ${JSON.stringify(text)}`, () => refused('malformed', () => parseTimestamp(text)));
}

test('writes UTC in whole seconds, and reads it back', () => {
  const random = new Random(5);
  for (let i = 0; i < 1000; i += 1) {
    const moment = -62135596800000 + random.below(2 ** 28) * 1000000;
    assert.equal(parseTimestamp(formatTimestamp(moment)), moment);
  }
  assert.equal(formatTimestamp(NOON + 999.5), '2026-03-13T12:00:00Z');
  assert.equal(formatTimestamp(-1), '1969-12-31T23:59:59Z');
});

test('gives a moment or our error for any text', async () => {
  const random = new Random(6);
  const valid = new TextEncoder().encode('2026-03-13T12:00:00.123+09:00');
  for (let i = 0; i < 3000; i += 1) {
    await refusedOrDone(() => parseTimestamp(String.fromCharCode(...random.damaged(valid))));
  }
});

test('holds from its beginning to before its end, with leeway on both sides', async () => {
  const validity = new Validity(NOON, NOON + 10);
  validity.check(NOON, 0);
  validity.check(NOON + 9, 0);
  await refused('not-yet-valid', () => validity.check(NOON - 1, 0));
  await refused('expired', () => validity.check(NOON + 10, 0));
  validity.check(NOON - LEEWAY, LEEWAY);
  await refused('not-yet-valid', () => validity.check(NOON - LEEWAY - 1, LEEWAY));
  validity.check(NOON + 9 + LEEWAY, LEEWAY);
  await refused('expired', () => validity.check(NOON + 10 + LEEWAY, LEEWAY));
  new Validity(null, null).check(NOON, 0);
});

test('reads the last microsecond before the year 10000, though no double holds it', () => {
  const last = parseTimestamp('9999-12-31T23:59:59.999999Z');
  assert.equal(formatTimestamp(last), '9999-12-31T23:59:59Z');
  assert.equal(parseTimestamp('9999-12-31T23:59:59.999Z'), last);
});
