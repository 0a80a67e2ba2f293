/** Request objects: each check has one request that fails only it; and what is answered. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  MAX_FORMATS, MAX_NONCE_CHARS, peekKeyId, verifierDid, verifyRequestObject,
} from '../../web/static/js/authorization_request.js';
import {
  MAX_ANSWER_BYTES, buildRefusal, buildResponse, parseAnswer,
} from '../../web/static/js/authorization_response.js';
import { encodeUtf8 } from '../../web/static/js/encoding.js';
import { parseForm } from '../../web/static/js/form.js';
import { signClaims } from '../../web/static/js/jws.js';
import { KeyType } from '../../web/static/js/keys.js';
import { GONE, changed, sent } from './simulators/changed.js';
import { signer } from './simulators/keys.js';
import { refused } from './simulators/refused.js';

const NOW = Date.parse('2026-03-13T03:04:05Z');
const SECONDS = NOW / 1000;
const DID = 'did:webvh:QmScid:city.example%3A8443:dids:VER-LIB';
const CLIENT = `decentralized_identifier:${DID}`;
const VERIFIER = await signer(KeyType.P256, 1);
const STRANGER = await signer(KeyType.P256, 3);
const HEADER = { typ: 'oauth-authz-req+jwt', kid: `${DID}#key-1` };
const CLAIMS = {
  iss: CLIENT,
  client_id: CLIENT,
  aud: 'https://self-issued.me/v2',
  response_type: 'vp_token',
  response_mode: 'direct_post',
  response_uri: 'https://city.example/responses/1?x=1',
  nonce: 'n-0S6_WzA2Mj~0.4kkkkkk',
  state: 'eyJhb_6-sVA',
  iat: SECONDS,
  exp: SECONDS + 300,
  wallet_nonce: 'ours',
  dcql_query: {
    credentials: [{ id: 'member', format: 'dc+sd-jwt', meta: { vct_values: ['https://a.example/t'] }, claims: [{ path: ['a'] }] }],
  },
  client_metadata: { vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'] } } },
};
const FIRST = ['dcql_query', 'credentials', 0];

const at = (path, to, { header = {}, by = VERIFIER } = {}) => (
  signClaims({ ...HEADER, ...header }, changed(CLAIMS, path, to), by)
);
const verify = (token, { clientId = CLIENT, walletNonce = 'ours', now = NOW, key = VERIFIER.publicKey } = {}) => (
  verifyRequestObject(token, key, { clientId, walletNonce, now })
);

test('reads what a verifier asks; unknown claims are ignored', async () => {
  const request = await verify(await at(['later'], { a: 1 }));
  const { query, ...rest } = request;
  assert.deepEqual(rest, {
    clientId: CLIENT, responseUri: CLAIMS.response_uri, nonce: CLAIMS.nonce, state: CLAIMS.state,
  });
  assert.equal(query.credentials[0].id, 'member');
  assert.equal((await verify(await at(['state'], GONE))).state, null);
});

test('takes a request without times, and one that our nonce was not sent for', async () => {
  const plain = changed(changed(CLAIMS, ['iat'], GONE), ['exp'], GONE);
  assert.equal((await verify(await signClaims(HEADER, plain, VERIFIER))).nonce, CLAIMS.nonce);
  assert.equal((await verify(await at(['wallet_nonce'], GONE), { walletNonce: null })).nonce, CLAIMS.nonce);
});

test('names the key that is needed', async () => {
  assert.equal(peekKeyId(await at([...FIRST, 'id'], 'x'), { clientId: CLIENT }), HEADER.kid);
});

const REFUSED = {
  'another client_id': ['key-mismatch', ['client_id'], CLIENT + 'x'],
  'no client_id': ['malformed', ['client_id'], GONE],
  'a client_id of another kind': ['unsupported', ['client_id'], 'x509_san_dns:a.example'],
  'no audience': ['malformed', ['aud'], GONE],
  'another audience': ['malformed', ['aud'], 'https://a.example'],
  'another response type': ['unsupported', ['response_type'], 'vp_token id_token'],
  'no response type': ['malformed', ['response_type'], GONE],
  'another response mode': ['unsupported', ['response_mode'], 'direct_post.jwt'],
  'no response mode': ['malformed', ['response_mode'], GONE],
  'transaction data': ['unsupported', ['transaction_data'], ['x']],
  'a redirect_uri': ['malformed', ['redirect_uri'], 'https://a.example'],
  'a request in the request': ['malformed', ['request'], 'x'],
  'a request_uri in the request': ['malformed', ['request_uri'], 'https://a.example'],
  'a scope': ['malformed', ['scope'], 'x'],
  'no response_uri': ['malformed', ['response_uri'], GONE],
  'a response_uri over plain http': ['malformed', ['response_uri'], 'http://city.example'],
  'a response_uri with a fragment': ['malformed', ['response_uri'], 'https://city.example#x'],
  'no nonce': ['malformed', ['nonce'], GONE],
  'a nonce with a space': ['malformed', ['nonce'], 'a b'],
  'too long a nonce': ['malformed', ['nonce'], 'a'.repeat(MAX_NONCE_CHARS + 1)],
  'a state with a slash': ['malformed', ['state'], 'a/b'],
  'too long a state': ['malformed', ['state'], 'a'.repeat(MAX_NONCE_CHARS + 1)],
  'no query': ['malformed', ['dcql_query'], GONE],
  'a query that is no object': ['malformed', ['dcql_query'], []],
  'another nonce of the wallet': ['malformed', ['wallet_nonce'], 'theirs'],
  'no nonce of the wallet': ['malformed', ['wallet_nonce'], GONE],
  'no metadata of the client': ['malformed', ['client_metadata'], GONE],
  'no format': ['malformed', ['client_metadata', 'vp_formats_supported'], {}],
  'a format that is no object': ['malformed', ['client_metadata', 'vp_formats_supported', 'x'], 1],
  'too many formats': ['malformed', ['client_metadata', 'vp_formats_supported'], Object.fromEntries(Array.from({ length: MAX_FORMATS + 1 }, (_, n) => [`f${n}`, {}]))],
  'an end in the past': ['expired', ['exp'], SECONDS - 60],
  'a beginning in the future': ['not-yet-valid', ['nbf'], SECONDS + 61],
  'an issue in the future': ['not-yet-valid', ['iat'], SECONDS + 61],
  'an end that is a text': ['malformed', ['exp'], 'x'],
};

for (const [name, [code, path, to]] of Object.entries(REFUSED)) {
  test(`refuses a request with ${name}`, async () => refused(code, async () => verify(await at(path, to))));
}

test('a presentation without holder binding needs a state', async () => {
  const loose = changed(CLAIMS, [...FIRST, 'require_cryptographic_holder_binding'], false);
  assert.ok(await verify(await signClaims(HEADER, loose, VERIFIER)));
  const stateless = changed(loose, ['state'], GONE);
  await refused('malformed', async () => verify(await signClaims(HEADER, stateless, VERIFIER)));
});

const SIGNED = {
  'another typ': ['malformed', { header: { typ: 'jwt' } }, {}],
  "a kid of another DID": ['key-mismatch', { header: { kid: 'did:web:b#key-1' } }, {}],
  'a kid without a fragment': ['key-mismatch', { header: { kid: DID } }, {}],
  'an empty fragment': ['key-mismatch', { header: { kid: `${DID}#` } }, {}],
  "a stranger's signature": ['signature-invalid', { by: STRANGER }, {}],
  'another client in the link': ['key-mismatch', {}, { clientId: `${CLIENT}x` }],
  'a client of another kind in the link': ['unsupported', {}, { clientId: 'https://a.example' }],
};

for (const [name, [code, signing, asked]] of Object.entries(SIGNED)) {
  test(`refuses a request with ${name}`, async () => (
    refused(code, async () => verify(await at(['later'], 1, signing), asked))
  ));
}

test('knows a DID in a client identifier from anything else', async () => {
  assert.equal(verifierDid(CLIENT), DID);
  await refused('unsupported', () => verifierDid(DID));
  for (const text of ['', 'did:web', 'did:web:a#b', 'did:WEB:a', `did:web:${'a'.repeat(1001)}`, 'did:web:a b']) {
    await refused('malformed', () => verifierDid(`decentralized_identifier:${text}`));
  }
});

const form = (text) => ({ ...parseForm(text, { maxChars: 1000 }).members });

test('answers with presentations or a refusal, and the state if there was one', () => {
  const presentations = new Map([['a', ['x~y']], ['b', ['z']]]);
  assert.deepEqual(form(buildResponse({ presentations, state: 's' })), { vp_token: '{"a":["x~y"],"b":["z"]}', state: 's' });
  assert.deepEqual(form(buildResponse({ presentations, state: null })), { vp_token: '{"a":["x~y"],"b":["z"]}' });
  assert.deepEqual(form(buildRefusal({ state: 's' })), { error: 'access_denied', state: 's' });
  assert.deepEqual(form(buildRefusal({ state: null })), { error: 'access_denied' });
});

test("reads the verifier's answer", async () => {
  assert.equal(parseAnswer(sent({ redirect_uri: 'https://a.example/?b#c', later: 1 })), 'https://a.example/?b#c');
  assert.equal(parseAnswer(sent({})), null);
  await refused('malformed', () => parseAnswer(sent({ redirect_uri: 'javascript:alert(1)' })));
  await refused('malformed', () => parseAnswer(sent({ redirect_uri: 1 })));
  await refused('malformed', () => parseAnswer(sent([])));
  await refused('too-large', () => parseAnswer(encodeUtf8(' '.repeat(MAX_ANSWER_BYTES + 1))));
});
