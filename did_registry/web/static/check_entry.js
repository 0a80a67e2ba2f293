/**
 * The check of one agency's entry, step by step; each relies on what the steps before it proved.
 *
 *     keys ─> head ─> witnesses ─> directory ─> latest ─> leaf ─> chain ─> inclusion
 *                                                          └─> history ─> same
 *
 * No DOM in here: `check_page.js` shows what becomes of each step.
 */

import { verifyCheckpoint } from '/static/js/checkpoint.js';
import { WitnessPolicy, parseWitnessKey } from '/static/js/cosignature.js';
import { verifyLatest } from '/static/js/directory_proof.js';
import { decodeBase64url, encodeUtf8, equalBytes } from '/static/js/encoding.js';
import {
  InclusionInvalid, LeafChainBroken, LogInconsistent, Malformed, RegistryUnavailable,
} from '/static/js/errors.js';
import { canonicalize } from '/static/js/jcs.js';
import { parseObject } from '/static/js/json_object.js';
import { EMPTY_CHAIN, LeafKind, parseLeaf } from '/static/js/leaf.js';
import { leafHash } from '/static/js/merkle.js';
import { verifyInclusion } from '/static/js/merkle_proof.js';
import { parseNote, parseVerifierKey } from '/static/js/note.js';
import { parseTlogProof } from '/static/js/tlog_proof.js';
import { parseDid } from '/static/js/webvh_did.js';
import { splitLog } from '/static/js/webvh_entry.js';
import { replay } from '/static/js/webvh_history.js';
import { parseWitnessFile } from '/static/js/webvh_witness.js';

const MAX_DIRECTORY_BYTES = 512 * 1024; // a proof, and two rows with their paths

/**
 * The steps in their order: [name, step]; each takes what is known, and adds to it.
 *
 * said: what to tell; applies: false where there was nothing to check.
 */
export const STEPS = Object.freeze([
  ['keys', readKeys],
  ['head', checkHead],
  ['witnesses', checkWitnesses],
  ['directory', checkDirectory],
  ['latest', checkLatest],
  ['leaf', readLeaf],
  ['chain', checkChain],
  ['inclusion', checkInclusion],
  ['history', checkHistory],
  ['same', checkSame],
]);

/** pinned: {log, witnesses, quorum}, the keys as texts. */
async function readKeys({ pinned }) {
  const witnesses = await Promise.all(pinned.witnesses.map(parseWitnessKey));
  return {
    logKey: await parseVerifierKey(pinned.log),
    policy: new WitnessPolicy(witnesses, pinned.quorum),
    said: { word: 'origin', values: { name: pinned.log.split('+')[0] } },
  };
}

async function checkHead({ get, logKey }) {
  const note = await get('/log/checkpoint');
  const head = await verifyCheckpoint(note, logKey);
  return { note, head, said: { word: 'tree-of', values: { size: head.size } } };
}

async function checkWitnesses({ note, policy }) {
  const seen = await policy.verify(parseNote(note));
  if (!policy.quorum) return { applies: false, said: { word: 'nobody', values: {} } };
  return { said: { word: 'witnesses-of', values: { names: [...seen.keys()].join(', ') } } };
}

/** The directory is the last leaf under a head, so nothing that it does not know is signed. */
async function checkDirectory(known) {
  const did = parseDid(known.did);
  const key = `did/${did.scid}`;
  const data = await known.get(`/log/directory/${key}`);
  const answer = parseObject(data, { maxBytes: MAX_DIRECTORY_BYTES, where: 'directory' });
  const text = answer.text('proof', { maxChars: MAX_DIRECTORY_BYTES });
  const { proof, leaf, head } = await provenLeaf(known, encodeUtf8(text));
  if (head.size < known.head.size) {
    throw new RegistryUnavailable('the directory is of an older head than was shown');
  }
  if (leaf.kind !== LeafKind.DIRECTORY || proof.index !== head.size - 1) {
    throw new LogInconsistent('the last leaf under the head is no directory');
  }
  const rows = answer.objects('rows', { maxItems: 2 });
  return {
    scidKey: key, parsedDid: did, directory: leaf, rows,
    said: { word: 'leaf-of', values: { index: proof.index, size: head.size } },
  };
}

