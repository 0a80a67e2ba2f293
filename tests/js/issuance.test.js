/** The messages by which a wallet gets a credential, and what it does not take for one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeUtf8 } from '../../web/static/js/encoding.js';
import { parseForm } from '../../web/static/js/form.js';
import {
  MAX_CREDENTIAL_CHARS, MAX_CREDENTIAL_RESPONSE_BYTES, MAX_ERROR_BYTES, MAX_NONCE_RESPONSE_BYTES,
  MAX_TOKEN_RESPONSE_BYTES, buildCredentialRequest, buildTokenRequest, parseCredentialResponse,
  parseErrorResponse, parseNonceResponse, parseTokenResponse,
} from '../../web/static/js/issuance.js';
import { parseObject } from '../../web/static/js/json_object.js';
import { PRE_AUTHORIZED_CODE } from '../../web/static/js/offer.js';
import { GONE, changed, sent } from './simulators/changed.js';
import { refused } from './simulators/refused.js';

const TOKEN = { access_token: 'aB3-._~+/==', token_type: 'Bearer', expires_in: 300 };
const CREDENTIALS = { credentials: [{ credential: 'a.b.c~' }, { credential: { a: 1 } }], notification_id: 'n' };
const form = (text) => ({ ...parseForm(text, { maxChars: 1000 }).members });

test('asks for a token with the code, and with what the person typed', () => {
  const plain = { grant_type: PRE_AUTHORIZED_CODE, 'pre-authorized_code': 'a b&c' };
  assert.deepEqual(form(buildTokenRequest({ code: 'a b&c', txCode: null })), plain);
  assert.deepEqual(form(buildTokenRequest({ code: 'a b&c', txCode: '12 34' })), { ...plain, tx_code: '12 34' });
});

test('asks for a credential with its proofs, or with none', () => {
  const read = (request) => JSON.parse(JSON.stringify(parseObject(buildCredentialRequest(request)).members));
  assert.deepEqual(read({ configurationId: 'c', proofs: ['p'] }), {
    credential_configuration_id: 'c', proofs: { jwt: ['p'] },
  });
  assert.deepEqual(read({ configurationId: 'c', proofs: [] }), { credential_configuration_id: 'c' });
});

test('reads what an issuer answers; unknown members are ignored', () => {
  assert.deepEqual(parseTokenResponse(sent(TOKEN)), { accessToken: TOKEN.access_token, expiresIn: 300 });
  assert.equal(parseTokenResponse(sent({ ...TOKEN, token_type: 'bEARER' })).expiresIn, 300);
  assert.equal(parseTokenResponse(sent(changed(TOKEN, ['expires_in'], GONE))).expiresIn, null);
  assert.equal(parseNonceResponse(sent({ c_nonce: 'x', later: 1 })), 'x');
  const { credentials, notificationId } = parseCredentialResponse(sent(CREDENTIALS));
  assert.deepEqual([credentials[0], { ...credentials[1] }, notificationId], ['a.b.c~', { a: 1 }, 'n']);
  assert.equal(parseCredentialResponse(sent(changed(CREDENTIALS, ['notification_id'], GONE))).notificationId, null);
  assert.deepEqual(parseErrorResponse(sent({ error: 'x', error_description: 'y' })), { error: 'x', description: 'y' });
  assert.equal(parseErrorResponse(sent({ error: 'x' })).description, null);
});

const REFUSED = {
  'a token of another type': ['unsupported', parseTokenResponse, TOKEN, ['token_type'], 'DPoP'],
  'no type of a token': ['malformed', parseTokenResponse, TOKEN, ['token_type'], GONE],
  'no token': ['malformed', parseTokenResponse, TOKEN, ['access_token'], GONE],
  'a token with a line end': ['malformed', parseTokenResponse, TOKEN, ['access_token'], 'a\nb'],
  'a token with a space': ['malformed', parseTokenResponse, TOKEN, ['access_token'], 'a b'],
  'a token beyond ASCII': ['malformed', parseTokenResponse, TOKEN, ['access_token'], 'é'],
  'too long a token': ['malformed', parseTokenResponse, TOKEN, ['access_token'], 'a'.repeat(8193)],
  'a token that is over': ['malformed', parseTokenResponse, TOKEN, ['expires_in'], 0],
  'a time that is a text': ['malformed', parseTokenResponse, TOKEN, ['expires_in'], '300'],
  'no nonce': ['malformed', parseNonceResponse, {}, ['x'], 1],
  'an empty nonce': ['malformed', parseNonceResponse, {}, ['c_nonce'], ''],
  'too long a nonce': ['malformed', parseNonceResponse, {}, ['c_nonce'], 'x'.repeat(1025)],
  'a credential later': ['unsupported', parseCredentialResponse, CREDENTIALS, ['transaction_id'], 'x'],
  'no credentials': ['malformed', parseCredentialResponse, CREDENTIALS, ['credentials'], GONE],
  'no credential in the list': ['malformed', parseCredentialResponse, CREDENTIALS, ['credentials'], []],
  'too many credentials': ['malformed', parseCredentialResponse, CREDENTIALS, ['credentials'], Array(21).fill({ credential: 'a' })],
  'a credential that is bare': ['malformed', parseCredentialResponse, CREDENTIALS, ['credentials', 0], 'a'],
  'a credential of no kind': ['malformed', parseCredentialResponse, CREDENTIALS, ['credentials', 0, 'credential'], 1],
  'an empty credential': ['malformed', parseCredentialResponse, CREDENTIALS, ['credentials', 0, 'credential'], ''],
  'too long a credential': ['malformed', parseCredentialResponse, CREDENTIALS, ['credentials', 0, 'credential'], 'x'.repeat(MAX_CREDENTIAL_CHARS + 1)],
  'too long a notification': ['malformed', parseCredentialResponse, CREDENTIALS, ['notification_id'], 'x'.repeat(257)],
  'no error': ['malformed', parseErrorResponse, {}, ['x'], 1],
  'an error with a quote': ['malformed', parseErrorResponse, {}, ['error'], 'a"b'],
  'an error with a backslash': ['malformed', parseErrorResponse, {}, ['error'], 'a\\b'],
  'too long an error': ['malformed', parseErrorResponse, {}, ['error'], 'x'.repeat(65)],
  'too long a description': ['malformed', parseErrorResponse, { error: 'x' }, ['error_description'], 'x'.repeat(1001)],
};

for (const [name, [code, read, document, path, to]] of Object.entries(REFUSED)) {
  test(`refuses ${name}`, () => refused(code, () => read(sent(changed(document, path, to)))));
}

const BOUNDS = [
  [parseTokenResponse, MAX_TOKEN_RESPONSE_BYTES], [parseNonceResponse, MAX_NONCE_RESPONSE_BYTES],
  [parseCredentialResponse, MAX_CREDENTIAL_RESPONSE_BYTES], [parseErrorResponse, MAX_ERROR_BYTES],
];

for (const [read, bound] of BOUNDS) {
  test(`${read.name} has a bound`, async () => {
    await refused('too-large', () => read(encodeUtf8(' '.repeat(bound + 1))));
    await refused('malformed', () => read(encodeUtf8(' '.repeat(bound))));
  });
}
