/** Claim paths: which part of a credential's claims is meant. OpenID4VP 1.0 §7. */

import { Malformed } from './errors.js';
import { isInteger, isObject } from './strict_json.js';

export const MAX_PATH_LENGTH = 16;

/**
 * Read a claims path pointer: 1 to 16 strings, non-negative integers or nulls.
 *
 * A null stands for every element of an array. Throws Malformed. Spec: OpenID4VP 1.0 §7.
 */
export function parseClaimPath(value) {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_PATH_LENGTH) {
    throw new Malformed('a claim path is an array of 1 to 16 elements');
  }
  if (!value.every(isPathElement)) {
    throw new Malformed('a claim path holds strings, non-negative integers or nulls');
  }
  return Object.freeze([...value]);
}

/** A text that equal paths, and no others, have in common: paths as keys of a Map or Set. */
export function pathKey(path) {
  return JSON.stringify(path.map((element) => (isInteger(element) ? [String(element)] : element)));
}

/** The values that a path points at, in order; empty when there is none. §7.1.1. */
export function select(claims, path) {
  return locate(claims, path).map(([, value]) => value);
}

/**
 * The same values, each after the concrete path to it: [[path, value], …].
 *
 * A step into a value of the wrong kind ends the whole search. Spec: OpenID4VP 1.0 §7.1.1.
 */
export function locate(claims, path) {
  let selected = [[[], claims]];
  for (const element of path) {
    const found = [];
    for (const [at, value] of selected) {
      const step = steps(value, element);
      if (step === null) return [];
      found.push(...step.map(([name, inner]) => [[...at, name], inner]));
    }
    selected = found;
  }
  return selected;
}

/** What one element selects of one value; null if it is for a value of another kind. */
function steps(value, element) {
  if (typeof element === 'string') {
    if (!isObject(value)) return null;
    return Object.hasOwn(value, element) ? [[element, value[element]]] : [];
  }
  if (!Array.isArray(value)) return null;
  if (element === null) return [...value.entries()];
  return element < value.length ? [[element, value[element]]] : [];
}

function isPathElement(element) {
  return element === null || typeof element === 'string' || (isInteger(element) && element >= 0);
}
