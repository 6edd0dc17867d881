// What is unread, in the title of the page, its icon and the badge of the installed app: always made
// from the state, never counted up.

import { spoken } from "./label.js";
import { activeRoom } from "./state.js";
import { meant, orMore, shownCount, unread } from "./unread.js";

/** @typedef {import("./state.js").State} State */

/** @param {State} state */
export function title(state) {
  const { count, calls, more } = counts(state);
  const before = calls > 0 ? `(!${shownCount(calls)}) ` : count > 0 ? `(${shownCount(count, more)}) ` : "";
  return `${before}${spoken(activeRoom(state), state.me)} · Nebula`;
}

/** The file of the icon.
 * @param {State} state */
export function icon(state) {
  const { count, calls } = counts(state);
  return calls > 0 ? "icon-mention.svg" : count > 0 ? "icon-unread.svg" : "icon.svg";
}

/** @param {State} state */
export function counts(state) {
  const count = state.rooms.reduce((sum, room) => sum + unread(state, room), 0);
  return { count, more: state.rooms.map(orMore).find(Boolean) ?? "", calls: state.rooms.reduce((sum, room) => sum + meant(state, room), 0) };
}
