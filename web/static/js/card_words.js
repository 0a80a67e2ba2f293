/**
 * What people read of a credential: labels and values in their language, from its type's metadata.
 *
 * Everything here is a text to be shown as text. metadata: the JsonObject of a type that was held
 * against the log (`readPublishedType`); language: `ko` or `en`.
 */

import { pathKey } from './claims.js';
import { isObject } from './strict_json.js';

const MAX_CLAIMS = 256;
const NAMES = ['nameKo', 'holderName', 'nameRoman']; // the first that there is says whose it is
const HIDING = /[\p{C}\p{Zl}\p{Zp}]/gu; // turns, hides or breaks what stands beside it

/** What a type is called: {ko, en}. */
export function titleOf(metadata) {
  const display = metadata.objects('display', { maxItems: MAX_CLAIMS });
  return texts(display, 'name');
}

/** The colours of a type's card: {background, text} as `#rrggbb`; null where none are given. */
export function coloursOf(metadata) {
  const [first] = metadata.objects('display', { maxItems: MAX_CLAIMS });
  const simple = first?.objectOrNull('rendering')?.objectOrNull('simple') ?? null;
  const [background, text] = ['background_color', 'text_color']
    .map((name) => simple?.textOrNull(name) ?? '');
  const isColour = (value) => /^#[0-9a-f]{6}$/i.test(value);
  return isColour(background) && isColour(text) ? { background, text } : null;
}

/** What a claim is called: {ko, en}; its path where the type has no name for it. */
export function labelOf(metadata, path) {
  const claim = findClaim(metadata, path);
  const plain = path.join('.');
  if (claim === null) return { ko: plain, en: plain };
  return texts(claim.objects('display', { maxItems: MAX_CLAIMS }), 'label');
}

/** A claim's value on one line; a value of a closed list by its label. */
export function valueText(metadata, path, value, language) {
  if (Array.isArray(value)) {
    return value.map((item) => valueText(metadata, path, item, language)).join(', ');
  }
  const claim = findClaim(metadata, path);
  const offered = claim?.has('values') ? claim.objects('values', { maxItems: MAX_CLAIMS }) : [];
  const named = offered.find((item) => item.any('value') === value);
  if (named) return texts(named.objects('display', { maxItems: MAX_CLAIMS }), 'label')[language];
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(HIDING, spelledOut);
}

/**
 * Every claim that is no object, and every member of one: [[path, value], …].
 *
 * In the order of the type, as disclosures come shuffled; what the type does not name comes last.
 */
export function leavesOf(metadata, claims) {
  const order = new Map(pathsOf(metadata).map((path, at) => [pathKey(path), at]));
  const place = ([path]) => order.get(pathKey(path)) ?? order.size;
  return Object.entries(claims).flatMap(([name, value]) => (
    isObject(value)
      ? Object.entries(value).map(([member, inner]) => [[name, member], inner])
      : [[[name], value]]
  )).sort((left, right) => place(left) - place(right));
}

/** Whose credential it is, as it says itself; null if it names nobody. */
export function nameIn(claims) {
  const found = NAMES.find((name) => typeof claims[name] === 'string');
  return found === undefined ? null : claims[found];
}

/** Whether a holder may withhold this claim, or the object that it stands in. */
export function isSelective(metadata, path) {
  return [path, path.slice(0, 1)].some((at) => findClaim(metadata, at)?.text('sd') === 'always');
}

function pathsOf(metadata) {
  return metadata.objects('claims', { maxItems: MAX_CLAIMS })
    .map((claim) => claim.array('path', { maxItems: 16 }));
}

function findClaim(metadata, path) {
  const wanted = pathKey(path);
  return metadata.objects('claims', { maxItems: MAX_CLAIMS })
    .find((claim) => pathKey(claim.array('path', { maxItems: 16 })) === wanted) ?? null;
}

function texts(display, member) {
  const ko = display.find((one) => one.text('locale') === 'ko')?.text(member) ?? '';
  const en = display.find((one) => one.text('locale') === 'en')?.text(member) ?? ko;
  return Object.freeze({ ko: ko || en, en });
}

function spelledOut(character) {
  return `\\u{${character.codePointAt(0).toString(16)}}`;
}
