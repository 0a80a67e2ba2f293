/**
 * C2SP entry bundles: a log's leaves in files of at most 256, which never change once full.
 *
 * Which files to fetch, and what is in one; fetching is the page's concern.
 * Spec: c2sp.org/tlog-tiles.
 */

import { Malformed } from './errors.js';

export const WIDTH = 256;

/**
 * The bundles that hold the leaves from `start` up to, not including, `size`.
 *
 * Returns [{path, width, skip}]: path: below the log's URL, such as `tile/entries/x001/234.p/5`;
 * width: how many leaves are in it; skip: how many of them come before `start`.
 */
export function bundlesBetween(start, size) {
  const found = [];
  for (let at = start; at < size; at = (Math.floor(at / WIDTH) + 1) * WIDTH) {
    const index = Math.floor(at / WIDTH);
    const width = Math.min(WIDTH, size - index * WIDTH);
    found.push(Object.freeze({ path: pathOf(index, width), width, skip: at - index * WIDTH }));
  }
  return found;
}

/** Read a bundle of exactly `width` leaves with nothing behind them. Throws Malformed. */
export function parseBundle(data, { width }) {
  const leaves = [];
  let at = 0;
  for (let i = 0; i < width; i += 1) {
    const start = at + 2;
    if (start > data.length) break;
    at = start + ((data[start - 2] << 8) | data[start - 1]);
    leaves.push(data.slice(start, at));
  }
  if (leaves.length !== width || at !== data.length) {
    throw new Malformed('not a bundle of this many entries');
  }
  return leaves;
}

function pathOf(index, width) {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  return `tile/entries/${groups.join('/')}${width < WIDTH ? `.p/${width}` : ''}`;
}
