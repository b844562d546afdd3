// What was done without a connection, kept on this device until the server has it. Each thing has its id from the
// moment it was done, so that sending it again, from here or another window, is the same thing.
import type { Schemas } from '@api';

export type Offline = Schemas['TillBatchIn']['items'][number];

export interface Kept {
  /** As in `words`. */
  id: string;
  program: string;
  /** Who did it; she sends it herself, for it is stamped with who sends it. */
  staff: string;
  staffName: string;
  store: string;
  words: Offline;
  /** For whom, as it is shown here. */
  who: string;
  /** Which reward or voucher; of a sale its words say how much. */
  what: string | null;
  /** Why the server did not take it in, in its own words. Such a thing waits for a person. */
  problem: string | null;
}

const NAME = 'puntal-till';
const STORE = 'kept';

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'id' });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('no place to keep things'));
  });
}

/** Resolves once it is on the disk, not when it was only accepted. */
async function inStore<Result>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
  const database = await opened();
  try {
    return await new Promise<Result>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('it was not kept'));
    });
  } finally {
    database.close();
  }
}

/** Everything that is kept here, in the order in which it was done. */
export async function allKept(): Promise<Kept[]> {
  const found = await inStore('readonly', (store) => store.getAll() as IDBRequest<Kept[]>);
  return found.sort((one, other) => one.words.at.localeCompare(other.words.at));
}

export async function keep(one: Kept): Promise<void> {
  await inStore('readwrite', (store) => store.put(one));
}

export async function drop(id: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(id));
}
