/** W3C credentials as the root signs them: our own vector, and one change at a time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { JsonObject } from '../../web/static/js/json_object.js';
import { KeyType } from '../../web/static/js/keys.js';
import { parseW3cCredential, verifyW3cCredential } from '../../web/static/js/w3c_credential.js';
import { signerFromSecret } from './simulators/keys.js';
import { refused } from './simulators/refused.js';
import { readJson } from './simulators/vectors.js';

const { credential: CREDENTIAL, presentation: PRESENTATION } = readJson('seoul/eddsa-jcs-2022.json');
const SEED = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('issuer'));
const { publicKey: KEY } = await signerFromSecret(KeyType.ED25519, new Uint8Array(SEED));

const parse = (changes = {}) => parseW3cCredential(new JsonObject({ ...CREDENTIAL, ...changes }));

test('verifies the credential of our own vector', async () => {
  const verified = await verifyW3cCredential(parse(), KEY);
  assert.equal(verified.issuer, 'did:webvh:QmSpecimen:registry.gwanin.example:dids:SPECIMEN');
  assert.deepEqual(verified.typeNames, ['SpecimenCredential']);
  assert.equal(verified.validity.notAfter, Date.parse('2026-06-11T03:00:00Z'));
  assert.deepEqual(Object.keys(verified.claims).sort(), ['member', 'nameKo', 'place']);
});

test('reads no presentation in place of a credential', () => (
  refused('malformed', () => parseW3cCredential(new JsonObject(PRESENTATION)))
));

const SUBJECT = CREDENTIAL.credentialSubject;
const [STATUS] = CREDENTIAL.credentialStatus;
const BASE = CREDENTIAL['@context'][0];
const PROOF = CREDENTIAL.proof;
const REFUSED = {
  'no context': ['malformed', { '@context': [] }],
  'another context first': ['malformed', { '@context': ['https://a.example', BASE] }],
  'a context that is no array': ['malformed', { '@context': BASE }],
  'a context that is no URL': ['malformed', { '@context': [BASE, 'a b'] }],
  'the context of data model 1.1': ['malformed', { '@context': [BASE, 'https://www.w3.org/2018/credentials/v1'] }],
  'no type of a credential': ['malformed', { type: ['SpecimenCredential'] }],
  'a member of data model 1.1': ['malformed', { issuanceDate: '2026-03-13T03:00:00Z' }],
  'an id that is no URL': ['malformed', { id: 'a' }],
  'an id without its host': ['malformed', { id: 'https:///a' }],
  'an id with white space': ['malformed', { id: 'urn:a b' }],
  'a type deep down that is no text': ['malformed', { credentialSubject: { ...SUBJECT, place: { type: 1 } } }],
  'an id deep down that is no URL': ['malformed', { credentialSubject: { ...SUBJECT, place: [{ id: [] }] } }],
  'a name that is no text': ['malformed', { name: 1 }],
  'a name in no language': ['malformed', { name: { '@value': 'a', '@language': 'k_o' } }],
  'a description with a strange member': ['malformed', { description: [{ '@value': 'a', b: 1 }] }],
  'a description in no direction': ['malformed', { description: { '@value': 'a', '@direction': 'up' } }],
  'evidence without a type': ['malformed', { evidence: { id: 'urn:a' } }],
  'an issuer that is no URL': ['malformed', { issuer: 'a' }],
  'an issuer without an id': ['malformed', { issuer: { name: 'a' } }],
  'an issuer whose name is no text': ['malformed', { issuer: { id: CREDENTIAL.issuer, name: 1 } }],
  'a beginning without a zone': ['malformed', { validFrom: '2026-03-13T03:00:00' }],
  'an end before its beginning': ['malformed', { validUntil: '2026-03-13T02:59:59Z' }],
  'no subject': ['malformed', { credentialSubject: [] }],
  'an empty subject': ['malformed', { credentialSubject: {} }],
  'two subjects': ['unsupported', { credentialSubject: [SUBJECT, SUBJECT] }],
  'a subject of a broken did:key': ['malformed', { credentialSubject: { ...SUBJECT, id: 'did:key:z0' } }],
  'a schema without an id': ['malformed', { credentialSchema: { type: 'JsonSchema' } }],
  'a related resource without a digest': ['malformed', { relatedResource: { id: 'urn:a' } }],
  'a related resource twice': ['malformed', { relatedResource: [{ id: 'urn:a', digestSRI: 'a' }, { id: 'urn:a', digestSRI: 'a' }] }],
  'two digests of one document': ['malformed', {
    credentialSchema: { id: 'urn:a', type: 'JsonSchema', digestSRI: 'a' },
    relatedResource: { id: 'urn:a', digestSRI: 'b' },
  }],
  'a status of another kind': ['unsupported', { credentialStatus: { type: 'Other' } }],
  'a status of two bits': ['unsupported', { credentialStatus: { ...STATUS, statusSize: 2 } }],
  'a status for something else': ['unsupported', { credentialStatus: { ...STATUS, statusPurpose: 'message' } }],
  'a status at a number': ['malformed', { credentialStatus: { ...STATUS, statusListIndex: 77 } }],
  'a status at a second spelling': ['malformed', { credentialStatus: { ...STATUS, statusListIndex: '077' } }],
  'a status whose list is no URL': ['malformed', { credentialStatus: { ...STATUS, statusListCredential: 'a' } }],
  'a status that is its own list': ['malformed', { credentialStatus: { ...STATUS, id: STATUS.statusListCredential } }],
  'too many statuses': ['too-large', { credentialStatus: new Array(65).fill(STATUS) }],
  'no proof': ['malformed', { proof: [] }],
  'two proofs': ['unsupported', { proof: [PROOF, PROOF] }],
  'a proof for another purpose': ['malformed', { proof: { ...PROOF, proofPurpose: 'authentication' } }],
  'a proof without its time': ['malformed', { proof: { ...PROOF, created: undefined } }],
};

for (const [what, [code, changes]] of Object.entries(REFUSED)) {
  test(`refuses a credential with ${what}`, () => (
    refused(code, () => parseW3cCredential(new JsonObject(JSON.parse(JSON.stringify({ ...CREDENTIAL, ...changes })))))
  ));
}

test('refuses a change to what was signed, and a key of somebody else', async () => {
  const changed = parse({ validUntil: '2027-03-13T03:00:00Z' });
  await refused('signature-invalid', () => verifyW3cCredential(changed, KEY));
  const other = parse({ proof: { ...PROOF, verificationMethod: 'did:webvh:QmOther:a.example#eddsa-1' } });
  await refused('key-mismatch', () => verifyW3cCredential(other, KEY));
});

test('takes names and descriptions in languages', () => {
  parse({ name: { '@value': '견본', '@language': 'ko', '@direction': 'ltr' } });
  parse({ description: [{ '@value': 'a', '@language': 'en-GB' }, { '@value': 'b' }] });
});
