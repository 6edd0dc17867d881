// A second copy of what must not be lost. Browsers write localStorage to the disk seconds later, and lose it if they
// are killed meanwhile; IndexedDB they write at once. It knows no page.

/**
 * @typedef {import("./storage.js").Store} Store
 * @typedef {{write(name: string, value: string | null): void, all(): Promise<[string, string][]>}} Mirror
 * null: there is nothing any more
 */

/** One's own key, without which a name is lost, and unsent messages. */
const isWorth = (/** @type {string} */ name) => name === "nebula.key" || name.startsWith("nebula.unsent ");
const KEPT = "kept";

/** Without a database there is no second copy.
 * @param {() => IDBFactory} factory
 * @param {string} folder
 * @returns {Mirror} */
export function newMirror(factory, folder) {
  const opened = open(factory, `nebula ${folder}`);
  /** What is to be written when the database has done what it does.
   * @type {Map<string, string | null>} */
  let waiting = new Map();
  let isWriting = false;

  async function flush() {
    if (isWriting || waiting.size === 0) return;
    isWriting = true;
    const now = waiting;
    waiting = new Map();
    await use(await opened, "readwrite", (kept) => {
      for (const [name, value] of now) {
        if (value === null) kept.delete(name);
        else kept.put(value, name);
      }
    });
    isWriting = false;
    void flush();
  }

  return {
    write(name, value) {
      waiting.set(name, value);
      void flush();
    },
    async all() {
      /** @type {IDBRequest[]} */
      let asked = [];
      await use(await opened, "readonly", (kept) => { asked = [kept.getAllKeys(), kept.getAll()]; });
      const [names = [], values = []] = asked.map((request) => (request.readyState === "done" && !request.error ? request.result : []));
      const both = names.map((/** @type {unknown} */ name, /** @type {number} */ i) => [name, values[i]]);
      return both.filter((/** @type {unknown[]} */ each) => each.every((part) => typeof part === "string"));
    },
  };
}

/** @param {() => IDBFactory} factory
 * @param {string} name
 * @returns {Promise<IDBDatabase | null>} */
function open(factory, name) {
  return new Promise((resolve) => {
    try {
      const request = factory().open(name, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(KEPT);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

/** @param {IDBDatabase | null} database
 * @param {IDBTransactionMode} mode
 * @param {(kept: IDBObjectStore) => void} does
 * @returns {Promise<void>} */
function use(database, mode, does) {
  return new Promise((resolve) => {
    try {
      const transaction = database?.transaction(KEPT, mode);
      if (!transaction) return resolve();
      does(transaction.objectStore(KEPT));
      transaction.oncomplete = transaction.onabort = () => resolve();
    } catch {
      // It was closed, or has no room.
      resolve();
    }
  });
}

/** A storage that writes to both.
 * @param {Store} store
 * @param {Mirror} mirror
 * @returns {Store & {restore(): Promise<void>}} */
export function mirrored(store, mirror) {
  return {
    ...store,
    setItem(name, value) {
      if (isWorth(name)) mirror.write(name, value);
      return store.setItem(name, value);
    },
    removeItem(name) {
      if (isWorth(name)) mirror.write(name, null);
      store.removeItem(name);
    },
    /** Brings back what the storage forgot. */
    async restore() {
      for (const [name, value] of await mirror.all()) if (isWorth(name) && writtenAt(value) > writtenAt(store.getItem(name))) store.setItem(name, value);
    },
  };
}

/** When it was written down; of what does not say so, only that it is there.
 * @param {string | null} text */
function writtenAt(text) {
  if (text === null) return -1;
  try {
    return Number(JSON.parse(text)?.at) || 0;
  } catch {
    return 0;
  }
}
