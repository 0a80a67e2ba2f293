/** SD-JWT: the examples of RFC 9901 and of its library by name, and every MUST of §7.1 and §7.3. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_DEPTH, MAX_DISCLOSURES } from '../../web/static/js/disclosures.js';
import { encodeUtf8 } from '../../web/static/js/encoding.js';
import { JsonObject } from '../../web/static/js/json_object.js';
import { parseJwk } from '../../web/static/js/jwk.js';
import {
  MAX_SD_JWT_CHARS, bind, parseSdJwt, verifyKeyBinding, verifySdJwt, withhold,
} from '../../web/static/js/sd_jwt.js';
import { Random } from './simulators/random.js';
import { refused, refusedOrDone } from './simulators/refused.js';
import {
  HOLDER, ISSUER, NOW, STRANGER, TYP, digest, disclosure, keyBinding, sdJwt,
} from './simulators/sd_jwt.js';
import { exists, names, readJson, readText } from './simulators/vectors.js';

// `issuer_keys` of settings.yml, and the second one of json_serialization_general.
const VECTOR_KEYS = [
  ['b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ', 'Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8'],
  ['bN-hp3IN0GZB3OlaQnHDPhY4nZsZbQyo4wY-y1NWCvA', 'vaSsH5jt9zt3aQvTvrSaFYLyjPG9Ug-2vntoNXlCbVU'],
].map(([x, y]) => parseJwk(new JsonObject({ kty: 'EC', crv: 'P-256', x, y })));

const CASES = ['library-testcases', 'rfc9901-examples'].flatMap((folder) => (
  names(`sd-jwt/${folder}`).map((name) => `sd-jwt/${folder}/${name}`)
)).filter((path) => exists(`${path}/specification.yml`));

/** What a Processed SD-JWT Payload is as plain JSON. */
function plain(value) {
  return JSON.parse(JSON.stringify(value, (_, inner) => inner?.value ?? inner));
}

async function checkVector(path, presentation, key) {
  // One example is an SD-JWT VC; the others have the type that RFC 9901 invents for examples.
  const typ = path.endsWith('arf-pid') ? 'dc+sd-jwt' : TYP;
  const parsed = await parseSdJwt(presentation);
  const processed = await verifySdJwt(parsed, key, { typ });
  assert.deepEqual(plain(processed), readJson(`${path}/verified_contents.json`));
  if (!exists(`${path}/kb_jwt_payload.json`)) {
    assert.equal(parsed.keyBinding, null);
    return;
  }
  const holder = parseJwk(new JsonObject(processed).object('cnf').object('jwk'));
  const { aud, nonce, iat } = readJson(`${path}/kb_jwt_payload.json`);
  const { audience, nonce: answered, issuedAt } = await verifyKeyBinding(parsed, holder);
  assert.deepEqual([audience, answered, issuedAt], [aud, nonce, iat * 1000]);
}

for (const path of CASES) {
  if (exists(`${path}/sd_jwt_presentation.txt`)) {
    test(`processes the presentation of ${path}`, () => (
      checkVector(path, readText(`${path}/sd_jwt_presentation.txt`), VECTOR_KEYS[0])
    ));
    test(`processes the issuance of ${path}`, async () => {
      const parsed = await parseSdJwt(readText(`${path}/sd_jwt_issuance.txt`));
      assert.deepEqual(plain(parsed.payload.members), readJson(`${path}/sd_jwt_payload.json`));
      const typ = parsed.jws.header.text('typ');
      const processed = plain(await verifySdJwt(parsed, VECTOR_KEYS[0], { typ }));
      for (const [name, value] of Object.entries(readJson(`${path}/user_claims.json`))) {
        assert.deepEqual(processed[name], value);
      }
    });
  } else {
    test(`does not read the JSON form of ${path}, but what is in it`, async () => {
      const text = readJson(`${path}/sd_jwt_presentation.json`);
      await refused('malformed', () => parseSdJwt(text));
      const general = JSON.parse(text);
      const [first] = general.signatures ?? [general];
      const jwt = [first.protected, general.payload, first.signature].join('.');
      const compact = [jwt, ...first.header.disclosures, first.header.kb_jwt].join('~');
      await checkVector(path, compact, VECTOR_KEYS[0]);
    });
  }
}

