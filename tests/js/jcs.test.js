/** RFC 8785: the vectors of its authors, and what it can't carry. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeUtf8, encodeUtf8 } from '../../web/static/js/encoding.js';
import { canonicalize } from '../../web/static/js/jcs.js';
import { Float } from '../../web/static/js/strict_json.js';
import { refused } from './simulators/refused.js';
import { hex, names, readBytes, readJson, readText } from './simulators/vectors.js';

const FOLDER = 'rfc8785-jcs';

/** The same value with each fraction as our parser gives it; one of them is too long for that. */
function withFloats(value) {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : new Float(value);
  if (Array.isArray(value)) return value.map(withFloats);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withFloats(item)]));
}

for (const file of names(`${FOLDER}/input`)) {
  test(`writes the bytes of the vector ${file}`, () => {
    const found = canonicalize(withFloats(readJson(`${FOLDER}/input/${file}`)));
    assert.deepEqual(found, readBytes(`${FOLDER}/output/${file}`));
    const digits = readText(`${FOLDER}/outhex/${file.replace('.json', '.txt')}`);
    assert.deepEqual(found, hex(digits.replace(/\s/g, '')));
  });
}

// RFC 8785 appendix B.
const NUMBERS = [
  [0, '0'], [-0, '0'], [5e-324, '5e-324'], [1.7976931348623157e308, '1.7976931348623157e+308'],
  [9007199254740992, '9007199254740992'], [295147905179352830000, '295147905179352830000'],
  [9.999999999999997e22, '9.999999999999997e+22'], [1e21, '1e+21'], [1e-6, '0.000001'],
  [1e-7, '1e-7'], [333333333.33333329, '333333333.3333333'],
];

for (const [number, text] of NUMBERS) {
  test(`writes a float as ${text}`, () => (
    assert.equal(decodeUtf8(canonicalize(new Float(number))), text)
  ));
}

const REFUSED = {
  'an integer beyond 2^53-1': 2 ** 53,
  'a BigInt': 2n ** 60n,
  'NaN': NaN,
  'a fraction that no parser made': 0.5,
  'infinity': new Float(Infinity),
  'a lone surrogate': '\ud800',
  'a lone surrogate in a name': { '\ud800': 1 },
  'undefined': [undefined],
  'a date': new Date(0),
  'a map': new Map(),
};

for (const [what, value] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, () => refused('malformed', () => canonicalize(value)));
}

test('sorts names by UTF-16, as the RFC does, and not by code point', () => {
  const found = canonicalize({ '\u{10000}': 1, '\uffff': 2, b: 3, a: 4, 10: 5, 9: 6 });
  assert.deepEqual(found, encodeUtf8('{"10":5,"9":6,"a":4,"b":3,"\u{10000}":1,"\uffff":2}'));
});
