/** A device's clock against the city's: small differences are forgiven, great ones told. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compareClocks } from '../../web/static/js/city_clock.js';

const NOW = Date.parse('2026-03-13T03:00:00Z');
const MINUTE = 60_000;

function compared(difference, isSet = false) {
  return compareClocks({ asked: NOW - 100, answered: NOW + 100, city: NOW + difference, isSet });
}

test('what everybody forgives is no difference', () => {
  for (const difference of [0, 999, -999, MINUTE, -MINUTE]) {
    assert.deepEqual({ ...compared(difference) }, { offset: 0, isSet: false, isWrong: false });
  }
});

test('a clock that is further off is wrong, either way', () => {
  for (const difference of [MINUTE + 1, -MINUTE - 1, 20 * MINUTE, -20 * MINUTE]) {
    assert.deepEqual({ ...compared(difference) }, { offset: difference, isSet: false, isWrong: true });
  }
});

test("a city whose clock was set is followed, and nobody's clock is wrong", () => {
  for (const difference of [0, 500, -400 * 24 * 60 * MINUTE]) {
    assert.deepEqual({ ...compared(difference, true) }, { offset: difference, isSet: true, isWrong: false });
  }
});
