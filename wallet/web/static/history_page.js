/** What was sent, shown or refused from this browser, the newest first. */

import { clone, element, inLanguage, momentText, say, show } from './page.js';
import { start } from './start.js';

start(async ({ store }) => {
  const lines = await store.history();
  show(lines.length ? clone('list', { lines: lines.map(lineItem) }) : clone('empty'));
});

function lineItem({ did, at, who, purpose, claims }) {
  const item = clone('line', {
    when: momentText(at),
    what: say(`did-${did}`),
    who: who === null ? say('by-qr') : inLanguage(who),
    purpose: purpose === null ? '' : inLanguage(purpose),
    claims: claims.map((claim) => element('li', {}, inLanguage(claim))),
  });
  if (purpose === null) item.querySelectorAll('[data-purpose]').forEach((part) => part.remove());
  if (!claims.length) item.querySelectorAll('[data-claims]').forEach((part) => part.remove());
  return item;
}
