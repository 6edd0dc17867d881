// What the page's address says and what it is made to say: the room, so that it can be shared, and never
// one's own name. Going back and forward goes between rooms. It knows no page.

import { activeRoom, find } from "../core/chat/state.js";
import { fold } from "../core/protocol/names.js";
import { folderOf } from "./storage.js";

/**
 * @typedef {import("../core/chat/state.js").State} State
 * @typedef {{username: string, room: string}} Who
 */

/** Who comes in, and in which room. A link chooses the room; the name in it counts where nobody has a name
 * yet. `other` is a name that it asks for and does not get unasked; `enters` is false where somebody has
 * to say who they are.
 * @param {Who} asked by the address
 * @param {{me: string, room: string} | null} last who was here in this tab
 * @param {string | null} remembered who was here in this browser; "" for a guest, null for nobody
 * @returns {Who & {other: string, enters: boolean}} */
export function whoComes(asked, last, remembered) {
  const own = last?.me ?? remembered;
  const isOther = asked.username !== "" && own !== null && fold(own) !== fold(asked.username);
  const room = asked.room || last?.room || "";
  const other = isOther ? asked.username : "";
  if (last) return { username: last.me, room, other, enters: true };
  if (isOther || asked.username === "") return { username: own ?? "", room, other, enters: false };
  return { username: asked.username, room, other, enters: true };
}

/** The room and the name of a link into this very chat; null for any other.
 * @param {string} href
 * @param {string} here the page's address
 * @returns {Who & {message: number | null} | null} */
export function linkInto(href, here) {
  if (!URL.canParse(href)) return null;
  const [link, page] = [new URL(href), new URL(here)];
  const isHere = link.origin === page.origin && folderOf(href) === folderOf(here) && /\/(index\.html)?$/.test(link.pathname);
  const room = link.searchParams.get("room") ?? "";
  const message = messageIn(link.hash);
  // A token is for the page that it opens.
  return isHere && room !== "" && (link.hash === "" || message !== null) ? { room, username: link.searchParams.get("username") ?? "", message } : null;
}

/** The message that `#m=ID` names.
 * @param {string} hash */
function messageIn(hash) {
  const id = Number(/^#m=(\d{1,16})$/.exec(hash)?.[1] ?? NaN);
  return Number.isSafeInteger(id) ? id : null;
}

/** Takes the message out of the page's address: one goes there once.
 * @param {Pick<Location, "pathname" | "search" | "hash">} location
 * @param {(bare: string) => void} replace */
export function takeMessage({ pathname, search, hash }, replace) {
  const id = messageIn(hash);
  if (id !== null) replace(pathname + search);
  return id;
}

/** @param {Pick<Location, "search" | "hash">} location
 * @param {Pick<History, "state" | "replaceState" | "pushState">} history */
export function newAddress(location, history) {
  const asked = () => {
    const query = new URLSearchParams(location.search);
    return { username: query.get("username") ?? "", room: query.get("room") ?? "" };
  };
  return {
    asked,
    /** Takes a name out of it: the address may be shared, and the name is private.
     * @param {string} room */
    hideName(room) {
      if (asked().username !== "") history.replaceState(history.state, "", `${room ? `?${new URLSearchParams({ room })}` : "./"}${location.hash}`);
    },
    /** Another room is another entry to come back to, unless one has left the former.
     * @param {State} state */
    keep(state) {
      const { name } = activeRoom(state);
      const query = `?${new URLSearchParams({ room: name })}`;
      if (location.search === query && typeof history.state?.room === "string") return;
      const before = history.state?.room;
      const isNew = typeof before === "string" && fold(before) !== fold(name) && find(state, before) !== undefined;
      const address = `${query}${location.hash}`;
      if (isNew) history.pushState({ room: name }, "", address);
      else history.replaceState({ room: name }, "", address);
    },
  };
}
