/** Issuer metadata, of exactly the issuer that was asked; its configurations and their words. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_LANGUAGES, MAX_NAME_CHARS } from '../../web/static/js/display.js';
import {
  MAX_CONFIGURATIONS, MAX_METADATA_BYTES, issuerMetadataUrl, parseIssuerMetadata,
} from '../../web/static/js/issuer_metadata.js';
import { parseServerMetadata, serverMetadataUrl } from '../../web/static/js/server_metadata.js';
import { GONE, changed, sent } from './simulators/changed.js';
import { refused } from './simulators/refused.js';

const ISSUER = 'https://city.example/issuers/GU-11620';
const RESIDENCY = 'SeoulResidencyCredential.dc+sd-jwt';
const WORDS = [{ name: '주민', locale: 'ko' }, { name: 'Residency', locale: 'en', description: 'Who lives here' }];
const METADATA = {
  credential_issuer: ISSUER,
  credential_endpoint: `${ISSUER}/credential`,
  nonce_endpoint: `${ISSUER}/nonce`,
  authorization_servers: [ISSUER],
  batch_credential_issuance: { batch_size: 10 },
  display: [{ name: '관악구', locale: 'ko' }],
  credential_configurations_supported: {
    [RESIDENCY]: {
      format: 'dc+sd-jwt',
      vct: 'https://city.example/types/SeoulResidencyCredential/v1',
      scope: 'residency',
      credential_signing_alg_values_supported: ['ES256'],
      cryptographic_binding_methods_supported: ['jwk'],
      proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
      credential_metadata: {
        display: WORDS,
        claims: [
          { path: ['residentOfGu', '11620'], mandatory: true, display: WORDS },
          { path: ['degrees', null, 'type'] },
        ],
      },
    },
    card: {
      format: 'ldp_vc',
      credential_definition: { type: ['VerifiableCredential', 'Card'], '@context': ['https://a.example'] },
    },
    jwt: { format: 'jwt_vc_json', credential_definition: { type: ['VerifiableCredential'] } },
    mdl: { format: 'mso_mdoc', anything: 1 },
  },
};
const ALL = ['credential_configurations_supported'];
const FIRST = [...ALL, RESIDENCY];
const CARD = [...ALL, 'card'];
const read = (document, credentialIssuer = ISSUER) => parseIssuerMetadata(sent(document), { credentialIssuer });
const at = (path, to) => read(changed(METADATA, path, to));
const shown = ({ name, locale = null, description = null }) => ({ name, locale, description });

test('reads all that a wallet needs', () => {
  const metadata = read(METADATA);
  assert.equal(metadata.credentialIssuer, ISSUER);
  assert.equal(metadata.credentialEndpoint, `${ISSUER}/credential`);
  assert.equal(metadata.nonceEndpoint, `${ISSUER}/nonce`);
  assert.deepEqual(metadata.display, METADATA.display.map(shown));
  assert.deepEqual(metadata.getConfiguration(RESIDENCY), {
    format: 'dc+sd-jwt',
    vct: 'https://city.example/types/SeoulResidencyCredential/v1',
    bindingMethods: ['jwk'],
    proofAlgorithms: ['ES256'],
    display: WORDS.map(shown),
    claims: [
      { path: ['residentOfGu', '11620'], mandatory: true, display: WORDS.map(shown) },
      { path: ['degrees', null, 'type'], mandatory: false, display: [] },
    ],
  });
  assert.equal(metadata.getConfiguration('card').vct, null);
  assert.deepEqual(metadata.getConfiguration('jwt').bindingMethods, []);
});

test('leaves out what is left out, and ignores what it does not know', () => {
  assert.equal(at(['nonce_endpoint'], GONE).nonceEndpoint, null);
  assert.deepEqual(at(['display'], GONE).display, []);
  assert.deepEqual(at([...FIRST, 'credential_metadata'], GONE).getConfiguration(RESIDENCY).claims, []);
  const unbound = at([...FIRST, 'cryptographic_binding_methods_supported'], GONE);
  assert.deepEqual(unbound.getConfiguration(RESIDENCY).proofAlgorithms, []);
  const otherProofs = at([...FIRST, 'proof_types_supported'], { attestation: {} });
  assert.deepEqual(otherProofs.getConfiguration(RESIDENCY).proofAlgorithms, []);
  assert.equal(at(['signed_metadata'], 'x').credentialIssuer, ISSUER);
});

test('knows an unknown format from an unknown name', async () => {
  await refused('unsupported', () => read(METADATA).getConfiguration('mdl'));
  await refused('malformed', () => read(METADATA).getConfiguration('other'));
  await refused('malformed', () => read(METADATA).getConfiguration('__proto__'));
});

test('says which authorization server to ask', async () => {
  const own = at(['authorization_servers'], GONE);
  const two = at(['authorization_servers'], [ISSUER, 'https://server.example']);
  assert.equal(own.authorizationServer(null), ISSUER);
  assert.equal(read(METADATA).authorizationServer(null), ISSUER);
  assert.equal(two.authorizationServer('https://server.example'), 'https://server.example');
  await refused('malformed', () => two.authorizationServer(null));
  await refused('malformed', () => two.authorizationServer('https://other.example'));
  await refused('malformed', () => own.authorizationServer(ISSUER));
});

for (const asked of [`${ISSUER}/`, ISSUER.replace('city', 'City'), `${ISSUER}0`, ISSUER.replace('GU', '%47U')]) {
  test(`refuses the metadata when ${asked} was asked`, () => refused('malformed', () => read(METADATA, asked)));
}

test('refuses an issuer that is no identifier though it says so itself', () => {
  const credentialIssuer = 'http://city.example';
  return refused('malformed', () => read({ ...METADATA, credential_issuer: credentialIssuer }, credentialIssuer));
});

const MANY = Object.fromEntries(Array.from({ length: MAX_CONFIGURATIONS + 1 }, (_, n) => [`c${n}`, { format: 'x' }]));
const CLAIMS = [...FIRST, 'credential_metadata', 'claims'];
const METHODS = 'cryptographic_binding_methods_supported';
const REFUSED = {
  'no issuer': [['credential_issuer'], GONE],
  'no credential endpoint': [['credential_endpoint'], GONE],
  'a credential endpoint over plain http': [['credential_endpoint'], 'http://city.example/c'],
  'a nonce endpoint with a fragment': [['nonce_endpoint'], `${ISSUER}#x`],
  'no authorization server in the list': [['authorization_servers'], []],
  'an authorization server with a query': [['authorization_servers'], ['https://a.example?x']],
  'too many authorization servers': [['authorization_servers'], Array(17).fill(ISSUER)],
  'a batch of one': [['batch_credential_issuance'], { batch_size: 1 }],
  'a batch without a size': [['batch_credential_issuance'], {}],
  'an empty display': [['display'], []],
  'a language twice': [['display'], [{ name: 'a', locale: 'ko' }, { name: 'b', locale: 'ko' }]],
  'two displays without a language': [['display'], [{ name: 'a' }, { name: 'b' }]],
  'too many languages': [['display'], Array.from({ length: MAX_LANGUAGES + 1 }, (_, n) => ({ locale: `x${n}` }))],
  'too long a name': [['display', 0, 'name'], 'x'.repeat(MAX_NAME_CHARS + 1)],
  'too long a locale': [['display', 0, 'locale'], 'x'.repeat(65)],
  'too long a description': [['display', 0, 'description'], 'x'.repeat(2001)],
  'no configurations': [ALL, GONE],
  'too many configurations': [ALL, MANY],
  'a configuration without a name': [[...ALL, ''], { format: 'x' }],
  'a configuration with too long a name': [[...ALL, 'x'.repeat(257)], { format: 'x' }],
  'a configuration that is no object': [FIRST, 'x'],
  'a configuration without a format': [[...FIRST, 'format'], GONE],
  'no vct': [[...FIRST, 'vct'], GONE],
  'a scope that is no text': [[...FIRST, 'scope'], 1],
  'no signing algorithm in the list': [[...FIRST, 'credential_signing_alg_values_supported'], []],
  'no binding method in the list': [[...FIRST, METHODS], []],
  'too many binding methods': [[...FIRST, METHODS], Array(33).fill('jwk')],
  'a binding method, but no proof types': [[...FIRST, 'proof_types_supported'], GONE],
  'a proof type without algorithms': [[...FIRST, 'proof_types_supported'], { jwt: {} }],
  'a credential display without a name': [[...FIRST, 'credential_metadata', 'display', 0, 'name'], GONE],
  'no claim in the list': [CLAIMS, []],
  'a claim without a path': [[...CLAIMS, 0, 'path'], GONE],
  'a claim twice': [[...CLAIMS, 1, 'path'], ['residentOfGu', '11620']],
  'a claim that is both an object and an array': [[...CLAIMS, 1, 'path'], ['residentOfGu', 0]],
  'a claim that is both an array and an object': [[...CLAIMS, 1, 'path'], ['residentOfGu', null]],
  'a mandatory that is no boolean': [[...CLAIMS, 0, 'mandatory'], 'yes'],
  'no type of a W3C credential': [[...CARD, 'credential_definition', 'type'], []],
  'no context of an ldp_vc': [[...CARD, 'credential_definition', '@context'], GONE],
  'no definition of a W3C credential': [[...ALL, 'jwt', 'credential_definition'], GONE],
};

for (const [name, [path, to]] of Object.entries(REFUSED)) {
  test(`refuses metadata with ${name}`, () => refused('malformed', () => at(path, to)));
}

test('has a bound', () => refused('too-large', () => at(['x'], 'x'.repeat(MAX_METADATA_BYTES))));

test('the metadata stands at the well-known address', () => {
  assert.equal(issuerMetadataUrl(ISSUER), 'https://city.example/.well-known/openid-credential-issuer/issuers/GU-11620');
  assert.equal(serverMetadataUrl('https://a.example/'), 'https://a.example/.well-known/oauth-authorization-server');
  assert.equal(serverMetadataUrl('https://a.example/b/'), 'https://a.example/.well-known/oauth-authorization-server/b');
});

const SERVER = {
  issuer: ISSUER,
  token_endpoint: `${ISSUER}/token`,
  grant_types_supported: ['a'],
  token_endpoint_auth_methods_supported: ['none'],
  'pre-authorized_grant_anonymous_access_supported': true,
};
const server = (path, to) => parseServerMetadata(sent(changed(SERVER, path, to)), { issuer: ISSUER });

test("reads an authorization server's metadata", () => {
  const expected = { issuer: ISSUER, tokenEndpoint: `${ISSUER}/token` };
  assert.deepEqual(server(['later'], 1), expected);
  assert.deepEqual(server(['grant_types_supported'], GONE), expected);
});

const REFUSED_SERVERS = {
  'another issuer': [['issuer'], `${ISSUER}/`],
  'no issuer': [['issuer'], GONE],
  'no token endpoint': [['token_endpoint'], GONE],
  'a token endpoint over plain http': [['token_endpoint'], 'http://city.example/t'],
  'grant types that are no texts': [['grant_types_supported'], [1]],
  'too many grant types': [['grant_types_supported'], Array(65).fill('a')],
  'methods that are no array': [['token_endpoint_auth_methods_supported'], 'none'],
  'an anonymous access that is no boolean': [['pre-authorized_grant_anonymous_access_supported'], 'yes'],
};

for (const [name, [path, to]] of Object.entries(REFUSED_SERVERS)) {
  test(`refuses a server's metadata with ${name}`, () => refused('malformed', () => server(path, to)));
}

test('refuses a server that is no identifier though it says so itself', () => {
  const document = sent({ ...SERVER, issuer: 'https://a.example?x' });
  return refused('malformed', () => parseServerMetadata(document, { issuer: 'https://a.example?x' }));
});
