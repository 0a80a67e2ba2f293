/**
 * What follows from all leaves up to one signed checkpoint: the answers of the registry.
 *
 * Built by `Replica.confirm` only, so whoever holds a view holds a root that the log has signed.
 */

import { isAnchor, isSelfDescribing, ownKey } from './admission.js';
import {
  DidUnavailable, Expired, KeyCompromised, NotYetValid, Refusal, UnknownDid, UnknownKey,
} from './errors.js';
import { encodeBase64url } from './encoding.js';
import { issuanceRoot } from './issuance_proof.js';
import { encodeMultikey } from './multikey.js';
import { LEEWAY } from './times.js';
import { parseDid } from './webvh_did.js';

/** The registry as of one checkpoint. `asOf`: when it was obtained; what came later is unknown. */
export class RegistryView {
  #histories;
  #accreditations;
  #registrations;
  #compromised;
  #admitted;
  #elsewhere;
  #known;
  #batches;

  /**
   * histories: by SCID; accreditations, registrations: by DID, oldest first; schemas: path of a
   * published document → SHA-256 of its bytes; compromised: Multikey → since when it may not be its
   * owner's alone; admitted: DID or anchor → when it was admitted first; batches: by `batchKey`,
   * the first leaf of each. All are Maps that nobody else holds. elsewhere: what hosts have told of
   * admitted DIDs, see `knowing`.
   */
  constructor(known, elsewhere = new Map()) {
    const {
      checkpoint, asOf, histories, accreditations, registrations, schemas, compromised, admitted,
      batches,
    } = known;
    this.checkpoint = checkpoint;
    this.asOf = asOf;
    this.schemas = schemas;
    this.#histories = histories;
    this.#accreditations = accreditations;
    this.#registrations = registrations;
    this.#compromised = compromised;
    this.#admitted = admitted;
    this.#elsewhere = elsewhere;
    this.#known = known;
    this.#batches = batches;
    Object.freeze(this);
  }

  /** Whether a DID is admitted and has its keys where only its own host can tell them. */
  standsElsewhere(did) {
    return this.#admitted.has(did) && !isSelfDescribing(did) && !isAnchor(did);
  }

  /** The same with the keys of one admitted DID, known as of the older of the two. */
  knowing(keys) {
    return new RegistryView(
      { ...this.#known, asOf: Math.min(this.asOf, keys.asOf) },
      new Map([...this.#elsewhere, [keys.did, keys]]),
    );
  }

  /** The history of a DID. Throws DidInvalid or UnknownDid. */
  history(did) {
    const parsed = parseDid(did);
    const history = this.#histories.get(parsed.scid);
    if (!history?.hasDid(parsed)) throw new UnknownDid('the registry has no such DID');
    return history;
  }

  /**
   * The leaf that has held a credential since it was logged, if a proof leads to one, or null:
   * {size, begins, ends, index, loggedAt}.
   *
   * issuer: the DID that signed the credential; digest: of the credential as issued; proof: from
   * `readIssuanceProof`. The leaf's period is not compared with the credential's own time here.
   */
  async findBatch(issuer, digest, proof) {
    const [,,,, ...path] = this.history(issuer).did.text.split(':');
    if (!path.length) return null;
    const batch = this.#batches.get(batchKey(path.at(-1), await issuanceRoot(proof, digest)));
    return batch?.size === 2 ** proof.path.length ? batch : null;
  }

  /**
   * The key that a DID URL named for a purpose at a time; see `History.keyAt`.
   *
   * A key that was declared compromised counts as retired from then on. Throws KeyCompromised for
   * a later time; DidInvalid, UnknownDid, UnknownKey, KeyMismatch, Unsupported or Malformed.
   */
  keyAt(keyId, purpose, time) {
    const found = this.listedKeyAt(keyId, purpose, time);
    const since = this.#compromised.get(encodeMultikey(found.key)) ?? null;
    if (since === null) return found;
    if (time >= since) {
      throw new KeyCompromised('the key was declared compromised from before this time on');
    }
    return Object.freeze({ ...found, retiredAt: Math.min(since, found.retiredAt ?? since) });
  }

  /**
   * The same, whatever was declared of it: enough for a holder to read a card of its own.
   *
   * Throws as `keyAt`, but for KeyCompromised.
   */
  listedKeyAt(keyId, purpose, time) {
    if (!keyId.includes('#')) {
      throw new UnknownKey('a key is named by an absolute DID URL with a fragment');
    }
    const [did] = keyId.split('#');
    const admittedAt = this.#admitted.get(did);
    if (admittedAt === undefined) return this.history(did).keyAt(keyId, purpose, time);
    if (this.#elsewhere.has(did)) {
      return Object.freeze(this.#elsewhere.get(did).keyAt(keyId, purpose, time));
    }
    const key = ownKey(did, keyId);
    if (key === null) throw new DidUnavailable('the keys of this DID stand elsewhere');
    return Object.freeze({ key, validFrom: admittedAt, retiredAt: null });
  }

  /** The Credential Issuer Identifiers that a DID of the log names; none for another. */
  credentialIssuers(did) {
    try {
      return this.history(did).latest.didDocument.credentialIssuers();
    } catch (error) {
      if (error instanceof Refusal) return [];
      throw error;
    }
  }

  /**
   * The right under which an agency could issue at a time, or null.
   *
   * permission: `Type`, or `Type/subtype` where the type has subtypes.
   */
  findAccreditation(did, permission, time) {
    return this.accreditationsAt(did, time).find(({ types }) => types.has(permission)) ?? null;
  }

  /** All rights to issue that an agency had at a time, oldest first. */
  accreditationsAt(did, time) {
    return (this.#accreditations.get(did) ?? []).filter(({ validity }) => holds(validity, time));
  }

  /** The DIDs of all agencies that were ever accredited. */
  accreditedDids() {
    return [...this.#accreditations.keys()];
  }

  /** The latest registration that a verifier had at a time, or null. */
  findRegistration(did, time) {
    const isHeld = ({ validity }) => holds(validity, time);
    return (this.#registrations.get(did) ?? []).findLast(isHeld) ?? null;
  }
}

function holds(validity, time) {
  try {
    validity.check(time, LEEWAY);
    return true;
  } catch (error) {
    if (error instanceof Expired || error instanceof NotYetValid) return false;
    throw error;
  }
}

/** Under which a batch is looked for: the agency's code, and the root. */
export function batchKey(agency, root) {
  return `${agency} ${encodeBase64url(root)}`;
}
