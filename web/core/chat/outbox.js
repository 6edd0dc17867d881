// Own messages on their way, and what was done to messages: one after another, each kept until the server has told that
// it is stored. Pure: it knows neither page nor socket.

import { contentFault, trimmed } from "../protocol/text.js";
import { messageOf } from "./messages/place.js";
import { fail, undo } from "./messages/refusing.js";
import { joining } from "./reconnect.js";
import { NOT_FROM_HERE } from "./revoked.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("./state.js").Pending} Pending
 * @typedef {import("../update.js").Action} Action
 */

/** Own messages, and changes to messages, that may wait for the server, in a room. */
export const PENDING_MAX = 500;

/** Puts a text behind all that waits; a sentence instead if it cannot be sent.
 * @param {State} state
 * @param {Room} room
 * @param {string} content
 * @param {number | null} [reply] the message that it answers */
export function put(state, room, content, reply = null) {
  const full = room.pending.length >= PENDING_MAX ? `${PENDING_MAX} messages are waiting to be sent. Wait until you are back online` : null;
  const text = trimmed(content);
  const fault = contentFault(text) ?? full;
  if (fault) return fault;
  state.refs += 1;
  room.pending.push({ ref: `${state.session}-${state.refs}`, content: text, failed: "", ...(reply !== null && { reply }) });
  return null;
}

/** Sends the next one, if there is somebody to send it to and nothing before it.
 * @param {Room} room
 * @returns {Action[]} */
export function sendNext(room) {
  if (!room.joined || room.sending !== null) return [];
  room.pending = room.pending.filter((each) => !isDone(room, each));
  const next = room.pending.find((pending) => !pending.failed);
  if (!next) return [];
  // What is sent again may be there since the first time.
  if (next.sent) delete next.isUnsure;
  room.sending = next.ref;
  return [sending(room, next)];
}

/** What is deleted need not be deleted, and what was done to a message that is gone cannot be.
 * @param {Room} room
 * @param {Pending} pending */
export function isDone(room, { does, message, of }) {
  if (of !== undefined) return !room.pending.some(({ ref }) => ref === of);
  return does === "delete" && message !== undefined && messageOf(room, message)?.deleted === true;
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

/** A copy of an own message came, live or replayed: it is stored, and what was done to it meanwhile can be sent.
 * @param {Room} room
 * @param {string} ref
 * @param {number} id */
export function stored(room, ref, id) {
  answered(room, ref);
  for (const each of room.pending) {
    if (each.of !== ref) continue;
    delete each.of;
    each.message = id;
  }
  if (room.editing?.which === ref) room.editing.which = id;
}

/** The server has done what was asked for.
 * @param {Room} room
 * @param {string | undefined} ref */
export function answered(room, ref) {
  room.pending = room.pending.filter((pending) => pending.ref !== ref);
  if (room.sending === ref) room.sending = null;
}

/** The server refused one for good: those behind it still go out. A message stays, with the text that it was given last; a
 * change is undone.
 * @param {Room} room
 * @param {Pending} pending
 * @param {string} why
 * @returns {Action[]} */
export function refused(room, pending, why) {
  if (room.sending === pending.ref) room.sending = null;
  if (pending.does !== undefined) undo(room, pending);
  else fail(room, pending, why);
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

/** Takes a refused one out, and gives it back.
 * @param {Room | undefined} room
 * @param {string} ref */
export function takeBack(room, ref) {
  const pending = room?.pending.find((each) => each.ref === ref && each.failed);
  if (!room || !pending) return null;
  room.pending = room.pending.filter((each) => each !== pending);
  return pending;
}

/** @param {Room} room
 * @param {Pending} pending
 * @returns {Action} */
function sending(room, pending) {
  pending.sent = true;
  return { do: "send", envelope: { ...envelopeOf(pending), room: room.name, ref: pending.ref } };
}

/** @param {Pending} pending */
function envelopeOf({ does, content, reply, message = 0, emoji = "", on }) {
  switch (does) {
    case undefined:
      return { type: /** @type {const} */ ("message"), content, ...(reply !== undefined && { reply }) };
    case "edit":
      return { type: does, message, content };
    case "delete":
      return { type: does, message };
    case "react":
      return { type: does, message, emoji, ...(on === false && { on }) };
  }
}
