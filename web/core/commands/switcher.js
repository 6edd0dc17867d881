// Which rooms fit what is typed into the room switcher. Pure: it knows no page.

import { mentioned, orMore, unread } from "../chat/state.js";
import { ROOM_CHARS_MAX } from "../protocol/limits.js";
import { fold, nameFault } from "../protocol/names.js";

/** @typedef {{name: string, place: number | null, news: string}} Candidate
 * `place`: null for one to join; `news`: how many are unread, if any */

/** Rooms with anything new come first while nothing is typed; then those that hold it as it is, then
 * those that hold its letters in order; a room of that very name can be joined.
 * @param {import("../chat/state.js").State} state
 * @param {string} typed
 * @returns {Candidate[]} */
export function candidates(state, typed) {
  const wanted = fold(typed.trim().replace(/^#/, ""));
  const all = state.rooms.map((room, place) => {
    const count = unread(state, room);
    const urgency = mentioned(state, room) > 0 ? 2 : count > 0 ? 1 : 0;
    return { name: room.name, place, news: count > 0 ? `${count}${orMore(room)}` : "", rank: wanted === "" ? urgency : fit(fold(room.name), wanted) };
  });
  const fitting = all.filter(({ rank }) => wanted === "" || rank > 0).sort((a, b) => b.rank - a.rank);
  const isThere = all.some(({ name }) => fold(name) === wanted);
  const name = typed.trim().replace(/^#/, "");
  return wanted === "" || isThere || nameFault(name, ROOM_CHARS_MAX) ? fitting : [...fitting, { name, place: null, news: "" }];
}

/** @param {string} name
 * @param {string} wanted */
function fit(name, wanted) {
  if (name === wanted) return 4;
  if (name.startsWith(wanted)) return 3;
  if (name.includes(wanted)) return 2;
  let at = -1;
  for (const char of wanted) {
    at = name.indexOf(char, at + 1);
    if (at < 0) return 0;
  }
  return 1;
}
