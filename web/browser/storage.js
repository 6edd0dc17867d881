// The storage of the browser, as this page may use it: each folder of a site has its own, since another
// server may live in the next one. It knows no page.

/**
 * @typedef {object} Store
 * @property {(name: string) => string | null} getItem
 * @property {(name: string, value: string) => boolean} setItem false if it is kept for this visit alone
 * @property {(name: string) => void} removeItem
 * @property {() => string[]} names of all that is kept
 */

/** The folder of a page, which all that it asks for is relative to: "/" or "/chat/".
 * @param {string} address */
export function folderOf(address) {
  return new URL("./", address).pathname;
}

/** The prefix of this folder's names. A path begins with a slash and holds no space, a name does not begin so. In the
 * root there is none, as there was none when a site had only one folder.
 * @param {string} folder */
const before = (folder) => (folder === "/" ? "" : `${folder} `);

/** Where the browser has no storage, denies it or has no room, things are kept for this visit alone.
 * @param {"localStorage" | "sessionStorage"} kind
 * @param {string} folder
 * @returns {Store} */
export function storage(kind, folder) {
  const prefix = before(folder);
  /** What could not be kept, which is newer than what is.
   * @type {Map<string, string>} */
  const forgetful = new Map();
  /** @template T
   * @param {(store: Storage) => T} use
   * @param {T} instead */
  const attempt = (use, instead) => {
    try {
      return use(globalThis[kind]);
    } catch {
      return instead;
    }
  };
  return {
    getItem: (name) => forgetful.get(name) ?? attempt((store) => store.getItem(prefix + name), null),
    setItem(name, value) {
      const isKept = attempt((store) => (store.setItem(prefix + name, value), true), false);
      if (isKept) forgetful.delete(name);
      else forgetful.set(name, value);
      return isKept;
    },
    removeItem(name) {
      forgetful.delete(name);
      attempt((store) => store.removeItem(prefix + name), undefined);
    },
    names() {
      const kept = attempt((store) => Object.keys(store), []).filter((name) => name.startsWith(`${prefix}nebula.`));
      return [...new Set([...kept.map((name) => name.slice(prefix.length)), ...forgetful.keys()])];
    },
  };
}

/** What is kept under a name, if it is an object. What cannot be read is put aside, so that nothing writes
 * over it, and told.
 * @param {Store} store
 * @param {string} name
 * @param {(aside: string) => void} tell under which name it is now
 * @returns {Record<string, any>} */
export function readObject(store, name, tell) {
  const text = store.getItem(name);
  if (text === null) return {};
  try {
    const kept = JSON.parse(text);
    if (kept !== null && typeof kept === "object" && !Array.isArray(kept)) return kept;
  } catch {
    // Not JSON: set aside like anything else that is no object.
  }
  const aside = `nebula.broken ${name}`;
  store.setItem(aside, text);
  store.removeItem(name);
  tell(aside);
  return {};
}
