/**
 * The parameters of a DID: what each may say, how they are inherited, and which keys may sign.
 * did:webvh 1.0, "DID Method Parameters", "Authorized Keys", "Pre-Rotation".
 *
 * A null is refused, though the specification asks resolvers to read it as "the default": one that
 * reads it as "unchanged" would count on other witnesses than one that reads it as "none".
 */

import { encodeUtf8 } from './encoding.js';
import { LogParameterInvalid, LogPreRotationBroken, Malformed, rewrapped } from './errors.js';
import { charCount } from './json_object.js';
import { checkScid } from './webvh_did.js';
import { hashText } from './webvh_entry.js';
import { ed25519, parseWitnessRule } from './webvh_witness.js';

export const METHOD = 'did:webvh:1.0';
export const MAX_TTL = 2 ** 31;
export const MAX_UPDATE_KEYS = 32;
export const MAX_KEY_HASHES = 64;
export const MAX_HASH_CHARS = 256; // unused hashes may be any text ("or just random strings")
export const MAX_WATCHERS = 32;
export const MAX_WATCHER_CHARS = 2048;

const NAMES = [
  'method', 'scid', 'updateKeys', 'nextKeyHashes', 'witness', 'watchers', 'portable',
  'deactivated', 'ttl',
];
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/;

/**
 * Read the first entry's parameters. Throws LogParameterInvalid.
 *
 * Returns what holds after the entry: {scid, updateKeys, nextKeyHashes, witness, portable,
 * deactivated}: updateKeys: a Map from Multikey to the Ed25519 key; nextKeyHashes: empty when
 * pre-rotation is off; witness: as `parseWitnessRule` gives it, null when nobody needs to approve.
 */
export function firstParameters(parameters) {
  return asParameterInvalid(1, () => {
    for (const name of ['method', 'scid', 'updateKeys']) {
      if (!parameters.has(name)) throw new Malformed(`the first entry must set ${name}`);
    }
    const scid = parameters.text('scid');
    checkScid(scid);
    return apply(parameters, {
      scid,
      updateKeys: new Map(),
      nextKeyHashes: [],
      witness: null,
      portable: false,
      deactivated: false,
    });
  });
}

/** Read a later entry's parameters. Throws LogParameterInvalid or LogPreRotationBroken. */
export async function nextParameters(parameters, previous, { number }) {
  const current = asParameterInvalid(number, () => {
    if (parameters.has('scid')) throw new Malformed('only the first entry may set scid');
    if (parameters.booleanOrNull('portable')) {
      throw new Malformed('only the first entry may set portable to true');
    }
    return apply(parameters, previous);
  });
  if (previous.nextKeyHashes.length) {
    await checkPreRotation(parameters, current, previous, number);
  }
  return current;
}

/**
 * The update keys of which one must have signed the entry. Spec: "Authorized Keys".
 *
 * previous: null for the first entry. Without pre-rotation they are the predecessor's: an entry
 * can't authorise its own signer.
 */
export function authorisedKeys(current, previous) {
  return previous === null || previous.nextKeyHashes.length
    ? current.updateKeys : previous.updateKeys;
}

/**
 * Who must approve the entry, or null: the witnesses before it, or its own if there were none.
 *
 * A new list takes effect after the entry that brings it, else an entry could choose its judges; a
 * first list takes effect at once. Spec: "DID Method Parameters", `witness`.
 */
export function requiredWitnesses(current, previous) {
  return previous?.witness ?? current.witness;
}

function apply(parameters, before) {
  parameters.only(...NAMES);
  if (parameters.has('method') && parameters.text('method') !== METHOD) {
    throw new Malformed(`the only method version here is ${METHOD}`);
  }
  const portable = parameters.booleanOrNull('portable') ?? before.portable;
  const deactivated = parameters.booleanOrNull('deactivated') ?? before.deactivated;
  checkWatchers(parameters);
  checkTtl(parameters);
  return Object.freeze({
    scid: before.scid,
    updateKeys: parseUpdateKeys(parameters, before),
    nextKeyHashes: differentTexts(parameters, 'nextKeyHashes', MAX_KEY_HASHES, MAX_HASH_CHARS)
      ?? before.nextKeyHashes,
    witness: parseWitness(parameters, before),
    portable,
    deactivated,
  });
}

function parseUpdateKeys(parameters, before) {
  const multikeys = differentTexts(parameters, 'updateKeys', MAX_UPDATE_KEYS, MAX_HASH_CHARS);
  if (multikeys === null) return before.updateKeys;
  // Writers repeat the keys that stay; those were read before.
  return new Map(multikeys.map((text) => [text, before.updateKeys.get(text) ?? ed25519(text)]));
}

/** The rule for later entries; null if nobody needs to approve them. */
function parseWitness(parameters, before) {
  const witness = parameters.objectOrNull('witness');
  return witness === null ? before.witness : parseWitnessRule(witness);
}

/** Nobody here asks a watcher, but a malformed list is refused all the same. */
function checkWatchers(parameters) {
  const watchers = differentTexts(parameters, 'watchers', MAX_WATCHERS, MAX_WATCHER_CHARS) ?? [];
  if (!watchers.every((watcher) => URI.test(watcher))) {
    throw new Malformed('a watcher is not a URL');
  }
}

function checkTtl(parameters) {
  const ttl = parameters.integerOrNull('ttl') ?? 0;
  if (!(ttl >= 0 && ttl <= MAX_TTL)) {
    throw new Malformed('ttl is not between 0 and 2^31 seconds');
  }
}

/** A list of different strings, as the specification's schema demands, or null if it is missing. */
function differentTexts(parameters, name, maxItems, maxChars) {
  if (!parameters.has(name)) return null;
  const found = parameters.texts(name, { maxItems });
  if (new Set(found).size !== found.length || found.some((text) => charCount(text) > maxChars)) {
    throw new Malformed(`${name} holds a value twice or one that is too long`);
  }
  return found;
}

/** Hold an entry to its predecessor's promise. Spec: "Pre-Rotation Key Hash … Verification". */
async function checkPreRotation(parameters, current, previous, entry) {
  for (const name of ['updateKeys', 'nextKeyHashes']) {
    // An inherited key would be one that nobody committed to: the old, perhaps stolen one.
    if (!parameters.has(name)) {
      throw new LogPreRotationBroken(`pre-rotation is on and ${name} is missing`, { entry });
    }
  }
  if (!current.updateKeys.size) {
    throw new LogPreRotationBroken('pre-rotation is on and no next key is named', { entry });
  }
  for (const multikey of current.updateKeys.keys()) {
    if (!previous.nextKeyHashes.includes(await hashText(encodeUtf8(multikey)))) {
      throw new LogPreRotationBroken('an update key was not committed to beforehand', { entry });
    }
  }
}

function asParameterInvalid(number, read) {
  try {
    return read();
  } catch (error) {
    throw rewrapped(error, Malformed, (cause) => (
      new LogParameterInvalid(cause.detail, { entry: number, cause })
    ));
  }
}
