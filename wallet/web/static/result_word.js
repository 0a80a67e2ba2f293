/** A result in words, with its icon and colour, as it was found or was found last. */

import { isStopped } from './card.js';
import { data, element, fillIn, momentText, say } from './page.js';

const ICONS = { OK: '✓', EXPIRED: '⌛', SUSPENDED: '‖', REVOKED: '■', UNAVAILABLE: '?' };

/** The word for a card's result. */
export function resultWord(code, card) {
  const { text, colour } = data.results[code];
  const date = card.notAfter === null ? '' : momentText(card.notAfter);
  return element('span', { className: `word ${colour}` },
    element('span', { 'aria-hidden': 'true' }, ICONS[code]), fillIn(text, { date }));
}

/** What a card has to be marked with: the word and when it was found; nothing for a good one. */
export function marksOf(card) {
  if (!isStopped(card)) return [];
  const found = say('found', { date: momentText(card.found.at) });
  return [resultWord(card.found.word, card), ` ${found}`];
}

/** A warning that a stopped card will be of no use; null for a good one. */
export function warningOf(card) {
  if (!isStopped(card)) return null;
  return element('div', { className: 'message danger', role: 'note' },
    element('p', {}, ...marksOf(card)), element('p', {}, say('stopped')));
}
