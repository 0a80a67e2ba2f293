/**
 * A registry's log made to order: members with their DIDs, rights that the root gives, signed heads.
 *
 *     const log = await RegistryLog.begin();                  // leaf 0: the root's DID
 *     const agency = await log.member('GU-11620');            // leaf 1: an agency's DID
 *     await log.accredit(agency, ['SeoulResidencyCredential']);
 *     const view = await log.view();                          // what a replica makes of it
 */

import { sha256 } from '../../../web/static/js/digest.js';
import { didKeyMethod } from '../../../web/static/js/did_key.js';
import {
  concatBytes, encodeBase64, encodeBase64url, encodeMultibase, encodeUtf8,
} from '../../../web/static/js/encoding.js';
import { canonicalize } from '../../../web/static/js/jcs.js';
import { KeyType } from '../../../web/static/js/keys.js';
import { EMPTY_CHAIN, verifyNext } from '../../../web/static/js/leaf.js';
import { Frontier } from '../../../web/static/js/merkle.js';
import { encodeMultikey } from '../../../web/static/js/multikey.js';
import { parseVerifierKey } from '../../../web/static/js/note.js';
import { Replica } from '../../../web/static/js/replica.js';
import { formatTimestamp } from '../../../web/static/js/times.js';
import { parseDid } from '../../../web/static/js/webvh_did.js';
import { entryHash, hashText } from '../../../web/static/js/webvh_entry.js';
import { signer } from './keys.js';

export const HOST = 'registry.gwanin.example';
export const URL_OF = `https://${HOST}`;
export const ORIGIN = `${HOST}/2026`;
export const START = Date.parse('2026-03-13T03:00:00Z');
export const HOUR = 3_600_000;
export const LOG = await signer(KeyType.ED25519, 0xf0);

const SCID = '{SCID}';