const NAME = disclosure('salt-1', 'name', '김시범');
const AGE = disclosure('salt-2', 'age', 26);
const TOKEN = await sdJwt({ _sd: [await digest(NAME), await digest(AGE)], city: '서울' }, [NAME, AGE]);
const REQUEST = { aud: 'x509_hash:library', nonce: 'nonce-1' };

const verified = async (token, key = ISSUER.publicKey) => (
  plain(await verifySdJwt(await parseSdJwt(token), key, { typ: TYP }))
);

test('reveals what was disclosed, and nothing else', async () => {
  assert.deepEqual(await verified(TOKEN), { name: '김시범', age: 26, city: '서울' });
  assert.deepEqual(await verified(TOKEN.replace(`${AGE}~`, '')), { name: '김시범', city: '서울' });
});

const FORMS = {
  'no separator': TOKEN.replaceAll('~', ''),
  'the last separator missing': TOKEN.slice(0, -1),
  'the JWT alone': TOKEN.split('~')[0],
  'an empty disclosure': TOKEN.replace('~', '~~'),
  'an empty disclosure at the end': `${TOKEN}~`,
  'no JWT': `~${TOKEN}`,
  'something behind that is no JWT': `${TOKEN}a.b`,
  'a character beyond ASCII': `김${TOKEN}`,
  'nothing': '',
  'a separator alone': '~',
  'a disclosure twice': TOKEN.replace('~', `~${NAME}~`),
  'a disclosure with padding': TOKEN.replace(AGE, `${AGE}=`),
};

for (const [what, token] of Object.entries(FORMS)) {
  test(`refuses a text with ${what}`, () => refused('malformed', () => parseSdJwt(token)));
}

/** A payload whose one digest, at the place that `at` makes, is that of this disclosure. */
async function withOne(text, at = (found) => ({ _sd: [found] })) {
  return sdJwt(at(await digest(text)), [text]);
}

const inArray = (found) => ({ a: [{ '...': found }] });
const MUSTS = {
  'a disclosure that no digest names': sdJwt({ _sd: [await digest(NAME)] }, [NAME, AGE]),
  'a digest that is there twice': sdJwt({ _sd: [await digest(NAME), await digest(NAME)] }, [NAME]),
  'a digest that is there twice, in two places': sdJwt({ _sd: [await digest(NAME)], a: { _sd: [await digest(NAME)] } }, [NAME]),
  'a decoy that is there twice': sdJwt({ _sd: ['decoy', 'decoy'] }),
  'a member of two values': withOne(disclosure('salt', 'name')),
  'a member of four values': withOne(disclosure('salt', 'name', 1, 2)),
  'a member whose salt is no text': withOne(disclosure(1, 'name', 1)),
  'a member whose name is no text': withOne(disclosure('salt', 1, 1)),
  'a member named _sd': withOne(disclosure('salt', '_sd', [])),
  'a member named _sd_alg': withOne(disclosure('salt', '_sd_alg', 'sha-256')),
  'a member named ...': withOne(disclosure('salt', '...', 1)),
  'a member that is no array': withOne('ImEi'),
  'a member that is already there': withOne(NAME, (found) => ({ name: 1, _sd: [found] })),
  'an element of three values': withOne(NAME, inArray),
  'an element of one value': withOne(disclosure('salt'), inArray),
  'an element whose salt is no text': withOne(disclosure(1, 1), inArray),
  'an element with members beside its digest': withOne(disclosure('salt', 1), (found) => ({ a: [{ '...': found, b: 1 }] })),
  'a digest of an element that is no text': sdJwt({ a: [{ '...': 1 }] }),
  '_sd that is no array': sdJwt({ _sd: 'decoy' }),
  '_sd that holds no text': sdJwt({ _sd: [1] }),
  '... outside an array': sdJwt({ '...': 'decoy' }),
  '_sd_alg below the top': sdJwt({ a: { _sd_alg: 'sha-256' } }),
  'two disclosures of one name': sdJwt(
    { _sd: [await digest(NAME), await digest(disclosure('salt-3', 'name', 1))] },
    [NAME, disclosure('salt-3', 'name', 1)],
  ),
};

