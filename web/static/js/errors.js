/**
 * Everything that this folder refuses: one tree, with the codes of `docs/problems.md`.
 *
 * A caller decides by `code`, or by class where one class stands for several: a `TooLarge` is a
 * `Malformed`. `detail` is for whoever has to mend the input; it repeats no value that could be
 * personal data.
 */

/** A refusal: what failed (`code`, by class) and what to do about it (`detail`, in English). */
export class Refusal extends Error {
  static code = 'error';

  constructor(detail, options = undefined) {
    super(`${new.target.code}: ${detail}`, options);
    this.name = 'Refusal';
    this.code = new.target.code;
    this.detail = detail;
  }
}

/** The input is not what its specification says it must be. */
export class Malformed extends Refusal {
  static code = 'malformed';
}

/** The input is beyond a bound that is checked before any work is done on it. */
export class TooLarge extends Malformed {
  static code = 'too-large';
}

/** Well-formed, but uses a version, algorithm or feature that is not accepted here. */
export class Unsupported extends Refusal {
  static code = 'unsupported';
}

/** The signature does not belong to this content and this key. */
export class SignatureInvalid extends Refusal {
  static code = 'signature-invalid';
}

/** A key of another kind or owner than the one that is required here. */
export class KeyMismatch extends Refusal {
  static code = 'key-mismatch';
}

/** The time until which this was valid has passed. */
export class Expired extends Refusal {
  static code = 'expired';
}

/** The time from which this is valid has not come. */
export class NotYetValid extends Refusal {
  static code = 'not-yet-valid';
}

/** The presentation was made for another audience, nonce, credential or moment. */
export class BindingInvalid extends Refusal {
  static code = 'binding-invalid';
}

/** The claims do not fit their type. */
export class InvalidClaims extends Refusal {
  static code = 'invalid-claims';
}

/** A place in a status list that the list does not have. */
export class StatusIndexOutOfRange extends Malformed {
  static code = 'status-index-out-of-range';
}

/** A genuine status list, but not the one that was asked for. */
export class StatusListMismatch extends Refusal {
  static code = 'status-list-mismatch';
}

/** The inclusion proof does not lead from this leaf to this root. */
export class InclusionInvalid extends Refusal {
  static code = 'inclusion-invalid';
}

/** The consistency proof does not show that the newer tree continues the older one. */
export class ConsistencyInvalid extends Refusal {
  static code = 'consistency-invalid';
}

/** The note holds no signature by the key that is wanted. */
export class CheckpointNotSigned extends Refusal {
  static code = 'checkpoint-not-signed';
}

/** A leaf has not the index, or does not name the predecessor, that its place demands. */
export class LeafChainBroken extends Refusal {
  static code = 'leaf-chain-broken';
}

/** A leaf of the log says what it may not say; `index`: which one, counted from 0. */
export class LeafRejected extends Refusal {
  static code = 'leaf-rejected';

  constructor(detail, { index, cause }) {
    super(`leaf ${index}: ${detail}`, { cause });
    this.index = index;
  }
}

/** Too few of the witnesses that count have signed the head. */
export class QuorumMissing extends Refusal {
  static code = 'quorum-missing';
}

/** What is stored or served is not the tree that the checkpoint commits to. */
export class LogInconsistent extends Refusal {
  static code = 'log-inconsistent';
}

/** The evidence is not about this key, or not from this directory. */
export class NotInDirectory extends Refusal {
  static code = 'not-in-directory';
}

/** The text is not a did:webvh DID in the one spelling that is accepted. */
export class DidInvalid extends Malformed {
  static code = 'did-invalid';
}

/** The registry has no DID like this. */
export class UnknownDid extends Refusal {
  static code = 'unknown-did';
}

/** The DID does not list this verification method for this purpose at this time. */
export class UnknownKey extends Refusal {
  static code = 'unknown-key';
}

/** The root has declared that somebody else may have held this key at this time. */
export class KeyCompromised extends UnknownKey {
  static code = 'key-compromised';
}

/** A did:webvh log breaks a rule; the leaves say which. `entry`: where, counted from 1. */
export class LogInvalid extends Refusal {
  static code = 'log-invalid';

  constructor(detail, { entry, cause }) {
    super(`entry ${entry}: ${detail}`, { cause });
    this.entry = entry;
  }
}

