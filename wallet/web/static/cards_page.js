/** What is held. A link with an offer or a request leads here, and on to the page that reads it. */

import { kindOfLink } from '/static/js/link_kind.js';
import { isStopped, readCards } from './card.js';
import { endText } from './claims_view.js';
import { clone, inLanguage, show } from './page.js';
import { noticePending } from './pending.js';
import { marksOf } from './result_word.js';
import { start } from './start.js';

const READERS = { offer: '/wallet/receive', request: '/wallet/requests' };

start(async ({ store }) => {
  const reader = READERS[kindOfLink(location.href)];
  if (reader) {
    location.replace(reader + location.hash); // the fragment stays in this browser
    return;
  }
  if ((await store.pending()).length) noticePending();
  const cards = await readCards(store);
  show(cards.length ? listOf(cards) : clone('empty'));
});

function listOf(cards) {
  const list = clone('list');
  list.append(...cards.map(cardItem));
  return list;
}

function cardItem(card) {
  const item = clone('card', {
    title: inLanguage(card.title),
    name: card.name ?? '',
    issuer: inLanguage(card.issuer),
    ends: endText(card.notAfter, Date.now()),
    marks: marksOf(card),
  });
  item.querySelector('[data-marks]').hidden = !isStopped(card);
  const link = item.querySelector('a');
  link.href += `#${card.number}`;
  if (card.colours) {
    link.style.background = card.colours.background;
    link.style.color = card.colours.text;
  }
  return item;
}
