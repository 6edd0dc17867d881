// The entries of a room, in their order: messages and notes, and how they change. Pure: it knows neither page nor socket
// nor clock.

import { DELETED_CONTENT } from "../protocol/envelopes.js";
import { stored } from "./outbox.js";
import { ENTRIES_MAX, ENTRIES_READING_MAX, isMe } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../protocol/envelopes.js").Message} Message
 */

/** Deletions that are remembered until a page comes: far more than there are in the time of an answer. */
const DELETIONS_MAX = 1_000;

/** @param {Room} room
 * @param {{type: "join" | "leave" | "told", sender: string, at: number, words?: string}} what */
export function write(room, what) {
  room.notes += 1;
  room.entries.push({ ...what, id: room.entries.at(-1)?.id ?? room.head, note: room.notes });
  trim(room);
}

/** A message is deleted: a tombstone is left.
 * @param {Room} room
 * @param {import("./state.js").Deletion} deletion */
export function deleted(room, deletion) {
  change(room, { ...deletion, content: DELETED_CONTENT, deleted: true });
  if (room.awaited && room.awaited.deleted.length < DELETIONS_MAX) room.awaited.deleted.push(deletion);
}

/** Of two states of a message the one with the newer change counts; false if it is not here.
 * @param {Room} room
 * @param {{id: number, change?: number} & Partial<Message>} message */
export function change(room, message) {
  const held = messageAt(room, placeOf(room, message.id), message.id);
  // The entry itself stays: the log keeps its place by it.
  if (held && (message.change ?? 0) > (held.change ?? 0)) Object.assign(held, message);
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
  if (message.ref && isMe(state, message.sender)) stored(room, message.ref);
  room.head = Math.max(room.head, message.id);
  if (change(room, message)) return false;
  room.entries.splice(placeOf(room, message.id), 0, message);
  return true;
}

/** The message with this id, which stands before the notes that came after it.
 * @param {Room} room
 * @param {number} place behind all of them
 * @param {number} id */
function messageAt({ entries }, place, id) {
  for (let at = place - 1; at >= 0 && entries[at]?.id === id; at -= 1) {
    const entry = entries[at];
    if (entry?.type === "message") return entry;
  }
  return null;
}

/** Behind all entries up to this id.
 * @param {Room} room
 * @param {number} id */
export function placeOf({ entries }, id) {
  if ((entries.at(-1)?.id ?? 0) <= id) return entries.length;
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.id ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
