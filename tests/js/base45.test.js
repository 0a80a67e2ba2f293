/** Base45: the examples of RFC 9285, and one spelling per value. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeBase45, encodeBase45 } from '../../web/static/js/base45.js';
import { encodeUtf8 } from '../../web/static/js/encoding.js';
import { Random } from './simulators/random.js';
import { refused } from './simulators/refused.js';

// RFC 9285 §4.3 and §4.4.
const EXAMPLES = {
  'AB': 'BB8', 'Hello!!': '%69 VD92EX0', 'base-45': 'UJCLQE7W581', 'ietf!': 'QED8WEX0', '': '',
};

for (const [text, encoded] of Object.entries(EXAMPLES)) {
  test(`writes and reads the example ${JSON.stringify(text)}`, () => {
    assert.equal(encodeBase45(encodeUtf8(text)), encoded);
    assert.deepEqual(decodeBase45(encoded), encodeUtf8(text));
  });
}

for (const text of ['A', 'AAAA', 'GGW', ':::', '::', 'V5', 'bb8', 'BB8 ', 'BB_', 'B\u00e98']) {
  test(`refuses ${JSON.stringify(text)}`, () => refused('malformed', () => decodeBase45(text)));
}

test('gives back any bytes, and reads no value in a second spelling', () => {
  const random = new Random(9);
  const characters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'];
  for (let i = 0; i < 2000; i += 1) {
    const data = random.bytes(random.below(50));
    assert.deepEqual(decodeBase45(encodeBase45(data)), data);
    const text = Array.from({ length: random.below(7) }, () => random.pick(characters)).join('');
    try {
      assert.equal(encodeBase45(decodeBase45(text)), text);
    } catch (error) {
      assert.equal(error.code, 'malformed', error);
    }
  }
});
