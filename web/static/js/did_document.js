/**
 * A DID document, read as what it says about keys. DID Core §5, Controlled Identifiers 1.0 §2.
 *
 * Strict only where it is asked: a document may hold methods of kinds that we don't know, but a
 * key that comes out of it is listed for its purpose, belongs to the DID and is of a kind we verify
 * with.
 */

import { KeyMismatch, Malformed, UnknownKey, Unsupported } from './errors.js';
import { JsonObject } from './json_object.js';
import { parseJwk } from './jwk.js';
import { parseMultikey } from './multikey.js';
import { isObject } from './strict_json.js';

export const MAX_METHODS = 128; // more than any registry entry can hold; bounds each look-up
export const MAX_ALIASES = 64;

/** What a verification method may be used for: the verification relationships of DID Core. */
export const Purpose = Object.freeze({
  AUTHENTICATION: 'authentication',
  ASSERTION: 'assertionMethod',
});

const CREDENTIAL_ISSUER = 'CredentialIssuer';

/** A DID document: its `id`, its other names, and all its members as they were signed. */
export class DidDocument {
  #members;

  /** Read one; `id` is required. Its methods are read when asked for. Throws Malformed. */
  constructor(members) {
    this.#members = new JsonObject(members, 'DID document');
    this.alsoKnownAs = this.#members.has('alsoKnownAs')
      ? this.#members.texts('alsoKnownAs', { maxItems: MAX_ALIASES }) : [];
    this.id = this.#members.text('id');
    Object.freeze(this);
  }

  /**
   * The key of the one method with this absolute id, if it is listed for this purpose.
   *
   * Throws UnknownKey if it is not listed; KeyMismatch if another DID controls it; Unsupported
   * for a kind of key or method that we don't verify with; Malformed for anything else.
   * Spec: DID Core §5.2, §5.3; Controlled Identifiers 1.0 §3.3.
   */
  method(methodId, purpose) {
    const listed = this.#listed(purpose).filter(([listedId]) => listedId === methodId);
    if (!listed.length) {
      throw new UnknownKey(`the DID document does not list this method for ${purpose}`);
    }
    if (listed.length > 1) {
      throw new Malformed('the DID document lists a method twice for one purpose');
    }
    return parseMethod(listed[0][1] ?? this.#defined(methodId), this.id);
  }

  /** The Credential Issuer Identifiers that it names; services of other kinds are skipped. */
  credentialIssuers() {
    const services = this.#members.any('service');
    return (Array.isArray(services) ? services : [])
      .filter((service) => memberOf(service, 'type') === CREDENTIAL_ISSUER)
      .map((service) => memberOf(service, 'serviceEndpoint'))
      .filter((endpoint) => typeof endpoint === 'string');
  }

  /** The methods of a relationship: absolute id, and the method where it is embedded or null. */
  #listed(purpose) {
    if (!this.#members.has(purpose)) return [];
    return this.#members.array(purpose, { maxItems: MAX_METHODS }).map((value, at) => {
      if (typeof value === 'string') return [this.#absolute(value), null];
      const method = new JsonObject(value, `${purpose}[${at}]`);
      return [this.#absolute(method.text('id')), method];
    });
  }

  #defined(methodId) {
    const found = this.#members.objects('verificationMethod', { maxItems: MAX_METHODS })
      .filter((method) => this.#absolute(method.text('id')) === methodId);
    if (found.length !== 1) {
      throw new Malformed('the DID document does not define the listed method exactly once');
    }
    return found[0];
  }

  #absolute(methodId) {
    return methodId.startsWith('#') ? this.id + methodId : methodId;
  }
}

function parseMethod(method, did) {
  if (method.text('controller') !== did) {
    throw new KeyMismatch('the verification method is controlled by another DID');
  }
  if (method.has('revoked') || method.has('expires')) {
    // A log says by its versions until when a key holds; a second clock could contradict it.
    throw new Unsupported('the verification method carries its own end');
  }
  const kind = method.text('type');
  if (kind === 'Multikey' && !method.has('publicKeyJwk')) {
    return parseMultikey(method.text('publicKeyMultibase'));
  }
  if (kind === 'JsonWebKey' && !method.has('publicKeyMultibase')) {
    return parseJwk(method.object('publicKeyJwk'));
  }
  throw new Unsupported('the verification method is neither one Multikey nor one JsonWebKey');
}

function memberOf(value, name) {
  return isObject(value) ? new JsonObject(value).any(name) : undefined;
}
