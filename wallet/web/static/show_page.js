/** Show: choose a card and what of it, then a QR code that renews itself while it is looked at. */

import { isSelective, labelOf, leavesOf } from '/static/js/card_words.js';
import { TooLarge } from '/static/js/errors.js';
import { isStopped, readCards, signerFor } from './card.js';
import { whose } from './claims_view.js';
import { clone, element, inLanguage, say, show } from './page.js';
import { marksOf, warningOf } from './result_word.js';
import { startShowing } from './showing.js';
import { guarded, start } from './start.js';

start(async (world) => {
  const cards = await readCards(world.store);
  const number = Number(location.hash.slice(1));
  const wanted = cards.find((card) => card.number === number);
  if (wanted) chooseClaims(wanted, world);
  else if (cards.length) chooseCard(cards, world);
  else show(clone('empty'));
});

function chooseCard(cards, world) {
  show(clone('choose', {
    cards: cards.map((card) => {
      const button = element('button', { type: 'button', className: 'button second' }, whose(card));
      button.addEventListener('click', () => chooseClaims(card, world));
      const marks = isStopped(card) ? [element('p', { className: 'status' }, ...marksOf(card))] : [];
      return element('li', {}, button, ...marks);
    }),
  }));
}

/** Nothing is ticked: what is not chosen is not in the code. */
function chooseClaims(card, world, told = '') {
  const paths = leavesOf(card.metadata, card.claims).map(([path]) => path);
  const ticks = paths.filter((path) => isSelective(card.metadata, path)).map((path) => ({
    path, input: element('input', { type: 'checkbox' }),
  }));
  const always = paths.filter((path) => !isSelective(card.metadata, path));
  const label = (path) => inLanguage(labelOf(card.metadata, path));
  const view = show(clone('claims', {
    title: inLanguage(card.title),
    whose: whose(card),
    warning: warningOf(card) ?? [],
    ticks: ticks.map(({ path, input }) => (
      element('label', { className: 'tick' }, input, element('span', {}, label(path)))
    )),
    always: always.map(label).join(', '),
  }));
  view.querySelector('[data-always]').hidden = !always.length;
  view.querySelector('.problem').textContent = told;
  view.querySelector('[data-form]').addEventListener('submit', guarded(async (event) => {
    event.preventDefault();
    const disclose = ticks.filter(({ input }) => input.checked).map(({ path }) => path);
    if (!disclose.length && ticks.length) {
      view.querySelector('.problem').textContent = say('no-claims-chosen');
      return;
    }
    await showQr(card, disclose, world);
  }));
}

async function showQr(card, disclose, world) {
  const again = (told) => chooseClaims(card, world, told);
  try {
    await startShowing(card, disclose, {
      world, holder: await signerFor(world.store, card), onOther: () => again(''),
    });
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    again(say('qr-too-large'));
    return;
  }
  const title = card.title;
  await world.store.record({
    did: 'shown',
    at: Math.floor(await world.now()),
    who: null,
    purpose: null,
    claims: disclose.map((path) => labelOf(card.metadata, path)).map(({ ko, en }) => ({
      ko: `${title.ko}: ${ko}`, en: `${title.en}: ${en}`,
    })),
  });
}
