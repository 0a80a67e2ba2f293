/**
 * Whether a question stays within what its asker is registered for.
 *
 * The verifier's own desk checks it before asking, and every wallet again before answering.
 */

import { SD_JWT_VC } from './dcql.js';
import { OverAsking } from './errors.js';
import { findType } from './published_type.js';

// Where the claims of a W3C credential stand; those of an SD-JWT stand at its top.
const SUBJECT = 'credentialSubject';
const GENERIC_TYPES = [
  'VerifiableCredential', 'https://www.w3.org/2018/credentials#VerifiableCredential',
];

/**
 * Refuse a query that asks for any claim outside the registration.
 *
 * query: from `parseQuery`; registration: from a RegistryView; catalogue: {schemas, registryUrl},
 * as `findType` takes it. Throws OverAsking, also for a credential query that names no claims,
 * which asks for all of them, or none of the registry's types.
 */
export function checkScope(query, registration, catalogue) {
  for (const item of query.credentials) {
    for (const attribute of askedAttributes(item, catalogue)) {
      if (!registration.attributes.has(attribute)) {
        throw new OverAsking("a claim that is asked for is not in the verifier's registration");
      }
    }
  }
}

/** Every claim that a credential query could be answered with, in the words of a registration. */
function askedAttributes(item, catalogue) {
  if (!item.claims.length) {
    throw new OverAsking('a question that names no claims asks for all of them');
  }
  return askedTypes(item, catalogue).flatMap(({ name }) => (
    item.claims.map(({ path }) => [name, ...pathInType(item, path)].join('.'))
  ));
}

function askedTypes(item, catalogue) {
  const urls = item.format === SD_JWT_VC ? item.vctValues : item.typeValues.map(ownType);
  const types = urls.map((url) => findType(url, catalogue));
  if (!types.length) throw new OverAsking('the question is for a format that is not issued here');
  if (types.includes(null)) {
    throw new OverAsking('the question is for a type that is not in the catalogue');
  }
  return types;
}

/** A set of expanded type names has one of ours, which expands to the type's own address. */
function ownType(names) {
  const own = names.filter((name) => !GENERIC_TYPES.includes(name));
  return own.length === 1 ? own[0] : '';
}

/** A claim's path as its type names it, whatever the format. */
function pathInType(item, path) {
  if (item.format === SD_JWT_VC) return path;
  if (path.length < 2 || path[0] !== SUBJECT) {
    throw new OverAsking('the question is for a part of the credential that is not a claim');
  }
  return path.slice(1);
}
