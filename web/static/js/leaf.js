/**
 * The leaves of the registry's log: the closed list of what may be said there, and its bytes.
 *
 * A leaf is canonical JSON, hashed and served verbatim; it names the hash of its predecessor. What
 * a DID entry or a credential inside a body means, and who signed it, is checked by its own parser.
 */

import { decodeDigest, parseCheckpoint } from './checkpoint.js';
import { decodeBase64url, encodeUtf8, equalBytes } from './encoding.js';
import { LeafChainBroken, Malformed, Unsupported } from './errors.js';
import { canonicalize } from './jcs.js';
import { parseObject } from './json_object.js';
import { DIGEST_BYTES, leafHash } from './merkle.js';
import { parseNote } from './note.js';
import { formatTimestamp, parseTimestamp } from './times.js';

export const MAX_LEAF_BYTES = 16 * 1024; // bounds a bundle of 256 leaves to 4 MiB

/** Where the chain of a log without leaves ends: {size, last}, `last` the last leaf's hash. */
export const EMPTY_CHAIN = Object.freeze({ size: 0, last: new Uint8Array(DIGEST_BYTES) });

/** What a leaf is about. Closed from the first leaf on: another kind needs another log. */
export const LeafKind = Object.freeze({
  DID: 'did',
  ACCREDITATION: 'accreditation',
  VERIFIER: 'verifier',
  SCHEMA: 'schema',
  STATUS: 'status',
  DIRECTORY: 'directory',
  BATCH: 'batch',
  AUDIT: 'audit',
  NOTICE: 'notice',
  SERVICE: 'service',
  ORIGIN: 'origin',
});

const VERSION = 1;
const SUBJECT = /^[!-~]{1,256}$/;
const PERIOD = { from: readTime, until: readTime };
// The members of each kind's body and who reads them; all are required, and there are no others.
const BODIES = new Map([
  [LeafKind.DID, { entry: readObject }],
  [LeafKind.ACCREDITATION, { credential: readObject }],
  [LeafKind.VERIFIER, { credential: readObject }],
  [LeafKind.SCHEMA, { h: readDigest }],
  [LeafKind.STATUS, { list: readNamed, h: readDigest, seq: readCount, ...PERIOD }],
  [LeafKind.DIRECTORY, { root: readDigest, n: readCount, upto: readCount }],
  [LeafKind.BATCH, { agency: readNamed, root: readDigest, n: readCount, ...PERIOD }],
  [LeafKind.AUDIT, { agency: readNamed, head: readDigest, n: readCount }],
  [LeafKind.NOTICE, { statement: readObject }],
  [LeafKind.SERVICE, { service: readNamed, root: readDigest, seq: readCount }],
  [LeafKind.ORIGIN, { checkpoint: readCheckpoint }],
]);

/**
 * Read a leaf: {index, previous, kind, subject, time, body}.
 *
 * previous: 32 bytes; time: a moment by the log's clock; body: a JsonObject. Throws TooLarge
 * beyond 16 KiB; Unsupported for an unknown version or kind; Malformed for bytes that are not
 * canonical JSON, and for any member that is missing, unknown or mistyped.
 */
export function parseLeaf(data) {
  const members = parseObject(data, { maxBytes: MAX_LEAF_BYTES });
  if (!equalBytes(canonicalize(members.members), data)) {
    throw new Malformed('a leaf is canonical JSON');
  }
  if (members.integer('v') !== VERSION) throw new Unsupported('a leaf of another version');
  members.only('body', 'i', 'kind', 'prev', 'sub', 't', 'v');
  const body = members.object('body');
  const leaf = {
    index: readCount(members, 'i'),
    previous: decodeDigest(members.text('prev')),
    kind: parseKind(members.text('kind')),
    subject: parseSubject(members.text('sub')),
    time: readTime(members, 't'),
    body,
  };
  checkBody(leaf);
  return Object.freeze(leaf);
}

/**
 * Return {leaf, head}: the leaf and the new head, if the leaf continues the chain from `head`.
 *
 * Throws what `parseLeaf` throws, and LeafChainBroken for another index or predecessor.
 */
export async function verifyNext(data, head) {
  const leaf = parseLeaf(data);
  if (leaf.index !== head.size) {
    throw new LeafChainBroken(`leaf ${leaf.index} stands where leaf ${head.size} belongs`);
  }
  if (!equalBytes(leaf.previous, head.last)) {
    throw new LeafChainBroken(`leaf ${leaf.index} does not name the leaf before it`);
  }
  return { leaf, head: Object.freeze({ size: head.size + 1, last: await leafHash(data) }) };
}

function checkBody({ kind, subject, body }) {
  const shape = BODIES.get(kind);
  body.only(...Object.keys(shape));
  Object.entries(shape).forEach(([name, read]) => read(body, name, subject));
  if ('until' in shape && readTime(body, 'from') >= readTime(body, 'until')) {
    throw new Malformed("the leaf's period ends before it begins");
  }
}

function readObject(body, name) {
  if (!body.object(name).names().length) throw new Malformed(`the leaf's ${name} is empty`);
}

function readNamed(body, name, subject) {
  if (body.text(name) !== subject) throw new Malformed(`the leaf's ${name} is not its subject`);
}

function readDigest(body, name) {
  if (decodeBase64url(body.text(name)).length !== DIGEST_BYTES) {
    throw new Malformed(`the leaf's ${name} is not a SHA-256 value in base64url`);
  }
}

/**
 * The last head of the log before, whose name is the subject. Its signatures are not checked here,
 * as only a reader who knows that log's key can.
 */
function readCheckpoint(body, name, subject) {
  const note = parseNote(encodeUtf8(body.text(name, { maxChars: MAX_LEAF_BYTES })));
  if (parseCheckpoint(note.text).origin !== subject) {
    throw new Malformed(`the leaf's ${name} is of another log than its subject`);
  }
}

function readTime(members, name) {
  const text = members.text(name);
  const moment = parseTimestamp(text);
  if (formatTimestamp(moment) !== text) {
    throw new Malformed('a time in a leaf is written as 2026-03-13T03:04:05Z');
  }
  return moment;
}

function readCount(members, name) {
  const value = members.integer(name); // Canonical JSON has carried it, so it is below 2^53.
  if (value < 0) throw new Malformed(`the leaf's ${name} is not a count`);
  return value;
}

function parseKind(text) {
  if (!BODIES.has(text)) throw new Unsupported('a leaf of an unknown kind');
  return text;
}

function parseSubject(text) {
  if (!SUBJECT.test(text)) {
    throw new Malformed("a leaf's subject is 1 to 256 visible ASCII characters");
  }
  return text;
}
