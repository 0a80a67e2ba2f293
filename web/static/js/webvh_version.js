/**
 * One version of a DID: all that the specification demands of an entry after its predecessor.
 *
 * did:webvh 1.0, "Read (Resolve)", the steps for each entry, whose numbers stand at the line's end.
 */

import { verifyDocument } from './data_integrity.js';
import { DidDocument } from './did_document.js';
import { decodeUtf8 } from './encoding.js';
import {
  LogDeactivated, LogDocumentInvalid, LogHashMismatch, LogKeyNotAuthorised, LogMalformed,
  LogOutOfSequence, LogProofInvalid, LogScidMismatch, LogTimeInvalid, Malformed, Refusal, rewrapped,
} from './errors.js';
import { canonicalize } from './jcs.js';
import { SCID_PLACEHOLDER, parseDid } from './webvh_did.js';
import { MAX_ENTRIES, MAX_LOG_BYTES, entryHash, genesisScid } from './webvh_entry.js';
import {
  authorisedKeys, firstParameters, nextParameters, requiredWitnesses,
} from './webvh_parameters.js';

export const CLOCK_SKEW = 300_000; // the most that the specification lets clocks differ

const ASSERTION = 'assertionMethod'; // the purpose of every proof in a log

/**
 * Prove that an entry may follow the version before it; null for the first of a log.
 *
 * Returns {number, versionId, time, did, didDocument, parameters, witnesses, logSize}: time:
 * from when on it is the current one; witnesses: the rule for who must approve it, null for nobody;
 * logSize: the bytes of the log as far as this version. Costs one verification
 * for each of the entry's proofs. Witnesses are not looked at: they approve afterwards.
 * Throws a leaf of LogInvalid.
 */
export async function verifyEntry(entry, previous, now) {
  const number = previous === null ? 1 : previous.number + 1;
  const logSize = entry.size + (previous?.logSize ?? 0);
  checkPlace(entry, previous, number, logSize);
  const before = previous?.parameters ?? null;
  const parameters = before === null
    ? firstParameters(entry.parameters) // 1
    : await nextParameters(entry.parameters, before, { number }); // 1, 7
  checkTime(entry, previous, now); // 4
  if (previous === null) await checkScidOf(entry, parameters.scid); // 5
  await checkHash(entry, previous === null ? parameters.scid : previous.versionId); // 3
  await checkProofs(entry, authorisedKeys(parameters, before)); // 2
  const { did, didDocument } = checkDocument(entry, parameters, previous); // 6
  const { versionId, time } = entry;
  const witnesses = requiredWitnesses(parameters, before);
  return Object.freeze({
    number, versionId, time, did, didDocument, parameters, witnesses, logSize,
  });
}

function checkPlace(entry, previous, number, logSize) {
  if (entry.number !== number) {
    throw new LogOutOfSequence('the version number is not the next one', { entry: number });
  }
  if (previous?.parameters.deactivated) {
    throw new LogDeactivated('the DID was deactivated before', { entry: number });
  }
  if (number > MAX_ENTRIES || logSize > MAX_LOG_BYTES) {
    // A log that may grow further than it may be read would be lost with its next entry.
    throw new LogMalformed('the log is full', { entry: number });
  }
}

function checkTime(entry, previous, now) {
  if (previous !== null && entry.time <= previous.time) {
    throw new LogTimeInvalid("versionTime is not after its predecessor's", { entry: entry.number });
  }
  if (entry.time > now + CLOCK_SKEW) {
    throw new LogTimeInvalid('versionTime lies in the future', { entry: entry.number });
  }
}

async function checkScidOf(entry, scid) {
  const expected = await asLogMalformed(entry, () => genesisScid(entry.unsigned, scid));
  if (decodeUtf8(canonicalize(entry.unsigned)).includes(SCID_PLACEHOLDER)) {
    // It can't be told from a replaced SCID, so two first entries would have the same hash.
    throw new LogScidMismatch('the first entry holds the placeholder of the SCID', { entry: 1 });
  }
  if (expected !== scid) {
    throw new LogScidMismatch('the SCID is not the hash of the first entry', { entry: 1 });
  }
}

async function checkHash(entry, previous) {
  const expected = await asLogMalformed(entry, () => entryHash(entry.unsigned, previous));
  if (entry.versionId !== `${entry.number}-${expected}`) {
    throw new LogHashMismatch('the entry hash is not that of the entry', { entry: entry.number });
  }
}

/** What can't be canonicalized has no hash. */
async function asLogMalformed({ number }, hash) {
  try {
    return await hash();
  } catch (error) {
    throw rewrapped(error, Malformed, (cause) => (
      new LogMalformed(cause.detail, { entry: number, cause })
    ));
  }
}

/** Every proof must hold, each by another authorised key. Spec: "Authorized Keys". */
async function checkProofs({ number, proofs, unsigned }, keys) {
  const signed = new Set();
  for (const proof of proofs) {
    const multikey = signerOf(proof, number);
    if (signed.has(multikey)) {
      throw new LogProofInvalid('one key has signed twice', { entry: number });
    }
    signed.add(multikey);
    if (!keys.has(multikey)) {
      throw new LogKeyNotAuthorised('the key is not an active update key', { entry: number });
    }
    await checkProof(unsigned, proof, keys.get(multikey), number);
  }
}

async function checkProof(unsigned, proof, key, number) {
  try {
    await verifyDocument(unsigned, proof, key);
  } catch (error) {
    throw rewrapped(error, Refusal, (cause) => (
      new LogProofInvalid(cause.detail, { entry: number, cause })
    ));
  }
}

/**
 * The Multikey that a proof names, as did:key:K#K with the same K twice.
 *
 * The part before # says which key it is, the part after only names it: were they allowed to
 * differ, one key could be shown to the authorisation check and another to the signature check.
 */
function signerOf(proof, number) {
  if (proof.purpose !== ASSERTION) {
    throw new LogProofInvalid("the proof's purpose is not assertionMethod", { entry: number });
  }
  if (proof.expires !== null) {
    // A log is verified for ever, so an entry can't be valid for a while only.
    throw new LogProofInvalid('the proof of an entry can not expire', { entry: number });
  }
  const at = proof.verificationMethod.indexOf('#');
  const fragment = at < 0 ? '' : proof.verificationMethod.slice(at + 1);
  if (proof.verificationMethod !== `did:key:${fragment}#${fragment}`) {
    throw new LogProofInvalid("the proof's key is not named as did:key:K#K", { entry: number });
  }
  return fragment;
}

function checkDocument(entry, parameters, previous) {
  const { number } = entry;
  try {
    const didDocument = new DidDocument(entry.state.members);
    if (didDocument.id === previous?.didDocument.id) return { did: previous.did, didDocument };
    if (!didDocument.id.startsWith(`did:webvh:${parameters.scid}:`)) {
      throw new LogScidMismatch("the document's id has another SCID", { entry: number });
    }
    const did = parseDid(didDocument.id);
    if (previous !== null) checkMove(didDocument, parameters, previous, number);
    return { did, didDocument };
  } catch (error) {
    throw rewrapped(error, Malformed, (cause) => (
      new LogDocumentInvalid(cause.detail, { entry: number, cause })
    ));
  }
}

/** Let a DID go to another address only as "DID Portability" says. */
function checkMove(didDocument, parameters, previous, number) {
  if (!parameters.portable) {
    throw new LogDocumentInvalid('the DID has moved and is not portable', { entry: number });
  }
  if (!didDocument.alsoKnownAs.includes(previous.didDocument.id)) {
    throw new LogDocumentInvalid('the DID has moved without naming the old one', { entry: number });
  }
}
