// The person's list of rooms, which is the same on all their devices: asked for with each connection, followed, and told
// of what is done here. Pure: it knows neither page nor socket nor clock.

import { PLACE_MAX } from "../protocol/limits.js";
import { fold } from "../protocol/names.js";
import { levelOf } from "../protocol/rooms.js";
import { actOf, ask, settled, withdraw } from "./acts.js";
import { beginMarker, markedCame, takeMarker } from "./markers.js";
import { show } from "./reading.js";
import { joining } from "./reconnect.js";
import { byPlace, describe, findOrAdd, inOrder, takeAway } from "./rooms.js";
import { activeRoom, find, isGuest } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("../protocol/rooms.js").Listed} Listed
 * @typedef {import("../protocol/rooms.js").Setting} Setting
 *
 * @typedef {object} List
 * @property {boolean} follows this client follows the list of who has a name
 * @property {string | null} refused who has none, since their name is not kept
 * @property {string | null} asked the ref of the question that is open
 * @property {Listed[]} found what was told so far
 * @property {Setting[]} later what was changed in it meanwhile: what is told of the list may be older
 * @property {boolean} isComplete all of it was told on this connection
 * @property {boolean} isUncounted the server keeps no markers of what this person has read
 */

/** Rooms of a list that are read: more than a person may keep and belong to is a broken server's. */
const LISTED_MAX = 1_000;
/** How far places are apart, so that there is room between them. */
const APART = 1_000;

/** Asks for it, with the first room of a connection.
 * @param {State} state
 * @returns {Action[]} */
export function askForList(state) {
  const { list, me } = state;
  Object.assign(list, { asked: null, found: [], later: [], isComplete: false, isUncounted: false });
  if (!list.follows || me === null || isGuest(me) || list.refused === fold(me)) return [];
  return askPage(state, {});
}

/** @param {State} state
 * @param {{after?: string}} from
 * @returns {Action[]} */
function askPage(state, from) {
  const asked = ask(state, { type: "rooms", mine: true, ...from }, { isQuiet: true }) ?? [];
  state.list.asked = state.acts.open.at(-1)?.ref ?? null;
  return asked;
}

/** A page of it; null if it is the answer to something else.
 * @param {State} state
 * @param {import("../protocol/rooms.js").Rooms} page
 * @returns {Action[] | null} */
export function listCame(state, { rooms, more, ref }) {
  const { list } = state;
  if (ref === undefined || ref !== list.asked) return null;
  list.asked = null;
  list.found.push(...rooms);
  const last = rooms.at(-1)?.room;
  const waiting = settled(state, ref);
  if (more && last !== undefined && list.found.length < LISTED_MAX) return [...waiting, ...askPage(state, { after: last })];
  list.isComplete = true;
  return [...waiting, ...takeOver(state), ...list.later.splice(0).flatMap((setting) => follow(state, setting, false))];
}

/** Who has no kept name has no list, nor has anybody at an older server; nobody is told. True if that was the answer.
 * @param {State} state
 * @param {string} code
 * @param {string | undefined} ref */
export function isListRefused({ list, me }, code, ref) {
  if (ref === undefined || ref !== list.asked || code === "too_fast" || code === "unavailable") return false;
  list.asked = null;
  if (code === "no_name" || code === "unknown_type") list.refused = fold(me ?? "");
  return true;
}

/** Makes the rooms here those of the list.
 * @param {State} state
 * @returns {Action[]} */
function takeOver(state) {
  const shown = activeRoom(state);
  const entries = state.list.found.filter(isIn);
  const told = entries.map((entry) => fold(entry.room));
  const joins = entries.sort(byPlace).flatMap((entry) => keep(state, entry));
  const missing = state.rooms.filter(({ name }) => !told.includes(fold(name)) && !isChanging(state, name));
  const leaves = missing.filter((room) => isOver(room, entries.length > 0)).flatMap((room) => leave(state, room));
  for (const room of missing) Object.assign(room, { listed: false, place: null });
  inOrder(state);
  if (!state.rooms.includes(shown)) show(state, 0);
  const taken = state.rooms.filter(({ joined }) => joined).flatMap((room) => joinedNow(state, room));
  return [...joins, ...leaves, ...taken];
}

/** One to which one was added while away, or in which somebody wrote, has no setting yet.
 * @param {Listed} entry */
function isIn({ joined, place, kind, last }) {
  if (joined || place !== undefined) return joined === true;
  return kind === "private" || (kind === "direct" && last !== undefined);
}

/** @param {State} state
 * @param {Listed} entry
 * @returns {Action[]} */
function keep(state, entry) {
  const isHere = find(state, entry.room) !== undefined;
  const isOurs = isChanging(state, entry.room);
  // One that was left just now stays away.
  const room = isOurs ? find(state, entry.room) : findOrAdd(state, entry.room);
  if (!room) return [];
  if (!room.joined) describe(room, entry);
  takeMarker(state, room, entry);
  if (isOurs) return [];
  Object.assign(room, { isDefault: false, notify: levelOf(entry), place: entry.place ?? null, listed: entry.joined ?? false });
  // Of a room that is only for some, the list knows whether one is among them again.
  if (isHere && !(room.excluded && entry.kind !== "open")) return [];
  room.excluded = "";
  room.isNews = entry.kind === "direct" && !entry.joined;
  return [joining(room)];
}

/** A change of one's own is on its way: what was said before it holds no more.
 * @param {State} state
 * @param {string} name */
