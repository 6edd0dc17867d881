// Own messages on their way: one after another, each kept until the server has told that it is
// stored. Pure: it knows neither page nor socket.

import { contentFault, withNewlines } from "../protocol/text.js";
import { joining } from "./reconnect.js";
import { NOT_FROM_HERE } from "./revoked.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("./state.js").Pending} Pending
 * @typedef {import("../update.js").Action} Action
 */

/** Own messages that may wait for the server, in a room. */
export const PENDING_MAX = 500;

/** Puts a text behind all that waits; a sentence instead if it cannot be sent.
 * @param {State} state
 * @param {Room} room
 * @param {string} content */
export function put(state, room, content) {
  const full = room.pending.length >= PENDING_MAX ? `${PENDING_MAX} messages are waiting to be sent. Wait until you are back online` : null;
  const lines = withNewlines(content);
  const fault = contentFault(lines) ?? full;
  if (fault) return fault;
  state.refs += 1;
  room.pending.push({ ref: `${state.session}-${state.refs}`, content: lines, failed: "" });
  return null;
}

/** Sends the next one, if there is somebody to send it to and nothing before it.
 * @param {Room} room
 * @returns {Action[]} */
export function sendNext(room) {
  const next = room.pending.find((pending) => !pending.failed);
  if (!room.joined || room.sending !== null || !next) return [];
  room.sending = next.ref;
  return [sending(room, next)];
}

/** What another tab left behind, or another visit, goes out; into its room first, where one is in others.
 * @param {State} state
 * @param {string[]} added rooms that were not there
 * @returns {Action[]} */
export function recalled({ rooms }, added) {
  // Before the first room is entered, all others are still to come.
  if (!rooms.some(({ joined }) => joined)) return [];
  const isAdded = (/** @type {Room} */ { name }) => added.includes(name);
  return [...rooms.filter(isAdded).map(joining), ...rooms.flatMap(sendNext)];
}

/** A copy of an own message came, live or replayed: it is stored.
 * @param {Room} room
 * @param {string} ref */
export function stored(room, ref) {
  room.pending = room.pending.filter((pending) => pending.ref !== ref);
  if (room.sending === ref) room.sending = null;
}

/** The server refused one for good: those behind it still go out.
 * @param {Room} room
 * @param {Pending} pending
 * @param {string} why
 * @returns {Action[]} */
export function refused(room, pending, why) {
  pending.failed = why;
  if (room.sending === pending.ref) room.sending = null;
  return sendNext(room);
}

/** Sends one once more: the server asked for time and has had it, or the person asks for it.
 * @param {Room | undefined} room
 * @param {string} ref
 * @returns {Action[]} */
export function again(room, ref) {
  const pending = room?.pending.find((each) => each.ref === ref);
  // Where it is not let in, a revoked device sends nothing.
  if (!room || !pending || (pending.failed === NOT_FROM_HERE && !room.joined)) return [];
  pending.failed = "";
  return room.joined && room.sending === ref ? [sending(room, pending)] : sendNext(room);
}

/** Takes a refused one out, and gives back its text.
 * @param {Room | undefined} room
 * @param {string} ref */
export function takeBack(room, ref) {
  const pending = room?.pending.find((each) => each.ref === ref && each.failed);
  if (!room || !pending) return null;
  room.pending = room.pending.filter((each) => each !== pending);
  return pending.content;
}

/** @param {Room} room
 * @param {Pending} pending
 * @returns {Action} */
function sending(room, { content, ref }) {
  return { do: "send", envelope: { type: "message", room: room.name, content, ref } };
}
