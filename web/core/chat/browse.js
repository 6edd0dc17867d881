// The list of all rooms, as it is looked through: by words and by pages, one question at a time. Pure: it knows neither
// page nor socket nor clock.

import { QUERY_CHARS_MAX } from "../protocol/limits.js";
import { actOf, ask, settled } from "./acts.js";
import { tell } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("../update.js").Action} Action
 *
 * @typedef {object} Browse
 * @property {string} query what is looked for; "" for all
 * @property {import("../protocol/rooms.js").Listed[]} rooms what was found so far
 * @property {boolean} more there are others behind them
 * @property {string | null} ref of the question that was asked last
 * @property {string} asked what it was about
 */

/** Rooms that are shown of all: a person types a word rather than read more. */
const SHOWN_MAX = 2_000;

/** Looks for rooms with this text.
 * @param {State} state
 * @param {string} typed
 * @returns {Action[]} */
export function browse(state, typed) {
  const query = [...typed.trim()].slice(0, QUERY_CHARS_MAX).join("");
  const before = state.browse;
  if (before && before.query === query && before.ref !== null) return [];
  state.browse = { rooms: [], more: false, ref: null, asked: "", ...before, query };
  return isAsking(state) ? [] : question(state, {});
}

/** Wants the next page.
 * @param {State} state
 * @returns {Action[]} */
export function browseMore(state) {
  const { browse: now } = state;
  const after = now?.rooms.at(-1)?.room;
  return !now?.more || after === undefined || isAsking(state) ? [] : question(state, { after });
}

/** @param {State} state */
const isAsking = (state) => actOf(state, state.browse?.ref ?? undefined) !== undefined;

/** @param {State} state
 * @param {{after?: string}} from
 * @returns {Action[]} */
function question(state, from) {
  const now = /** @type {Browse} */ (state.browse);
  const asked = ask(state, { type: "rooms", ...(now.query && { query: now.query }), ...from }, { isQuiet: true });
  if (!asked) tell(state, "Too many requests are unanswered; try again later");
  Object.assign(now, { ref: state.acts.open.at(-1)?.ref ?? null, asked: now.query });
  return asked ?? [];
}

/** A page of what was looked for; what is looked for by now is asked for next.
 * @param {State} state
 * @param {import("../protocol/rooms.js").Rooms} page
 * @returns {Action[]} */
export function browseCame(state, { rooms, more, ref }) {
  const { browse: now } = state;
  const isMore = actOf(state, ref)?.envelope.after !== undefined;
  const waiting = settled(state, ref);
  if (!now || ref === undefined || ref !== now.ref) return waiting;
  const found = isMore ? [...now.rooms, ...rooms] : rooms;
  Object.assign(now, { rooms: found, more: more && found.length < SHOWN_MAX });
  return now.asked === now.query ? waiting : [...waiting, ...question(state, {})];
}
