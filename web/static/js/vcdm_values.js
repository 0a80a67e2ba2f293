/**
 * The values that VC Data Model 2.0 uses everywhere: URLs, one-or-more objects, texts in languages.
 *
 * `vcdm.js` says which member holds which of them.
 */

import { Malformed, TooLarge } from './errors.js';
import { JsonObject } from './json_object.js';
import { isObject } from './strict_json.js';

export const MAX_ITEMS = 64; // subjects, statuses, …: far beyond any use of ours

// Control characters, white space of any script, invisible direction marks, what RFC 3987 bars.
const BARRED = String.raw`\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f`
  + String.raw`\u3000\ufeff"<>\\^\x60{|}`;
// An absolute IRI. http and https need a host: without one, two parsers read two different hosts.
const URL_PATTERN = new RegExp(
  `^(?:[Hh][Tt][Tt][Pp][Ss]?://[^/?#${BARRED}]`
  + `|(?![Hh][Tt][Tt][Pp][Ss]?:)[A-Za-z][A-Za-z0-9+.-]*:[^${BARRED}])[^${BARRED}]*$`,
);
const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/;
const LANGUAGE_VALUE = ['@value', '@language', '@direction'];

/** Whether a value is an absolute URL, as every identifier must be. Spec: VCDM 2.0 §4.4. */
export function isUrl(value) {
  return typeof value === 'string' && URL_PATTERN.test(value);
}

/**
 * Refuse an `id` that is not one URL, or a `type` that is no text, in any object at any depth.
 *
 * JSON-LD readers drop such a member without a word, so it must not look like a statement.
 * Throws Malformed. Spec: VCDM 2.0 §4.4, §4.5.
 */
export function checkNodes(node) {
  if (Array.isArray(node)) node.forEach(checkNodes);
  if (!isObject(node)) return;
  if (Object.hasOwn(node, 'id') && !isUrl(node.id)) {
    throw new Malformed('every id must be a single URL');
  }
  if (Object.hasOwn(node, 'type') && !isType(node.type)) {
    throw new Malformed('every type must be one or more texts');
  }
  Object.keys(node).filter((name) => name !== '@context').forEach((name) => checkNodes(node[name]));
}

/**
 * The objects of a member that holds one object or a non-empty array; none when it is missing.
 *
 * Throws Malformed, or TooLarge beyond 64 of them.
 */
export function oneOrMore(owner, name) {
  if (!owner.has(name)) return [];
  const value = owner.any(name);
  const values = Array.isArray(value) ? value : [value];
  if (!values.length) throw new Malformed(`${name} must not be empty`);
  if (values.length > MAX_ITEMS) throw new TooLarge(`${name} has more than ${MAX_ITEMS} items`);
  return values.map((item) => new JsonObject(item, name));
}

/** Whether a member is this text, or an array that has it. */
export function holds(owner, name, text) {
  const value = owner.any(name);
  return value === text || (Array.isArray(value) && value.includes(text));
}

/** The URL of a member that is a URL, or an object whose `id` is one. Throws Malformed. §4.7. */
export function identifier(owner, name) {
  const value = owner.any(name);
  const found = isObject(value) ? new JsonObject(value).any('id') : value;
  if (!isUrl(found)) throw new Malformed(`${name} must be a URL or an object whose id is a URL`);
  return found;
}

/**
 * Refuse a `name` or `description` that is neither text nor text in languages.
 *
 * Throws Malformed. Spec: VCDM 2.0 §4.6, §11.1.
 */
export function checkTexts(owner) {
  for (const name of ['name', 'description']) {
    if (owner.has(name) && !isText(owner.any(name))) {
      throw new Malformed(`${name} must be a text, or texts with @value, @language, @direction`);
    }
  }
}

function isType(value) {
  const names = Array.isArray(value) ? value : [value];
  return names.length > 0 && names.every((name) => typeof name === 'string' && name !== '');
}

function isText(value) {
  if (Array.isArray(value)) return value.length > 0 && value.every(isLanguageValue);
  return typeof value === 'string' || isLanguageValue(value);
}

function isLanguageValue(value) {
  if (!isObject(value)) return false;
  const members = new JsonObject(value);
  const language = members.has('@language') ? members.any('@language') : 'und';
  return members.names().every((name) => LANGUAGE_VALUE.includes(name))
    && typeof members.any('@value') === 'string'
    && typeof language === 'string' && LANGUAGE.test(language)
    && [undefined, 'ltr', 'rtl'].includes(members.any('@direction'));
}
