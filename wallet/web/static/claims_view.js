/** Claims as a list that people read: a label and a value each, of a yes only that it is so. */

import { labelOf, leavesOf, valueText } from '/static/js/card_words.js';
import { data, element, inLanguage, momentText, say } from './page.js';

/** The <dt> and <dd> of every claim of a credential. */
export function claimRows(metadata, claims) {
  return leavesOf(metadata, claims).flatMap(([path, value]) => {
    const label = inLanguage(labelOf(metadata, path));
    const text = value === true ? say('holds-so') : valueText(metadata, path, value, data.language);
    return [element('dt', {}, label), element('dd', {}, text)];
  });
}

/** One claim that will be seen, as one line; seen: of `seenClaims`. */
export function seenLine({ label, isYes, value }) {
  const claim = inLanguage(label);
  return isYes ? say('holds', { claim }) : `${claim}: ${inLanguage(value)}`;
}

/** Which credential it is, for its holder alone: two of one type must not look alike. */
export function whose(card) {
  const parts = [
    inLanguage(card.title), card.name, endText(card.notAfter, Date.now()),
    say('received', { date: momentText(card.receivedAt) }),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** Until when a credential is valid, in words. */
export function endText(notAfter, now) {
  if (notAfter === null) return say('ends-never');
  const date = momentText(notAfter);
  return say(now >= notAfter ? 'expired' : 'ends', { date });
}
