// Envelopes about messages, as the browser needs them: what is said, and what becomes of it. It knows no socket and no
// page.

import { NAME_UNITS_MAX, TEXT_UNITS_MAX, isCount, isId, isList, isText, maybeId, maybeNames, maybeText } from "./fields.js";
import { EMOJI_UNITS_MAX, HISTORY_MAX, MENTIONS_MAX, REACTION_KINDS_MAX, REACTION_USERS_MAX } from "./limits.js";
import { fold } from "./names.js";

/**
 * @typedef {{mentions?: string[], everybody?: string}} Calls whom a message mentions, as the server tells it; `everybody` is `all` or `here`
 * @typedef {Calls & {type: "message", room: string, sender: string, content: string, id: number, at: number, ref?: string, change?: number, deleted?: boolean, reply?: number, edited?: number, bot?: boolean, reactions?: Reaction[]}} Message `bot`: a program said it
 * @typedef {{emoji: string, count: number, users: string[]}} Reaction one kind; of the people the first ones
 * @typedef {Calls & {type: "edited", room: string, message: number, content: string, sender: string, id: number, at: number, ref?: string}} Edited
 * @typedef {{type: "deleted", room: string, message: number, by: string, id: number, ref?: string}} Deleted
 * @typedef {{type: "reacted", room: string, message: number, emoji: string, on: boolean, sender: string, next?: string, id: number, ref?: string}} Reacted
 * @typedef {Edited | Deleted | Reacted} Change
 * @typedef {{type: "typing", room: string, sender: string}} Typing
 * @typedef {{type: "read", room: string, upto: number}} Read
 * @typedef {{messages: Message[], more: boolean, ref?: string}} Found of any rooms, newest first
 * @typedef {Found & {type: "mentions"}} Mentions
 * @typedef {Message | Change | Typing | Read | Mentions | Found & {type: "found"}} OfMessages
 */

/** @param {any} e
 * @returns {boolean} */
export function isOfMessages(e) {
  if (e.type === "mentions" || e.type === "found") return maybeText(e.ref) && typeof e.more === "boolean" && isList(e.messages, HISTORY_MAX, (each) => each?.type === "message" && isOfMessages(each));
  if (!isText(e.room)) return false;
  switch (e.type) {
    case "message":
      return isText(e.sender) && isText(e.content, TEXT_UNITS_MAX) && isId(e.id) && isCount(e.at) && maybeText(e.ref) && [e.change, e.reply].every(maybeId) && isCalls(e)
        && (e.edited === undefined || isCount(e.edited)) && (e.reactions === undefined || isList(e.reactions, REACTION_KINDS_MAX, isReaction));
    case "edited":
      return isText(e.sender) && isText(e.content, TEXT_UNITS_MAX) && isId(e.message) && isId(e.id) && isCount(e.at) && maybeText(e.ref) && isCalls(e);
    case "deleted":
      return isText(e.by) && isId(e.message) && isId(e.id) && maybeText(e.ref);
    case "reacted":
      return isText(e.sender) && isText(e.emoji, EMOJI_UNITS_MAX) && typeof e.on === "boolean" && isId(e.message) && isId(e.id) && maybeText(e.ref)
        && (e.next === undefined || isText(e.next, NAME_UNITS_MAX));
    case "typing":
      return isText(e.sender);
    case "read":
      return isId(e.upto);
    default:
      return false;
  }
}

/** @param {any} e */
const isCalls = (e) => maybeNames(e.mentions, MENTIONS_MAX) && (e.everybody === undefined || isText(e.everybody));

/** @param {any} value */
const isReaction = (value) => value !== null && typeof value === "object" && isText(value.emoji, EMOJI_UNITS_MAX) && isId(value.count)
  && isList(value.users, REACTION_USERS_MAX, (user) => isText(user));

/** What is on a message after `reacted`, in the order in which the kinds came: `protocol::react` is the same.
 * @param {Reaction[]} reactions
 * @param {Pick<Reacted, "emoji" | "on" | "sender" | "next">} reacted
 * @returns {Reaction[]} */
export function react(reactions, { emoji, on, sender, next }) {
  const held = reactions.find((each) => each.emoji === emoji);
  if (!held) return on ? [...reactions, { emoji, count: 1, users: [sender] }] : reactions;
  const users = [...held.users];
  if (on && users.length < REACTION_USERS_MAX) users.push(sender);
  // Of two people who had the same name one after the other, one.
  const place = on ? -1 : users.findIndex((user) => fold(user) === fold(sender));
  if (place >= 0) users.splice(place, 1);
  if (!on && next !== undefined) users.push(next);
  const left = { emoji, count: Math.max(0, held.count + (on ? 1 : -1)), users };
  return reactions.flatMap((each) => (each !== held ? [each] : left.count > 0 ? [left] : []));
}
