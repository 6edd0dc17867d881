// Whom one may write to: the people that one has seen, and how well a name fits what is typed. Pure: it knows no page.

import { isGuest, isMe } from "../chat/state.js";
import { fold, userFault } from "../protocol/names.js";

/** @typedef {import("../chat/state.js").State} State */

/** People that are offered: a person types another letter rather than read more. */
const OFFERED_MAX = 50;

/** Everybody seen in any room but oneself and guests, the room shown first.
 * @param {State} state
 * @returns {string[]} */
export function seen(state) {
  const rooms = [...state.rooms.slice(state.active), ...state.rooms.slice(0, state.active)];
  const all = rooms.flatMap(({ people: { known }, members, users }) => [...known, ...members.map(({ user }) => user), ...users]);
  const others = all.filter((name) => !isMe(state, name) && !isGuest(name));
  return [...new Map(others.map((name) => [fold(name), name])).values()];
}

/** Who may be chosen in addition: those seen, the best fit first, and whoever has the very name that is typed.
 * @param {State} state
 * @param {string} typed
 * @param {string[]} chosen
 * @returns {string[]} */
export function choosable(state, typed, chosen) {
  const name = typed.trim().replace(/^@/, "");
  const wanted = fold(name);
  const taken = chosen.map(fold);
  const rank = (/** @type {string} */ each) => fit(fold(each), wanted);
  const fitting = seen(state).filter((each) => rank(each) > 1 && !taken.includes(fold(each))).sort((one, other) => rank(other) - rank(one));
  const isNew = !isMe(state, name) && !isGuest(name) && userFault(name) === null && ![...taken, ...fitting.map(fold)].includes(wanted);
  return [...fitting.slice(0, OFFERED_MAX), ...(isNew ? [name] : [])];
}

/** How well a folded name fits what is wanted: 0 is not at all, and 1 holds its letters in order.
 * @param {string} name
 * @param {string} wanted */
export function fit(name, wanted) {
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