for (const [what, token] of Object.entries(MUSTS)) {
  test(`refuses ${what}`, async () => {
    const made = await token;
    await refused('malformed', () => verified(made));
  });
}

test('refuses another hash algorithm, also null', async () => {
  await verified(await sdJwt({ _sd_alg: 'sha-256' }));
  for (const algorithm of ['sha-512', null, 1]) {
    const token = await sdJwt({ _sd_alg: algorithm });
    await refused('unsupported', () => verified(token));
  }
});

test('removes decoys: of members with their _sd, of elements from their array', async () => {
  const element = disclosure('salt', 'b');
  const token = await sdJwt({
    _sd: ['decoy'], o: { _sd: ['decoy 2'] }, a: ['a', { '...': 'decoy 3' }, { '...': await digest(element) }],
  }, [element]);
  assert.deepEqual(await verified(token), { o: {}, a: ['a', 'b'] });
});

test('reveals a disclosure inside a disclosure', async () => {
  const inner = disclosure('salt', 'gu', '11620');
  const outer = disclosure('salt', 'place', { _sd: [await digest(inner)] });
  const token = await sdJwt({ _sd: [await digest(outer)] }, [inner, outer]);
  assert.deepEqual(await verified(token), { place: { gu: '11620' } });
  const orphan = await sdJwt({ _sd: [await digest(outer)] }, [inner]);
  await refused('malformed', () => verified(orphan));
});

test('takes claims to depth 16, the payload being the first', async () => {
  const nested = (depth) => (depth === 1 ? {} : { a: nested(depth - 1) });
  await verified(await sdJwt(nested(MAX_DEPTH)));
  for (const payload of [nested(MAX_DEPTH + 1), { a: JSON.parse('['.repeat(16) + ']'.repeat(16)) }]) {
    const token = await sdJwt(payload);
    await refused('too-large', () => verified(token));
  }
});

test('has bounds for disclosures and for the text', async () => {
  const texts = Array.from({ length: MAX_DISCLOSURES + 1 }, (_, at) => disclosure('s', `n${at}`, 1));
  const digests = await Promise.all(texts.map(digest));
  await verified(await sdJwt({ _sd: digests.slice(1) }, texts.slice(1)));
  const more = await sdJwt({ _sd: digests }, texts);
  await refused('too-large', () => parseSdJwt(more));
  await refused('too-large', () => parseSdJwt('~'.padStart(MAX_SD_JWT_CHARS + 1, 'a')));
});

test("refuses another key's signature, and another type of JWT", async () => {
  await refused('signature-invalid', () => verified(TOKEN, STRANGER.publicKey));
  for (const typ of ['JWT', `application/${TYP}`]) {
    const token = await sdJwt({}, [], { header: { typ } });
    await refused('malformed', () => verified(token));
  }
});

const presented = TOKEN.replace(`${AGE}~`, '');
const bound = async (claims = {}, options = {}) => (
  presented + await keyBinding(presented, { ...REQUEST, ...claims }, options)
);
const binding = async (token) => verifyKeyBinding(await parseSdJwt(token), HOLDER.publicKey);

test('the holder binds a presentation, and the verifier learns for whom and when', async () => {
  const token = await bind(presented, {
    holder: HOLDER, audience: REQUEST.aud, nonce: REQUEST.nonce, now: NOW + 999,
  });
  const { audience, nonce, issuedAt } = await binding(token);
  assert.deepEqual([audience, nonce, issuedAt], [REQUEST.aud, REQUEST.nonce, NOW]);
  assert.equal(await binding(presented), null);
});

