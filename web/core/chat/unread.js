// What is unread in a room, and what of it is for this person: by the server's numbers and what came after them, or, where
// it has told none, by the messages that are here. Nothing is ever counted up. Pure: it knows neither page nor socket nor
// clock.

import { outsideCode } from "../formatting/formatting.js";
import { UNREAD_MAX } from "../protocol/limits.js";
import { holds, mentions } from "../protocol/mentions.js";
import { find, isMe } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("./state.js").Entry} Entry
 * @typedef {import("./state.js").Message} Message
 */

/** Messages of others after an id, newest first.
 * @param {State} state
 * @param {Room} room
 * @param {number} after */
export function* othersAfter(state, room, after) {
  for (let at = room.entries.length - 1; at >= 0; at -= 1) {
    const entry = /** @type {Entry} */ (room.entries[at]);
    if (entry.type !== "message") continue;
    if (entry.id <= after) return;
    if (!isMe(state, entry.sender)) yield entry;
  }
}

/** Messages of others after the last one read.
 * @param {State} state
 * @param {Room} room */
export const unread = (state, room) => countOf(state, room, "unread", () => true);

/** How many of them mention this person. Where the server counts, so it decides; else a bare name does it too.
 * @param {State} state
 * @param {Room} room */
export const mentioned = (state, room) => countOf(state, room, "mentions", (message) => (room.marker ? mentionsMe(state, message) : namesMe(state, message)));

/** How many are for this person above all: those that mention them; where each message is said to them alone and notifies, all.
 * @param {State} state
 * @param {Room} room */
export const meant = (state, room) => (room.kind === "direct" && levelOf(room) === "everything" ? unread : mentioned)(state, room);

/** @param {State} state
 * @param {Room} room
 * @param {"unread" | "mentions"} what
 * @param {(message: Message) => boolean} is */
function countOf(state, room, what, is) {
  const { marker } = room;
  let count = marker?.[what] ?? 0;
  for (const message of othersAfter(state, room, marker?.head ?? room.read)) if (!(marker && message.deleted) && is(message)) count += 1;
  return marker ? Math.min(count, UNREAD_MAX) : count;
}

/** A number of unread messages as it is shown, with what stands behind it.
 * @param {number} count
 * @param {string} [more] */
export const shownCount = (count, more = "") => (count >= UNREAD_MAX ? `${UNREAD_MAX - 1}+` : `${count}${more}`);

/** "+" where there may be more of them than are loaded.
 * @param {Room} room */
export function orMore({ marker, more, cleared, entries, read }) {
  return !marker && more && !cleared && (entries[0]?.id ?? 0) > read ? "+" : "";
}

/** The id of the message below the line above what is new, if there is one.
 * @param {State} state
 * @param {Room} room */
export function newLine(state, room) {
  return room.mark === null ? null : firstAfter(state, room, room.mark);
}

/** The first message of another after an id.
 * @param {State} state
 * @param {Room} room
 * @param {number} after */
export function firstAfter(state, room, after) {
  let first = null;
  for (const { id } of othersAfter(state, room, after)) first = id;
  return first;
}

/** The server says that a message of somebody else mentions this person, or everybody.
 * @param {State} state
 * @param {Message} message */
export function mentionsMe(state, message) {
  if (message.deleted || isMe(state, message.sender)) return false;
  return message.everybody !== undefined || (message.mentions ?? []).some((name) => isMe(state, name));
}

/** What a text was found to say, asked of thousands of messages for every drawing.
 * @typedef {{me: string, content: string, highlights: string[], isNamed: boolean, isHighlighted: boolean}} Found
 * @type {WeakMap<Message, Found>} */
const kept = new WeakMap();

/** Somebody else mentions this person, or has their name as a word.
 * @param {State} state
 * @param {Message} message */
export const namesMe = (state, message) => mentionsMe(state, message) || (found(state, message)?.isNamed ?? false);

/** A message of somebody else is for this person: it names them, or holds one of the words that they look out for.
 * @param {State} state
 * @param {Message} message */
export const callsMe = (state, message) => namesMe(state, message) || (found(state, message)?.isHighlighted ?? false);

/** @param {State} state
 * @param {Message} message
 * @returns {Found | null} */
function found(state, message) {
  const { me, highlights } = state;
  const { content, deleted, sender } = message;
  if (me === null || deleted || isMe(state, sender)) return null;
  const known = kept.get(message);
  if (known?.me === me && known.content === content && known.highlights === highlights) return known;
  const text = outsideCode(content);
  const isNamed = mentions(text, me, find(state, message.room)?.people.known);
  const made = { me, content, highlights, isNamed, isHighlighted: highlights.some((word) => holds(text, word)) };
  kept.set(message, made);
  return made;
}

/** Of what a room notifies this person: of this message, if it is one of somebody else.
 * @param {State} state
 * @param {Room} room
 * @param {Message} message */
export function notifies(state, room, message) {
  const level = levelOf(room);
  return level !== "nothing" && (level === "everything" || callsMe(state, message));
}

/** @param {Pick<Room, "kind" | "notify">} room */
const levelOf = (room) => (room.notify === "default" ? defaultLevel(room) : room.notify);

/** Of what a room notifies for which nothing else is said.
 * @param {Pick<Room, "kind">} room */
export const defaultLevel = ({ kind }) => (kind === "direct" ? "everything" : "mentions");

/** Nothing here is announced or notified.
 * @param {Pick<Room, "notify">} room */
export const isMuted = ({ notify }) => notify === "nothing";
