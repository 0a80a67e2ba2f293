/** A request: who asks what for which purpose, the person's decision, and only then the answer. */

import { seenClaims, selectionTitle } from '/static/js/consent.js';
import { seenLine, whose } from './claims_view.js';
import { takeLink } from './link_input.js';
import { clone, element, inLanguage, say, show, showWaiting } from './page.js';
import { decline, openRequest, send } from './present.js';
import { warningOf } from './result_word.js';
import { guarded, start } from './start.js';

start((world) => takeLink('request', async (link) => {
  showWaiting(say('waiting-request'));
  askConsent(await openRequest(link, world), world);
}));

/** The five items, and nothing ticked. */
function askConsent(opened, world) {
  const { registration, required, optional } = opened;
  const view = show(clone('consent', {
    heading: say('heading'),
    who: inLanguage({ ko: registration.nameKo, en: registration.nameEn }),
    purpose: inLanguage({ ko: registration.purposeKo, en: registration.purposeEn }),
    law: registration.legalBasis,
    cards: cardsOf(required).map(cardLine),
    claims: required.flatMap(claimLines).map((line) => element('li', {}, line)),
    kept: registration.retentionDays
      ? say('kept', { days: registration.retentionDays }) : say('not-kept'),
    refuse: say('refusal').replace(/^5\. /, ''),
  }));
  const ticks = optionalTicks(view, optional);
  view.querySelector('[data-form]').addEventListener('submit', guarded(async (event) => {
    event.preventDefault();
    if (!view.querySelector('[data-required]').checked) return tellMissing(view);
    const chosen = ticks.filter(({ input }) => input.checked).flatMap(({ group }) => group);
    return answer(opened, [...required, ...chosen], world);
  }));
  view.querySelector('[data-refuse]').addEventListener('click', guarded(async () => {
    showWaiting(say('waiting-send'));
    await decline(opened);
    await world.store.record(lineOf(opened, [], { did: 'refused', now: await world.now() }));
    show(clone('refused'));
  }));
}

/** The cards that selections are taken from, each once. */
function cardsOf(selections) {
  return [...new Map(selections.map(({ card }) => [card.number, card])).values()];
}

/** Which card it is, and what keeps it from being of use. */
function cardLine(card) {
  return element('li', {}, whose(card), warningOf(card) ?? '');
}

/** What will be seen of one credential, each claim on its line. */
function claimLines(selection) {
  const title = inLanguage(selectionTitle(selection));
  return seenClaims(selection).map((seen) => `${title}: ${seenLine(seen)}`);
}

/** Each optional group may be sent whole or not at all. */
function optionalTicks(view, groups) {
  const place = view.querySelector('[data-optional]');
  place.hidden = !groups.length;
  return groups.map((group) => {
    const input = element('input', { type: 'checkbox' });
    const lines = group.flatMap(claimLines).join(' · ');
    place.append(
      element('label', { className: 'tick' }, input, element('span', {}, lines)),
      element('ul', { className: 'hint' }, ...cardsOf(group).map(cardLine)),
    );
    return { input, group };
  });
}

function tellMissing(view) {
  const box = view.querySelector('[data-required]');
  view.querySelector('#required-problem').textContent = say('required-missing');
  box.setAttribute('aria-invalid', 'true');
  box.focus();
}

async function answer(opened, selections, world) {
  showWaiting(say('waiting-send'));
  // Written first: whoever receives it could say that he did not, and nobody would know of it.
  const now = await world.now();
  const line = await world.store.record(lineOf(opened, selections, { did: 'trying', now }));
  const redirect = await send(opened, selections, world);
  await world.store.amend(line, lineOf(opened, selections, { did: 'sent', now }));
  const view = show(clone('sent', { host: redirect === null ? '' : new URL(redirect).host }));
  const onward = view.querySelector('[data-onward]');
  if (redirect === null) onward.remove();
  else onward.href = redirect; // https, or http of this machine: `parseAnswer` has seen to it
}

/** One line of the history, in both languages, without any value. */
function lineOf({ registration }, selections, { did, now }) {
  return {
    did,
    at: Math.floor(now),
    who: { ko: registration.nameKo, en: registration.nameEn },
    purpose: { ko: registration.purposeKo, en: registration.purposeEn },
    claims: selections.flatMap((selection) => {
      const title = selectionTitle(selection);
      return seenClaims(selection).map(({ label }) => ({
        ko: `${title.ko}: ${label.ko}`, en: `${title.en}: ${label.en}`,
      }));
    }),
  };
}
