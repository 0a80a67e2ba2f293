/**
 * Records sealed with a key that only this browser has: AES-256-GCM, bound to their place.
 *
 * The key can't be exported, so a copied record is of no use elsewhere; and a record that is moved
 * to another place, or put back there in an older form of another, does not open.
 */

import { concatBytes, encodeUtf8 } from './encoding.js';
import { VaultUnreadable } from './errors.js';
import { parseJson } from './strict_json.js';

export const MAX_RECORD_BYTES = 1024 * 1024;

const AES = 'AES-GCM';
const IV_BYTES = 12; // NIST SP 800-38D §8.2.2: random, for fewer than 2^32 records of one key

/** A new key that can't be exported, for IndexedDB to keep. */
export function generateRecordKey() {
  return crypto.subtle.generateKey({ name: AES, length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Seal a JSON value for one place, such as `credentials/3`: bytes, with the IV in front. */
export async function sealRecord(key, place, value) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const text = encodeUtf8(JSON.stringify(value));
  const sealed = await crypto.subtle.encrypt(bound(iv, place), key, text);
  return concatBytes(iv, new Uint8Array(sealed));
}

/** The value that was sealed for this place. Throws VaultUnreadable. */
export async function openRecord(key, place, sealed) {
  const iv = sealed.slice(0, IV_BYTES);
  let text;
  try {
    text = await crypto.subtle.decrypt(bound(iv, place), key, sealed.slice(IV_BYTES));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new VaultUnreadable('the record was altered, or is not the one of this place');
  }
  return parseJson(new Uint8Array(text), { maxBytes: MAX_RECORD_BYTES });
}

function bound(iv, place) {
  return { name: AES, iv, additionalData: encodeUtf8(place) };
}
