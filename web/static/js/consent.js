/**
 * What a person agrees to before anything is sent: which claims will be seen, in words.
 *
 * Whose question it is, what for and how long it is kept come from the registry, never from the
 * request. The words of the five items (article 17(2) of the Personal Information Protection Act)
 * are the page's.
 */

import { isSelective, labelOf, leavesOf, titleOf, valueText } from './card_words.js';
import { pathKey, select } from './claims.js';

/**
 * Every claim of a selection that will be seen: the chosen ones, and those that are never hidden.
 *
 * selection: {card, disclose}; card: {claims, metadata}. Returns [{path, isYes, label, value}]:
 * label: {ko, en}; isYes: whether only that it is so is told, without a value; value: the text by
 * language.
 */
export function seenClaims({ card, disclose }) {
  const { claims, metadata } = card;
  const always = leavesOf(metadata, claims).map(([path]) => path)
    .filter((path) => !isSelective(metadata, path));
  const paths = new Map([...disclose, ...always].map((path) => [pathKey(path), path]));
  return [...paths.values()].map((path) => seen(metadata, path, select(claims, path)));
}

/** What a selection is called: {ko, en}. */
export function selectionTitle({ card }) {
  return titleOf(card.metadata);
}

function seen(metadata, path, values) {
  const isYes = values.every((value) => value === true);
  const text = (language) => (isYes ? null : valueText(metadata, path, values, language));
  return Object.freeze({
    path, isYes, label: labelOf(metadata, path), value: { ko: text('ko'), en: text('en') },
  });
}