const BINDINGS = {
  'another presentation': ['binding-invalid', () => bound().then((token) => token.replace('~', `~${AGE}~`))],
  'another hash': ['binding-invalid', () => bound({ sd_hash: 'A'.repeat(43) })],
  'no hash': ['malformed', () => bound({ sd_hash: undefined })],
  "a stranger's signature": ['signature-invalid', () => bound({}, { by: STRANGER })],
  'no typ': ['malformed', () => bound({}, { header: {} })],
  'the typ of the credential': ['malformed', () => bound({}, { header: { typ: TYP } })],
  'application/kb+jwt': ['malformed', () => bound({}, { header: { typ: 'application/kb+jwt' } })],
  'no audience': ['malformed', () => bound({ aud: undefined })],
  'two audiences': ['malformed', () => bound({ aud: ['a', 'b'] })],
  'no nonce': ['malformed', () => bound({ nonce: undefined })],
  'no time': ['malformed', () => bound({ iat: undefined })],
  'a time with a fraction': ['malformed', () => bound({ iat: NOW / 1000 + 0.5 })],
  'an end of its own': ['unsupported', () => bound({ exp: NOW / 1000 + 60 })],
  'a beginning of its own': ['unsupported', () => bound({ nbf: NOW / 1000 })],
};

for (const [what, [code, make]] of Object.entries(BINDINGS)) {
  test(`refuses a key binding with ${what}`, async () => {
    const token = await make();
    await refused(code, () => binding(token));
  });
}

const GU = disclosure('salt-3', 'gu', '11620');
const PLACE = disclosure('salt-4', 'place', { _sd: [await digest(GU)], dong: '가상동' });
const FIRST = disclosure('salt-5', 'kr');
const SECOND = disclosure('salt-6', { code: 'jp' });
const HELD = [NAME, GU, PLACE, FIRST, SECOND];
const CREDENTIAL = await sdJwt({
  _sd: [await digest(NAME), await digest(PLACE)],
  city: '서울',
  list: [{ '...': await digest(FIRST) }, 'open', { '...': await digest(SECOND) }],
}, HELD);

const CHOICES = [
  [[], []],
  [[['city']], []],
  [[['name']], [NAME]],
  [[['place']], [GU, PLACE]],
  [[['place', 'gu']], [GU, PLACE]],
  [[['place', 'dong']], [PLACE]],
  [[['list', 0]], [FIRST]],
  [[['list', 1]], []],
  [[['list', 2, 'code']], [SECOND]],
  [[['list', null]], [FIRST, SECOND]],
  [[['list']], [FIRST, SECOND]],
  [[['name'], ['list', 0]], [NAME, FIRST]],
];

for (const [paths, shown] of CHOICES) {
  test(`shows ${JSON.stringify(paths)} and withholds the rest`, async () => {
    const token = withhold(await parseSdJwt(CREDENTIAL), paths);
    assert.deepEqual(token, [CREDENTIAL.split('~')[0], ...shown, ''].join('~'));
    await verified(token);
  });
}

test('refuses to show what is not there', async () => {
  const parsed = await parseSdJwt(CREDENTIAL);
  for (const path of [['other'], ['name', 'a'], ['list', 3], ['city', 0], ['place', null]]) {
    await refused('malformed', () => withhold(parsed, [['name'], path]));
  }
});

test('gives an answer or our error for any text', async () => {
  const random = new Random(12);
  const valid = encodeUtf8(await bound());
  for (let i = 0; i < 400; i += 1) {
    const token = String.fromCharCode(...random.damaged(valid));
    await refusedOrDone(() => verified(token));
    await refusedOrDone(() => binding(token));
  }
});

test('gives claims or our error for any payload and disclosures', async () => {
  const random = new Random(13);
  const digests = await Promise.all(HELD.map(digest));
  const value = (depth) => {
    const leaves = [1, 'a', null, { '...': random.pick(digests) }, { _sd: [random.pick(digests)] }, random.pick(digests)];
    if (depth === 0 || !random.below(3)) return random.pick(leaves);
    if (random.below(2)) return Array.from({ length: random.below(3) }, () => value(depth - 1));
    return { [random.pick(['a', '_sd', '...', '_sd_alg', 'name'])]: value(depth - 1), b: value(depth - 1) };
  };
  for (let i = 0; i < 300; i += 1) {
    const token = await sdJwt({ a: value(4) }, HELD.slice(0, random.below(6)));
    await refusedOrDone(() => verified(token));
  }
});
