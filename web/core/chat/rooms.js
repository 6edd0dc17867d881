// The rooms that are shown: added, taken away, put in order. Pure: it knows neither page nor socket nor clock.

import { ROOMS_MAX } from "../protocol/limits.js";
import { markRead } from "./markers.js";
import { activeRoom, find, newRoom } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../protocol/rooms.js").About & import("../protocol/rooms.js").Kept} Told
 */

/** The room of this name, a new one behind all others if there is none; null if there may be no more.
 * @param {State} state
 * @param {string} name */
export function findOrAdd(state, name) {
  const known = find(state, name);
  if (known || state.rooms.length >= ROOMS_MAX) return known ?? null;
  const room = newRoom(name);
  state.rooms.push(room);
  inOrder(state);
  return room;
}

/** What is told of a room, but for what holds only while one is in it.
 * @param {Room} room
 * @param {Told} told */
export function describe(room, { kind, title = "", topic = "", role, users = [] }) {
  Object.assign(room, { kind, title, topic, role: role ?? null, users });
}

/** Takes a room away; the one behind it is shown, if it was.
 * @param {State} state
 * @param {Room} room */
export function takeAway(state, room) {
  const place = state.rooms.indexOf(room);
  state.rooms.splice(place, 1);
  if (state.active > place || state.active === state.rooms.length) state.active -= 1;
  const shown = activeRoom(state);
  if (shown.atBottom) markRead(shown);
}

/** What stands before what: direct rooms behind all others, those without a place behind those with one.
 * @template {{kind: string, place?: number | null}} T
 * @param {T} one
 * @param {T} other */
export const byPlace = (one, other) => Number(one.kind === "direct") - Number(other.kind === "direct") || (one.place ?? Infinity) - (other.place ?? Infinity) || 0;

/** In the order in which they are listed.
 * @param {State} state */
export function inOrder(state) {
  const shown = activeRoom(state);
  state.rooms.sort(byPlace);
  state.active = state.rooms.indexOf(shown);
}
