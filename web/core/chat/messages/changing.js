// What this person does to messages: it waits in its room's queue, behind all that was said and done there before. Pure: it
// knows neither page nor socket nor clock.

import { contentFault, trimmed } from "../../protocol/text.js";
import { PENDING_MAX, sendNext } from "../outbox.js";
import { messageOf } from "./place.js";
import { changesOf, isOwn, shownOf, waitingText } from "./shown.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {import("../state.js").Room} Room
 * @typedef {import("../state.js").Pending} Pending
 * @typedef {import("../../update.js").Action} Action
 * @typedef {number | string} Which a message by its id; an own one that is not stored yet by its ref
 */

const TOO_MANY = `${PENDING_MAX} changes are waiting to be sent. Wait until you are back online`;

/** Gives a message another text. A sentence if that cannot be.
 * @param {State} state
 * @param {Room} room
 * @param {Which} which
 * @param {string} text
 * @returns {Action[] | string} */
export function edit(state, room, which, text) {
  const content = trimmed(text);
  const fault = contentFault(content);
  if (fault) return fault;
  const now = textOf(state, room, which);
  if (now === null) return "This message no longer exists";
  if (now === content) return [];
  const waiting = room.pending.find(({ ref }) => ref === which);
  const change = room.pending.findLast((each) => each.does === "edit" && isOf(each, which));
  if (waiting && !isOnItsWay(waiting)) waiting.content = content;
  else if (change && !change.sent) change.content = content;
  else return queue(state, room, { ...about(which), does: "edit", content });
  return [];
}

/** Deletes a message: nothing else that was done to it, and not sent yet, is sent.
 * @param {State} state
 * @param {Room} room
 * @param {Which} which
 * @returns {Action[] | string} */
export function remove(state, room, which) {
  const waiting = room.pending.find(({ ref }) => ref === which);
  if (textOf(state, room, which) === null && (waiting || typeof which === "string" || messageOf(room, which))) return [];
  room.pending = room.pending.filter((each) => each.sent || !isOf(each, which));
  if (waiting && !isOnItsWay(waiting)) {
    room.pending = room.pending.filter((each) => each !== waiting);
    return [];
  }
  return queue(state, room, { ...about(which), does: "delete", content: "" });
}

/** Puts an emoji on a message, or takes it away where it is.
 * @param {State} state
 * @param {Room} room
 * @param {number} id
 * @param {string} emoji
 * @returns {Action[] | string} */
export function toggle(state, room, id, emoji) {
  const message = messageOf(room, id);
  const shown = message && shownOf(message, state.me, changesOf(room).get(id));
  if (!shown || shown.isDeleted) return [];
  const waiting = room.pending.find((each) => each.does === "react" && !each.sent && each.message === id && each.emoji === emoji);
  if (waiting) {
    room.pending = room.pending.filter((each) => each !== waiting);
    return [];
  }
  const on = !isOwn(shown.reactions, emoji, state.me);
  const isUnsure = on && shown.reactions.some((each) => each.emoji === emoji && each.count > each.users.length);
  return queue(state, room, { message: id, does: "react", content: "", emoji, on, ...(isUnsure && { isUnsure }) });
}

/** The server told that an emoji was there already, of which that could not be seen: so it is taken away.
 * @param {State} state
 * @param {Room} room
 * @param {import("../../protocol/messages.js").Reacted} reacted */
export function takeReaction(state, room, { message, emoji }) {
  const actions = queue(state, room, { message, does: "react", content: "", emoji, on: false });
  return typeof actions === "string" ? [] : actions;
}

/** What a message says as it is shown; null if it is deleted or not there.
 * @param {State} state
 * @param {Room} room
 * @param {Which} which */
export function textOf(state, room, which) {
  const changes = changesOf(room).get(which);
  if (typeof which === "string") {
    const waiting = room.pending.find(({ ref, does }) => ref === which && does === undefined);
    return waiting ? waitingText(waiting, changes) : null;
  }
  const message = messageOf(room, which);
  const shown = message && shownOf(message, state.me, changes);
  return shown && !shown.isDeleted ? shown.content : null;
}

/** @param {Pending} each
 * @param {Which} which */
const isOf = (each, which) => each.does !== undefined && (each.of ?? each.message) === which;

/** The server may have it already, or get it.
 * @param {Pending} each */
const isOnItsWay = ({ sent, failed }) => sent === true && failed === "";

/** @param {Which} which */
const about = (which) => (typeof which === "string" ? { of: which } : { message: which });

/** @param {State} state
 * @param {Room} room
 * @param {Omit<Pending, "ref" | "failed">} change
 * @returns {Action[] | string} */
function queue(state, room, change) {
  if (room.pending.length >= PENDING_MAX) return TOO_MANY;
  state.refs += 1;
  room.pending.push({ ...change, ref: `${state.session}-${state.refs}`, failed: "" });
  return sendNext(room);
}
