/**
 * Checks claims against the JSON Schema that the registry has published for their type.
 *
 * A published schema is written by the catalogue and has few keywords; any other is refused rather
 * than passed over, so that no rule is ever left out. JSON Schema 2020-12.
 */

import { InvalidClaims, Malformed, Unsupported } from './errors.js';
import { charCount } from './json_object.js';
import { claimsSchema, selectiveClaims } from './published_type.js';
import { isInteger, isObject } from './strict_json.js';
import { parseTimestamp } from './times.js';

const isText = (value) => typeof value === 'string';

const TYPES = new Map([
  ['object', isObject],
  ['array', Array.isArray],
  ['string', isText],
  ['integer', isInteger],
  ['boolean', (value) => typeof value === 'boolean'],
]);
// What each keyword asks of one value. As JSON Schema has it, a rule for texts lets others pass.
const RULES = new Map([
  ['title', () => true],
  ['type', (type, value) => TYPES.get(type)?.(value)],
  ['const', (wanted, value) => value === wanted],
  ['enum', (offered, value) => offered.includes(value)],
  ['minLength', (least, value) => !isText(value) || charCount(value) >= least],
  ['maxLength', (most, value) => !isText(value) || charCount(value) <= most],
  ['pattern', (pattern, value) => !isText(value) || new RegExp(pattern, 'u').test(value)],
  ['format', (format, value) => !isText(value) || isOfFormat(format, value)],
  ['minimum', (least, value) => !isInteger(value) || value >= least],
  ['maximum', (most, value) => !isInteger(value) || value <= most],
  ['minItems', (least, value) => !Array.isArray(value) || value.length >= least],
  ['maxItems', (most, value) => !Array.isArray(value) || value.length <= most],
  ['uniqueItems', (_, value) => !Array.isArray(value) || new Set(value).size === value.length],
  ['additionalProperties', () => true], // looked at together with `properties`
  ['then', () => true], // looked at together with `if`
]);

/**
 * Prove that what is shown of a credential fits its type: all is defined and within its bounds.
 *
 * type: from `readPublishedType`. A selective claim may be missing, an always-visible required one
 * may not. Throws InvalidClaims, or Unsupported for a schema with a keyword that is not known here.
 */
export function verifyClaims(type, claims) {
  if (Object.hasOwn(claims, 'id')) throw new InvalidClaims('id: no claim of this type');
  const checker = new Checker(selectiveClaims(type.metadata));
  const misfit = checker.misfit(claimsSchema(type.schema).members, claims, '');
  if (misfit !== null) throw new InvalidClaims(`${misfit || 'the claims'}: not as the type has it`);
}

/** One walk through claims. `selective`: dotted paths of claims that may be missing. */
class Checker {
  #selective;

  constructor(selective) {
    this.#selective = selective;
  }

  /** The dotted path of the first value that does not fit; null if all does. */
  misfit(schema, value, place) {
    if (schema === false) return place;
    for (const [keyword, rule] of Object.entries(schema)) {
      const found = this.#misfitByKeyword(keyword, rule, { schema, value, place });
      if (found !== null) return found;
    }
    return null;
  }

  #misfitByKeyword(keyword, rule, { schema, value, place }) {
    switch (keyword) {
      case 'properties':
        return this.#misfitMember(schema, value, place);
      case 'required':
        return isObject(value) ? this.#missing(rule, value, place) : null;
      case 'items':
        return Array.isArray(value) ? this.#misfitItem(rule, value, place) : null;
      case 'allOf':
        return firstFound(rule, (inner) => this.misfit(inner, value, place));
      case 'if':
        return this.misfit(rule, value, place) === null
          ? this.misfit(schema.then, value, place) : null;
      default:
        return ruleOf(keyword)(rule, value) ? null : place;
    }
  }

  #misfitMember({ properties, additionalProperties }, value, place) {
    if (!isObject(value)) return null;
    return firstFound(Object.keys(value), (name) => {
      const path = joined(place, name);
      if (Object.hasOwn(properties, name)) return this.misfit(properties[name], value[name], path);
      return additionalProperties === false ? path : null;
    });
  }

  #missing(required, value, place) {
    const paths = required.filter((name) => !Object.hasOwn(value, name))
      .map((name) => joined(place, name));
    return paths.find((path) => !this.#selective.has(path)) ?? null;
  }

  #misfitItem(schema, value, place) {
    return firstFound(value, (item) => this.misfit(schema, item, place));
  }
}

function ruleOf(keyword) {
  const rule = RULES.get(keyword);
  if (!rule) throw new Unsupported('the schema of the type has a keyword that is not known here');
  return rule;
}

function isOfFormat(format, value) {
  if (format !== 'date' && format !== 'date-time') {
    throw new Unsupported('the schema of the type has a format that is not known here');
  }
  try {
    parseTimestamp(format === 'date' ? `${value}T00:00:00Z` : value);
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}

function firstFound(items, find) {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function joined(place, name) {
  return place ? `${place}.${name}` : name;
}
