/**
 * What makes a JSON object a credential of the W3C: the rules that need no RDF.
 *
 * Nothing here is proven: `w3c_credential.js` does that. VC Data Model 2.0.
 */

import { Malformed, Unsupported } from './errors.js';
import { isObject } from './strict_json.js';
import { Validity, parseTimestamp } from './times.js';
import {
  MAX_ITEMS, checkNodes, checkTexts, holds, identifier, isUrl, oneOrMore,
} from './vcdm_values.js';

export const CREDENTIAL = 'VerifiableCredential';

const BASE_CONTEXT = 'https://www.w3.org/ns/credentials/v2';
const CONTEXT_1_1 = 'https://www.w3.org/2018/credentials/v1';
const MEMBERS_1_1 = ['issuanceDate', 'expirationDate'];
const MAX_CONTEXTS = 16;
const MAX_TIMESTAMP_CHARS = 40;
// Objects whose meaning hangs on their type. VCDM 2.0 §4.5, §4.10 to §4.12, §5.4 to §5.6, §5.10.
const TYPED = [
  'credentialStatus', 'credentialSchema', 'proof', 'termsOfUse', 'evidence', 'refreshService',
  'confidenceMethod', 'renderMethod',
];
const STATUS_ENTRY = 'BitstringStatusListEntry';
const PURPOSES = ['revocation', 'suspension'];
const INDEX = /^(?:0|[1-9][0-9]{0,8})$/; // ten digits are beyond any list we would inflate

/**
 * Read a credential by every rule that can be checked without RDF.
 *
 * Returns {types, issuer, validity, subjects}: subjects: JsonObjects. Throws Malformed, TooLarge
 * beyond a bound, or Unsupported for a status of another kind, since a status that is skipped
 * would count as valid. Spec: VCDM 2.0 §4, §5.3 to §5.6, Bitstring Status List 1.0 §2.1.
 */
export function parseCredential(credential) {
  checkContext(credential);
  const types = parseTypes(credential);
  if (MEMBERS_1_1.some((name) => credential.has(name))) {
    throw new Malformed('issuanceDate and expirationDate belong to the data model 1.1');
  }
  checkNodes(credential.members);
  checkTexts(credential);
  checkTyped(credential);
  const found = {
    types,
    issuer: parseIssuer(credential),
    validity: parseValidity(credential),
    subjects: parseSubjects(credential),
  };
  checkDigests([...parseSchemas(credential), ...parseRelated(credential)]);
  oneOrMore(credential, 'credentialStatus').forEach(checkStatus);
  return Object.freeze(found);
}

/** Refuse an `@context` that is not an array with the base context at its start. VCDM 2.0 §4.3. */
export function checkBaseContext(credential) {
  const contexts = credential.array('@context', { maxItems: MAX_CONTEXTS });
  if (contexts[0] !== BASE_CONTEXT) {
    throw new Malformed(`@context must start with ${BASE_CONTEXT}`);
  }
}

function checkContext(credential) {
  checkBaseContext(credential);
  const contexts = credential.any('@context');
  if (!contexts.every((context) => isUrl(context) || isObject(context))) {
    throw new Malformed('@context must hold URLs and objects');
  }
  if (contexts.includes(CONTEXT_1_1)) {
    throw new Malformed('@context mixes the data models 1.1 and 2.0');
  }
}

function parseTypes(credential) {
  const types = Array.isArray(credential.any('type'))
    ? credential.texts('type', { maxItems: MAX_ITEMS })
    : [credential.text('type')];
  if (!types.includes(CREDENTIAL)) throw new Malformed(`type must include ${CREDENTIAL}`);
  return types;
}

function checkTyped(credential) {
  for (const name of TYPED) {
    if (!oneOrMore(credential, name).every((item) => item.has('type'))) {
      throw new Malformed(`${name} must have a type`);
    }
  }
}

function parseIssuer(credential) {
  if (isObject(credential.any('issuer'))) checkTexts(credential.object('issuer'));
  return identifier(credential, 'issuer');
}

function parseValidity(credential) {
  const [begins, ends] = ['validFrom', 'validUntil'].map((name) => {
    const text = credential.textOrNull(name, { maxChars: MAX_TIMESTAMP_CHARS });
    return text === null ? null : parseTimestamp(text);
  });
  if (begins !== null && ends !== null && ends < begins) {
    throw new Malformed('validUntil is before validFrom');
  }
  return new Validity(begins, ends);
}

function parseSubjects(credential) {
  const subjects = oneOrMore(credential, 'credentialSubject');
  if (!subjects.length) throw new Malformed('credentialSubject is missing');
  if (subjects.some((subject) => !subject.names().length)) {
    throw new Malformed('credentialSubject must make at least one statement');
  }
  return subjects;
}

function parseSchemas(credential) {
  const schemas = oneOrMore(credential, 'credentialSchema');
  if (!schemas.every((schema) => schema.has('id'))) {
    throw new Malformed('credentialSchema must have an id');
  }
  return schemas;
}

function parseRelated(credential) {
  const related = oneOrMore(credential, 'relatedResource');
  for (const item of related) {
    if (item.textOrNull('digestSRI') === null && item.textOrNull('digestMultibase') === null) {
      throw new Malformed('relatedResource must have a digest');
    }
  }
  if (new Set(related.map((item) => item.text('id'))).size !== related.length) {
    throw new Malformed('relatedResource names a resource twice');
  }
  return related;
}

/** Two statements about one document must not differ. Spec: VCDM 2.0 §5.3. */
function checkDigests(items) {
  const digests = new Map();
  for (const item of items) {
    if (!item.has('digestSRI')) continue;
    const [id, digest] = [item.text('id'), item.text('digestSRI')];
    if ((digests.get(id) ?? digest) !== digest) {
      throw new Malformed('a document is given two different digests');
    }
    digests.set(id, digest);
  }
}

function checkStatus(entry) {
  if (!holds(entry, 'type', STATUS_ENTRY)) {
    throw new Unsupported("the credential's status is of a kind that is not understood here");
  }
  if (![null, 1].includes(entry.integerOrNull('statusSize'))) {
    throw new Unsupported('a status of more than one bit is not understood here');
  }
  const url = entry.text('statusListCredential');
  if (!isUrl(url) || entry.any('id') === url) {
    throw new Malformed("statusListCredential must be a URL other than the entry's own id");
  }
  if (!INDEX.test(entry.text('statusListIndex'))) {
    throw new Malformed('statusListIndex must be a number in decimal text');
  }
  if (!PURPOSES.includes(entry.text('statusPurpose'))) {
    throw new Unsupported('the status has a purpose that is not understood here');
  }
}