/** A document with one proof of eddsa-jcs-2022 added; options: verificationMethod and so on. */
export async function signDocument(unsecured, options, by) {
  const context = Object.hasOwn(unsecured, '@context') ? { '@context': unsecured['@context'] } : {};
  const proof = { type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', ...context, ...options };
  const hashes = await Promise.all([proof, unsecured].map((part) => sha256(canonicalize(part))));
  const proofValue = encodeMultibase(await by.sign(concatBytes(...hashes)));
  return { ...unsecured, proof: { ...proof, proofValue } };
}

/** An entry of a DID log, hashed and signed; `before`: the entry that it follows, null for none. */
export async function sealEntry({ parameters, state, time }, before, by) {
  const draft = { versionTime: formatTimestamp(time), parameters, state };
  const scid = before ? before.parameters.scid : await hashText(canonicalize({ versionId: SCID, ...draft }));
  const unsigned = JSON.parse(JSON.stringify(draft).replaceAll(SCID, scid));
  const number = before ? Number(before.versionId.split('-')[0]) + 1 : 1;
  const hash = await entryHash(unsigned, before ? before.versionId : scid);
  const entry = { versionId: `${number}-${hash}`, ...unsigned };
  const options = { verificationMethod: didKeyMethod(by.publicKey), proofPurpose: 'assertionMethod' };
  const { proof } = await signDocument(entry, { ...options, created: unsigned.versionTime }, by);
  return { ...entry, proof: [proof] };
}

/** A DID document whose keys are for assertion: fragments and public keys. */
export function documentOf(did, keys, service = undefined) {
  const methods = Object.entries(keys).map(([fragment, key]) => ({
    id: `${did}#${fragment}`, type: 'Multikey', controller: did, publicKeyMultibase: encodeMultikey(key),
  }));
  return {
    '@context': ['https://www.w3.org/ns/did/v1'],
    id: did,
    verificationMethod: methods,
    assertionMethod: methods.map(({ id }) => id),
    ...(service && { service: [{ id: `${did}#i`, type: 'CredentialIssuer', serviceEndpoint: service }] }),
  };
}

export class RegistryLog {
  leaves = [];
  time = START;
  #head = EMPTY_CHAIN;
  #members = 0;

  static async begin() {
    const log = new RegistryLog();
    log.root = await log.member('SEL-DIG');
    return log;
  }

  /** Log the first entry of a new DID with an Ed25519 key `eddsa-1` and a P-256 key `es256-1`. */
  async member(code) {
    this.#members += 1;
    const update = await signer(KeyType.ED25519, this.#members);
    const keys = {
      'eddsa-1': await signer(KeyType.ED25519, 100 + this.#members),
      'es256-1': await signer(KeyType.P256, 100 + this.#members),
    };
    const issuer = `https://gwanin.example/issuers/${code}`;
    const state = documentOf(`did:webvh:${SCID}:${HOST}:dids:${code}`, publicKeys(keys), issuer);
    const parameters = { method: 'did:webvh:1.0', scid: SCID, updateKeys: [encodeMultikey(update.publicKey)] };
    const entry = await sealEntry({ parameters, state, time: this.time }, null, update);
    const member = { code, update, keys, entry, did: entry.state.id, scid: entry.parameters.scid, issuer };
    await this.add('did', member.scid, { entry });
    return member;
  }

  /** Log the next version of a DID, with these members of its document and parameters changed. */
  async update(member, { state = {}, parameters = {} }) {
    const { parameters: { scid }, versionId, state: before } = member.entry;
    const previous = { versionId, parameters: { scid } };
    const draft = { parameters, state: { ...before, ...state }, time: this.time };
    const entry = await sealEntry(draft, previous, member.update);
    member.entry = { ...entry, parameters: { ...parameters, scid } }; // so that the next one finds it
    await this.add('did', member.scid, { entry });
  }

  /** The next leaf, not taken. */
  build(kind, sub, body, time = this.time) {
    const { size, last } = this.#head;
    return canonicalize({ v: 1, i: size, prev: encodeBase64(last), kind, sub, t: formatTimestamp(time), body });
  }

  async add(kind, sub, body) {
    await this.take(this.build(kind, sub, body));
  }

  async take(leaf) {
    this.#head = (await verifyNext(leaf, this.#head)).head;
    this.leaves.push(leaf);
  }

  /** The credential of a right to issue for a year; `claims`, `document`, `options` change it. */
  accreditation(member, types, changes = {}) {
    const claims = { issuerDid: member.did, allowedTypes: types, nameKo: '관악구', nameEn: 'Gwanak-gu' };
    return this.#signed('IssuerAccreditationCredential', claims, changes);
  }

  /** The credential of a right to ask for a year. */
  registration(member, attributes, changes = {}) {
    return this.#signed('VerifierRegistrationCredential', {
      verifierDid: member.did, attributes, purpose: '회원 확인', purposeEn: 'Members', legalBasis: '도서관법',
      retentionDays: 0, nameKo: '서울도서관', nameEn: 'Library',
    }, changes);
  }

  async accredit(member, types, changes = {}) {
    await this.add('accreditation', member.scid, { credential: await this.accreditation(member, types, changes) });
  }

  async register(member, attributes, changes = {}) {
    await this.add('verifier', member.scid, { credential: await this.registration(member, attributes, changes) });
  }

  /** Log the digest of a published document. */
  async publish(path, data) {
    await this.add('schema', path, { h: encodeBase64url(await sha256(data)) });
  }

  /** The signed head over the first `size` leaves; `says`: another size than it has. */
  async note({ size = this.leaves.length, says = size, origin = ORIGIN, by = LOG } = {}) {
    let frontier = new Frontier();
    let head = EMPTY_CHAIN;
    for (const leaf of this.leaves.slice(0, size)) {
      ({ head } = await verifyNext(leaf, head));
      frontier = await frontier.append(head.last);
    }
    const text = `${origin}\n${says}\n${encodeBase64(await frontier.root())}\n`;
    const { keyId } = await verifierKey(origin, by);
    const value = concatBytes(keyId, await by.sign(encodeUtf8(text)));
    return encodeUtf8(`${text}\n— ${origin} ${encodeBase64(value)}\n`);
  }

  async replica() {
    const replica = new Replica(parseDid(this.root.did));
    for (const leaf of this.leaves) await replica.append(leaf, this.time);
    return replica;
  }

  async view() {
    return (await this.replica()).confirm(await this.note(), await verifierKey(), this.time);
  }

  #signed(type, claims, { by = this.root, ...changes }) {
    const document = {
      '@context': ['https://www.w3.org/ns/credentials/v2'],
      type: ['VerifiableCredential', type],
      issuer: by.did,
      validFrom: formatTimestamp(this.time),
      validUntil: formatTimestamp(this.time + 365 * 24 * HOUR),
      credentialSubject: { ...claims, ...changes.claims },
      ...changes.document,
    };
    const options = { verificationMethod: `${by.did}#eddsa-1`, proofPurpose: 'assertionMethod', created: formatTimestamp(this.time) };
    return signDocument(JSON.parse(JSON.stringify(document)), { ...options, ...changes.options }, changes.signer ?? by.keys['eddsa-1']);
  }
}

/** The verifier key of a log, as followers pin it. */
export async function verifierKey(origin = ORIGIN, by = LOG) {
  const material = concatBytes([1], by.publicKey.raw);
  const id = (await sha256(concatBytes(encodeUtf8(`${origin}\n`), material))).slice(0, 4);
  const digits = [...id].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return parseVerifierKey(`${origin}+${digits}+${encodeBase64(material)}`);
}

function publicKeys(keys) {
  return Object.fromEntries(Object.entries(keys).map(([fragment, { publicKey }]) => [fragment, publicKey]));
}
