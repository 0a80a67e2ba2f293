/** What a DID document says of a key: listed for its purpose, its own, of a kind we verify with. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DidDocument, MAX_ALIASES, MAX_METHODS, Purpose } from '../../web/static/js/did_document.js';
import { encodeJwk } from '../../web/static/js/jwk.js';
import { KeyType } from '../../web/static/js/keys.js';
import { GONE, changed } from './simulators/changed.js';
import { signer } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import { documentOf } from './simulators/registry_log.js';

const DID = 'did:webvh:QmPBLVBvxN4dCGxE2q9jj46TTf5uX7UmvYjJGDGZysu72F:registry.gwanin.example';
const KEY = (await signer(KeyType.ED25519, 1)).publicKey;
const P256 = (await signer(KeyType.P256, 1)).publicKey;
const DOCUMENT = documentOf(DID, { a: KEY, b: P256 }, 'https://a.example');
const METHOD = ['verificationMethod', 0];
const read = (document, id = `${DID}#a`) => new DidDocument(document).method(id, Purpose.ASSERTION);
const at = (path, to) => read(changed(DOCUMENT, path, to));

test('finds keys of both kinds, as Multikey and as JWK', () => {
  assert.ok(read(DOCUMENT).equals(KEY));
  assert.ok(read(DOCUMENT, `${DID}#b`).equals(P256));
  for (const key of [KEY, P256]) {
    const method = { id: `${DID}#a`, controller: DID, type: 'JsonWebKey', publicKeyJwk: encodeJwk(key) };
    assert.ok(at(METHOD, method).equals(key));
  }
});

test('a relative id means the document itself; an embedded method counts for its purpose', async () => {
  const relative = changed(changed(DOCUMENT, ['assertionMethod'], ['#a']), [...METHOD, 'id'], '#a');
  assert.ok(read(relative).equals(KEY));
  const embedded = changed(DOCUMENT, ['assertionMethod'], [{ ...DOCUMENT.verificationMethod[1], id: '#in' }]);
  assert.ok(read(embedded, `${DID}#in`).equals(P256));
  await refused('unknown-key', () => new DidDocument(embedded).method(`${DID}#in`, Purpose.AUTHENTICATION));
});

const REFUSED = {
  'not listed': ['unknown-key', ['assertionMethod'], [`${DID}#b`]],
  'listed for nothing': ['unknown-key', ['assertionMethod'], GONE],
  'listed twice': ['malformed', ['assertionMethod'], [`${DID}#a`, '#a']],
  'listed by a number': ['malformed', ['assertionMethod'], [1]],
  'in a list that is none': ['malformed', ['assertionMethod'], `${DID}#a`],
  'in too long a list': ['malformed', ['assertionMethod'], Array(MAX_METHODS + 1).fill(`${DID}#a`)],
  'not defined': ['malformed', ['verificationMethod'], []],
  'defined twice': ['malformed', ['verificationMethod', 1, 'id'], `${DID}#a`],
  'without a controller': ['malformed', [...METHOD, 'controller'], GONE],
  "under another's control": ['key-mismatch', [...METHOD, 'controller'], `${DID}x`],
  'with an end of its own': ['unsupported', [...METHOD, 'expires'], '2030-01-01T00:00:00Z'],
  'revoked by itself': ['unsupported', [...METHOD, 'revoked'], '2020-01-01T00:00:00Z'],
  'of another type': ['unsupported', [...METHOD, 'type'], 'Ed25519VerificationKey2020'],
  'given in two ways': ['unsupported', [...METHOD, 'publicKeyJwk'], encodeJwk(KEY)],
  'without its key': ['malformed', [...METHOD, 'publicKeyMultibase'], GONE],
  'that is no Multikey': ['unsupported', [...METHOD, 'publicKeyMultibase'], 'z6Mk'],
};

for (const [name, [code, path, to]] of Object.entries(REFUSED)) {
  test(`refuses a key ${name}`, () => refused(code, () => at(path, to)));
}

test('refuses a JsonWebKey that is a Multikey too', () => (
  refused('unsupported', () => at(METHOD, { ...DOCUMENT.verificationMethod[0], type: 'JsonWebKey', publicKeyJwk: encodeJwk(KEY) }))
));

test('knows its id and its other names', async () => {
  const document = new DidDocument({ ...DOCUMENT, alsoKnownAs: ['https://a.example'] });
  assert.deepEqual([document.id, document.alsoKnownAs], [DID, ['https://a.example']]);
  await refused('malformed', () => new DidDocument(changed(DOCUMENT, ['id'], GONE)));
  await refused('malformed', () => new DidDocument({ ...DOCUMENT, alsoKnownAs: 'a' }));
  await refused('malformed', () => new DidDocument({ ...DOCUMENT, alsoKnownAs: Array(MAX_ALIASES + 1).fill('a') }));
});

test('names the addresses where it issues, and passes over every other service', () => {
  const service = [1, null, 'x', { type: 'CredentialIssuer' }, { type: 'CredentialIssuer', serviceEndpoint: ['a'] },
    { type: 'Other', serviceEndpoint: 'b' }, { type: 'CredentialIssuer', serviceEndpoint: 'c' }];
  assert.deepEqual(new DidDocument(DOCUMENT).credentialIssuers(), ['https://a.example']);
  assert.deepEqual(new DidDocument({ ...DOCUMENT, service }).credentialIssuers(), ['c']);
  for (const none of [undefined, null, 'x', {}]) {
    assert.deepEqual(new DidDocument({ ...DOCUMENT, service: none }).credentialIssuers(), []);
  }
});
