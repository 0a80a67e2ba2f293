/**
 * A valid document with exactly one thing changed.
 *
 *     changed({ a: [{ b: 1 }] }, ['a', 0, 'b'], 2)      // { a: [{ b: 2 }] }
 *     changed({ a: 1, b: 2 }, ['a'], GONE)              // { b: 2 }
 */

import { encodeUtf8 } from '../../../web/static/js/encoding.js';

export const GONE = Symbol('gone');

/** A deep copy of JSON whose member at `path` is another, or is gone. */
export function changed(document, path, to) {
  const copy = structuredClone(document);
  const owner = path.slice(0, -1).reduce((found, step) => found[step], copy);
  const last = path.at(-1);
  if (to === GONE) delete owner[last];
  else owner[last] = to;
  return copy;
}

/** JSON as the bytes that a server sends. */
export function sent(document) {
  return encodeUtf8(JSON.stringify(document));
}
