// Which room is shown, what of it is read, and what is fetched to be read. Pure: it knows neither page
// nor socket nor clock.

import { askPage } from "./messages/asking.js";
import { leaveMarked, lineAt, markRead } from "./markers.js";
import { askForMore } from "./people.js";
import { joining } from "./reconnect.js";
import { activeRoom, find, tell } from "./state.js";
import { meant, unread } from "./unread.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 */

/** @param {State} state
 * @param {{atBottom: boolean, focused: boolean}} now */
export function looked(state, { atBottom, focused }) {
  const room = activeRoom(state);
  if (state.focused && !focused) lookAway(room);
  state.focused = focused;
  Object.assign(room, { atBottom, behind: room.behind && !focused });
  if (focused && atBottom) markRead(room);
}

/** What comes from now on is new.
 * @param {Room} room */
export function lookAway(room) {
  room.mark = lineAt(room);
}

/** @param {Room} room */
export function toBottom(room) {
  Object.assign(room, { atBottom: true, behind: false, past: null, back: null, jumping: null });
  markRead(room);
}

/** @param {State} state
 * @param {number} place */
export function show(state, place) {
  if (place === state.active || !(place in state.rooms)) return;
  lookAway(activeRoom(state));
  leaveMarked(activeRoom(state));
  state.active = place;
  state.notice = "";
  const room = activeRoom(state);
  room.behind = false;
  if (room.atBottom) markRead(room);
}

/** So many rooms further on, around the end; of those with something unread if wanted.
 * @param {State} state
 * @param {number} by
 * @param {boolean} unreadOnly */
export function step(state, by, unreadOnly) {
  const count = state.rooms.length;
  for (let further = 1; further < count; further += 1) {
    const place = (state.active + by * further + count * further) % count;
    const room = state.rooms[place];
    if (room && (!unreadOnly || unread(state, room) > 0)) return show(state, place);
  }
  if (unreadOnly) tell(state, "No unread messages in other rooms", true);
}

/** The next room with something for this person above all, else the next with anything new.
 * @param {State} state */
export function nextActive(state) {
  const others = state.rooms.map((_, i) => (state.active + 1 + i) % state.rooms.length).slice(0, -1);
  const named = others.find((place) => meant(state, /** @type {Room} */ (state.rooms[place])) > 0);
  if (named !== undefined) show(state, named);
  else step(state, 1, true);
}

/** @param {Room} room
 * @param {boolean} isAsked by a person, not by the page that is near the top
 * @returns {Action[]} */
export function older(room, isAsked) {
  room.cleared &&= room.atBottom && !isAsked;
  if (room.past) return room.past.more && room.joined && !room.awaited ? [askPage(room, { before: room.past.entries[0]?.id ?? 0, isPast: true, changes: [] })] : [];
  if (room.cleared || !room.more || !room.joined || room.awaited) return [];
  const oldest = room.entries.find(({ type }) => type === "message")?.id;
  // Of a screen that was cleared, all there is.
  return [askPage(room, { before: oldest ?? room.head + 1, changes: [] })];
}

/** The server had no time for what was asked of a room, and has it now.
 * @param {State} state
 * @param {string} name
 * @returns {Action[]} */
export function askAgain(state, name) {
  const room = find(state, name);
  if (state.link.is !== "online") return [];
  if (!room) return [{ do: "send", envelope: { type: "leave", room: name } }];
  if (room.deferred) {
    room.deferred = false;
    return [joining(room)];
  }
  if (room.awaited?.isUnwanted) room.awaited = null;
  const { asked, known } = room.people;
  /** @type {Action[]} */
  const people = asked ? [{ do: "send", envelope: { type: "presence", room: room.name, after: known.at(-1) ?? "" } }] : [];
  return [...(room.awaited ? [askPage(room, room.awaited)] : []), ...people];
}

/** @param {Room} room
 * @returns {Action[]} */
export function morePeople(room) {
  const after = room.joined ? askForMore(room.people) : null;
  return after === null ? [] : [{ do: "send", envelope: { type: "presence", room: room.name, after } }];
}
