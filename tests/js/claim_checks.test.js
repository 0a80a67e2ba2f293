/** Claims against the schema of their type: each keyword, and whatever keyword is not known. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifyClaims } from '../../web/static/js/claim_checks.js';
import { sha256 } from '../../web/static/js/digest.js';
import { documentPaths, findType, permission, readPublishedType } from '../../web/static/js/published_type.js';
import { Float } from '../../web/static/js/strict_json.js';
import { PATH, TYPE, VCT, documents } from './simulators/issuing_city.js';
import { refused } from './simulators/refused.js';
import { URL_OF } from './simulators/registry_log.js';

async function typeOf(claims, more) {
  const published = documents(claims, more);
  const schemas = new Map();
  for (const [path, data] of published) schemas.set(path, await sha256(data));
  const type = findType(VCT, { schemas, registryUrl: URL_OF });
  return readPublishedType(type, { documents: published, schemas });
}

const FITS = {
  string: [{ type: 'string' }, ['a', ''], [1, null, true, [], {}]],
  integer: [{ type: 'integer' }, [1, -1, 2n ** 60n], ['1', true, new Float(1), null]],
  boolean: [{ type: 'boolean' }, [true, false], [0, 'true', null]],
  array: [{ type: 'array' }, [[]], [{}, 'a', null]],
  object: [{ type: 'object' }, [{}], [[], null, new Float(1)]],
  const: [{ const: 'a' }, ['a'], ['b', 1]],
  enum: [{ enum: ['a', 1] }, ['a', 1], ['b', '1']],
  minLength: [{ minLength: 2 }, ['ab', '가나', 1], ['a', '\u{1F600}']],
  maxLength: [{ maxLength: 2 }, ['ab', '\u{1F600}\u{1F600}', 1], ['abc']],
  pattern: [{ pattern: '^[가-힣]+$' }, ['김', 1], ['a', '김a']],
  date: [{ format: 'date' }, ['2024-02-29', 1], ['2026-02-29', '2026-2-1', '2026-01-01T00:00:00Z', '']],
  'date-time': [{ format: 'date-time' }, ['2026-01-01T00:00:00Z'], ['2026-01-01', '2026-01-01T00:00:00']],
  minimum: [{ minimum: 2 }, [2, 2n ** 60n, 'a'], [1, -(2n ** 60n)]],
  maximum: [{ maximum: 2 }, [2, 'a'], [3, 2n ** 60n]],
  minItems: [{ minItems: 1 }, [[1], 'a'], [[]]],
  maxItems: [{ maxItems: 1 }, [[1], 'ab'], [[1, 2]]],
  uniqueItems: [{ uniqueItems: true }, [['a', 'b'], 'aa'], [['a', 'a']]],
  items: [{ items: { type: 'string' } }, [['a'], 'a'], [['a', 1]]],
  properties: [{ properties: { a: { type: 'string' } } }, [{ a: 'b', c: 1 }, 'a'], [{ a: 1 }]],
  additionalProperties: [{ properties: { a: {} }, additionalProperties: false }, [{ a: 1 }, 'a'], [{ b: 1 }]],
  required: [{ required: ['a'] }, [{ a: 1 }, 'a'], [{}, { toString: 1 }]],
  false: [{ allOf: [false] }, [], [1]],
  allOf: [{ allOf: [{ minLength: 1 }, { maxLength: 1 }] }, ['a'], ['', 'ab']],
  if: [{ if: { const: 'a' }, then: { maxLength: 0 } }, ['b', ''], ['a']],
  title: [{ title: 'x' }, [1, 'a'], []],
};

for (const [name, [schema, fits, misfits]] of Object.entries(FITS)) {
  test(`knows what ${name} asks for`, async () => {
    const type = await typeOf([['x', schema, 'never']]);
    for (const x of fits) verifyClaims(type, { x });
    for (const x of misfits) await refused('invalid-claims', () => verifyClaims(type, { x }));
  });
}

const UNKNOWN = [
  { maxProperties: 1 }, { not: {} }, { $ref: '#' }, { oneOf: [] }, { format: 'email' },
  { exclusiveMinimum: 1 }, { patternProperties: {} }, { else: {} }, { toString: 1 },
];

for (const schema of UNKNOWN) {
  test(`leaves out no rule: ${JSON.stringify(schema)}`, async () => {
    const type = await typeOf([['x', schema, 'never']]);
    await refused('unsupported', () => verifyClaims(type, { x: 'a' }));
  });
}

test('a type that is not known fits nothing', async () => {
  const type = await typeOf([['x', { type: 'number' }, 'never']]);
  await refused('invalid-claims', () => verifyClaims(type, { x: 1 }));
});

test('only what may be withheld may be missing, and nothing else may be there', async () => {
  const type = await typeOf([['open', {}, 'never'], ['closed', {}, 'always']]);
  verifyClaims(type, { open: 1, closed: 1 });
  verifyClaims(type, { open: 1 });
  for (const claims of [{ closed: 1 }, {}, { open: 1, other: 1 }, { open: 1, id: 'did:a:b' }]) {
    await refused('invalid-claims', () => verifyClaims(type, claims));
  }
});

test('an id is no claim, even of a type that takes any', async () => {
  const type = await typeOf([['x', {}, 'always']], { additionalProperties: true });
  verifyClaims(type, { other: 1 });
  await refused('invalid-claims', () => verifyClaims(type, { id: 'did:a:b' }));
});

test('says where a claim does not fit, never what it says', async () => {
  const type = await typeOf([['a', { type: 'object', properties: { b: { const: 1 } } }, 'never']]);
  const { detail } = await refused('invalid-claims', () => verifyClaims(type, { a: { b: '비밀' } }));
  assert.ok(detail.startsWith('a.b:') && !detail.includes('비밀'), detail);
});

test('finds types that are logged, by their address alone', () => {
  const schemas = new Map([[PATH, new Uint8Array(32)], ['types/X', new Uint8Array(32)]]);
  const find = (url, registryUrl = URL_OF) => findType(url, { schemas, registryUrl });
  assert.deepEqual(find(VCT), { name: TYPE, path: PATH });
  assert.deepEqual(documentPaths(find(VCT)), { metadata: PATH, schema: `${PATH}/schema.json` });
  for (const url of [`${VCT}0`, `${VCT}/`, `${VCT}/schema.json`, PATH, `${URL_OF}/types/X`, `https://other.example/${PATH}`, '']) {
    assert.equal(find(url), null);
  }
  assert.equal(find(VCT, 'https://registry.gwanin.exampl'), null);
});

test('reads only what is logged', async () => {
  const published = documents([['x', {}, 'never']]);
  const schemas = new Map();
  for (const [path, data] of published) schemas.set(path, await sha256(data));
  const read = (given, logged) => readPublishedType({ name: TYPE, path: PATH }, { documents: given, schemas: logged });
  assert.equal((await read(published, schemas)).name, TYPE);
  for (const path of published.keys()) {
    const [without, unlogged] = [new Map(published), new Map(schemas)];
    without.delete(path);
    unlogged.delete(path);
    await refused('not-as-offered', () => read(without, schemas));
    await refused('not-as-offered', () => read(published, unlogged));
    await refused('not-as-offered', () => read(new Map(published).set(path, new Uint8Array(1)), schemas));
  }
});

test('a right names the subtype, where there is one', async () => {
  const plain = await typeOf([['x', {}, 'never']]);
  const parted = await typeOf([['subtype', { type: 'string', enum: ['a', 'b'] }, 'never']]);
  assert.equal(permission(plain, { x: 1 }), TYPE);
  assert.equal(permission(parted, { subtype: 'b' }), `${TYPE}/b`);
  for (const claims of [{ subtype: 'c' }, {}, { subtype: ['a'] }]) assert.equal(permission(parted, claims), `${TYPE}/`);
});