/** The line is not one JSON object with the five members of an entry, or beyond a bound. */
export class LogMalformed extends LogInvalid {
  static code = 'log-malformed';
}

/** The version number does not follow its predecessor's. */
export class LogOutOfSequence extends LogInvalid {
  static code = 'log-out-of-sequence';
}

/** versionTime is no UTC time, does not rise, or lies in the future. */
export class LogTimeInvalid extends LogInvalid {
  static code = 'log-time-invalid';
}

/** A parameter is unknown, mistyped, misplaced or beyond what it may say. */
export class LogParameterInvalid extends LogInvalid {
  static code = 'log-parameter-invalid';
}

/** The entry does not keep to the keys that its predecessor committed to. */
export class LogPreRotationBroken extends LogInvalid {
  static code = 'log-pre-rotation-broken';
}

/** The SCID is not the hash of the first entry, or a later document carries another one. */
export class LogScidMismatch extends LogInvalid {
  static code = 'log-scid-mismatch';
}

/** The entry hash is not the hash of this entry and its predecessor. */
export class LogHashMismatch extends LogInvalid {
  static code = 'log-hash-mismatch';
}

/** There is no proof, or one is not an eddsa-jcs-2022 assertion over this very entry. */
export class LogProofInvalid extends LogInvalid {
  static code = 'log-proof-invalid';
}

/** A key has signed that is not among the active update keys. */
export class LogKeyNotAuthorised extends LogInvalid {
  static code = 'log-key-not-authorised';
}

/** The document's `id` is not the DID, or has moved without leave. */
export class LogDocumentInvalid extends LogInvalid {
  static code = 'log-document-invalid';
}

/** Fewer witnesses than the threshold have approved the entry. */
export class LogWitnessMissing extends LogInvalid {
  static code = 'log-witness-missing';
}

/** An entry follows the one that deactivated the DID. */
export class LogDeactivated extends LogInvalid {
  static code = 'log-deactivated';
}

/** The keys of an admitted DID stand elsewhere, and its host has not told them. */
export class DidUnavailable extends Refusal {
  static code = 'did-unavailable';
}

/** What the host of a DID that stands elsewhere says of it breaks a rule of its method. */
export class DidNotProven extends Refusal {
  static code = 'did-not-proven';
}

/** A did:web does not list this key today, and does not tell what it listed before. */
export class KeyHistoryUnknown extends UnknownKey {
  static code = 'key-history-unknown';
}

/** A question goes beyond what its asker is registered to ask for. */
export class OverAsking extends Refusal {
  static code = 'over-asking';
}

/** The registry knows no agency that may issue this type at this address. */
export class IssuerNotTrusted extends Refusal {
  static code = 'issuer-not-trusted';
}

/** What was issued is not what was offered, or is not bound to the key that was made for it. */
export class NotAsOffered extends Refusal {
  static code = 'not-as-offered';
}

/** No credential in the wallet has what is asked. */
export class NothingToShow extends Refusal {
  static code = 'nothing-to-show';
}

/** Whoever asks is not registered, or did not sign the request with its registered key. */
export class VerifierNotTrusted extends Refusal {
  static code = 'verifier-not-trusted';
}

/** No head that the registry has signed can be had, or only one that is older than ours. */
export class RegistryUnavailable extends Refusal {
  static code = 'registry-unavailable';
}

/**
 * The issuer or verifier answered with an error.
 *
 * error: its own word for it, or null; reason: the code of ours that says why, if it named one;
 * status: of its answer, or null.
 */
export class CounterpartRefused extends Refusal {
  static code = 'counterpart-refused';

  constructor(detail, { error = null, reason = null, status = null } = {}) {
    super(detail);
    this.error = error;
    this.reason = reason;
    this.status = status;
  }
}

/** A record was altered, moved to another place, or sealed with another key. */
export class VaultUnreadable extends Refusal {
  static code = 'vault-unreadable';
}

/**
 * What to throw in place of what was caught: `wrap` of it if it is an `expected`, or else itself.
 *
 * A fault of ours must not look like a fault of the input, so everything else passes through.
 */
export function rewrapped(caught, expected, wrap) {
  return caught instanceof expected ? wrap(caught) : caught;
}
