/** Typed reading: a member that is missing, or of another type, is refused with its path. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeUtf8 } from '../../web/static/js/encoding.js';
import { MAX_TEXT, JsonObject, parseObject } from '../../web/static/js/json_object.js';
import { refused } from './simulators/refused.js';

const object = (text) => parseObject(encodeUtf8(text));

const MISTYPED = {
  text: ['1', 'null', '""', '[]', JSON.stringify('a'.repeat(MAX_TEXT + 1))],
  integer: ['"1"', 'true', '1.0', '1e2', 'null'],
  numericDate: ['-1', '253402300800', '1.5', '"1"', '99999999999999999999'],
  object: ['[]', '"a"', 'null', '1.0'],
};

for (const [reader, values] of Object.entries(MISTYPED)) {
  for (const value of values) {
    test(`${reader} refuses ${value.slice(0, 20)}, also where it may be missing`, async () => {
      const found = object(`{"a":${value}}`);
      const refusal = await refused('malformed', () => found[reader]('a'));
      assert.match(refusal.detail, /^a must be /);
      await refused('malformed', () => found[`${reader}OrNull`]('a'));
    });
  }

  test(`${reader} refuses a missing member; its other form returns null`, async () => {
    await refused('malformed', () => object('{}')[reader]('toString'));
    assert.equal(object('{}')[`${reader}OrNull`]('toString'), null);
  });
}

test('reads each type', () => {
  const found = object('{"t":"a","i":-5,"b":false,"d":1773371045,"o":{"x":1},"a":[1],"s":["a"]}');
  assert.equal(found.text('t'), 'a');
  assert.equal(found.integer('i'), -5);
  assert.equal(found.booleanOrNull('b'), false);
  assert.equal(found.numericDate('d'), Date.parse('2026-03-13T03:04:05Z'));
  assert.equal(found.object('o').integer('x'), 1);
  assert.deepEqual(found.array('a', { maxItems: 1 }), [1]);
  assert.deepEqual(found.texts('s', { maxItems: 1 }), ['a']);
  assert.equal(found.booleanOrNull('x'), null);
  assert.equal(found.any('x'), undefined);
});

test('counts characters as Unicode does', async () => {
  const text = '\u{1f600}'.repeat(3);
  assert.equal(new JsonObject({ a: text }).text('a', { maxChars: 3 }), text);
  await refused('malformed', () => new JsonObject({ a: text }).text('a', { maxChars: 2 }));
});

test('bounds arrays and looks at what is in them', async () => {
  const found = object('{"a":[1,2],"s":["a",""],"o":[{},1],"b":1}');
  await refused('malformed', () => found.array('a', { maxItems: 1 }));
  await refused('malformed', () => found.array('b', { maxItems: 1 }));
  await refused('malformed', () => found.texts('s', { maxItems: 2 }));
  const refusal = await refused('malformed', () => found.objects('o', { maxItems: 2 }));
  assert.match(refusal.detail, /^o\[1\] must be/);
  await refused('malformed', () => found.booleanOrNull('b'));
});

test('refuses members beside a closed set', async () => {
  object('{"a":1}').only('a', 'b');
  await refused('malformed', () => object('{"a":1,"c":1}').only('a', 'b'));
});

test('refuses a document that is no object', () => refused('malformed', () => object('[]')));
