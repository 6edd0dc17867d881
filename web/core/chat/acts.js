// What was asked for by a command, and the server has not answered: an act that came too fast is repeated when the server
// has time for it. Pure: it knows neither page nor socket nor clock.

import { fold } from "../protocol/names.js";
import { inSentence } from "../protocol/text.js";
import { COMMAND_FOR } from "./moderated.js";
import { find } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("../update.js").Asked} Asked
 * @typedef {{isQuiet?: boolean, isRepeated?: boolean, text?: string}} Manner
 * `isQuiet`: what becomes of it is not told; `isRepeated`: it does no harm twice, so it goes out again after a cut; `text` is
 * to be said in the room that is the answer
 * @typedef {Manner & {ref: string, envelope: Asked, refusals: number, waits: boolean}} Act
 * `waits`: it is to be sent, again or for the first time
 *
 * @typedef {object} Acts
 * @property {Act[]} open not answered yet, oldest first
 * @property {boolean} isHeld the server asked for time: nothing is sent until it has passed
 */

/** Acts that may wait for an answer: more than anybody types. */
const OPEN_MAX = 100;
/** What is refused for a time more often is given up. */
const REFUSALS_MAX = 10;

/** Asks for something, once one is in a room and behind all that still has to be repeated. Null if too much waits.
 * @param {State} state
 * @param {Asked} envelope
 * @param {Manner} [manner]
 * @returns {Action[] | null} */
export function ask(state, envelope, manner = {}) {
  const { acts } = state;
  if (acts.open.length >= OPEN_MAX) return null;
  state.refs += 1;
  const waits = !isInAnyRoom(state) || acts.isHeld || acts.open.some((each) => isDue(state, each));
  const act = { ...manner, ref: `${state.session}-${state.refs}`, envelope, refusals: 0, waits };
  acts.open.push(act);
  return act.waits ? [] : [sending(act)];
}

/** The act with this ref, if it is one.
 * @param {State} state
 * @param {string | undefined} ref */
export function actOf({ acts }, ref) {
  return acts.open.find((act) => act.ref === ref);
}

/** The server has no time for it now. Null if it was asked often enough.
 * @param {State} state
 * @param {Act} act
 * @param {number} afterMs
 * @returns {Action[] | null} */
export function refusedForNow(state, act, afterMs) {
  act.refusals += 1;
  if (act.refusals > REFUSALS_MAX) return null;
  act.waits = true;
  if (state.acts.isHeld) return [];
  state.acts.isHeld = true;
  return [{ do: "later", afterMs, event: { type: "resume" } }];
}

/** It was answered. One after another, what has to be repeated follows.
 * @param {State} state
 * @param {string | undefined} ref
 * @returns {Action[]} */
export function settled(state, ref) {
  const act = actOf(state, ref);
  if (!act) return [];
  state.acts.open = state.acts.open.filter((each) => each !== act);
  return next(state);
}

/** The time that the server asked for has passed.
 * @param {State} state
 * @returns {Action[]} */
export function resume(state) {
  state.acts.isHeld = false;
  return next(state);
}

/** Sends the first that waits and may be sent.
 * @param {State} state
 * @returns {Action[]} */
export function next(state) {
  const { acts, link } = state;
  if (acts.isHeld || link.is !== "online") return [];
  const act = acts.open.find((each) => isDue(state, each));
  if (!act) return [];
  act.waits = false;
  return [sending(act)];
}

/** Who has left a room asks for nothing there any more; what waited behind that follows.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[]} */
export function dropOf(state, room) {
  withdraw(state, room);
  return next(state);
}

/** @param {State} state
 * @param {Room} room */
export function withdraw({ acts }, { name }) {
  acts.open = acts.open.filter((act) => roomOf(act) === undefined || fold(roomOf(act) ?? "") !== fold(name));
}

/** The room that one has to be in for it: how one keeps a room, one may say from anywhere.
 * @param {Act} act */
const roomOf = ({ envelope: { type, room } }) => (type === "setting" ? undefined : room);

/** The connection is lost: what was sent and not answered may have been done, so it is not sent again, unless that does no
 * harm. Gives it back, as it is typed.
 * @param {State} state */
export function dropSent({ acts }) {
  for (const act of acts.open) act.waits ||= act.isRepeated ?? false;
  const sent = acts.open.filter(({ waits }) => !waits);
  acts.open = acts.open.filter(({ waits }) => waits);
  return sent.filter(({ isQuiet }) => !isQuiet).map(typed);
}

/** What was asked for under one name is not done under another. Gives it back, as it is typed.
 * @param {State} state */
export function dropAll({ acts }) {
  const all = acts.open;
  acts.open = [];
  return all.filter(({ isQuiet }) => !isQuiet).map(typed);
}

/** @param {Act} act */
function typed({ envelope }) {
  const name = { ...COMMAND_FOR, direct: "msg", rooms: "list" }[envelope.type] ?? envelope.type;
  return `/${name}${envelope.user === undefined ? "" : ` ${inSentence(envelope.user)}`}`;
}

/** It waits, and for nothing but its turn: what is for another room waits until one is in that room.
 * @param {State} state
 * @param {Act} act */
function isDue(state, act) {
  const room = roomOf(act);
  return act.waits && (room === undefined ? isInAnyRoom(state) : find(state, room)?.joined === true);
}

/** Before that, what is sent may be lost.
 * @param {State} state */
export const isInAnyRoom = ({ rooms }) => rooms.some(({ joined }) => joined);

/** @param {Act} act
 * @returns {Action} */
function sending({ ref, envelope }) {
  return { do: "send", envelope: { ...envelope, ref } };
}
