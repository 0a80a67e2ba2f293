/** How every page of the wallet begins: where are we, may we keep anything, what time is it. */

import { inAppBrowser, ownBrowserUrl } from '/static/js/in_app_browser.js';
import { openClock } from './clock.js';
import { clone, data, element, say, show, showProblem } from './page.js';
import { followRegistry } from './registry.js';
import { openStore } from './store.js';

/**
 * Run a page: `main(world)` once this browser is known to keep what it is given.
 *
 * world: {store, anchor, clock(), view()}: the last two ask the city, the first time only.
 */
export async function start(main) {
  // A link that is opened in a page that is open already changes the fragment alone.
  addEventListener('hashchange', () => location.reload());
  const app = inAppBrowser(navigator.userAgent);
  if (app !== null) {
    showInApp(app); // before any key is made: what such a browser keeps is soon lost
    return;
  }
  try {
    await main(worldOf(await openStore()));
  } catch (error) {
    showProblem(error);
  }
  document.documentElement.dataset.ready = 'yes';
}

/** Run what a button does; what it throws is shown. */
export function guarded(act) {
  return async (event) => {
    event?.preventDefault();
    try {
      await act(event);
    } catch (error) {
      showProblem(error);
    }
  };
}

function worldOf(store) {
  const { anchor } = data;
  let asked = null;
  const clock = () => { asked ??= openClock(anchor); return asked; };
  return {
    store,
    anchor,
    clock,
    now: async () => (await clock()).now(),
    view: async () => followRegistry({ anchor, store, now: (await clock()).now() }),
  };
}

function showInApp(app) {
  const url = ownBrowserUrl(app, location.href, navigator.userAgent);
  const view = clone('in-app');
  const open = view.querySelector('[data-open]');
  if (url === null) open.remove();
  else open.href = url;
  const copied = element('p', { role: 'status' });
  view.querySelector('[data-copy]').addEventListener('click', async () => {
    copied.textContent = await copy(location.href) ? say('copied') : say('copy-failed');
  });
  view.append(copied, element('p', { className: 'code' }, location.href));
  show(view);
}

/** Put a text into the clipboard; false where the browser does not let us. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
