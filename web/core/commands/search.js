// Searching: asking the server, and going through what it found. Pure: it knows neither page nor socket nor clock.

import { beginSearch, foundMore, foundNow } from "../chat/found.js";
import { answer, asking } from "./asking.js";
import { goToMessage } from "./rooms.js";

/**
 * @typedef {import("../chat/state.js").State} State
 * @typedef {import("../update.js").Action} Action
 * @typedef {{is: "search", query: string}
 *   | {is: "foundMore" | "nextFound" | "previousFound" | "foundShut" | "foundEnds"}
 *   | {is: "goToFound", id: number, from?: number}} SearchIntent
 * next is older; `foundShut`: the list is not looked at any more; `from` is where one reads in the room that is shown
 */

/** @param {State} state
 * @param {SearchIntent} intent
 * @returns {Action[] | null} */
export function performSearch(state, intent) {
  switch (intent.is) {
    case "search":
      return search(state, intent.query);
    case "foundMore":
      return foundMore(state);
    case "nextFound":
    case "previousFound":
      return step(state, intent.is === "nextFound");
    case "goToFound":
      return goToFound(state, intent.id, intent.from ?? 0);
    case "foundShut":
      if (state.search?.at === null) state.search = null;
      return [];
    case "foundEnds":
      state.search = null;
      return [];
  }
}

/** Without words it opens the list as it is. Who looks there does not go on by themselves.
 * @param {State} state
 * @param {string} query
 * @returns {Action[] | null} */
function search(state, query) {
  const asked = query === "" ? [] : asking(state, () => beginSearch(state, query));
  if (!asked) return null;
  if (state.search) state.search.goesOn = false;
  return [...asked, { do: "open", what: "search" }];
}

/** To one of them. The search stays, so that one can go on to the next.
 * @param {State} state
 * @param {number} id
 * @param {number | null} from null: the way back stays
 * @returns {Action[] | null} */
function goToFound(state, id, from) {
  const hit = foundNow(state).find((each) => each.id === id);
  if (!state.search || !hit) return [];
  Object.assign(state.search, { at: id, goesOn: false });
  return goToMessage(state, hit, from);
}

/** To the one before or after the one that was gone to last.
 * @param {State} state
 * @param {boolean} isOlder
 * @returns {Action[] | null} */
function step(state, isOlder) {
  const { search } = state;
  if (!search) return [];
  search.goesOn = false;
  const at = search.at ?? Infinity;
  const ids = foundNow(state).map(({ id }) => id);
  const next = isOlder ? ids.find((id) => id < at) : ids.findLast((id) => id > at);
  if (next !== undefined) return goToFound(state, next, null);
  if (isOlder && search.more) {
    const asked = asking(state, () => foundMore(state));
    if (!asked) return null;
    search.goesOn = true;
    return [...asked, ...answer(state, "Loading older results …")];
  }
  return answer(state, `No ${isOlder ? "older" : "newer"} results`);
}
