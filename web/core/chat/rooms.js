// The rooms that are shown: added, taken away, put in order. Pure: it knows neither page nor socket nor clock.

import { ROOMS_MAX } from "../protocol/limits.js";
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
  if (shown.atBottom) shown.read = shown.head;
}

/** In the order of their places; those without one stay behind, as they are.
 * @param {State} state */
export function inOrder(state) {
  const shown = activeRoom(state);
  state.rooms.sort((one, other) => (one.place ?? Infinity) - (other.place ?? Infinity) || 0);
  state.active = state.rooms.indexOf(shown);
}
