/** Receive: who offers what, the code that came another way, whose it is, and only then keep it. */

import { CounterpartRefused } from '/static/js/errors.js';
import { cardOf, recordOf } from './card.js';
import { claimRows, endText } from './claims_view.js';
import { takeLink } from './link_input.js';
import { clone, inLanguage, offerAgain, say, show, showWaiting } from './page.js';
import { StorageBlocked, StorageFull } from './problems.js';
import { checkStillOffered, makeKey, openOffer, redeem } from './receive.js';
import { noticePending } from './pending.js';
import { guarded, start } from './start.js';

const WRONG_CODE = 'invalid_grant';

start(async (world) => {
  const [pending] = await world.store.pending();
  if (pending && location.hash.length < 2) {
    const { number, ...record } = pending;
    return askToKeep(number, record, { world, laidBy: true });
  }
  if (pending) noticePending(); // what this link offered may be that very credential
  return takeLink('offer', async (link) => {
    showWaiting(say('waiting-offer'));
    askForCode(await openOffer(link, world), world);
  });
});

/** What is offered, by whom; and the code, where one is needed. */
function askForCode(opened, world, typed = '', wrong = false) {
  const { issuer, metadata, configuration, offer } = opened;
  const view = show(clone('offer', {
    issuer: inLanguage({ ko: issuer.nameKo, en: issuer.nameEn }),
    host: new URL(metadata.credentialIssuer).host,
    type: displayName(configuration.display),
  }));
  const { txCode } = offer.preAuthorized;
  const input = view.querySelector('#tx-code');
  const tell = (text) => {
    view.querySelector('#tx-code-problem').textContent = text;
    input.setAttribute('aria-invalid', 'true');
    input.focus();
  };
  if (txCode === null) view.querySelector('[data-tx-code]').remove();
  else prepareInput(input, txCode, typed);
  if (wrong) tell(say('tx-code-wrong'));
  view.querySelector('[data-form]').addEventListener('submit', guarded((event) => {
    event.preventDefault();
    const code = txCode === null ? null : input.value.trim();
    if (code === '') return tell(say('tx-code-empty'));
    if (txCode?.length && code.length !== txCode.length) {
      return tell(say('tx-code-length', { length: txCode.length }));
    }
    return fetchCredential(opened, world, code);
  }));
}

function prepareInput(input, { inputMode, length }, typed) {
  if (inputMode === 'numeric') input.inputMode = 'numeric';
  if (length) input.maxLength = length;
  input.value = typed;
}

async function fetchCredential(opened, world, code) {
  showWaiting(say('waiting-fetch'));
  const signer = await makeKey(opened);
  // An offer is good once, so what could not be kept is not fetched either.
  const number = await world.store.addKey(signer.keyPair);
  let record;
  try {
    const { credential, accepted } = await redeem(opened, { txCode: code, signer, world });
    record = recordOf(accepted, { credential, now: await world.now() });
  } catch (error) {
    await world.store.remove(number);
    offerAgain(guarded(() => fetchCredential(opened, world, code)));
    if (!(error instanceof CounterpartRefused) || error.error !== WRONG_CODE) throw error;
    if (code === null) throw error;
    await checkStillOffered(opened); // five wrong ones end it
    return askForCode(opened, world, code, true);
  }
  return askToKeep(number, record, { world, laidBy: await layBy(number, record, world) });
}

/** Lay by what was issued before anything is asked; false where this page alone holds it. */
async function layBy(number, record, { store }) {
  try {
    await store.layBy(number, record);
    return true;
  } catch (error) {
    if (error instanceof StorageFull || error instanceof StorageBlocked) return false;
    throw error;
  }
}

/** Whose it is stands there before it is kept: a wrong link must be noticed by its person. */
function askToKeep(number, record, { world, laidBy }) {
  const card = cardOf(record);
  const view = show(clone('keep', {
    name: card.name ?? say('no-name'),
    issuer: inLanguage(card.issuer),
    type: inLanguage(card.title),
    ends: endText(card.notAfter, Date.now()),
    claims: claimRows(card.metadata, card.claims),
  }));
  const keep = guarded(async () => {
    await world.store.putCredential(number, record);
    removeEventListener('beforeunload', warn);
    navigator.storage?.persist?.().catch(() => {}); // asked again in the settings
    const kept = show(clone('kept'));
    kept.querySelector('[data-card]').href += `#${number}`;
  });
  view.querySelector('[data-later]').hidden = !laidBy;
  if (!laidBy) addEventListener('beforeunload', warn); // it is issued once, and stands nowhere else
  offerAgain(keep);
  view.querySelector('[data-keep]').addEventListener('click', keep);
  view.querySelector('[data-keep-not]').addEventListener('click', guarded(async () => {
    await world.store.remove(number);
    removeEventListener('beforeunload', warn);
    show(clone('kept-not', { issuer: inLanguage(card.issuer) }));
  }));
}

/** Let the browser ask before this page is left. */
function warn(event) {
  event.preventDefault();
}

/** A name in the reader's language, else the first that there is. */
function displayName(display) {
  const names = Object.fromEntries(display.map(({ locale, name }) => [locale, name]));
  return inLanguage(names) ?? display[0]?.name ?? '';
}
