// What is shown of messages: what the server says, and over it what this person did and it has not answered. Pure: it knows
// neither page nor socket nor clock.

import { DELETED_CONTENT } from "../../protocol/envelopes.js";
import { aloud } from "../../formatting/aloud.js";
import { react } from "../../protocol/messages.js";
import { fold } from "../../protocol/names.js";
import { emote, onOneLine } from "../../protocol/text.js";

/**
 * @typedef {import("../state.js").Room} Room
 * @typedef {import("../state.js").Pending} Pending
 * @typedef {import("../state.js").Message} Message
 * @typedef {import("../../protocol/messages.js").Reaction} Reaction
 *
 * @typedef {object} Shown
 * @property {string} content
 * @property {boolean} isDeleted
 * @property {number | null} edited when, 0 if the server has not told yet; null: not at all
 * @property {Reaction[]} reactions
 * @property {boolean} isChanging something of this person's is not answered yet
 */

/** The first words of a message that is answered. */
const QUOTE_CHARS_MAX = 200;

/** What this person did to each message, by its id, or by its ref where it is not stored yet.
 * @param {Room} room
 * @returns {Map<number | string, Pending[]>} */
export function changesOf({ pending }) {
  /** @type {Map<number | string, Pending[]>} */
  const changes = new Map();
  for (const each of pending) {
    if (each.does === undefined) continue;
    const of = each.of ?? each.message ?? 0;
    changes.set(of, [...(changes.get(of) ?? []), each]);
  }
  return changes;
}

/** @param {Message} message
 * @param {string | null} me
 * @param {Pending[]} [changes]
 * @returns {Shown} */
export function shownOf(message, me, changes = []) {
  const { content, deleted: isDeleted = false, edited = null, reactions = [] } = message;
  const shown = { content, isDeleted, edited, reactions, isChanging: changes.length > 0 };
  if (!isDeleted) for (const change of changes) apply(shown, change, me ?? "");
  return shown;
}

/** @param {Shown} shown
 * @param {Pending} change
 * @param {string} me */
function apply(shown, { does, content, emoji = "", on = true }, me) {
  if (does === "edit") Object.assign(shown, { content, edited: shown.edited ?? 0 });
  if (does === "delete") Object.assign(shown, { content: DELETED_CONTENT, isDeleted: true, edited: null, reactions: [] });
  if (does === "react" && !shown.isDeleted && isOwn(shown.reactions, emoji, me) !== on) shown.reactions = react(shown.reactions, { emoji, on, sender: me });
}

/** Who said a message, as it is read out.
 * @param {Pick<Message, "sender" | "bot">} message */
export const authorOf = ({ sender, bot }) => (bot ? `${sender} bot` : sender);

/** A program is not the person who has the same name.
 * @param {Pick<Message, "sender" | "bot">} one
 * @param {Pick<Message, "sender" | "bot">} other */
export const isSameAuthor = (one, other) => one.sender === other.sender && one.bot === other.bot;

/** Whether this person is among those who are told.
 * @param {Reaction[]} reactions
 * @param {string} emoji
 * @param {string | null} me */
export function isOwn(reactions, emoji, me) {
  return me !== null && reactions.some((each) => each.emoji === emoji && each.users.some((user) => fold(user) === fold(me)));
}

/** What an own message says that is not stored yet; null if it is deleted already.
 * @param {Pending} pending
 * @param {Pending[]} [changes] */
export function waitingText({ content }, changes = []) {
  if (changes.some(({ does }) => does === "delete")) return null;
  return changes.findLast(({ does }) => does === "edit")?.content ?? content;
}

/** The words of an original in its replies: in one line, as they are now.
 * @param {Pick<Shown, "content" | "isDeleted">} shown */
export const quoteOf = ({ content, isDeleted }) => onOneLine(isDeleted ? content : wordsOf(content), QUOTE_CHARS_MAX);

/** @param {string} content */
function wordsOf(content) {
  const words = aloud(content);
  return emote(words) ?? words;
}
