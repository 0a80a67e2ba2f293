/** What people read before they agree: every claim that will be seen, in their words, and no other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  coloursOf, isSelective, labelOf, leavesOf, nameIn, titleOf, valueText,
} from '../../web/static/js/card_words.js';
import { seenClaims, selectionTitle } from '../../web/static/js/consent.js';
import { JsonObject } from '../../web/static/js/json_object.js';

const texts = (member, ko, en) => [{ locale: 'ko', [member]: ko }, { locale: 'en', [member]: en }];
const claim = (path, ko, en, more = {}) => ({
  path, sd: 'always', display: texts('label', ko, en), ...more,
});
const simple = (background, text) => ({ simple: { background_color: background, text_color: text } });

function metadata(changes = {}) {
  return new JsonObject({
    display: texts('name', '거주확인증', 'Residency')
      .map((one) => ({ ...one, rendering: simple('#083891', '#ffffff') })),
    claims: [
      claim(['subtype'], '종류', 'Kind', { sd: 'never' }),
      claim(['nameKo'], '이름', 'Name'),
      claim(['gu'], '자치구', 'District', {
        values: [{ value: '11620', display: texts('label', '관악구', 'Gwanak-gu') }],
      }),
      claim(['residentOfGu'], '구 거주', 'Resident of', { sd: 'never' }),
      claim(['residentOfGu', '11620'], '관악구 거주', 'Resident of Gwanak-gu'),
      claim(['body'], '내용', 'Body'),
      claim(['body', 'role'], '역할', 'Role', { sd: 'never' }),
      claim(['adult'], '성인', 'Adult'),
    ],
    ...changes,
  });
}

const CLAIMS = {
  adult: true, body: { role: '사서' }, residentOfGu: { 11620: true }, gu: '11620', nameKo: '김시범',
  subtype: 'career',
};

function seen(disclose, claims = CLAIMS) {
  return seenClaims({ card: { claims, metadata: metadata() }, disclose });
}

test('what is never hidden is told even if nobody asked for it', () => {
  assert.deepEqual(seen([['adult']]).map(({ path }) => path.join('.')), ['adult', 'subtype']);
  assert.deepEqual(seen([]).map(({ path }) => path.join('.')), ['subtype']);
});

test('a claim that the type does not name is told by its path, as nothing hides it', () => {
  const told = seen([], { ...CLAIMS, other: 'x' });
  assert.deepEqual(told.map(({ label }) => label.ko), ['종류', 'other']);
});

test('of a yes only that it is so is told, and of everything else the value', () => {
  const [adult, gu, name] = seen([['adult'], ['gu'], ['nameKo']]);
  assert.deepEqual([adult.isYes, adult.value], [true, { ko: null, en: null }]);
  assert.deepEqual([gu.isYes, gu.value], [false, { ko: '관악구', en: 'Gwanak-gu' }]);
  assert.equal(name.value.en, '김시범');
});

test('a claim is told once, however often it is asked for', () => {
  assert.equal(seen([['adult'], ['adult'], ['subtype']]).length, 2);
});

test('claims stand in the order of their type, and strangers last', () => {
  const paths = leavesOf(metadata(), { zzz: 1, ...CLAIMS }).map(([path]) => path.join('.'));
  assert.deepEqual(paths, [
    'subtype', 'nameKo', 'gu', 'residentOfGu.11620', 'body.role', 'adult', 'zzz',
  ]);
});

test('a member can be withheld with the object that it stands in', () => {
  const withheld = (...path) => isSelective(metadata(), path);
  assert.ok(withheld('body', 'role') && withheld('residentOfGu', '11620') && withheld('adult'));
  assert.ok(!withheld('subtype') && !withheld('residentOfGu') && !withheld('other'));
});

test('titles, labels and colours are texts and colours, or nothing', () => {
  assert.deepEqual({ ...titleOf(metadata()) }, { ko: '거주확인증', en: 'Residency' });
  assert.deepEqual({ ...selectionTitle({ card: { metadata: metadata() } }) }, { ko: '거주확인증', en: 'Residency' });
  assert.deepEqual({ ...labelOf(metadata(), ['gu']) }, { ko: '자치구', en: 'District' });
  assert.deepEqual(coloursOf(metadata()), { background: '#083891', text: '#ffffff' });
  for (const bad of ['red', '#fff', 'url(x)', '#08389g', '']) {
    const display = [{ locale: 'ko', name: 'x', rendering: simple('#083891', bad || undefined) }];
    if (!bad) delete display[0].rendering.simple.text_color;
    assert.equal(coloursOf(metadata({ display })), null, bad);
  }
});

test('a name is found where types have one', () => {
  assert.equal(nameIn({ nameRoman: 'KIM', holderName: '김' }), '김');
  assert.equal(nameIn({ nameKo: 7 }), null);
  assert.equal(nameIn({}), null);
});

test('what turns or hides text is spelled out, and the rest stays as it is', () => {
  const told = (value) => valueText(metadata(), ['nameKo'], value, 'ko');
  assert.equal(told('가나\u202e다'), '가나\\u{202e}다');
  assert.equal(told('a\u200bb\n'), 'a\\u{200b}b\\u{a}');
  assert.equal(told('<b>𠮷試驗</b>'), '<b>𠮷試驗</b>');
  assert.equal(told(['a', 3, true]), 'a, 3, true');
});