async function checkLatest({ rows, scidKey, directory }) {
  const root = decodeBase64url(directory.body.text('root'));
  const size = directory.body.integer('n');
  const latest = await verifyLatest(rows, scidKey, { root, size });
  const word = latest.deactivated ? 'ended' : 'latest-is';
  return { latest, said: { word, values: { version: latest.latest } } };
}

/** Parsed here, proven to be in the tree two steps later: each step says one thing. */
async function readLeaf({ get, latest, parsedDid }) {
  const proof = parseTlogProof(await get(`/log/proof/${latest.index}.tlog-proof`));
  const leaf = readExtra(proof);
  if (proof.index !== latest.index || leaf.index !== latest.index) {
    throw new LogInconsistent('the proof is of another leaf than the directory names');
  }
  if (leaf.kind !== LeafKind.DID || leaf.subject !== parsedDid.scid) {
    throw new LogInconsistent('the leaf is not about this agency');
  }
  return { proof, leaf, said: { word: 'bytes', values: { size: proof.extra.length } } };
}

async function checkChain({ get, leaf }) {
  if (leaf.index === 0) {
    checkPrevious(leaf, EMPTY_CHAIN.last);
  } else {
    const before = parseTlogProof(await get(`/log/proof/${leaf.index - 1}.tlog-proof`));
    if (before.extra === null || before.index !== leaf.index - 1) throw notThatLeaf();
    checkPrevious(leaf, await leafHash(before.extra));
  }
  return { said: { word: 'before', values: { index: leaf.index } } };
}

function checkPrevious(leaf, hash) {
  if (!equalBytes(leaf.previous, hash)) {
    throw new LeafChainBroken(`leaf ${leaf.index} does not name the leaf before it`);
  }
}

async function checkInclusion(known) {
  const { proof, logKey, policy } = known;
  const head = await trustedHead(proof.checkpoint, { logKey, policy });
  await includedIn(head, proof);
  return { said: { word: 'leaf-of', values: { index: proof.index, size: head.size } } };
}

/** The approvals come first: they are published before what they approve. */
async function checkHistory({ get, code, parsedDid, now }) {
  const folder = `/dids/${encodeURIComponent(code)}`;
  const witnesses = parseWitnessFile(await get(`${folder}/did-witness.json`));
  const log = await get(`${folder}/did.jsonl`);
  const history = await replay(log, { did: parsedDid, now, witnesses });
  return { log, history, said: { word: 'versions', values: { count: history.versions.length } } };
}

/** The file that everybody reads ends with the very entry that is in the log. */
async function checkSame({ log, history, leaf, latest }) {
  if (history.latest.number < Number(latest.latest.split('-')[0])) {
    throw new RegistryUnavailable("the file lacks a version that the DID's witnesses approve first");
  }
  const entry = canonicalize(leaf.body.object('entry').members);
  const isLast = equalBytes(splitLog(log).at(-1), entry);
  if (!isLast || history.latest.versionId !== latest.latest) {
    throw new LogInconsistent('the file does not end with the entry that the log has last');
  }
  return { said: { word: 'latest-is', values: { version: latest.latest } } };
}

async function provenLeaf({ logKey, policy }, data) {
  const proof = parseTlogProof(data);
  const head = await trustedHead(proof.checkpoint, { logKey, policy });
  const leaf = readExtra(proof);
  await includedIn(head, proof);
  if (leaf.index !== proof.index) throw notThatLeaf();
  return { proof, leaf, head };
}

async function trustedHead(note, { logKey, policy }) {
  const head = await verifyCheckpoint(note, logKey);
  await policy.verify(parseNote(note));
  return head;
}

async function includedIn({ size, root }, { index, path, extra }) {
  if (index >= size) throw new InclusionInvalid('the leaf lies beyond the head');
  await verifyInclusion({ leaf: await leafHash(extra), index, size, path, root });
}

function readExtra({ extra }) {
  if (extra === null) throw new Malformed('the proof comes without its leaf');
  return parseLeaf(extra);
}

function notThatLeaf() {
  return new LogInconsistent('the proof is of another leaf');
}
