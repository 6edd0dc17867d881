// Codes to come in by, of another device or of an invite: they come in the address's fragment, which no server is told,
// and are taken out of it at once. They are kept nowhere. This file knows no page.

import { bareCode } from "../core/protocol/people.js";

/** @typedef {import("../core/chat/state.js").Brings} Brings */

/** What may be offered as a subprotocol; the server looks closer. */
const SHAPE = /^[0-9A-Z]{1,64}$/;

/** Takes the code out of the address; null if there is none.
 * @param {{href: string, hash: string}} address
 * @param {(address: string) => void} replace puts another address in its place
 * @returns {Brings | null} */
export function takeCode(address, replace) {
  const fragment = new URLSearchParams(address.hash.slice(1));
  const by = fragment.has("link") ? "link" : "invite";
  const found = fragment.get(by);
  if (found === null) return null;
  const bare = new URL(address.href);
  bare.hash = "";
  replace(bare.href);
  return codeOf(by, found);
}

/** A code as it was typed; null if it can be none.
 * @param {"link" | "invite"} by
 * @param {string} typed
 * @returns {Brings | null} */
export function codeOf(by, typed) {
  const code = bareCode(typed);
  return SHAPE.test(code) ? { [by]: code } : null;
}
