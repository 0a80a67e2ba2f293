/** Credential offers, by value and by reference. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeForm } from '../../web/static/js/form.js';
import {
  MAX_OFFER_BYTES, PRE_AUTHORIZED_CODE, parseOffer, parseOfferLink,
} from '../../web/static/js/offer.js';
import { GONE, changed, sent } from './simulators/changed.js';
import { refused } from './simulators/refused.js';

const OFFER = {
  credential_issuer: 'https://city.example/issuers/GU-11620',
  credential_configuration_ids: ['SeoulResidencyCredential.dc+sd-jwt'],
  grants: {
    [PRE_AUTHORIZED_CODE]: {
      'pre-authorized_code': 'oaKazRN8I0IbtZ0C7JuMn5',
      authorization_server: 'https://server.example',
      tx_code: { input_mode: 'text', length: 6, description: '문자로 보낸 번호' },
    },
  },
};
const IDS = ['credential_configuration_ids'];
const GRANT = ['grants', PRE_AUTHORIZED_CODE];
const TX = [...GRANT, 'tx_code'];
const at = (path, to) => parseOffer(sent(changed(OFFER, path, to)));

test('reads all of an offer', () => {
  assert.deepEqual(parseOffer(sent(OFFER)), {
    credentialIssuer: OFFER.credential_issuer,
    configurationIds: OFFER.credential_configuration_ids,
    preAuthorized: {
      code: 'oaKazRN8I0IbtZ0C7JuMn5',
      authorizationServer: 'https://server.example',
      txCode: { inputMode: 'text', length: 6, description: '문자로 보낸 번호' },
    },
  });
});

test('knows what is left out, and ignores what it does not know', () => {
  assert.equal(at(['grants'], GONE).preAuthorized, null);
  assert.equal(at(['grants'], { authorization_code: {} }).preAuthorized, null);
  assert.equal(at([...GRANT, 'authorization_server'], GONE).preAuthorized.authorizationServer, null);
  assert.equal(at(TX, GONE).preAuthorized.txCode, null);
  assert.deepEqual(at(TX, {}).preAuthorized.txCode, { inputMode: 'numeric', length: null, description: null });
  assert.deepEqual(at(['later'], 1), parseOffer(sent(OFFER)));
});

const REFUSED = {
  'no issuer': [['credential_issuer'], GONE],
  'an issuer over plain http': [['credential_issuer'], 'http://city.example'],
  'an issuer with a query': [['credential_issuer'], 'https://city.example?x'],
  'no configurations': [IDS, GONE],
  'an empty list of configurations': [IDS, []],
  'a configuration twice': [IDS, ['a', 'a']],
  'a configuration that is no text': [IDS, [1]],
  'too many configurations': [IDS, Array.from({ length: 65 }, (_, n) => `c${n}`)],
  'a configuration with too long a name': [IDS, ['x'.repeat(257)]],
  'grants that are no object': [['grants'], []],
  'a grant that is no object': [GRANT, 'x'],
  'no code': [[...GRANT, 'pre-authorized_code'], GONE],
  'too long a code': [[...GRANT, 'pre-authorized_code'], 'x'.repeat(513)],
  'a server that is no identifier': [[...GRANT, 'authorization_server'], 'https://a.example#x'],
  'a tx_code that is no object': [TX, true],
  'another input mode': [[...TX, 'input_mode'], 'emoji'],
  'a length of nothing': [[...TX, 'length'], 0],
  'a length that nobody types': [[...TX, 'length'], 65],
  'a length that is no integer': [[...TX, 'length'], '6'],
  'too long a description': [[...TX, 'description'], 'x'.repeat(301)],
};

for (const [name, [path, to]] of Object.entries(REFUSED)) {
  test(`refuses an offer with ${name}`, () => refused('malformed', () => at(path, to)));
}

test('refuses an offer beyond its bound', () => (
  refused('too-large', () => at(['x'], 'x'.repeat(MAX_OFFER_BYTES)))
));

test('reads links of every form, by value and by reference', () => {
  const value = encodeForm({ credential_offer: JSON.stringify(OFFER) });
  const uri = 'https://a.example/o?x=1';
  for (const start of ['openid-credential-offer://?', 'haip-vci:?', 'https://city.example/wallet#']) {
    assert.deepEqual(parseOfferLink(start + value), { offer: parseOffer(sent(OFFER)), uri: null });
    const link = start + encodeForm({ credential_offer_uri: uri });
    assert.deepEqual(parseOfferLink(link), { offer: null, uri });
  }
});

const LINKS = {
  'neither offer nor reference': 'a=1',
  both: 'credential_offer={}&credential_offer_uri=https%3A%2F%2Fa.example',
  'a reference over plain http': 'credential_offer_uri=http%3A%2F%2Fa.example',
  'a reference with a fragment': 'credential_offer_uri=https%3A%2F%2Fa.example%23x',
  'an offer that is no JSON': 'credential_offer=%7B',
};

for (const [name, fields] of Object.entries(LINKS)) {
  test(`refuses a link with ${name}`, () => (
    refused('malformed', () => parseOfferLink(`openid-credential-offer://?${fields}`))
  ));
}
