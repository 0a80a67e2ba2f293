/** Long storage, a copy of what is kept, and its removal. */

import { clone, element, say, show } from './page.js';
import { guarded, start } from './start.js';

const byId = (id) => document.getElementById(id);

start(async ({ store }) => {
  byId('delete').addEventListener('submit', guarded(async () => {
    if (!byId('delete-tick').checked) {
      byId('delete-problem').textContent = say('tick-first');
      byId('delete-tick').focus();
      return;
    }
    await store.destroy();
    show(clone('deleted'));
  }));
  await tellPersistence();
  byId('persist').addEventListener('click', guarded(async () => {
    await navigator.storage?.persist?.();
    await tellPersistence();
  }));
  byId('export').addEventListener('click', guarded(() => save(store)));
});

async function tellPersistence() {
  const isKept = await navigator.storage?.persisted?.() ?? false;
  byId('persisted').textContent = say(isKept ? 'persisted' : 'not-persisted');
}

/** Everything but the keys, as one file: PIPA article 35-2 wants it readable by machines. */
async function save(store) {
  const content = {
    credentials: (await store.credentials()).map(({ number, credential, claims, receivedAt }) => ({
      id: number, credential, claims, received_at: new Date(receivedAt).toISOString(),
    })),
    shown: (await store.history()).map(({ at, did, who, purpose, claims }) => ({
      at: new Date(at).toISOString(), did, verifier: who, purpose, claims,
    })),
  };
  const file = new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' });
  const url = URL.createObjectURL(file);
  element('a', { href: url, download: 'gwanin-wallet.json' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
