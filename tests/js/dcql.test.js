/** DCQL queries, read strictly, and held against credentials. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { locate, parseClaimPath, pathKey, select } from '../../web/static/js/claims.js';
import { parseQuery } from '../../web/static/js/dcql.js';
import { Reason, match } from '../../web/static/js/dcql_match.js';
import { Float } from '../../web/static/js/strict_json.js';
import { GONE, changed } from './simulators/changed.js';
import { refused } from './simulators/refused.js';

const VCT = 'https://city.example/types/SeoulResidencyCredential/v1';
const QUERY = {
  credentials: [
    {
      id: 'residency',
      format: 'dc+sd-jwt',
      meta: { vct_values: [VCT] },
      claims: [
        { id: 'seoul', path: ['residentOfSeoul'], values: [true] },
        { id: 'gu', path: ['residentOfGu', '11620'], values: ['a', 1, false] },
        { id: 'all', path: ['degrees', null, 'type'] },
      ],
      claim_sets: [['seoul'], ['gu', 'all']],
      multiple: true,
      require_cryptographic_holder_binding: false,
      trusted_authorities: [{ type: 'aki', values: ['x'] }],
    },
    { id: 'card', format: 'ldp_vc', meta: { type_values: [['X', 'Y'], ['Z']] } },
    { id: 'mdl', format: 'mso_mdoc', meta: { doctype_value: 'x' } },
  ],
  credential_sets: [{ options: [['residency'], ['card', 'mdl']] }, { options: [['card']], required: false }],
};
const FIRST = ['credentials', 0];
const CLAIM = [...FIRST, 'claims', 0];
const at = (path, to) => parseQuery(changed(QUERY, path, to));

test('reads all of a query', () => {
  const { credentials: [first, card, mdl], sets } = parseQuery(QUERY);
  assert.deepEqual([first.id, first.format, first.vctValues, first.typeValues], ['residency', 'dc+sd-jwt', [VCT], []]);
  assert.deepEqual([first.multiple, first.requireHolderBinding, first.hasTrustedAuthorities], [true, false, true]);
  assert.deepEqual(first.options.map((claims) => claims.map(({ id }) => id)), [['seoul'], ['gu', 'all']]);
  assert.deepEqual(first.claims[2], { id: 'all', path: ['degrees', null, 'type'], values: [] });
  assert.deepEqual([card.typeValues, mdl.vctValues, mdl.typeValues], [[['X', 'Y'], ['Z']], [], []]);
  assert.deepEqual([card.multiple, card.requireHolderBinding, card.hasTrustedAuthorities, card.options], [false, true, false, [[]]]);
  assert.deepEqual(sets, [
    { options: [['residency'], ['card', 'mdl']], required: true }, { options: [['card']], required: false },
  ]);
});

test('without sets, everything is asked for', () => {
  const { credentials, sets } = parseQuery(changed(changed(QUERY, ['credential_sets'], GONE), [...FIRST, 'claim_sets'], GONE));
  assert.deepEqual(sets, [{ options: [['residency', 'card', 'mdl']], required: true }]);
  assert.deepEqual(credentials[0].options, [credentials[0].claims]);
});

test('ignores what it does not know', () => {
  assert.equal(at([...CLAIM, 'intent_to_retain'], true).credentials.length, 3);
});

const REFUSED = {
  'no credentials': [['credentials'], GONE],
  'no credential in the list': [['credentials'], []],
  'too many credentials': [['credentials'], Array.from({ length: 33 }, (_, n) => ({ id: `c${n}`, format: 'x', meta: {} }))],
  'a credential that is no object': [FIRST, 'x'],
  'no id': [[...FIRST, 'id'], GONE],
  'an id with a dot': [[...FIRST, 'id'], 'a.b'],
  'too long an id': [[...FIRST, 'id'], 'a'.repeat(129)],
  'an id twice': [['credentials', 2, 'id'], 'card'],
  'no format': [[...FIRST, 'format'], GONE],
  'no meta': [[...FIRST, 'meta'], GONE],
  'a meta that is no object': [[...FIRST, 'meta'], []],
  'no type': [[...FIRST, 'meta'], {}],
  'no type in the list': [[...FIRST, 'meta', 'vct_values'], []],
  'a type that is no text': [[...FIRST, 'meta', 'vct_values'], [1]],
  'too many types': [[...FIRST, 'meta', 'vct_values'], Array(65).fill('x')],
  'no types of a W3C credential': [['credentials', 1, 'meta'], {}],
  'an empty set of types': [['credentials', 1, 'meta', 'type_values'], [[]]],
  'a set of types that is no array': [['credentials', 1, 'meta', 'type_values'], ['X']],
  'no claim in the list': [[...FIRST, 'claims'], []],
  'too many claims': [[...FIRST, 'claims'], Array.from({ length: 65 }, (_, n) => ({ id: `c${n}`, path: [`p${n}`] }))],
  'a claim without a path': [[...CLAIM, 'path'], GONE],
  'a claim with an empty id': [[...CLAIM, 'id'], ''],
  'a claim with an id with a dot': [[...CLAIM, 'id'], 'a.b'],
  "a claim's id twice": [[...FIRST, 'claims', 1, 'id'], 'seoul'],
  'a claim twice': [[...FIRST, 'claims', 1, 'path'], ['residentOfSeoul']],
  'no value in the list': [[...CLAIM, 'values'], []],
  'a value that is null': [[...CLAIM, 'values'], [null]],
  'a value with a fraction': [[...CLAIM, 'values'], [new Float(1.5)]],
  'a value that is an object': [[...CLAIM, 'values'], [{}]],
  'too many values': [[...CLAIM, 'values'], Array(65).fill(1)],
  'no claim set in the list': [[...FIRST, 'claim_sets'], []],
  'an empty claim set': [[...FIRST, 'claim_sets'], [[]]],
  'too many claim sets': [[...FIRST, 'claim_sets'], Array(33).fill(['seoul'])],
  'a claim set that leads nowhere': [[...FIRST, 'claim_sets'], [['other']]],
  'a claim set with a claim twice': [[...FIRST, 'claim_sets'], [['seoul', 'seoul']]],
  'claim sets, but a claim without an id': [[...CLAIM, 'id'], GONE],
  'a multiple that is no boolean': [[...FIRST, 'multiple'], 1],
  'a holder binding that is no boolean': [[...FIRST, 'require_cryptographic_holder_binding'], 'yes'],
  'no authority in the list': [[...FIRST, 'trusted_authorities'], []],
  'an authority without a type': [[...FIRST, 'trusted_authorities'], [{ values: ['x'] }]],
  'an authority without values': [[...FIRST, 'trusted_authorities'], [{ type: 'aki', values: [] }]],
  'no set in the list': [['credential_sets'], []],
  'a set without options': [['credential_sets', 0, 'options'], GONE],
  'no option in the list': [['credential_sets', 0, 'options'], []],
  'an option that leads nowhere': [['credential_sets', 0, 'options'], [['other']]],
  'an option with a credential twice': [['credential_sets', 0, 'options'], [['card', 'card']]],
  'a required that is no boolean': [['credential_sets', 0, 'required'], 0],
  'too many sets': [['credential_sets'], Array(33).fill({ options: [['card']] })],
};

for (const [name, [path, to]] of Object.entries(REFUSED)) {
  test(`refuses a query with ${name}`, async () => {
    const document = to instanceof Array && to[0] instanceof Float ? withFloat(path, to) : changed(QUERY, path, to);
    await refused('malformed', () => parseQuery(document));
  });
}

const item = (id, more = {}) => ({ id, format: 'x', meta: {}, ...more });
const IDS = {
  'two credentials of one id, without sets': [item('a'), item('a')],
  'an id with a dot, without sets': [item('a.b')],
  'an empty id, without sets': [item('')],
  "a claim's id twice, without claim sets": [item('a', { claims: [{ id: 'x', path: ['x'] }, { id: 'x', path: ['y'] }] })],
  'an unnamed claim that no claim set needs': [item('a', { claims: [{ id: 'x', path: ['x'] }, { path: ['y'] }], claim_sets: [['x']] })],
  "a claim's id with a dot": [item('a', { claims: [{ id: 'x.y', path: ['x'] }] })],
};

for (const [name, credentials] of Object.entries(IDS)) {
  test(`refuses ${name}`, () => refused('malformed', () => parseQuery({ credentials })));
}

for (const value of [null, [], 'x', 1]) {
  test(`refuses ${JSON.stringify(value)} as a query`, () => refused('malformed', () => parseQuery(value)));
}

/** structuredClone would make a Float a plain object. */
function withFloat(path, to) {
  const document = structuredClone(QUERY);
  path.slice(0, -1).reduce((owner, step) => owner[step], document)[path.at(-1)] = to;
  return document;
}

