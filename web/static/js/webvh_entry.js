/**
 * One line of did.jsonl: an entry, and its two hashes. did:webvh 1.0, "The DID Log File", "SCID
 * Generation and Verification", "Entry Hash Generation and Verification".
 *
 * An entry that was parsed is well-formed and nothing more; `webvh_history.js` decides whether it
 * holds.
 */

import { parseProof, withoutMember } from './data_integrity.js';
import { sha256 } from './digest.js';
import { concatBytes, decodeUtf8, encodeBase58, encodeUtf8 } from './encoding.js';
import {
  LogMalformed, LogProofInvalid, LogTimeInvalid, Malformed, Refusal, rewrapped,
} from './errors.js';
import { canonicalize } from './jcs.js';
import { parseObject } from './json_object.js';
import { parseJson } from './strict_json.js';
import { parseTimestamp } from './times.js';
import { SCID_PLACEHOLDER } from './webvh_did.js';

export const MAX_LOG_BYTES = 2 * 1024 * 1024; // about 1,400 ordinary entries
export const MAX_ENTRIES = 1000;
export const MAX_ENTRY_BYTES = 65_535; // what one entry of a tile log can carry (C2SP tlog-tiles)
export const MAX_PROOFS = 4; // each costs a verification; one is usual

const NEWLINE = 0x0a;
const VERSION_ID = /^([1-9][0-9]{0,3})-([1-9A-HJ-NP-Za-km-z]{46})$/;
const SHA256_MULTIHASH = Uint8Array.of(0x12, 0x20); // the only algorithm of webvh 1.0
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)$/;

/**
 * Cut did.jsonl into lines, of which the last may lack its newline (jsonlines.org §3).
 *
 * At most 2 MiB and 1,000 lines. Throws LogMalformed.
 */
export function splitLog(data) {
  if (data.length > MAX_LOG_BYTES) {
    throw new LogMalformed(`the log is longer than ${MAX_LOG_BYTES} bytes`, { entry: 1 });
  }
  const text = data.at(-1) === NEWLINE ? data.subarray(0, -1) : data;
  const lines = [];
  let start = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, start)) {
    lines.push(text.subarray(start, at));
    start = at + 1;
    if (lines.length === MAX_ENTRIES) {
      const entry = MAX_ENTRIES + 1;
      throw new LogMalformed(`the log has more than ${MAX_ENTRIES} entries`, { entry });
    }
  }
  return [...lines, text.subarray(start)];
}

/**
 * Read one line of at most 65,535 bytes. number: its place in the log, from 1, for errors.
 *
 * Returns {number, versionId, time, parameters, state, proofs, unsigned, size}: parameters, state:
 * JsonObjects; unsigned: all members but `proof`; size: its bytes in the log.
 * Throws LogMalformed, LogTimeInvalid or LogProofInvalid.
 */
export function parseEntry(line, { number }) {
  return asLogMalformed(number, () => {
    const entry = parseObject(line, { maxBytes: MAX_ENTRY_BYTES, where: 'the line' });
    return readMembers(entry, line.length + 1, number);
  });
}

/** Read an entry that came inside another JSON text, such as a leaf. Throws as `parseEntry`. */
export function readEntry(entry, { number }) {
  return asLogMalformed(number, () => {
    const size = canonicalize(entry.members).length + 1;
    return readMembers(entry, size, number);
  });
}

/**
 * The hash that chains an entry to its predecessor.
 *
 * previous: the predecessor's versionId; the SCID for the first entry. Throws Malformed.
 */
export function entryHash(unsigned, previous) {
  return hashText(canonicalize({ ...unsigned, versionId: previous }));
}

/**
 * The SCID that a first entry should have, given the one it claims. Throws Malformed.
 *
 * The replacement is one of text, as the specification wants it; it is parsed again because it
 * may change the order of member names.
 */
export function genesisScid(unsigned, scid) {
  const text = decodeUtf8(canonicalize({ ...unsigned, versionId: SCID_PLACEHOLDER }));
  const replaced = encodeUtf8(text.replaceAll(scid, () => SCID_PLACEHOLDER));
  return hashText(canonicalize(parseJson(replaced)));
}

/** SHA-256 as a base58btc multihash: 46 characters, beginning with Qm. */
export async function hashText(data) {
  return encodeBase58(concatBytes(SHA256_MULTIHASH, await sha256(data)));
}

function readMembers(entry, size, number) {
  entry.only('versionId', 'versionTime', 'parameters', 'state', 'proof');
  const versionId = entry.text('versionId');
  const match = VERSION_ID.exec(versionId);
  if (match === null) {
    throw new Malformed('versionId is not a number, a dash and a SHA-256 multihash');
  }
  return Object.freeze({
    number: Number(match[1]),
    versionId,
    time: parseTime(entry.text('versionTime'), number),
    parameters: entry.object('parameters'),
    state: entry.object('state'),
    proofs: parseProofs(entry, number),
    unsigned: withoutMember(entry.members, 'proof'),
    size,
  });
}

function asLogMalformed(number, read) {
  try {
    return read();
  } catch (error) {
    throw rewrapped(error, Malformed, (cause) => (
      new LogMalformed(cause.detail, { entry: number, cause })
    ));
  }
}

/** A UTC time with its zone; a fraction is allowed, to the microseconds that we can compare. */
function parseTime(text, number) {
  try {
    if (UTC.test(text)) return parseTimestamp(text);
  } catch (error) {
    throw rewrapped(error, Malformed, (cause) => (
      new LogTimeInvalid('versionTime is not a date and time', { entry: number, cause })
    ));
  }
  throw new LogTimeInvalid('versionTime is not a UTC date and time', { entry: number });
}

function parseProofs(entry, number) {
  try {
    const proofs = entry.objects('proof', { maxItems: MAX_PROOFS });
    if (!proofs.length) throw new Malformed('the entry holds no proof');
    return proofs.map(parseProof);
  } catch (error) {
    throw rewrapped(error, Refusal, (cause) => (
      new LogProofInvalid(cause.detail, { entry: number, cause })
    ));
  }
}
