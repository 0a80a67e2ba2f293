/**
 * JSON from strangers, read strictly: what two parsers could read differently is refused.
 *
 * `JSON.parse` keeps the last of two equal member names, rounds great integers, lets lone
 * surrogates in and gives `__proto__` a meaning; each has been a way to show one document to the
 * checker and another to the user. RFC 8259 §4 and §8.2, RFC 7493 (I-JSON).
 *
 * Objects have no prototype. Integers are numbers, or BigInts beyond 2^53-1; a number that is
 * written with a fraction or an exponent is a `Float`, as 1.0 is no integer to the specifications.
 */

import { decodeUtf8 } from './encoding.js';
import { Malformed, TooLarge } from './errors.js';

export const MAX_JSON_BYTES = 256 * 1024; // a request body; larger documents name their own
export const MAX_DEPTH = 32;
export const MAX_NUMBER_CHARS = 20; // a 64-bit integer has 19 digits and a sign
const MAX_FLOAT_CHARS = 24; // the longest double, -1.7976931348623157e308

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HEX = /[0-9A-Fa-f]{4}/y;
const ESCAPES = new Map(Object.entries({
  '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t',
}));
const WORDS = new Map([['true', true], ['false', false], ['null', null]]);

/** A number that was written with a fraction or an exponent, such as 1.0. */
export class Float {
  constructor(value) {
    this.value = value;
    Object.freeze(this);
  }
}

/**
 * Read one JSON text in UTF-8 of at most `maxBytes`, depth 32, integers of 20 characters.
 *
 * Throws TooLarge beyond a bound; Malformed for a byte-order mark, invalid UTF-8, duplicate member
 * names, NaN, Infinity, a float that overflows, lone surrogates, or anything RFC 8259 does not
 * allow.
 */
export function parseJson(data, { maxBytes = MAX_JSON_BYTES } = {}) {
  if (data.length > maxBytes) throw new TooLarge(`JSON text is longer than ${maxBytes} bytes`);
  return new Parser(decodeUtf8(data)).parse();
}

/** Whether a JSON value is an object. */
export function isObject(value) {
  return typeof value === 'object' && value !== null
    && !Array.isArray(value) && !(value instanceof Float);
}

/** Whether a JSON value is an integer; true and false are not numbers. */
export function isInteger(value) {
  return typeof value === 'bigint' || Number.isInteger(value);
}

/** Whether two JSON values are the same, whatever the order of their members. */
export function equalJson(left, right) {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => equalJson(item, right[at]));
  }
  if (left instanceof Float && right instanceof Float) return left.value === right.value;
  if (!isObject(left) || !isObject(right)) return left === right;
  const names = Object.keys(left);
  return names.length === Object.keys(right).length
    && names.every((name) => Object.hasOwn(right, name) && equalJson(left[name], right[name]));
}

class Parser {
  #text;
  #at = 0;
  #depth = 0;

  constructor(text) {
    this.#text = text;
  }

  parse() {
    const value = this.#value();
    if (this.#next() !== undefined) this.#fail();
    return value;
  }

  #value() {
    const next = this.#next();
    if (next === '{') return this.#inside(() => this.#object());
    if (next === '[') return this.#inside(() => this.#array());
    if (next === '"') return this.#string();
    return this.#wordOrNumber();
  }

  #inside(read) {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new TooLarge(`JSON text is nested deeper than ${MAX_DEPTH}`);
    this.#at += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object() {
    const members = Object.create(null);
    this.#list('}', () => {
      if (this.#next() !== '"') this.#fail();
      const name = this.#string();
      if (name in members) throw new Malformed('JSON object has a member name twice');
      if (this.#next() !== ':') this.#fail();
      this.#at += 1;
      members[name] = this.#value();
    });
    return members;
  }

  #array() {
    const items = [];
    this.#list(']', () => items.push(this.#value()));
    return items;
  }

  #list(end, readOne) {
    if (this.#next() === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      readOne();
      const next = this.#next();
      if (next !== ',' && next !== end) this.#fail();
      this.#at += 1;
      if (next === end) return;
    }
  }

  #string() {
    this.#at += 1;
    let text = this.#match(PLAIN)[0];
    while (this.#text[this.#at] === '\\') text += this.#escape() + this.#match(PLAIN)[0];
    if (this.#text[this.#at] !== '"') this.#fail();
    this.#at += 1;
    if (!text.isWellFormed()) throw new Malformed('JSON text holds a lone surrogate');
    return text;
  }

  #escape() {
    const kind = this.#text[this.#at + 1];
    this.#at += 2;
    if (kind === 'u') return String.fromCharCode(parseInt(this.#match(HEX)[0], 16));
    return ESCAPES.get(kind) ?? this.#fail();
  }

  #wordOrNumber() {
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    const [text, fraction, exponent] = this.#match(NUMBER);
    return fraction || exponent ? float(text) : integer(text);
  }

  /** The next character that is not white space; undefined at the end. */
  #next() {
    this.#match(SPACE);
    return this.#text[this.#at];
  }

  #match(pattern) {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? this.#fail();
    this.#at = pattern.lastIndex;
    return found;
  }

  #fail() {
    throw new Malformed('not strict JSON');
  }
}

function integer(text) {
  checkLength(text, MAX_NUMBER_CHARS);
  const number = Number(text);
  return Number.isSafeInteger(number) ? number + 0 : BigInt(text); // -0 + 0 is 0
}

function float(text) {
  checkLength(text, MAX_FLOAT_CHARS);
  const number = Number(text);
  if (!Number.isFinite(number)) throw new Malformed('JSON number is out of range');
  return new Float(number);
}

function checkLength(text, most) {
  if (text.length > most) throw new TooLarge(`JSON number is longer than ${most} characters`);
}