test('reads paths, and tells them apart', async () => {
  assert.deepEqual(parseClaimPath(['a', 0, null]), ['a', 0, null]);
  for (const path of ['a', {}, null, [], Array(17).fill('a'), [true], [-1], [new Float(1)], [['a']], [{}]]) {
    await refused('malformed', () => parseClaimPath(path));
  }
  const paths = [['1'], [1], [null], ['null'], ['a', 'b'], ['a,b'], [2n ** 60n], [String(2n ** 60n)]];
  assert.equal(new Set(paths.map(pathKey)).size, paths.length);
  assert.equal(pathKey([1n]), pathKey([1]));
});

const CLAIMS = {
  member: true, count: 1, gu: { 11620: true }, empty: [],
  degrees: [{ type: 'BSc' }, { type: 'MSc' }], mixed: [{ type: 'a' }, 'b'],
};

test('finds the values that a path points at, each at its own place', () => {
  assert.deepEqual(select(CLAIMS, ['gu', '11620']), [true]);
  assert.deepEqual(locate(CLAIMS, ['degrees', null, 'type']), [[['degrees', 0, 'type'], 'BSc'], [['degrees', 1, 'type'], 'MSc']]);
  assert.deepEqual(select(CLAIMS, ['degrees', 1, 'type']), ['MSc']);
  const nowhere = [['other'], ['degrees', 2], ['degrees', 'type'], ['member', 'x'], ['gu', 0], ['empty', null],
    ['mixed', null, 'type'], ['toString'], ['gu', null]];
  for (const path of nowhere) assert.deepEqual(select(CLAIMS, path), []);
});

