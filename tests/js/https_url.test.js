/** URLs in messages: https, a host, nothing that two parsers read differently; no normalising. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  MAX_URL_CHARS, parseEndpoint, parseIdentifier, parseRedirect, wellKnownUrl,
} from '../../web/static/js/https_url.js';
import { refused } from './simulators/refused.js';

const GOOD = [
  'https://issuer.example', 'https://issuer.example:8443/issuers/GU-11620', 'https://a.example:/x',
  'https://[2001:db8::1]/x', 'http://localhost:8000/issuers/GU-11620', 'http://registry.localhost/',
  'HTTPS://Issuer.Example/a%20b', 'https://a.example/...', 'https://a_b.example:65535/',
];
const BAD = {
  'plain http': 'http://city.example/x',
  'plain http with an address': 'http://127.0.0.1/x',
  'a host that only begins with localhost': 'http://localhost.city.example/x',
  'a host that only ends with localhost': 'http://evil-localhost/x',
  'another scheme': 'ftp://city.example/x',
  'a script': 'javascript:alert(1)',
  'no scheme': '//city.example/x',
  'no host': 'https:///x',
  'an escape in the host': 'https://city%2Eexample/',
  'a dot segment': 'https://city.example/a/../b',
  'an escaped dot segment': 'https://city.example/a/%2e%2E/b',
  'a user': 'https://user@city.example/',
  'a user and a password': 'https://user:secret@city.example/',
  'no such port': 'https://city.example:65536/',
  'a port that is no number': 'https://city.example:x/',
  'half an address': 'https://[::1/',
  'no address in brackets': 'https://[::x]/',
  'white space before it': ' https://city.example/',
  'a line end': 'https://city.example/\n',
  'a tab': 'https://city.example/a\tb',
  'text beyond ASCII': 'https://city.example/가',
  'a backslash': 'https://city.example\\@evil.example/',
  'a broken escape': 'https://city.example/%zz',
  nothing: '',
};

for (const url of GOOD) {
  test(`returns ${url} as it was given`, () => {
    for (const parse of [parseIdentifier, parseEndpoint, parseRedirect]) assert.equal(parse(url), url);
  });
}

for (const [name, url] of Object.entries(BAD)) {
  test(`refuses a URL with ${name}`, async () => {
    await refused('malformed', () => parseRedirect(url));
    await refused('malformed', () => parseEndpoint(url));
    await refused('malformed', () => parseIdentifier(url));
  });
}

test('an endpoint has no fragment, an identifier no query either', async () => {
  assert.equal(parseRedirect('https://a.example/?b#c'), 'https://a.example/?b#c');
  assert.equal(parseEndpoint('https://a.example/?b'), 'https://a.example/?b');
  await refused('malformed', () => parseEndpoint('https://a.example/#c'));
  await refused('malformed', () => parseEndpoint('https://a.example/#'));
  await refused('malformed', () => parseIdentifier('https://a.example/?b'));
  await refused('malformed', () => parseIdentifier('https://a.example/#c'));
});

test('has a bound', async () => {
  const longest = 'https://a.example/'.padEnd(MAX_URL_CHARS, 'b');
  assert.equal(parseRedirect(longest), longest);
  await refused('too-large', () => parseRedirect(`${longest}b`));
});

test('puts the well-known part before the path', () => {
  assert.equal(wellKnownUrl('https://a.example:1/b/c', 'x'), 'https://a.example:1/.well-known/x/b/c');
  assert.equal(wellKnownUrl('HTTPS://a.example', 'x'), 'https://a.example/.well-known/x');
});
