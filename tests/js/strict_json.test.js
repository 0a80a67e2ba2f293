/** JSON from strangers: what two parsers could read differently is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeUtf8 } from '../../web/static/js/encoding.js';
import {
  Float, MAX_DEPTH, equalJson, isInteger, isObject, parseJson,
} from '../../web/static/js/strict_json.js';
import { Random } from './simulators/random.js';
import { refused, refusedOrDone } from './simulators/refused.js';

const parse = (text) => parseJson(encodeUtf8(text));

const REFUSED = {
  'nothing': '',
  'white space alone': ' \n',
  'a byte-order mark': '\ufeff{}',
  'a second value': '{} {}',
  'a comma at the end of an array': '[1,]',
  'a comma at the end of an object': '{"a":1,}',
  'a missing comma': '[1 2]',
  'a missing colon': '{"a" 1}',
  'a name without quotes': '{a:1}',
  'single quotes': "{'a':1}",
  'a comment': '[1/**/]',
  'an open array': '[1',
  'an open object': '{"a":1',
  'an open text': '"a',
  'a member name twice': '{"a":1,"a":1}',
  'a member name twice, once escaped': '{"a":1,"\\u0061":1}',
  '__proto__ twice': '{"__proto__":1,"__proto__":2}',
  'NaN': 'NaN',
  'Infinity': '[Infinity]',
  'a float that overflows': '1e400',
  'a leading zero': '01',
  'a plus sign': '+1',
  'a point without digits': '1.',
  'a point at the start': '.5',
  'an exponent without digits': '1e',
  'a lone minus': '-',
  'hexadecimal': '0x1',
  'a lone high surrogate': '"\\ud800"',
  'a lone low surrogate': '"\\udc00a"',
  'a lone surrogate in a name': '{"\\ud800":1}',
  'a control character': '"\u0001"',
  'a line break in a text': '"a\nb"',
  'an unknown escape': '"\\x41"',
  'a short escape': '"\\u00"',
  'a no-break space between values': '[1,\u00a01]',
  'a word with more behind it': 'truex',
  'a word in capitals': 'True',
};

for (const [what, text] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, () => refused('malformed', () => parse(text)));
}

const READ = {
  'white space around everything': [' \t\r\n[ 1 , 2 ] ', [1, 2]],
  'every escape': ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', '"\\/\b\f\n\r\t\u00e9'],
  'an escaped pair of surrogates': ['"\\ud83d\\ude00"', '\u{1f600}'],
  'words': ['[true,false,null]', [true, false, null]],
  'integers': ['[0,-0,-1,9007199254740991]', [0, 0, -1, 9007199254740991]],
  'integers beyond 2^53-1 exactly': ['[9007199254740993]', [9007199254740993n]],
};

for (const [what, [text, expected]] of Object.entries(READ)) {
  test(`reads ${what}`, () => assert.deepEqual(parse(text), expected));
}

test('reads __proto__ and its like as members, and gives them no meaning', () => {
  const value = parse('{"__proto__":{"a":1},"constructor":2}');
  assert.deepEqual(Object.keys(value), ['__proto__', 'constructor']);
  assert.equal(value.a, undefined);
  assert.equal(Object.getPrototypeOf(value), null);
});

test('keeps a number with a fraction or an exponent apart from an integer', () => {
  const [whole, plain, power] = parse('[1.0,1,1e2]');
  assert.deepEqual([whole, power], [new Float(1), new Float(100)]);
  assert.deepEqual([whole, plain, power, 5n, true].map(isInteger), [false, true, false, true, false]);
  assert.ok(!isObject(whole));
});

test('has bounds: bytes, depth, digits', async () => {
  const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);
  parse(nested(MAX_DEPTH));
  await refused('too-large', () => parse(nested(MAX_DEPTH + 1)));
  parse('12345678901234567890');
  await refused('too-large', () => parse('123456789012345678901'));
  await refused('too-large', () => parse('-12345678901234567890'));
  parse('-1.7976931348623157e308');
  await refused('too-large', () => parse(`1.${'0'.repeat(23)}`));
  parseJson(encodeUtf8('[1]'), { maxBytes: 3 });
  await refused('too-large', () => parseJson(encodeUtf8('[1]'), { maxBytes: 2 }));
});

test('takes depth back after an array and an object', () => {
  parse(`[${'[{"a":1}],'.repeat(2 * MAX_DEPTH)}1]`);
});

test('refuses bytes that are not UTF-8', () => (
  refused('malformed', () => parseJson(Uint8Array.of(0x22, 0xff, 0x22)))
));

test('gives an answer or our error for any bytes', async () => {
  const random = new Random(3);
  const valid = encodeUtf8('{"a":[1,2.5e3,"\\u00e9\\ud83d\\ude00",true,null],"b":{"c":""}}');
  for (let i = 0; i < 3000; i += 1) await refusedOrDone(() => parseJson(random.damaged(valid)));
});

test('agrees with the engine on what both accept', () => {
  const random = new Random(4);
  const valid = encodeUtf8('[{"a":"x\\n","b":[1,-2,0]},{"c":{}},["",true]]');
  for (let i = 0; i < 3000; i += 1) {
    const data = random.damaged(valid);
    let ours;
    try {
      ours = parseJson(data);
    } catch {
      continue;
    }
    const plain = JSON.stringify(ours, (_, value) => (value instanceof Float ? value.value : value));
    assert.equal(plain, JSON.stringify(JSON.parse(new TextDecoder().decode(data))));
  }
});

test('compares values, whatever the order of members', () => {
  const same = [['{"a":1,"b":[true]}', '{"b":[true],"a":1}'], ['1.0', '1.0'], ['[]', '[]']];
  same.forEach(([left, right]) => assert.ok(equalJson(parse(left), parse(right))));
  const other = [
    ['1', '1.0'], ['1', 'true'], ['[1]', '[1,2]'], ['{"a":1}', '{"a":1,"b":2}'], ['{}', '[]'],
    ['{"a":1}', '{"b":1}'], ['null', '{}'], ['{"a":null}', '{"toString":null}'], ['1.0', '2.0'],
  ];
  other.forEach(([left, right]) => assert.ok(!equalJson(parse(left), parse(right)), `${left} ${right}`));
});