const CARD = { id: 'a', typeUrl: VCT, claims: CLAIMS, holderBound: true };
const asks = (claims, more = {}) => parseQuery({
  credentials: [{ id: 'q', format: 'dc+sd-jwt', meta: { vct_values: [VCT] }, claims, ...more }],
});
const judged = (query, card = CARD) => match(query, [card]).credentials.get('q');
const reasons = (query, card) => judged(query, card).misfits[0].reasons.map(({ reason, path }) => [reason, path]);

test('discloses what is asked, each path once', () => {
  const query = asks([{ path: ['degrees', null, 'type'], values: ['MSc'] }, { path: ['degrees', 1, 'type'] }, { path: ['member'], values: [true] }]);
  assert.deepEqual(judged(query).fits[0].disclose, [['degrees', 1, 'type'], ['member']]);
});

test('takes the first claim set that it has', () => {
  const claims = [{ id: 'x', path: ['other'] }, { id: 'y', path: ['member'] }, { id: 'z', path: ['count'] }];
  assert.deepEqual(judged(asks(claims, { claim_sets: [['x'], ['y'], ['z']] })).fits[0].disclose, [['member']]);
});

test('says every reason against a card', () => {
  assert.deepEqual(reasons(asks([{ path: ['other'] }, { path: ['count'], values: [true, '1', 2] }])), [
    [Reason.CLAIM_MISSING, ['other']], [Reason.CLAIM_OTHER_VALUE, ['count']],
  ]);
  assert.deepEqual(reasons(asks([{ path: ['member'] }], { trusted_authorities: [{ type: 'aki', values: ['x'] }] })), [[Reason.AUTHORITY_UNKNOWN, null]]);
  const query = asks([{ path: ['member'] }]);
  assert.deepEqual(reasons(query, { ...CARD, typeUrl: 'other' }), [[Reason.OTHER_TYPE, null]]);
  assert.deepEqual(reasons(query, { ...CARD, holderBound: false }), [[Reason.NOT_HOLDER_BOUND, null]]);
  assert.deepEqual(reasons(asks([{ path: ['member'] }], { format: 'mso_mdoc' })), [[Reason.OTHER_FORMAT, null]]);
  const loose = asks([{ path: ['member'] }], { require_cryptographic_holder_binding: false });
  assert.equal(judged(loose, { ...CARD, holderBound: false }).fits.length, 1);
});

test('offers the options that can be delivered', () => {
  const query = parseQuery({
    credentials: [
      { id: 'q', format: 'dc+sd-jwt', meta: { vct_values: [VCT] } },
      { id: 'r', format: 'dc+sd-jwt', meta: { vct_values: ['other'] } },
    ],
    credential_sets: [{ options: [['r'], ['q', 'r'], ['q']] }, { options: [['r']], required: false }],
  });
  assert.deepEqual(match(query, [CARD]).choices, [{ required: true, options: [['q']] }, { required: false, options: [] }]);
});
