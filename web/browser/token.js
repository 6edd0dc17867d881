// The token that opens a closed server: it comes in the address's fragment, which no server is told, is
// taken out of it at once, and is kept for this tab alone. It is shown nowhere. This file knows no page.

const KEPT = "nebula.token";
/** What may be offered as a subprotocol; the server looks closer. */
const SHAPE = /^[\w.-]{1,4096}$/;

/** @typedef {Pick<import("./storage.js").Store, "getItem" | "setItem" | "removeItem">} Store */

/** @param {Store} tab
 * @param {{href: string, hash: string}} address
 * @param {(address: string) => void} replace puts another address in its place */
export function newToken(tab, address, replace) {
  /** Takes it out of the address; true if there was one.
   * @returns {boolean} */
  function take() {
    const found = new URLSearchParams(address.hash.slice(1)).get("token");
    if (found === null) return false;
    const bare = new URL(address.href);
    bare.hash = "";
    replace(bare.href);
    keep(found);
    return true;
  }

  /** @param {string} token */
  function keep(token) {
    const given = token.trim();
    if (SHAPE.test(given)) tab.setItem(KEPT, given);
    else tab.removeItem(KEPT);
  }

  return {
    take,
    keep,
    forget: () => tab.removeItem(KEPT),
    /** @returns {string | null} */
    now() {
      const kept = tab.getItem(KEPT);
      return kept !== null && SHAPE.test(kept) ? kept : null;
    },
  };
}
