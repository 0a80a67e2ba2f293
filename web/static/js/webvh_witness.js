/**
 * Witnesses: who must approve a DID's entries, and whether enough of them did. did:webvh 1.0,
 * "DID Witnesses".
 *
 * A witness signs no more than a versionId, and thereby everything before it. Its key is its did:key
 * and nothing else; a proof that can't be attributed to a witness of this very log counts for nobody.
 */

import { parseProof, verifyDocument } from './data_integrity.js';
import { Malformed, Refusal, rewrapped } from './errors.js';
import { JsonObject } from './json_object.js';
import { KeyType } from './keys.js';
import { parseMultikey } from './multikey.js';
import { parseJson } from './strict_json.js';

export const MAX_WITNESSES = 32;
export const MAX_WITNESS_FILE_BYTES = 1024 * 1024;
export const MAX_WITNESSED_VERSIONS = 1000;
export const MAX_PROOFS_PER_VERSION = 64; // two each for as many witnesses as there may be
export const NO_APPROVALS = Object.freeze(new Map());

const ASSERTION = 'assertionMethod';
const DID_KEY = 'did:key:';

/**
 * Read a `witness` parameter: {threshold, witnesses}, witnesses being a Map from did:key to its
 * Ed25519 key; null for `{}`, which says that nobody needs to approve.
 *
 * Throws Malformed for an id twice, an id that is no Ed25519 did:key, or a threshold that is not
 * between 1 and the number of witnesses. Spec: "The `witness` Parameter".
 */
export function parseWitnessRule(witness) {
  if (!witness.names().length) return null;
  witness.only('threshold', 'witnesses');
  const threshold = witness.integer('threshold');
  const listed = witness.objects('witnesses', { maxItems: MAX_WITNESSES });
  const witnesses = new Map(listed.map(parseWitness));
  if (witnesses.size !== listed.length) throw new Malformed('a witness is listed twice');
  if (!(threshold >= 1 && threshold <= listed.length)) {
    throw new Malformed('the threshold is not between 1 and the number of witnesses');
  }
  return Object.freeze({ threshold, witnesses });
}

/**
 * Read did-witness.json: a Map from versionId to proof objects, none of them verified.
 *
 * Single proofs are looked at when they are counted: one that is not well-formed is discarded there.
 * Throws Malformed or TooLarge.
 */
export function parseWitnessFile(data) {
  const listed = new JsonObject({ file: parseJson(data, { maxBytes: MAX_WITNESS_FILE_BYTES }) });
  const proofs = new Map();
  for (const version of listed.objects('file', { maxItems: MAX_WITNESSED_VERSIONS })) {
    version.only('versionId', 'proof');
    const versionId = version.text('versionId');
    if (proofs.has(versionId)) throw new Malformed('did-witness.json names a version twice');
    const found = version.has('proof')
      ? version.objects('proof', { maxItems: MAX_PROOFS_PER_VERSION }) : [];
    proofs.set(versionId, found);
  }
  return proofs;
}

/**
 * How many versions, from the first on, have the approvals that they need.
 *
 * versions: in order, each with its versionId and the rule for it in `witnesses`, or null.
 */
export async function approvedBy(versions, file) {
  const rules = versions.map(({ witnesses }) => witnesses).filter((rule) => rule !== null);
  const listed = new Map(rules.flatMap((rule) => [...rule.witnesses]));
  const approved = await lastApprovals(versions, listed, file);
  const lacking = versions.findIndex(({ witnesses }, at) => (
    witnesses !== null && approvals(witnesses, approved, at + 1) < witnesses.threshold
  ));
  return lacking === -1 ? versions.length : lacking;
}

function approvals({ witnesses }, approved, number) {
  return [...witnesses.keys()].filter((did) => approved.get(did) >= number).length;
}

/** The number of the last version that each witness has approved, and with it all before; or 0. */
async function lastApprovals(versions, witnesses, file) {
  const methods = new Map([...witnesses.keys()].map((did) => [methodOf(did), did]));
  const approved = new Map([...witnesses.keys()].map((did) => [did, 0]));
  for (let number = versions.length; number > 0; number -= 1) {
    const { versionId } = versions[number - 1];
    for (const proof of file.get(versionId) ?? []) {
      const did = methods.get(proof.members.verificationMethod);
      if (did !== undefined && !approved.get(did)
        && await verifies(versionId, proof, witnesses.get(did))) approved.set(did, number);
    }
  }
  return approved;
}

/** Whether a proof counts. One that does not is discarded: a mistake undoes no other's approval. */
async function verifies(versionId, proof, key) {
  try {
    const parsed = parseProof(proof);
    await verifyDocument({ versionId }, parsed, key);
    // A log is verified for ever, so an approval can't be one for a while.
    return parsed.purpose === ASSERTION && parsed.expires === null;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function methodOf(did) {
  return `${did}#${did.slice(DID_KEY.length)}`;
}

function parseWitness(witness) {
  witness.only('id');
  const id = witness.text('id');
  if (!id.startsWith(DID_KEY)) throw new Malformed('a witness is not named by a did:key');
  return [id, ed25519(id.slice(DID_KEY.length))];
}

/** The key of a Multikey that can make eddsa-jcs-2022 proofs. Throws Malformed. */
export function ed25519(multikey) {
  try {
    const key = parseMultikey(multikey);
    if (key.type === KeyType.ED25519) return key;
  } catch (error) {
    throw rewrapped(error, Refusal, notEd25519);
  }
  throw notEd25519();
}

function notEd25519(cause) {
  return new Malformed('an update key or a witness is not named by an Ed25519 key', { cause });
}
