/**
 * What this browser keeps: one IndexedDB database, in which everything but keys is sealed.
 *
 * Stores: `meta` (the record key, the pin, the registry's last head), `keys` (number → the pair of
 * one credential, whose secret half script can't read), `credentials`, `pending` (issued, but not
 * agreed to yet) and `history` (number → sealed record). A credential has the number of its key,
 * which is never used again.
 */

import { generateRecordKey, openRecord, sealRecord } from '/static/js/record_box.js';
import { StorageBlocked, StorageFull } from './problems.js';

export const DATABASE = 'gwanin-wallet';

const VERSION = 2;
const RECORD_KEY = 'record-key';

/** Open what is kept, or make it. Throws StorageBlocked or StorageFull. */
export async function openStore() {
  const database = await open();
  const store = new Store(database);
  await store.prepare();
  return store;
}

/** The open database. Each method throws StorageBlocked or StorageFull. */
export class Store {
  #database;
  #recordKey = null;

  constructor(database) {
    this.#database = database;
    // Another tab deletes everything: let it, and show nothing of it any more.
    database.onversionchange = () => { database.close(); location.reload(); };
  }

  /** The key that seals records: made once, by whichever tab comes first. */
  async prepare() {
    const made = await generateRecordKey(); // before the transaction, which does not wait
    const known = await this.#within('meta', 'readwrite', (meta) => meta.get(RECORD_KEY));
    if (known === undefined) {
      await this.#within('meta', 'readwrite', (meta) => meta.add(made, RECORD_KEY))
        .catch((error) => { if (error.name !== 'ConstraintError') throw error; });
    }
    this.#recordKey = await this.#within('meta', 'readonly', (meta) => meta.get(RECORD_KEY));
  }

  /** Keep a key pair: the number that it, and later its credential, has. */
  addKey(keyPair) {
    return this.#within('keys', 'readwrite', (keys) => keys.add(keyPair));
  }

  /** The key pair of a credential, or undefined. */
  keyPair(number) {
    return this.#within('keys', 'readonly', (keys) => keys.get(number));
  }

  /** Lay a credential by, under the number of its key, until its person has decided. */
  async layBy(number, record) {
    const sealed = await this.#seal('pending', number, record);
    return this.#within('pending', 'readwrite', (all) => all.put(sealed, number));
  }

  /** What was laid by and not decided on, the newest first: [{number, …record}]. */
  async pending() {
    return (await this.#all('pending')).reverse();
  }

  /** Keep a credential under the number of its key; it is not pending then. */
  async putCredential(number, record) {
    const sealed = await this.#seal('credentials', number, record);
    return this.#within(['credentials', 'pending'], 'readwrite', (all, pending) => {
      all.put(sealed, number);
      return pending.delete(number);
    });
  }

  /** All credentials, the newest first: [{number, …record}]. Throws also VaultUnreadable. */
  async credentials() {
    return (await this.#all('credentials')).reverse();
  }

  /** Remove a credential, kept or pending, and its key. */
  remove(number) {
    return this.#within(['credentials', 'pending', 'keys'], 'readwrite', (...stores) => (
      stores.map((all) => all.delete(number)).at(-1)
    ));
  }

  /** Write one line of the history. */
  async record(line) {
    // The number binds the line to its place, so it is taken before the line is sealed.
    const number = await this.#within('history', 'readwrite', (all) => all.add(new Uint8Array()));
    const sealed = await this.#seal('history', number, line);
    return this.#within('history', 'readwrite', (all) => all.put(sealed, number));
  }

  /** Put another line in the place of one: `number` is what `record` returned for it. */
  async amend(number, line) {
    const sealed = await this.#seal('history', number, line);
    return this.#within('history', 'readwrite', (all) => all.put(sealed, number));
  }

  /** The history, the newest first. */
  async history() {
    return (await this.#all('history')).reverse();
  }

  /** Remember a small thing that is no secret; undefined forgets it. */
  remember(name, value) {
    return this.#within('meta', 'readwrite', (meta) => meta.put(value, name));
  }

  /** What was remembered, or undefined. */
  recall(name) {
    return this.#within('meta', 'readonly', (meta) => meta.get(name));
  }

  /** Remove everything that was ever kept here, its keys with it; the store is of no use then. */
  destroy() {
    this.#database.onversionchange = null;
    this.#database.close();
    return done(() => indexedDB.deleteDatabase(DATABASE));
  }

  #seal(name, number, record) {
    return sealRecord(this.#recordKey, place(name, number), record);
  }

  async #all(name) {
    const [numbers, sealed] = await Promise.all([
      this.#within(name, 'readonly', (all) => all.getAllKeys()),
      this.#within(name, 'readonly', (all) => all.getAll()),
    ]);
    const whole = numbers.map((number, at) => [number, sealed[at]])
      .filter(([, bytes]) => bytes.length); // a line whose writing was broken off says nothing
    return Promise.all(whole.map(async ([number, bytes]) => ({
      number, ...await openRecord(this.#recordKey, place(name, number), bytes),
    })));
  }

  /** One step in one transaction over one store or several; its result once that is durable. */
  #within(names, mode, step) {
    return new Promise((resolve, reject) => {
      const refuse = (error) => reject(named(error));
      try {
        const transaction = this.#database.transaction(names, mode, { durability: 'strict' });
        const request = step(...[names].flat().map((name) => transaction.objectStore(name)));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = () => refuse(transaction.error ?? request.error);
        transaction.onabort = () => refuse(transaction.error);
      } catch (error) {
        refuse(error);
      }
    });
  }
}

function open() {
  return done(() => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        request.result.createObjectStore('meta');
        request.result.createObjectStore('keys', { autoIncrement: true });
        request.result.createObjectStore('credentials');
        request.result.createObjectStore('history', { autoIncrement: true });
      }
      request.result.createObjectStore('pending');
    };
    return request;
  });
}

/** The result of a request that stands alone. A browser that blocks storage throws on asking. */
function done(ask) {
  return new Promise((resolve, reject) => {
    try {
      const request = ask();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(named(request.error));
    } catch (error) {
      reject(named(error));
    }
  });
}

function named(error) {
  if (error?.name === 'ConstraintError') return error;
  if (error?.name === 'QuotaExceededError') return new StorageFull('the browser has no room left');
  return new StorageBlocked(`the browser keeps nothing here: ${error?.name ?? 'no reason given'}`);
}

function place(name, number) {
  return `gwanin-wallet/${name}/${number}`;
}
