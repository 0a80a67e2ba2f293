/** Which held credentials answer a query, and the least that has to be shown of each. */

import { match } from './dcql_match.js';
import { Expired, NotYetValid, NothingToShow } from './errors.js';
import { LEEWAY } from './times.js';

/**
 * Choose what to show: the first option of each required set, the newest card that fits.
 *
 * cards: [{number, verified}]: credentials as `verifySdJwtVc` returns them, by their number in this
 * wallet. Returns [{queryId, card, disclose}]: disclose: paths, as `present` takes them. Optional
 * sets are left out: what is not needed is not shown. So are cards that would be refused.
 * Throws NothingToShow, which says what is missing.
 */
export function selectCards(query, cards, now) {
  const found = match(query, cards.map(candidateOf));
  const showable = newestShowable(found, now);
  const wanted = new Set();
  for (const { required, options } of found.choices) {
    if (!required) continue;
    const option = options.find((ids) => ids.every((id) => showable.has(id)));
    if (option === undefined) throw new NothingToShow(whyNot(found, now));
    option.forEach((id) => wanted.add(id));
  }
  return [...wanted].map((id) => showable.get(id));
}

/**
 * What could be shown besides, if the holder likes: for each optional set its first option.
 *
 * Returns groups of selections, as `selectCards` returns them, each to be sent whole or not at all;
 * what is sent anyway (`required`, from `selectCards`) is in none of them.
 */
export function selectOptional(query, cards, { required, now }) {
  const found = match(query, cards.map(candidateOf));
  const showable = newestShowable(found, now);
  const taken = new Set(required.map(({ queryId }) => queryId));
  const groups = [];
  for (const choice of found.choices.filter((one) => !one.required)) {
    const option = choice.options.find((ids) => ids.every((id) => showable.has(id))) ?? [];
    const more = option.filter((id) => !taken.has(id));
    more.forEach((id) => taken.add(id));
    if (more.length) groups.push(more.map((id) => showable.get(id)));
  }
  return groups;
}

function candidateOf(card) {
  const { typeUrl, claims, holder } = card.verified;
  return { card, typeUrl, claims, holderBound: holder !== null };
}

/** By credential query id, the fitting card with the highest number. */
function newestShowable(found, now) {
  const showable = new Map();
  for (const [queryId, { fits }] of found.credentials) {
    const [newest] = fits.filter((fit) => obstacle(fit, now) === null)
      .sort((left, right) => right.candidate.card.number - left.candidate.card.number);
    if (newest) {
      const { candidate: { card }, disclose } = newest;
      showable.set(queryId, Object.freeze({ queryId, card, disclose }));
    }
  }
  return showable;
}

/** Why a card that has what is asked is not shown all the same; null if it may be. */
function obstacle({ candidate }, now) {
  try {
    candidate.card.verified.validity.check(now, LEEWAY);
    return null;
  } catch (error) {
    if (error instanceof Expired || error instanceof NotYetValid) return error.code;
    throw error;
  }
}

function whyNot(found, now) {
  const reasons = new Set();
  for (const [queryId, { fits, misfits }] of found.credentials) {
    const obstacles = fits.map((fit) => obstacle(fit, now));
    if (obstacles.includes(null)) continue;
    obstacles.forEach((code) => reasons.add(`${queryId}: ${code}`));
    misfits.flatMap((misfit) => misfit.reasons).forEach(({ reason, path }) => (
      reasons.add([queryId, reason, ...(path ? [path.join('.')] : [])].join(': '))
    ));
  }
  return [...reasons].sort().join('; ')
    || 'the wallet holds no credential at all that could answer';
}
