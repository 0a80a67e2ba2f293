/**
 * One credential configuration: a credential type in one format, as an issuer offers it.
 *
 * OpenID4VCI 1.0 §12.2.4 (`credential_configurations_supported`), appendices A and B.
 */

import { parseClaimPath, pathKey } from './claims.js';
import { SD_JWT_VC } from './dcql.js';
import { parseDisplays } from './display.js';
import { Malformed } from './errors.js';
import { JsonObject } from './json_object.js';

export const MAX_CLAIMS = 256;
export const MAX_ALGORITHMS = 32;

const JWT_VC = 'jwt_vc_json';
const LDP_VC = 'ldp_vc';

/**
 * Read one credential configuration; null if its format is not known here. Throws Malformed.
 *
 * Returns {format, vct, bindingMethods, proofAlgorithms, display, claims}: vct: the type of a
 * dc+sd-jwt, null for a W3C format; bindingMethods: empty when the credential is bound to no key;
 * proofAlgorithms: those of key proofs of type `jwt`; display, claims ({path, mandatory, display}):
 * in the order in which they are to be shown.
 */
export function parseConfiguration(configuration) {
  const format = configuration.text('format');
  if (![SD_JWT_VC, JWT_VC, LDP_VC].includes(format)) return null;
  const vct = parseType(configuration, format);
  const metadata = configuration.objectOrNull('credential_metadata') ?? new JsonObject({});
  const isBound = configuration.has('cryptographic_binding_methods_supported');
  const display = parseDisplays(metadata);
  if (display.some(({ name }) => name === null)) {
    throw new Malformed('each display of a credential has a name');
  }
  configuration.textOrNull('scope');
  textsIfPresent(configuration, 'credential_signing_alg_values_supported');
  return Object.freeze({
    format,
    vct,
    bindingMethods: textsIfPresent(configuration, 'cryptographic_binding_methods_supported'),
    proofAlgorithms: isBound ? parseProofAlgorithms(configuration) : [],
    display,
    claims: parseClaims(metadata),
  });
}

function parseType(configuration, format) {
  if (format === SD_JWT_VC) return configuration.text('vct');
  const definition = configuration.object('credential_definition');
  texts(definition, 'type');
  if (format === LDP_VC) texts(definition, '@context');
  return null;
}

function parseProofAlgorithms(configuration) {
  const proofType = configuration.object('proof_types_supported').objectOrNull('jwt');
  return proofType === null ? [] : texts(proofType, 'proof_signing_alg_values_supported');
}

function parseClaims(metadata) {
  if (!metadata.has('claims')) return [];
  const claims = metadata.objects('claims', { maxItems: MAX_CLAIMS }).map(parseClaim);
  if (!claims.length) throw new Malformed('claims must not be empty');
  checkConsistency(claims.map(({ path }) => path));
  return claims;
}

function parseClaim(item) {
  return Object.freeze({
    path: parseClaimPath(item.any('path')),
    mandatory: item.booleanOrNull('mandatory') ?? false,
    display: parseDisplays(item),
  });
}

/** Each claim once, and nothing is both an object and an array. Spec: appendix B.3. */
function checkConsistency(paths) {
  if (new Set(paths.map(pathKey)).size !== paths.length) {
    throw new Malformed('claims describes one claim twice');
  }
  const kinds = new Map();
  for (const path of paths) {
    for (const [length, element] of path.entries()) {
      const place = pathKey(path.slice(0, length));
      const kind = element === null ? 'null' : typeof element;
      if ((kinds.get(place) ?? kind) !== kind) {
        throw new Malformed('claims describes one claim both as an object and as an array');
      }
      kinds.set(place, kind);
    }
  }
}

function texts(owner, name) {
  const found = owner.texts(name, { maxItems: MAX_ALGORITHMS });
  if (!found.length) throw new Malformed(`${name} must not be empty`);
  return found;
}

function textsIfPresent(owner, name) {
  return owner.has(name) ? texts(owner, name) : [];
}
