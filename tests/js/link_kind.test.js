/** What a pasted text is for, whatever the scheme; parsers decide later whether it is one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { kindOfLink } from '../../web/static/js/link_kind.js';

const KINDS = {
  offer: [
    'https://gwanin.example/wallet#credential_offer_uri=https%3A%2F%2Fx',
    'openid-credential-offer://?credential_offer=%7B%7D',
    'haip-vci://?credential_offer_uri=x',
    'http://localhost:8000/wallet#a=b&credential_offer=%7B%7D',
  ],
  request: [
    'https://gwanin.example/wallet#client_id=x&request_uri=y',
    'openid4vp://?request_uri=y&client_id=x',
    'haip-vp://?client_id=x&request_uri=y&request_uri_method=post',
  ],
  shown: ['GWN1:ABC', 'GWN2:'],
};
const OTHERS = [
  '', ' ', 'hello', 'https://example.com/', 'javascript:alert(1)', 'gwn1:abc',
  'https://gwanin.example/wallet#', 'https://gwanin.example/wallet#xcredential_offer=1',
  'https://gwanin.example/wallet#xrequest_uri=1', 'credential_offer=1',
  'https://x.example/#a#credential_offer=1',
];

test('offers, requests and codes that are shown are told apart', () => {
  for (const [kind, links] of Object.entries(KINDS)) {
    for (const link of links) assert.equal(kindOfLink(link), kind, link);
  }
});

test('everything else is nothing', () => {
  for (const text of OTHERS) assert.equal(kindOfLink(text), null, text);
});

test('a long text is looked at quickly', () => {
  const began = performance.now();
  for (const part of ['#&', 'credential_offer', '#a&', '?']) kindOfLink(part.repeat(100_000));
  assert.ok(performance.now() - began < 1000);
});
