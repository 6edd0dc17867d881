// The other servers of a cluster that this page was told of: one that is loaded while its own is away still knows them.
// It knows no page; the storage is given to it.

import { othersAmong } from "../core/chat/servers.js";
import { SERVERS_MAX } from "../core/protocol/limits.js";

const KEPT = "nebula.servers";

/** @param {Pick<import("./storage.js").Store, "getItem" | "setItem">} store
 * @param {string} own where the page came from */
export function newServers(store, own) {
  let last = othersAmong(addressesIn(store.getItem(KEPT)), own);
  return {
    own,
    known: () => last,
    /** @param {string[]} others */
    keep(others) {
      if (others === last) return;
      last = others;
      store.setItem(KEPT, JSON.stringify(others));
    },
  };
}

/** @param {string | null} text
 * @returns {string[]} */
function addressesIn(text) {
  try {
    const kept = JSON.parse(text ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, SERVERS_MAX) : [];
  } catch {
    // Not JSON: they are told again.
    return [];
  }
}
