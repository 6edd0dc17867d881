// What somebody does to messages, by a button, a key or a command: done at once, where they may. Pure: it knows neither
// page nor socket nor clock.

import { tellMarked } from "../chat/markers.js";
import { edit, remove, textOf, toggle } from "../chat/messages/changing.js";
import { messageOf } from "../chat/messages/place.js";
import { quoteOf } from "../chat/messages/shown.js";
import { toBottom } from "../chat/reading.js";
import { NOT_YOURS, isRevoked } from "../chat/revoked.js";
import { isGuest, isMe, tell } from "../chat/state.js";
import { fold } from "../protocol/names.js";
import { inSentence, withPictures } from "../protocol/text.js";
import { fault } from "./asking.js";

/**
 * @typedef {import("../chat/state.js").State} State
 * @typedef {import("../chat/state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("../chat/messages/changing.js").Which} Which
 *
 * @typedef {{is: "editing", which: Which | undefined, text?: string}
 *   | {is: "edited" | "notEdited" | "notReplying"}
 *   | {is: "replying" | "linkTo" | "markUnread", id: number}
 *   | {is: "react", id: number, emoji: string}
 *   | {is: "erase", which: Which}} MessageIntent
 * `editing` begins, or goes on with another text
 */

const NO_NAME = "You need a reserved name to do this";
const NOT_HERE = "No such message here";
const IS_DELETED = "This message was deleted";

/** Who has no name of their own can change nothing.
 * @param {State} state */
export function mayChange(state) {
  return state.me !== null && !isGuest(state.me) && state.list.refused !== fold(state.me);
}

/** @param {State} state
 * @param {Room} room
 * @param {MessageIntent} intent
 * @returns {Action[] | null} */
export function performOnMessage(state, room, intent) {
  switch (intent.is) {
    case "editing":
      return beginEditing(state, room, intent.which, intent.text);
    case "edited":
      return saveEdit(state, room);
    case "notEdited":
      room.editing = null;
      return [];
    case "replying":
      return beginReplying(state, room, intent.id);
    case "notReplying":
      room.reply = null;
      return [];
    case "markUnread":
      if (!mayChange(state) || !room.marker) return fault(state, NO_NAME);
      tell(state, "Marked as unread from here", true);
      return tellMarked(state, room, intent.id);
    case "linkTo":
      return [{ do: "permalink", id: intent.id }];
    case "react":
      return done(state, () => (mayChange(state) ? toggle(state, room, intent.id, intent.emoji) : NO_NAME));
    case "erase":
      return done(state, () => remove(state, room, intent.which));
  }
}

/** @param {State} state
 * @param {Room} room
 * @param {number} id
 * @returns {Action[] | null} */
function beginReplying(state, room, id) {
  if (textOf(state, room, id) === null) return fault(state, messageOf(room, id) ? IS_DELETED : NOT_HERE);
  room.reply = id;
  return [];
}

/** Begins where the message is in sight; what is written there already stays.
 * @param {State} state
 * @param {Room} room
 * @param {Which | undefined} which
 * @param {string | undefined} text that is written there
 * @returns {Action[] | null} */
function beginEditing(state, room, which, text) {
  const now = which === undefined ? null : textOf(state, room, which);
  if (which === undefined || now === null) return fault(state, NOT_HERE);
  if (typeof which === "number" && !mayChange(state)) return fault(state, NO_NAME);
  if (text !== undefined || room.editing?.which !== which) room.editing = { which, text: text ?? now };
  if (text !== undefined) return [];
  // It may be among what is not shown.
  if (typeof which === "string") toBottom(room);
  else if (messageOf({ entries: room.entries }, which)) room.past = null;
  return [{ do: "edit", which }];
}

/** What cannot be saved stays where it is written.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[] | null} */
function saveEdit(state, room) {
  if (!room.editing) return [];
  const { which, text } = room.editing;
  const actions = done(state, () => edit(state, room, which, text));
  if (actions) room.editing = null;
  return actions;
}

/** Nothing is done on a device that is the person's no longer.
 * @param {State} state
 * @param {() => Action[] | string} does
 * @returns {Action[] | null} */
function done(state, does) {
  const made = isRevoked(state) ? NOT_YOURS : does();
  return typeof made === "string" ? fault(state, made) : made;
}

/** The newest message of one's own that can be edited.
 * @param {State} state
 * @param {Room} room */
export const newestOwn = (state, room) => nthOwn(state, room, 1);

/** The N-th newest message of one's own that can be edited: those that wait, then those that are stored.
 * @param {State} state
 * @param {Room} room
 * @param {number} number
 * @returns {Which | undefined} */
export function nthOwn(state, room, number) {
  const waiting = room.pending.filter(({ does, failed }) => does === undefined && !failed).map(({ ref }) => ref);
  const own = room.entries.flatMap((each) => (each.type === "message" && isMe(state, each.sender) ? [each.id] : []));
  return [...own, ...waiting].filter((which) => textOf(state, room, which) !== null).at(-number);
}

/** The N-th newest message that is stored and still there, as it is shown: its id; undefined if there are fewer.
 * @param {State} state
 * @param {Room} room
 * @param {number} number */
export function nthNewest(state, room, number) {
  let left = number;
  return room.entries.findLast(({ type, id }) => type === "message" && textOf(state, room, id) !== null && (left -= 1) === 0)?.id;
}

/** What a command does with the N-th newest message.
 * @param {State} state
 * @param {Room} room
 * @param {{is: "reply" | "reactTo" | "permalink", number?: number, emoji?: string}} intent
 * @returns {Action[] | null} */
export function withMessage(state, room, { is, number = 1, emoji = "" }) {
  const id = nthNewest(state, room, number);
  if (id === undefined) return fault(state, NOT_HERE);
  if (is === "permalink") return performOnMessage(state, room, { is: "linkTo", id });
  if (is === "reply") return performOnMessage(state, room, { is: "replying", id });
  // A name is looked up in the table, which is loaded when it is needed.
  if (/^[:\w+-]+$/.test(emoji)) return [{ do: "emoji", code: emoji.replaceAll(":", ""), id }];
  return performOnMessage(state, room, { is: "react", id, emoji: withPictures(emoji) });
}

/** Deletes the N-th newest message, of one's own where others' may not be deleted. It cannot be undone, so that is asked first.
 * @param {State} state
 * @param {Room} room
 * @param {number} number
 * @returns {Action[] | null} */
export function askToDelete(state, room, number) {
  const which = room.moderates ? nthNewest(state, room, number) : nthOwn(state, room, number);
  const content = which === undefined ? null : textOf(state, room, which);
  if (which === undefined || content === null) return fault(state, NOT_HERE);
  const sender = typeof which === "number" ? messageOf(room, which)?.sender ?? null : state.me;
  const whose = sender === null || isMe(state, sender) ? "your" : `${inSentence(sender)}'s`;
  const question = `Delete ${whose} message “${quoteOf({ content, isDeleted: false })}”? This can't be undone.`;
  return [{ do: "confirm", question, yes: "Delete", then: { type: "does", intent: { is: "erase", which } } }];
}
