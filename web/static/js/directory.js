/**
 * The directory: the latest word of the log on every DID and every status list, as one small tree.
 *
 *     row   JCS [key, latest, index, flags]
 *     key   "did/" SCID   or   "status/" list
 *     latest   a versionId, or a list's sequence number;  index: the leaf that says so
 *     flags   ["deactivated"] or []
 */

import { encodeBase64url } from './encoding.js';
import { canonicalize } from './jcs.js';
import { LeafKind } from './leaf.js';
import { Frontier, leafHash } from './merkle.js';

export const DIRECTORY_SUBJECT = 'directory';

/** The row that a leaf sets: {key, latest, index, deactivated}; null for kinds without a latest. */
export function rowOf(leaf) {
  if (leaf.kind === LeafKind.DID) {
    const entry = leaf.body.object('entry');
    const deactivated = entry.object('parameters').members.deactivated === true;
    const key = `did/${leaf.subject}`;
    return Object.freeze({ key, latest: entry.text('versionId'), index: leaf.index, deactivated });
  }
  if (leaf.kind === LeafKind.STATUS) {
    const latest = leaf.body.integer('seq');
    return Object.freeze({ key: `status/${leaf.subject}`, latest, index: leaf.index, deactivated: false });
  }
  return null;
}

/** The body of the leaf that logs these rows as the directory of the `upto` leaves before it. */
export async function directoryBody(rows, upto) {
  const sorted = [...rows].sort((one, other) => (one.key < other.key ? -1 : 1));
  let frontier = new Frontier();
  for (const row of sorted) frontier = await frontier.append(await leafHash(encodeRow(row)));
  return { n: sorted.length, root: encodeBase64url(await frontier.root()), upto };
}

function encodeRow({ key, latest, index, deactivated }) {
  return canonicalize([key, latest, index, deactivated ? ['deactivated'] : []]);
}
