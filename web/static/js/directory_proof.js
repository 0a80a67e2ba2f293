/**
 * What the directory says of one key, proven by its row and the row's path to the root.
 *
 * That an entry is in the log does not show that no later one is: this does, for the head under
 * which the directory's leaf is the last.
 */

import { decodeDigest } from './checkpoint.js';
import { Malformed, NotInDirectory } from './errors.js';
import { canonicalize } from './jcs.js';
import { leafHash } from './merkle.js';
import { verifyInclusion } from './merkle_proof.js';

const MAX_PATH = 63;
const DEACTIVATED = 'deactivated';

/**
 * The row of a key, proven to be the directory's: {key, latest, index, deactivated}.
 *
 * rows: JsonObjects {row, position, path}, as the registry serves them; root, size: those of a
 * directory leaf that is the last under a signed head. Throws NotInDirectory for evidence of
 * something else, Malformed, or what `verifyInclusion` throws.
 */
export async function verifyLatest(rows, key, { root, size }) {
  const placed = rows.length === 1 ? readPlaced(rows[0]) : null;
  if (placed === null || placed.row.key !== key) {
    throw new NotInDirectory('the evidence is not the row of this key');
  }
  const { data, position, path, row } = placed;
  await verifyInclusion({ leaf: await leafHash(data), index: position, size, path, root });
  return row;
}

function readPlaced(one) {
  const row = one.array('row', { maxItems: 4 });
  const [key, latest, index, flags] = row;
  const isRow = row.length === 4 && typeof key === 'string' && Array.isArray(flags)
    && flags.every((flag) => flag === DEACTIVATED) && flags.length <= 1
    && ['string', 'number'].includes(typeof latest) && Number.isSafeInteger(index) && index >= 0;
  if (!isRow) throw new Malformed('not a row of the directory');
  return {
    data: canonicalize(row),
    position: one.integer('position'),
    path: one.texts('path', { maxItems: MAX_PATH }).map(decodeDigest),
    row: Object.freeze({ key, latest, index, deactivated: flags.length === 1 }),
  };
}
