/**
 * Disclosures: claims concealed behind salted digests, put back where they belong. RFC 9901.
 *
 *     anyone      payload + disclosures  ── reveal ──>  claims
 *     holder      payload + disclosures  ── choose ──>  the disclosures that some paths need
 *
 * The envelope around them is in `sd_jwt.js`. Digests are SHA-256, the only algorithm that RFC
 * 9901 §4.1.1 makes everybody understand. "Disclosures" below are a Map from digest to what the
 * disclosure says, in the order of the text.
 */

import { select } from './claims.js';
import { digestText } from './digest.js';
import { decodeBase64url, encodeUtf8 } from './encoding.js';
import { Malformed, TooLarge, Unsupported } from './errors.js';
import { isObject, parseJson } from './strict_json.js';

export const MAX_DISCLOSURES = 256; // a citizen's longest record has dozens
export const MAX_DEPTH = 16; // objects and arrays, the payload itself being the first

const SHA_256 = 'sha-256';
const RESERVED = ['_sd', '_sd_alg', '...'];

/**
 * Read disclosures; whether one can stand where it does, `reveal` checks.
 *
 * Throws TooLarge beyond 256; Malformed for what is not JSON in base64url, and for a disclosure
 * that is there twice. Spec: RFC 9901 §4, §4.2, §7.1 step 3.1.
 */
export async function parseDisclosures(texts) {
  if (texts.length > MAX_DISCLOSURES) {
    throw new TooLarge(`an SD-JWT has at most ${MAX_DISCLOSURES} disclosures here`);
  }
  const contents = texts.map((text) => parseJson(decodeBase64url(text)));
  const digests = await Promise.all(texts.map((text) => digestText(encodeUtf8(text))));
  const found = new Map(digests.map((digest, at) => [digest, contents[at]]));
  if (found.size !== texts.length) throw new Malformed('a disclosure is there twice');
  return found;
}

/**
 * Put every disclosure in its place: the Processed SD-JWT Payload.
 *
 * payload: the issuer's members, left as they are. Throws Unsupported for another `_sd_alg`,
 * TooLarge beyond a depth of 16, Malformed for all else that must be rejected.
 * Spec: RFC 9901 §7.1 steps 2.4 and 3 to 5.
 */
export function reveal(payload, disclosures) {
  return new Revealer(disclosures).reveal(payload);
}

/**
 * The digests of the disclosures that show the claims at these paths, and of no others: a Set.
 *
 * A claim is shown with all that is in it, and with the claims that it stands in. An index counts
 * the elements of an array as they are when nothing is withheld.
 * Throws what `reveal` throws, and Malformed if a path leads nowhere. Spec: RFC 9901 §7.2.
 */
export function choose(payload, disclosures, paths) {
  const revealer = new Revealer(disclosures);
  const claims = revealer.reveal(payload);
  if (!paths.every((path) => select(claims, path).length)) {
    throw new Malformed('a path leads to no claim of this credential');
  }
  const isNeeded = ([, place]) => paths.some((path) => isOnTheWay(place, path));
  return new Set([...revealer.places].filter(isNeeded).map(([digest]) => digest));
}

/**
 * One walk through a payload. `places`: digest → path of the claim that its disclosure showed.
 *
 * The digits in comments are the substeps of RFC 9901 §7.1.
 */
class Revealer {
  #pending;
  #seen = new Set();
  places = new Map();

  constructor(disclosures) {
    this.#pending = new Map(disclosures);
  }

  reveal(payload) {
    if (Object.hasOwn(payload, '_sd_alg') && payload._sd_alg !== SHA_256) { // 2.4
      throw new Unsupported('the digests of the SD-JWT are not SHA-256');
    }
    const claims = this.#members(payload, []);
    if (this.#pending.size) { // 5
      throw new Malformed('a disclosure is not referenced by any digest');
    }
    return claims;
  }

  #members(members, path) {
    checkDepth(path);
    const revealed = Object.create(null);
    for (const name of Object.keys(members)) {
      if (!RESERVED.includes(name)) {
        revealed[name] = this.#value(members[name], [...path, name]);
      } else if (name === '...' || (name === '_sd_alg' && path.length)) {
        throw new Malformed("a name of SD-JWT's own stands where it may not");
      }
    }
    for (const digest of Object.hasOwn(members, '_sd') ? this.#known(members._sd) : []) {
      this.#discloseMember(digest, revealed, path);
    }
    return revealed;
  }

  #discloseMember(digest, revealed, path) {
    const [name, value] = memberOf(this.#take(digest));
    if (name in revealed) { // 3.3.2.3
      throw new Malformed('a disclosure names a claim that is already there');
    }
    this.places.set(digest, [...path, name]);
    revealed[name] = this.#value(value, [...path, name]); // 3.3.2.4-5
  }

  #elements(elements, path) {
    checkDepth(path);
    const revealed = [];
    for (const element of elements) {
      const place = [...path, revealed.length];
      if (isObject(element) && Object.hasOwn(element, '...')) {
        this.#discloseElement(element, revealed, place);
      } else {
        revealed.push(this.#value(element, place));
      }
    }
    return revealed;
  }

  #discloseElement(element, revealed, place) {
    if (Object.keys(element).length !== 1) {
      throw new Malformed('the digest of an array element has other members beside it');
    }
    for (const digest of this.#known([element['...']])) { // Unknown: 3.4 removes the element.
      this.places.set(digest, place);
      revealed.push(this.#value(elementOf(this.#take(digest)), place)); // 3.3.3.2-3
    }
  }

  #value(value, path) {
    if (Array.isArray(value)) return this.#elements(value, path);
    return isObject(value) ? this.#members(value, path) : value;
  }

  /** Those of the digests that have a disclosure; the others may be decoys. */
  #known(digests) {
    if (!Array.isArray(digests) || !digests.every((digest) => typeof digest === 'string')) {
      throw new Malformed('_sd is an array of digests, and a digest is a string');
    }
    const before = this.#seen.size;
    digests.forEach((digest) => this.#seen.add(digest));
    if (this.#seen.size !== before + digests.length) { // 4
      throw new Malformed('a digest is there twice');
    }
    return digests.filter((digest) => this.#pending.has(digest));
  }

  #take(digest) {
    const disclosure = this.#pending.get(digest);
    this.#pending.delete(digest);
    return disclosure;
  }
}

/** The name and the value in the disclosure of a member. 3.3.2.1-2. */
function memberOf(disclosure) {
  if (isSalted(disclosure, 3)) {
    const [, name, value] = disclosure;
    if (typeof name === 'string' && !RESERVED.includes(name)) return [name, value];
  }
  throw new Malformed(
    "the disclosure of a member is a salt, a name not of SD-JWT's own and a value",
  );
}

/** The value in the disclosure of an array element. 3.3.3.1. */
function elementOf(disclosure) {
  if (isSalted(disclosure, 2)) return disclosure[1];
  throw new Malformed('the disclosure of an array element is a salt and a value');
}

function isSalted(disclosure, length) {
  return Array.isArray(disclosure) && disclosure.length === length
    && typeof disclosure[0] === 'string';
}

/** Whether one of the two leads to the other, null standing for every index. */
function isOnTheWay(place, path) {
  const length = Math.min(place.length, path.length);
  return path.slice(0, length).every((wanted, at) => wanted === null || wanted === place[at]);
}

function checkDepth(path) {
  if (path.length >= MAX_DEPTH) throw new TooLarge(`claims are nested deeper than ${MAX_DEPTH}`);
}
