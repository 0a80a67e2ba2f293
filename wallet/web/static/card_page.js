/** All of one credential, and its removal. Its number stands in the fragment. */

import { noteStatus, readCard } from './card.js';
import { claimRows, endText } from './claims_view.js';
import { clone, element, inLanguage, momentText, notice, problemOf, say, show } from './page.js';
import { proofOf } from './proofs.js';
import { marksOf, resultWord } from './result_word.js';
import { guarded, start } from './start.js';
import { statusOf } from './status.js';

start(async (world) => {
  const { store } = world;
  const card = await readCard(store, Number(location.hash.slice(1)));
  const view = show(clone('detail', {
    title: inLanguage(card.title),
    issuer: inLanguage(card.issuer),
    ends: endText(card.notAfter, Date.now()),
    received: momentText(card.receivedAt),
    claims: claimRows(card.metadata, card.claims),
  }));
  view.querySelector('[data-status]').replaceChildren(...marksOf(card));
  view.querySelector('[data-check]').addEventListener('click', () => tellStatus(view, card, world));
  view.querySelector('[data-show]').href += `#${card.number}`;
  view.querySelector('[data-remove]').addEventListener('submit', guarded(async (event) => {
    const form = event.currentTarget;
    if (!form.querySelector('input').checked) {
      form.querySelector('.problem').textContent = say('tick-first');
      form.querySelector('input').focus();
      return;
    }
    await store.remove(card.number);
    location.assign('/wallet');
  }));
});

/** The word with its icon; what can't be known is said to be so, with the reason. */
async function tellStatus(view, card, world) {
  const place = view.querySelector('[data-status]');
  place.replaceChildren(say('waiting'));
  try {
    const word = await statusOf(card, world);
    const found = { word, at: Math.floor(await world.now()) };
    await noteStatus(world.store, card, found).catch((error) => notice(problemOf(error).title));
    await keepProof(card, world).catch((error) => notice(problemOf(error).title));
    place.replaceChildren(resultWord(word, card));
  } catch (error) {
    const { title, code } = problemOf(error);
    place.replaceChildren(resultWord('UNAVAILABLE', card), ` ${title} `,
      element('span', { className: 'code' }, code));
  }
}

/** Its issuer is asked in any case now, so that it learns nothing more from this question. */
async function keepProof(card, world) {
  await proofOf(card, await world.view(), { store: world.store, now: await world.now() });
}
