// What follows from what somebody wants: a sentence for them, or a question to the server, which may refuse it: it says who
// may do what. Pure: it knows neither page nor socket nor clock.

import { ask, isInAnyRoom } from "../chat/acts.js";
import { tell } from "../chat/state.js";

/**
 * @typedef {import("../chat/state.js").State} State
 * @typedef {import("../chat/state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("../update.js").Asked} Asked
 */

const NOT_HERE = "You are not in this room right now";

/** @param {State} state
 * @param {string} sentence */
export function answer(state, sentence) {
  tell(state, sentence, true);
  return [];
}

/** Nothing is done: what was typed stays.
 * @param {State} state
 * @param {string} sentence */
export function fault(state, sentence) {
  tell(state, sentence);
  return null;
}

/** One has to be in the room.
 * @param {State} state
 * @param {Room} room
 * @param {Asked} envelope
 * @returns {Action[] | null} */
export function askWithin(state, room, envelope) {
  return room.joined ? askAnywhere(state, envelope) : fault(state, NOT_HERE);
}

/** @param {State} state
 * @param {Asked} envelope
 * @param {import("../chat/acts.js").Manner} [manner]
 * @returns {Action[] | null} */
export const askAnywhere = (state, envelope, manner) => asking(state, () => ask(state, envelope, manner));

/** @param {State} state
 * @param {() => Action[] | null} asks null if too much waits
 * @returns {Action[] | null} */
export function asking(state, asks) {
  if (!isInAnyRoom(state)) return fault(state, "You are not connected right now");
  return asks() ?? fault(state, "Too many requests are unanswered; try again later");
}

/** @param {import("../update.js").Dialog} what shows the answer
 * @param {Action[] | null} asked
 * @returns {Action[] | null} */
export const opening = (what, asked) => asked && [...asked, { do: "open", what }];
