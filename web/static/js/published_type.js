/**
 * A credential type as the registry has published it: its documents, held against the log.
 *
 * A type's identifier is its address, `<registry>/types/<name>/v<version>`. Its metadata and JSON
 * Schema are fetched by the page; only bytes with the logged digest are read.
 */

import { sha256 } from './digest.js';
import { encodeBase64, equalBytes } from './encoding.js';
import { NotAsOffered } from './errors.js';
import { parseObject } from './json_object.js';

const TYPE_PATH = /^types\/([A-Za-z][A-Za-z0-9]*)\/v[1-9][0-9]*$/;
const MAX_CLAIMS = 256; // each member of an object counts

/**
 * The name and path of the logged type with this address: {name, path}; null if there is none.
 *
 * schemas: those of a RegistryView; registryUrl: without a slash at its end.
 */
export function findType(typeUrl, { schemas, registryUrl }) {
  const path = typeUrl.startsWith(`${registryUrl}/`) ? typeUrl.slice(registryUrl.length + 1) : '';
  const match = TYPE_PATH.exec(path);
  return match !== null && schemas.has(path) ? Object.freeze({ name: match[1], path }) : null;
}

/** The paths of the documents that `readPublishedType` needs, below the registry's address. */
export function documentPaths({ path }) {
  return Object.freeze({ metadata: path, schema: `${path}/schema.json` });
}

/**
 * Read a type's documents, which must be those that the log has.
 *
 * type: from `findType`; documents: Map from path to bytes. Returns {name, metadata, schema,
 * integrity}: two JsonObjects, and the metadata's SRI digest, as `vct#integrity` has it.
 * Throws NotAsOffered for a document that is missing or not the logged one.
 */
export async function readPublishedType(type, { documents, schemas }) {
  const paths = documentPaths(type);
  const metadata = await loggedDocument(paths.metadata, documents, schemas);
  const schema = await loggedDocument(paths.schema, documents, schemas);
  return Object.freeze({
    name: type.name,
    metadata: parseObject(metadata.data, { where: 'type metadata' }),
    schema: parseObject(schema.data, { where: 'schema' }),
    integrity: `sha256-${encodeBase64(metadata.digest)}`,
  });
}

/**
 * What must stand in the `types` of an issuer's accreditation: `Type` or `Type/subtype`.
 *
 * A type with subtypes, and no other, has a claim `subtype`, which is never withheld. Claims with a
 * subtype that the type does not have are permitted to nobody: the result then names no type.
 */
export function permission({ name, schema }, claims) {
  const subtype = claimsSchema(schema).object('properties').objectOrNull('subtype');
  if (subtype === null) return name;
  const codes = subtype.texts('enum', { maxItems: MAX_CLAIMS });
  return `${name}/${codes.find((code) => code === claims.subtype) ?? ''}`;
}

/** The schema of the claims alone: published schemas are of whole W3C credentials. */
export function claimsSchema(schema) {
  return schema.object('properties').object('credentialSubject');
}

/** The dotted paths of the claims that a holder may withhold: a Set. */
export function selectiveClaims(metadata) {
  const claims = metadata.objects('claims', { maxItems: MAX_CLAIMS });
  const selective = claims.filter((claim) => claim.text('sd') === 'always');
  return new Set(selective.map((claim) => claim.array('path', { maxItems: 2 }).join('.')));
}

async function loggedDocument(path, documents, schemas) {
  const data = documents.get(path);
  const logged = schemas.get(path);
  if (data === undefined || logged === undefined) throw notAsLogged();
  const digest = await sha256(data);
  if (!equalBytes(digest, logged)) throw notAsLogged();
  return { data, digest };
}

function notAsLogged() {
  return new NotAsOffered("the credential's type is not defined as the registry has it");
}
