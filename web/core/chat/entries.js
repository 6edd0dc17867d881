// The entries of a room, in their order: messages and notes, and how they change. Pure: it knows neither page nor socket
// nor clock.

import { takeChange, takeState } from "./messages/changes.js";
import { messageOf, placeOf } from "./messages/place.js";
import { stored } from "./outbox.js";
import { ENTRIES_MAX, ENTRIES_READING_MAX, isMe } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../protocol/envelopes.js").Message} Message
 */

/** Changes that are remembered until a page comes: far more than there are in the time of an answer. */
const CHANGES_MAX = 1_000;

/** @param {Room} room
 * @param {{type: "join" | "leave" | "told", sender: string, at: number, words?: string}} what */
export function write(room, what) {
  room.notes += 1;
  room.entries.push({ ...what, id: room.entries.at(-1)?.id ?? room.head, note: room.notes });
  trim(room);
}

/** A message is edited, deleted or reacted to.
 * @param {Room} room
 * @param {import("./state.js").Change} change */
export function changed(room, change) {
  const held = messageOf(room, change.message);
  if (held) takeChange(held, change);
  room.head = Math.max(room.head, change.id);
  if (room.awaited && room.awaited.changes.length < CHANGES_MAX) room.awaited.changes.push(change);
}

/** Of two states of a message the one with the newer change counts; false if it is not here.
 * @param {Room} room
 * @param {Message} message */
export function change(room, message) {
  const held = messageOf(room, message.id);
  if (held) takeState(held, message);
  return held !== null;
}

/** Drops the oldest entries; while the person reads higher up, only if there are far too many.
 * @param {Room} room */
export function trim(room) {
  const over = room.entries.length - (room.atBottom ? ENTRIES_MAX : ENTRIES_READING_MAX);
  if (over <= 0) return false;
  // A splice would move all the others for each one that comes.
  for (let gone = 0; gone < over; gone += 1) room.entries.shift();
  room.more = true;
  return true;
}

/** Puts a message at its place; false if it is there already.
 * @param {State} state
 * @param {Room} room
 * @param {Message} message */
export function takeIn(state, room, message) {
  if (message.ref && isMe(state, message.sender)) stored(room, message.ref, message.id);
  room.head = Math.max(room.head, message.id);
  room.newest = Math.max(room.newest, message.id);
  if (change(room, message)) return false;
  room.entries.splice(placeOf(room, message.id), 0, message);
  return true;
}
