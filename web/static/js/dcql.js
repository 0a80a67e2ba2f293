/**
 * DCQL: which credentials a verifier asks for, and which of their claims. OpenID4VP 1.0 §6, §7.
 *
 * This file is the query alone; `dcql_match.js` holds it against credentials.
 */

import { parseClaimPath, pathKey } from './claims.js';
import { Malformed } from './errors.js';
import { JsonObject } from './json_object.js';
import { isInteger } from './strict_json.js';

export const SD_JWT_VC = 'dc+sd-jwt';

// Matching costs credentials held x claims asked x values allowed, so each factor has an end.
export const MAX_CREDENTIALS = 32;
export const MAX_CLAIMS = 64;
export const MAX_SETS = 32;
export const MAX_VALUES = 64;

const W3C_FORMATS = ['jwt_vc_json', 'ldp_vc'];
const ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Read a `dcql_query` object; unknown members are ignored, as §6 demands.
 *
 * Returns {credentials, sets}. credentials: [{id, format, vctValues, typeValues, claims, options,
 * multiple, requireHolderBinding, hasTrustedAuthorities}], claims: [{id, path, values}]; options:
 * the combinations of claims that satisfy it, best first (§6.4.1). sets: [{options, required}], the
 * credential sets, or the one that their absence stands for (§6.4.2); a set's option is an array
 * of ids. A format that is not known matches nothing, but leaves the others answerable.
 * Throws Malformed, also for ids that come twice or lead nowhere, one claim asked for twice, and
 * `meta` without the type that the format demands.
 */
export function parseQuery(value) {
  const query = new JsonObject(value, 'dcql_query');
  const credentials = objects(query, 'credentials', MAX_CREDENTIALS).map(parseCredential);
  const ids = credentials.map(({ id }) => id);
  if (hasTwins(ids)) throw new Malformed('two credential queries have the same id');
  const sets = query.has('credential_sets')
    ? objects(query, 'credential_sets', MAX_SETS).map((item) => parseSet(item, ids))
    : [Object.freeze({ options: [ids], required: true })];
  return Object.freeze({ credentials, sets });
}

function parseCredential(item) {
  const format = item.text('format');
  const meta = item.object('meta');
  const claims = parseClaims(item);
  return Object.freeze({
    id: parseId(item.text('id')),
    format,
    vctValues: format === SD_JWT_VC ? texts(meta, 'vct_values') : [],
    typeValues: W3C_FORMATS.includes(format) ? lists(meta, 'type_values') : [],
    claims,
    options: parseOptions(item, claims),
    multiple: item.booleanOrNull('multiple') ?? false,
    requireHolderBinding: item.booleanOrNull('require_cryptographic_holder_binding') ?? true,
    hasTrustedAuthorities: parseAuthorities(item),
  });
}

function parseClaims(item) {
  if (!item.has('claims')) return [];
  const claims = objects(item, 'claims', MAX_CLAIMS).map(parseClaim);
  if (hasTwins(claims.flatMap(({ id }) => (id === null ? [] : [id])))) {
    throw new Malformed('two claims of one credential query have the same id');
  }
  if (hasTwins(claims.map(({ path }) => pathKey(path)))) {
    throw new Malformed('a credential query asks for one claim twice');
  }
  return claims;
}

function parseClaim(item) {
  const id = item.textOrNull('id');
  return Object.freeze({
    id: id === null ? null : parseId(id),
    path: parseClaimPath(item.any('path')),
    values: item.has('values') ? array(item, 'values', MAX_VALUES).map(parseValue) : [],
  });
}

function parseValue(value) {
  if (typeof value !== 'string' && typeof value !== 'boolean' && !isInteger(value)) {
    throw new Malformed('an expected value is a string, an integer, true or false');
  }
  return value;
}

function parseOptions(item, claims) {
  if (!item.has('claim_sets')) return [claims];
  const byId = new Map(claims.map((claim) => [claim.id, claim]));
  if (byId.has(null)) throw new Malformed('with claim_sets, every claim has an id');
  return references(item, 'claim_sets', [...byId.keys()])
    .map((ids) => ids.map((id) => byId.get(id)));
}

/** Whether the verifier says who must certify an issuer; none of those is known here. §6.1.1. */
function parseAuthorities(item) {
  if (!item.has('trusted_authorities')) return false;
  for (const authority of objects(item, 'trusted_authorities', MAX_SETS)) {
    authority.text('type');
    texts(authority, 'values');
  }
  return true;
}

function parseSet(item, ids) {
  return Object.freeze({
    options: references(item, 'options', ids),
    required: item.booleanOrNull('required') ?? true,
  });
}

function references(item, name, ids) {
  const found = lists(item, name);
  if (found.some((names) => hasTwins(names) || !names.every((one) => ids.includes(one)))) {
    throw new Malformed(`${name} names an id twice, or one that the query does not have`);
  }
  return found;
}

function parseId(text) {
  if (!ID.test(text)) throw new Malformed('an id of DCQL is made of letters, digits, _ and -');
  return text;
}

function lists(item, name) {
  return array(item, name, MAX_SETS).map((row) => texts(new JsonObject({ [name]: row }), name));
}

function texts(item, name) {
  array(item, name, MAX_VALUES);
  return item.texts(name, { maxItems: MAX_VALUES });
}

function objects(item, name, maxItems) {
  array(item, name, maxItems);
  return item.objects(name, { maxItems });
}

/** Every array of DCQL is non-empty where it is present at all. */
function array(item, name, maxItems) {
  const values = item.array(name, { maxItems });
  if (!values.length) throw new Malformed(`${name} must not be empty`);
  return values;
}

function hasTwins(values) {
  return new Set(values).size !== values.length;
}
