/**
 * Typed reading of one JSON object: each member is fetched with the type its message demands.
 *
 * Used by every parser of this folder, so that a missing or mistyped member is always `Malformed`
 * with its path, never an `undefined` that travels on.
 */

import { Malformed } from './errors.js';
import { isInteger, isObject, parseJson } from './strict_json.js';

export const MAX_TEXT = 8192;
const MAX_NUMERIC_DATE = 253_402_300_799; // 9999-12-31T23:59:59Z

/** Read strict JSON that must be one object. Throws Malformed or TooLarge. */
export function parseObject(data, { maxBytes, where = '' } = {}) {
  return new JsonObject(parseJson(data, { maxBytes }), where);
}

/** How many characters a text has, as Unicode counts them. */
export function charCount(text) {
  return [...text].length;
}

/**
 * A JSON object whose members are read by type; `where` is its path, for error texts.
 *
 * Every reader throws Malformed when the member is missing or of another type. The `OrNull` form
 * returns null for a missing member only; a member that is present as null is mistyped.
 */
export class JsonObject {
  constructor(value, where = '') {
    if (!isObject(value)) throw new Malformed(`${where || 'the document'} must be a JSON object`);
    this.members = value;
    this.where = where;
  }

  /** Whether there is a member of this name. */
  has(name) {
    return Object.hasOwn(this.members, name);
  }

  /** The names of all members. */
  names() {
    return Object.keys(this.members);
  }

  /** A member of any type; undefined when it is missing. */
  any(name) {
    return this.has(name) ? this.members[name] : undefined;
  }

  /** A non-empty string. */
  text(name, { maxChars = MAX_TEXT } = {}) {
    const value = this.#required(name);
    if (isText(value, maxChars)) return value;
    throw this.#mistyped(name, `a string of 1 to ${maxChars} characters`);
  }

  /** A non-empty string, or null when the member is missing. */
  textOrNull(name, bounds = {}) {
    return this.has(name) ? this.text(name, bounds) : null;
  }

  /** An integer, a BigInt beyond 2^53-1; true and false are not numbers, and 1.0 is none. */
  integer(name) {
    const value = this.#required(name);
    if (!isInteger(value)) throw this.#mistyped(name, 'an integer');
    return value;
  }

  /** An integer, or null when the member is missing. */
  integerOrNull(name) {
    return this.has(name) ? this.integer(name) : null;
  }

  /** true or false, or null when the member is missing. */
  booleanOrNull(name) {
    if (!this.has(name)) return null;
    const value = this.members[name];
    if (typeof value !== 'boolean') throw this.#mistyped(name, 'true or false');
    return value;
  }

  /** A NumericDate in whole seconds, as milliseconds since 1970. Spec: RFC 7519 §2. */
  numericDate(name) {
    const value = this.integer(name);
    if (!(value >= 0 && value <= MAX_NUMERIC_DATE)) {
      throw this.#mistyped(name, 'a number of seconds since 1970');
    }
    return value * 1000;
  }

  /** A NumericDate, or null when the member is missing. */
  numericDateOrNull(name) {
    return this.has(name) ? this.numericDate(name) : null;
  }

  /** A JSON object. */
  object(name) {
    return new JsonObject(this.#required(name), this.#path(name));
  }

  /** A JSON object, or null when the member is missing. */
  objectOrNull(name) {
    return this.has(name) ? this.object(name) : null;
  }

  /** An array of at most `maxItems` values of any type. */
  array(name, { maxItems }) {
    const value = this.#required(name);
    if (!Array.isArray(value)) throw this.#mistyped(name, 'an array');
    if (value.length > maxItems) throw this.#mistyped(name, `at most ${maxItems} items`);
    return value;
  }

  /** An array of non-empty strings. */
  texts(name, { maxItems }) {
    const values = this.array(name, { maxItems });
    if (!values.every((value) => isText(value, MAX_TEXT))) {
      throw this.#mistyped(name, 'an array of non-empty strings');
    }
    return values;
  }

  /** An array of JSON objects. */
  objects(name, { maxItems }) {
    return this.array(name, { maxItems })
      .map((value, at) => new JsonObject(value, `${this.#path(name)}[${at}]`));
  }

  /** Refuse any member that is not named here, for messages whose members are a closed set. */
  only(...names) {
    const extra = this.names().filter((name) => !names.includes(name));
    if (extra.length) {
      throw new Malformed(`${this.where || 'the document'} has unknown members: ${extra.length}`);
    }
  }

  #required(name) {
    if (!this.has(name)) throw new Malformed(`${this.#path(name)} is missing`);
    return this.members[name];
  }

  #mistyped(name, wanted) {
    return new Malformed(`${this.#path(name)} must be ${wanted}`);
  }

  #path(name) {
    return this.where ? `${this.where}.${name}` : name;
  }
}

function isText(value, maxChars) {
  return typeof value === 'string' && value !== ''
    && (value.length <= maxChars || charCount(value) <= maxChars);
}
