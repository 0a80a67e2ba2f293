/** Links that open a wallet, in every form that a QR code may hold; of offers and of requests. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeForm } from '../../web/static/js/form.js';
import { parseRequestLink } from '../../web/static/js/request_link.js';
import { MAX_LINK_CHARS, parseWalletLink } from '../../web/static/js/wallet_link.js';
import { refused } from './simulators/refused.js';

const read = (link) => parseWalletLink(link, { schemes: ['openid4vp'] });
const GOOD = [
  'openid4vp://?a=1', 'openid4vp:?a=1', 'openid4vp:///?a=1', 'openid4vp://authorize?a=1',
  'openid4vp://authorize/?a=1', 'OpenID4VP://?a=1', 'https://city.example/wallet#a=1',
  'http://localhost:8000/wallet#a=1',
];
const BAD = {
  'a scheme of another message': 'openid-credential-offer://?a=1',
  'no question mark': 'openid4vp://a=1',
  'a user before the query': 'openid4vp://x@y?a=1',
  'fields and a fragment': 'openid4vp://?a=1#b=2',
  "a web wallet's fields in the query": 'https://city.example/wallet?a=1',
  'fields in both places': 'https://city.example/wallet?a=1#b=2',
  'two fragments': 'https://city.example/wallet#a=1#b=2',
  'a web wallet over plain http': 'http://city.example/wallet#a=1',
  'a field twice': 'https://city.example/wallet#a=1&a=2',
  'unescaped text beyond ASCII': 'openid4vp://?a=가',
  'a line end': 'openid4vp://?a=1\n',
  nothing: '',
};

for (const link of GOOD) {
  test(`reads ${link}`, () => assert.deepEqual({ ...read(link).members }, { a: '1' }));
}

for (const [name, link] of Object.entries(BAD)) {
  test(`refuses a link with ${name}`, () => refused('malformed', () => read(link)));
}

test('has a bound', async () => {
  const link = 'openid4vp://?a='.padEnd(MAX_LINK_CHARS, '1');
  assert.equal(read(link).text('a').length, MAX_LINK_CHARS - 15);
  await refused('too-large', () => read(`${link}1`));
});

const REQUEST = {
  client_id: 'decentralized_identifier:did:web:a', request_uri: 'https://a.example/r?x=1',
};
const requestLink = (changes) => parseRequestLink(`haip-vp://?${encodeForm({ ...REQUEST, ...changes })}`);

test('reads where a request is; nothing else in the link counts', () => {
  const expected = { clientId: REQUEST.client_id, requestUri: REQUEST.request_uri, method: 'get' };
  assert.deepEqual(requestLink({}), expected);
  assert.deepEqual(requestLink({ nonce: 'x', dcql_query: '{}' }), expected);
  assert.deepEqual(requestLink({ request_uri_method: 'post' }), { ...expected, method: 'post' });
});

const REFUSED = {
  'no client_id': { client_id: '' },
  'a client_id that is too long': { client_id: 'a'.repeat(2049) },
  'no request_uri': { request_uri: '' },
  'a request_uri with a fragment': { request_uri: 'https://a.example/#x' },
  'a request_uri over plain http': { request_uri: 'http://a.example/' },
  'another method': { request_uri_method: 'POST' },
};

for (const [name, changes] of Object.entries(REFUSED)) {
  test(`refuses a link to a request with ${name}`, () => refused('malformed', () => requestLink(changes)));
}