const isChanging = ({ acts }, name) => acts.open.some(({ envelope: { type, room = "" } }) => type === "setting" && fold(room) === fold(name));

/** It was left on another device, or nobody asked for it.
 * @param {Room} room
 * @param {boolean} hasOthers */
const isOver = ({ listed, isDefault }, hasOthers) => listed || (isDefault && hasOthers);

/** Leaves a room, unless it is the only one, or something is being written there or waits to be sent.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[]} */
function leave(state, room) {
  const isInUse = room.pending.length > 0 || room.draft !== "" || room.editing !== null;
  if (state.rooms.length === 1 || isInUse) return [];
  takeAway(state, room);
  withdraw(state, room);
  // To be let in may have been asked for already.
  return room.excluded ? [] : [{ do: "send", envelope: { type: "leave", room: room.name } }];
}

/** One is in a room: it is in the list from now on.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[]} */
export function joinedNow(state, room) {
  if (!state.list.isComplete) return [];
  beginMarker(room);
  if (room.listed) return [];
  const next = Math.max(0, ...state.rooms.map((each) => each.place ?? 0)) + APART;
  const place = next <= PLACE_MAX ? next : null;
  Object.assign(room, { listed: true, isDefault: false, place });
  inOrder(state);
  const told = tellSetting(state, room, { joined: true, ...notifying(room), ...(place !== null && { place }) });
  return place === null ? [...told, ...placeAll(state)] : told;
}

/** One leaves a room by oneself, which is not shown any more.
 * @param {State} state
 * @param {Room} room */
export const leftNow = (state, room) => (room.listed ? tellSetting(state, room, { joined: false }) : []);

/** Another level of what a room notifies.
 * @param {State} state
 * @param {Room} room
 * @param {import("../protocol/rooms.js").Kept} kept how it is told */
export const notifyNow = (state, room, kept) => (room.listed ? tellSetting(state, room, kept) : []);

/** What is told of that with a room that is taken into the list.
 * @param {Room} room */
const notifying = ({ notify }) => (notify === "default" ? {} : notify === "nothing" ? { muted: true } : { notify });

/** Moves a room to another place among its kind, both counted from 0 over all rooms.
 * @param {State} state
 * @param {number} from
 * @param {number} to
 * @returns {Action[]} */
export function move(state, from, to) {
  const [shown, room] = [activeRoom(state), state.rooms[from]];
  if (!room) return [];
  const isSame = (/** @type {Room | undefined} */ other) => (other?.kind === "direct") === (room.kind === "direct");
  const [first, last] = [state.rooms.findIndex(isSame), state.rooms.findLastIndex(isSame)];
  const at = Math.max(first, Math.min(to, last));
  if (at === from) return [];
  state.rooms.splice(from, 1);
  state.rooms.splice(at, 0, room);
  state.active = state.rooms.indexOf(shown);
  if (!state.list.isComplete || !room.listed) {
    // Who has no list keeps their order in this client alone.
    state.rooms.forEach((each, i) => { each.place = APART * (i + 1); });
    return [];
  }
  const [before, after] = [state.rooms[at - 1], state.rooms[at + 1]];
  const place = placeBetween(isSame(before) ? before : undefined, isSame(after) ? after : undefined);
  if (place === null) return placeAll(state);
  room.place = place;
  return tellSetting(state, room, { place });
}

/** Null where there is none.
 * @param {Room | undefined} before
 * @param {Room | undefined} after */
function placeBetween(before, after) {
  const least = before ? before.place : 0;
  if (least === null || after?.place === null) return null;
  const place = after ? Math.floor((least + after.place) / 2) : least + APART;
  return place > least && place <= PLACE_MAX ? place : null;
}

/** @param {State} state
 * @returns {Action[]} */
function placeAll(state) {
  return state.rooms.filter(({ listed }) => listed).flatMap((room, at) => {
    const place = APART * (at + 1);
    if (room.place === place) return [];
    room.place = place;
    return tellSetting(state, room, { place });
  });
}

/** @param {State} state
 * @param {Room} room
 * @param {import("../protocol/rooms.js").Kept} kept
 * @returns {Action[]} */
function tellSetting(state, { name }, kept) {
  return ask(state, { type: "setting", room: name, ...kept }, { isQuiet: true, isRepeated: true }) ?? [];
}

/** Another device did something, or this one is answered.
 * @param {State} state
 * @param {Setting} setting
 * @returns {Action[]} */
export function settingCame(state, setting) {
  const { list } = state;
  const isOwn = actOf(state, setting.ref) !== undefined;
  const waiting = settled(state, setting.ref);
  if (list.asked === null) return [...waiting, ...follow(state, setting, isOwn)];
  if (list.later.length < LISTED_MAX) list.later.push(setting);
  return waiting;
}

/** @param {State} state
 * @param {Setting} setting
 * @param {boolean} isOwn
 * @returns {Action[]} */
function follow(state, setting, isOwn) {
  const { room: name, joined = false, marked = 0, place } = setting;
  if (isChanging(state, name)) return [];
  const isHere = find(state, name) !== undefined;
  const room = joined ? findOrAdd(state, name) : find(state, name);
  if (!room) return [];
  Object.assign(room, { listed: joined, notify: levelOf(setting), place: place ?? null });
  markedCame(state, room, marked);
  inOrder(state);
  if (!joined) return isOwn ? [] : leave(state, room);
  return isHere ? [] : [joining(room)];
}
