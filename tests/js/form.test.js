/** Forms: one reading for each body, or none. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_FIELDS, encodeForm, parseForm } from '../../web/static/js/form.js';
import { refused } from './simulators/refused.js';

const read = (text, maxChars = 1000) => parseForm(text, { maxChars });
const fields = (text) => ({ ...read(text).members });

const READ = {
  '': {},
  'a+b=c%20d+e': { 'a b': 'c d e' },
  'a=&b=1': { b: '1' },
  '=1': { '': '1' },
  'a=b=c': { a: 'b=c' },
  '%EC%84%9C=%EC%9A%B8': { 서: '울' },
  '__proto__=1': JSON.parse('{"__proto__": "1"}'),
};
const REFUSED = {
  'the same name twice': 'a=1&a=2',
  'the same name in two spellings': 'a=1&%61=2',
  'the same name, once without a value': 'a=&a=2',
  'no equals sign': 'a',
  'an empty field': 'a=1&',
  'a broken escape': 'a=%zz',
  'half an escape': 'a=%4',
  'bytes that are not UTF-8': 'a=%ff',
  'a lone surrogate': 'a=%ed%a0%80',
  'text beyond ASCII': 'a=é',
  'an unescaped space': 'a=1 2',
  'line ends': 'a=1\r\nb=2',
};

for (const [text, expected] of Object.entries(READ)) {
  test(`reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(JSON.stringify(fields(text)), JSON.stringify({ ...expected }));
  });
}

for (const [name, text] of Object.entries(REFUSED)) {
  test(`refuses a form with ${name}`, () => refused('malformed', () => read(text)));
}

test('has bounds for its length and its fields', async () => {
  assert.equal(read('a=12', 4).text('a'), '12');
  await refused('too-large', () => read('a=123', 4));
  const most = Array.from({ length: MAX_FIELDS }, (_, at) => `f${at}=1`);
  assert.equal(read(most.join('&')).names().length, MAX_FIELDS);
  await refused('too-large', () => read([...most, 'g=1'].join('&')));
});

test('writes what it reads, with every reserved character escaped', () => {
  const given = { a: "b c/d:e!'()*~&=+%", 이름: '김시범 \u{1F600}\n\0' };
  assert.equal(encodeForm({ a: "b c/d:e!'()*~" }), 'a=b%20c%2Fd%3Ae%21%27%28%29%2A~');
  assert.deepEqual(fields(encodeForm(given)), given);
});
