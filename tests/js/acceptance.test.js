/** What a wallet keeps: from whom it asked, what it asked for, and for the key that it made. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accept, findIssuerDid } from '../../web/static/js/acceptance.js';
import { LEEWAY } from '../../web/static/js/times.js';
import { refused } from './simulators/refused.js';
import { CLAIMS, PATH, TYPE, VCT, documents, issuingCity } from './simulators/issuing_city.js';
import { HOUR, URL_OF } from './simulators/registry_log.js';
import { HOLDER, STRANGER, keyBinding } from './simulators/sd_jwt.js';

const CITY = await issuingCity();
const FUTURE = CITY.now / 1000 + 3600;

test('accepts what was offered', async () => {
  const { verified, type, issuer } = await accept(await CITY.issue(), await CITY.terms());
  assert.deepEqual(verified.claims, { member: true, nameKo: '김시범' });
  assert.deepEqual([type.name, type.integrity, issuer.did], [TYPE, CITY.integrity, CITY.agency.did]);
  assert.ok(await accept(await CITY.issue({ payload: { 'vct#integrity': undefined } }), await CITY.terms()));
  const ed25519 = { header: { kid: `${CITY.agency.did}#eddsa-1` }, by: CITY.agency.keys['eddsa-1'] };
  assert.ok(await accept(await CITY.issue(ed25519), await CITY.terms()));
});

const REFUSED = {
  'of another type': ['not-as-offered', { payload: { vct: `${URL_OF}/types/Other/v1`, 'vct#integrity': undefined } }],
  'of another definition': ['not-as-offered', { payload: { 'vct#integrity': 'sha256-abc' } }],
  'of another agency': ['not-as-offered', { payload: { iss: CITY.other.did }, header: { kid: `${CITY.other.did}#es256-1` }, by: CITY.other.keys['es256-1'] }],
  "under another agency's key": ['key-mismatch', { header: { kid: `${CITY.other.did}#es256-1` }, by: CITY.other.keys['es256-1'] }],
  'under a key that is not listed': ['unknown-key', { header: { kid: `${CITY.agency.did}#es256-2` } }],
  'under a DID that is not logged': ['did-invalid', { header: { kid: 'did:web:a#es256-1' } }],
  "with a stranger's signature": ['signature-invalid', { by: STRANGER }],
  'that has expired': ['expired', { payload: { exp: CITY.now / 1000 - 61 } }],
  'that is not valid yet': ['not-yet-valid', { payload: { nbf: FUTURE } }],
  'that was issued in the future': ['not-yet-valid', { payload: { iat: FUTURE } }],
  'from before the agency was': ['unknown-key', { payload: { iat: CITY.now / 1000 - 7200 } }],
  'without a status': ['not-as-offered', { payload: { status: undefined } }],
  'of nobody': ['not-as-offered', { payload: { cnf: undefined } }],
  'with a claim that its type does not have': ['invalid-claims', { payload: { other: 1 } }],
  'without a claim that is never withheld': ['invalid-claims', { payload: { member: undefined } }],
  'with a claim that does not fit': ['invalid-claims', { payload: { count: 4 } }],
};

for (const [name, [code, changes]] of Object.entries(REFUSED)) {
  test(`refuses a credential ${name}`, async () => (
    refused(code, async () => accept(await CITY.issue(changes), await CITY.terms()))
  ));
}

const TERMS = {
  'for another key': ['not-as-offered', { holder: STRANGER.publicKey }],
  'when another type was offered': ['not-as-offered', { offered: { format: 'dc+sd-jwt', vct: `${VCT}2` } }],
  'when another format was offered': ['not-as-offered', { offered: { format: 'ldp_vc', vct: VCT } }],
  'when another agency was asked': ['not-as-offered', { issuerDid: CITY.other.did }],
  'when it is over': ['expired', { now: CITY.now + 86_400_000 + LEEWAY }],
  'of a type that this registry has not': ['not-as-offered', { registryUrl: 'https://other.example' }],
  "when the type's metadata are missing": ['not-as-offered', { documents: new Map([...CITY.published].slice(1)) }],
  "when the type's schema is missing": ['not-as-offered', { documents: new Map([...CITY.published].slice(0, 1)) }],
  "when the type's schema is another": ['not-as-offered', { documents: new Map([...CITY.published, [`${PATH}/schema.json`, documents(CLAIMS.slice(1)).get(`${PATH}/schema.json`)]]) }],
};

for (const [name, [code, changes]] of Object.entries(TERMS)) {
  test(`refuses a credential ${name}`, async () => (
    refused(code, async () => accept(await CITY.issue(), await CITY.terms(changes)))
  ));
}

test('refuses what is no text, and a presentation', async () => {
  await refused('not-as-offered', async () => accept({}, await CITY.terms()));
  const credential = await CITY.issue();
  const shown = credential + (await keyBinding(credential, { aud: 'a', nonce: 'n' }, { by: HOLDER }));
  await refused('not-as-offered', async () => accept(shown, await CITY.terms()));
});

test('refuses an agency without the right, or without it at that time', async () => {
  const city = await issuingCity({ types: ['OtherCredential'] });
  await refused('issuer-not-trusted', async () => accept(await city.issue(), await city.terms()));
});

test('refuses a key that the agency has retired', async () => {
  const city = await issuingCity();
  const credential = await city.issue();
  city.log.time += HOUR;
  await city.log.update(city.agency, { state: { assertionMethod: [`${city.agency.did}#eddsa-1`] } });
  await refused('issuer-not-trusted', async () => accept(credential, await city.terms()));
});

test('asks for the right of the subtype', async () => {
  const claims = [...CLAIMS, ['subtype', { type: 'string', enum: ['a', 'b'] }, 'never']];
  const city = await issuingCity({ published: documents(claims), types: [`${TYPE}/a`, `${TYPE}/`, TYPE] });
  const keep = async (subtype) => accept(await city.issue({ payload: { subtype } }), await city.terms());
  assert.ok(await keep('a'));
  await refused('issuer-not-trusted', () => keep('b'));
});

test('finds the one agency at an address', async () => {
  const view = await CITY.log.view();
  assert.equal(findIssuerDid(view, CITY.agency.issuer, CITY.now), CITY.agency.did);
  await refused('issuer-not-trusted', () => findIssuerDid(view, `${CITY.agency.issuer}/`, CITY.now));
  await refused('issuer-not-trusted', () => findIssuerDid(view, CITY.other.issuer, CITY.now)); // no right
  await refused('issuer-not-trusted', () => findIssuerDid(view, CITY.agency.issuer, CITY.now - 2 * HOUR));
  const twin = await issuingCity();
  const service = [{ type: 'CredentialIssuer', serviceEndpoint: twin.agency.issuer }];
  await twin.log.accredit(twin.other, [TYPE]);
  await twin.log.update(twin.other, { state: { service } });
  const both = await twin.log.view();
  await refused('issuer-not-trusted', () => findIssuerDid(both, twin.agency.issuer, twin.log.time));
});
