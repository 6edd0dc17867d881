// What somebody does to messages, by a button, a key or a command: done at once, where they may. Pure: it knows neither
// page nor socket nor clock.

import { edit, remove, textOf, toggle } from "../chat/messages/changing.js";
import { isRevoked } from "../chat/revoked.js";
import { isGuest, isMe } from "../chat/state.js";
import { fold } from "../protocol/names.js";
import { fault } from "./asking.js";
import { nthNewest } from "./moderation.js";

/**
 * @typedef {import("../chat/state.js").State} State
 * @typedef {import("../chat/state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("../chat/messages/changing.js").Which} Which
 *
 * @typedef {{is: "editing", which: Which | undefined, text?: string}
 *   | {is: "edited" | "notEdited" | "notReplying"}
 *   | {is: "replying", id: number}
 *   | {is: "react", id: number, emoji: string}
 *   | {is: "erase", which: Which}} MessageIntent
 * `editing` begins, or goes on with another text
 */

const NOT_YOURS = "This device is no longer yours: link it again to write";
const NO_NAME = "Only people with a name of their own can do this";

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
      room.reply = intent.id;
      return [];
    case "notReplying":
      room.reply = null;
      return [];
    case "react":
      return done(state, mayChange(state) ? toggle(state, room, intent.id, intent.emoji) : NO_NAME);
    case "erase":
      return done(state, remove(state, room, intent.which));
  }
}

/** @param {State} state
 * @param {Room} room
 * @param {Which | undefined} which
 * @param {string | undefined} text
 * @returns {Action[] | null} */
function beginEditing(state, room, which, text) {
  const now = which === undefined ? null : textOf(state, room, which);
  if (which === undefined || now === null) return fault(state, "No such message");
  if (typeof which === "number" && !mayChange(state)) return fault(state, NO_NAME);
  room.editing = { which, text: text ?? now };
  return [];
}

/** What cannot be saved stays where it is written.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[] | null} */
function saveEdit(state, room) {
  if (!room.editing) return [];
  const actions = done(state, edit(state, room, room.editing.which, room.editing.text));
  if (actions) room.editing = null;
  return actions;
}

/** @param {State} state
 * @param {Action[] | string} what
 * @returns {Action[] | null} */
function done(state, what) {
  if (isRevoked(state)) return fault(state, NOT_YOURS);
  return typeof what === "string" ? fault(state, what) : what;
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

/** What a command does with the N-th newest message.
 * @param {State} state
 * @param {Room} room
 * @param {{is: "reply" | "reactTo" | "permalink", number?: number, emoji?: string}} intent
 * @returns {Action[] | null} */
export function withMessage(state, room, { is, number = 1, emoji = "" }) {
  const id = nthNewest(room, number)?.id;
  if (id === undefined) return fault(state, "No such message");
  if (is === "permalink") return [{ do: "permalink", id }];
  if (is === "reply") return performOnMessage(state, room, { is: "replying", id });
  // A name is looked up in the table, which is loaded when it is needed.
  if (/^[:\w+-]+$/.test(emoji)) return [{ do: "emoji", code: emoji.replaceAll(":", ""), id }];
  return performOnMessage(state, room, { is: "react", id, emoji });
}
