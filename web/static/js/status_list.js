/**
 * The Token Status List: every state of every credential in one signed JWT.
 *
 * OAuth Token Status List (draft-ietf-oauth-status-list). Entries stand in a byte from its lowest
 * bit upwards.
 */

import { inflate } from './compression.js';
import { decodeBase64url } from './encoding.js';
import { Malformed, StatusIndexOutOfRange, StatusListMismatch, Unsupported } from './errors.js';
import { peekClaims, peekHeader, verifyClaims } from './jws.js';
import { Validity } from './times.js';

export const MAX_INFLATED_BYTES = 8 * 1024 * 1024; // 2^26 entries of one bit; a bomb stops here
export const MAX_LIST_CHARS = 1024 * 1024; // compressed, in base64url
const TYPE = 'statuslist+jwt';
const MAX_TTL = 366 * 24 * 3600;

/** What a status list says of one credential. */
export const State = Object.freeze({
  VALID: 'valid', SUSPENDED: 'suspended', REVOKED: 'revoked',
});
const MEANINGS = new Map([[0, State.VALID], [1, State.REVOKED], [2, State.SUSPENDED]]);

/** A status list whose signature, address and time have been verified. */
export class VerifiedStatusList {
  #packed;
  #bits;

  /** issuedAt, expires: moments, the second or null; ttl: seconds or null; packed: the entries. */
  constructor({ uri, issuer, keyId, issuedAt, expires, ttl, bits, packed }) {
    Object.assign(this, { uri, issuer, keyId, issuedAt, expires, ttl });
    this.#bits = bits;
    this.#packed = packed;
    Object.freeze(this);
  }

  /** The number at a place in the list. Throws StatusIndexOutOfRange. */
  value(index) {
    if (!(index >= 0 && index < (this.#packed.length * 8) / this.#bits)) {
      throw new StatusIndexOutOfRange('the status list has no such entry');
    }
    const offset = index * this.#bits;
    return (this.#packed[offset >> 3] >> (offset & 7)) & ((1 << this.#bits) - 1);
  }

  /**
   * What the list says of the credential at a place.
   *
   * Throws StatusIndexOutOfRange, or Unsupported for a number whose meaning only its issuer knows:
   * that is neither valid nor invalid.
   */
  state(index) {
    const state = MEANINGS.get(this.value(index));
    if (state === undefined) throw new Unsupported("the status has a meaning of its issuer's own");
    return state;
  }
}

/**
 * Look at a status list token, to find whose key is needed; its fields never decide anything.
 *
 * Returns {token, issuer, keyId, issuedAt}. Throws Malformed, TooLarge, or Unsupported for a token
 * that does not name its key by DID URL.
 */
export function parseTokenList(token) {
  const header = peekHeader(token);
  const claims = peekClaims(token);
  const issuer = claims.textOrNull('iss');
  let keyId = header.textOrNull('kid');
  if (issuer !== null && keyId?.startsWith('#')) keyId = issuer + keyId;
  if (!keyId?.startsWith('did:')) {
    throw new Unsupported('the status list token does not name its key by a DID URL');
  }
  const [did] = keyId.split('#');
  if (issuer !== null && issuer !== did) {
    throw new Malformed("the status list token was signed with somebody else's key");
  }
  return Object.freeze({ token, issuer: did, keyId, issuedAt: claims.numericDate('iat') });
}

/**
 * Prove that the list at `uri` is its issuer's, and that this is its time: a VerifiedStatusList.
 *
 * Throws SignatureInvalid, KeyMismatch, StatusListMismatch, NotYetValid, Expired, Unsupported,
 * Malformed or TooLarge. Spec: Token Status List §8.3.
 */
export async function verifyTokenList(unverified, key, { uri, now, leeway }) {
  const claims = await verifyClaims(unverified.token, key, { typ: TYPE });
  if (claims.text('sub') !== uri) {
    throw new StatusListMismatch('the status list belongs to another address');
  }
  const { issuer, keyId, issuedAt } = unverified;
  const expires = claims.numericDateOrNull('exp');
  const begins = Math.max(issuedAt, claims.numericDateOrNull('nbf') ?? issuedAt);
  new Validity(begins, expires).check(now, leeway);
  const list = claims.object('status_list');
  return new VerifiedStatusList({
    uri, issuer, keyId, issuedAt, expires,
    ttl: parseTtl(claims),
    bits: parseBits(list),
    packed: await unpack(list),
  });
}

function parseTtl(claims) {
  const seconds = claims.integerOrNull('ttl');
  if (seconds !== null && !(seconds > 0 && seconds <= MAX_TTL)) {
    throw new Malformed('ttl must be a positive number of seconds, at most a year');
  }
  return seconds;
}

function parseBits(list) {
  const bits = list.integer('bits');
  if (![1, 2, 4, 8].includes(bits)) throw new Malformed('bits must be 1, 2, 4 or 8');
  return bits;
}

function unpack(list) {
  const compressed = decodeBase64url(list.text('lst', { maxChars: MAX_LIST_CHARS }));
  return inflate(compressed, { maxBytes: MAX_INFLATED_BYTES });
}
