// Going to a message that may be far back: what is around it is fetched and shown in place of the newest, until one reads on
// to those or goes back. Pure: it knows neither page nor socket nor clock.

import { ENTRIES_READING_MAX, activeRoom, tell } from "../state.js";
import { askPage } from "./asking.js";
import { takeChange } from "./changes.js";
import { messageOf } from "./place.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {import("../state.js").Room} Room
 * @typedef {import("../state.js").Past} Past
 * @typedef {import("../state.js").Awaited} Awaited
 * @typedef {import("../../update.js").Action} Action
 */

/** Goes to a message.
 * @param {State} state
 * @param {Room} room
 * @param {number} id
 * @param {number | null} [from] where one reads now, to come back to; 0 for the end
 * @returns {Action[]} */
export function jump(state, room, id, from = null) {
  if (from !== null && from !== id) room.back = from;
  room.jumping = id;
  return jumpOn(state, room);
}

/** Goes on with it, when its room is shown, there is a connection and no other page is on its way.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[]} */
export function jumpOn(state, room) {
  const { jumping: id } = room;
  if (id === null || room !== activeRoom(state)) return [];
  if (!messageOf(room, id)) return room.joined && !room.awaited ? [askPage(room, { around: id, changes: [] })] : [];
  // It is among the newest, or among what is shown already.
  if (messageOf({ entries: room.entries }, id)) room.past = null;
  Object.assign(room, { jumping: null, atBottom: false });
  return [{ do: "reveal", room: room.name, id }];
}

/** There is no such message here.
 * @param {State} state
 * @param {Room} room */
export function jumpFailed(state, room) {
  Object.assign(room, { awaited: null, jumping: null, back: null });
  tell(state, "That message isn't in this room, or was removed");
}

/** To where one was before.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[] | null} null for the end */
export function jumpBack(state, room) {
  const { back } = room;
  room.back = null;
  return back === null || back === 0 ? null : jump(state, room, back);
}

/** Asks for what follows what is shown.
 * @param {Room} room
 * @returns {Action[]} */
export function newer(room) {
  const last = room.past?.entries.at(-1)?.id;
  return room.past && last !== undefined && room.joined && !room.awaited ? [askPage(room, { after: last, changes: [] })] : [];
}

/** A page of what is shown in place of the newest.
 * @param {State} state
 * @param {Room} room
 * @param {import("../../protocol/envelopes.js").Page} page
 * @param {Awaited} asked
 * @returns {Action[]} */
export function pastCame(state, room, { messages, more = false, newer: hasNewer = false }, asked) {
  if ("around" in asked) room.past = { entries: messages, more, newer: hasNewer };
  else if (room.past && "after" in asked) Object.assign(room.past, { entries: [...room.past.entries, ...messages], newer: more && messages.length > 0 });
  else if (room.past) Object.assign(room.past, { entries: [...messages, ...room.past.entries], more: more && messages.length > 0 });
  if (!room.past) return [];
  for (const change of asked.changes) {
    const held = messageOf(room, change.message);
    if (held) takeChange(held, change);
  }
  limit(room.past, "after" in asked);
  join(room, room.past);
  return jumpOn(state, room);
}

/** What is read on to has met what was there.
 * @param {Room} room
 * @param {Past} past */
function join(room, past) {
  const first = room.entries.find(({ type }) => type === "message")?.id ?? Infinity;
  if (past.newer && (past.entries.at(-1)?.id ?? 0) < first) return;
  room.entries = [...past.entries.filter(({ id }) => id < first), ...room.entries];
  Object.assign(room, { more: past.more, past: null });
}

/** @param {Past} past
 * @param {boolean} isNewer whether it grew at its end */
function limit(past, isNewer) {
  const over = past.entries.length - ENTRIES_READING_MAX;
  if (over <= 0) return;
  past.entries.splice(isNewer ? 0 : ENTRIES_READING_MAX, over);
  if (isNewer) past.more = true;
  else past.newer = true;
}
