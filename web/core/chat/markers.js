// Where this person is in their rooms, as all their devices share it: what the server tells of it, and what it is told and
// asked. Pure: it knows neither page nor socket nor clock.

import { fold } from "../protocol/names.js";
import { actOf, ask, settled } from "./acts.js";
import { activeRoom, find, isWatched } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("../protocol/rooms.js").Reading} Reading
 *
 * @typedef {object} Marker
 * @property {number} read up to here the server knows it is read
 * @property {number} marked from here on it is marked as unread; 0: it is not
 * @property {number} unread messages of others that are unread up to `head`
 * @property {number} mentions how many of them mention this person
 * @property {number} head the newest message that is counted in these: those after it are counted as they are here
 * @property {number} seen up to here it was read on this device
 * @property {number} told up to here the server was told so on this connection
 * @property {boolean} stays the person has not left the room since it was marked: what they see there is not read
 * @property {boolean} unmarks the server is to be told that it is not marked any more
 * @property {boolean} isReadHeld it was told of reading just now, and
 * @property {boolean} isCountHeld asked for the numbers just now: not again before a while has passed
 * @property {boolean} wantsCount the numbers have to be asked for
 * @property {string | null} counts the ref of the question that is open
 */

/** So often at most the server is told what is read in a room, and asked what is unread there. */
const REST_MS = 2_000;

/** What the server tells of a room of this person's. An older one tells nothing.
 * @param {State} state
 * @param {Room} room
 * @param {Reading} told */
export function takeMarker(state, room, told) {
  if (told.read === undefined && told.head === undefined) return;
  // Before anybody has read anything, all is read.
  const { marked = 0, unread = 0, mentions = 0, head = 0, read = unread > 0 ? 0 : head } = told;
  const before = room.marker;
  const wasMarked = before?.marked ?? 0;
  const marker = Object.assign(room.marker ?? newMarker(), { read, marked, unread, mentions, head, wantsCount: false });
  const wasRead = room.read;
  const isAsRead = room.mark === null || room.mark === room.read;
  room.marker = marker;
  room.read = Math.max(read, marker.seen);
  if (marked !== wasMarked) marker.stays = room === activeRoom(state);
  if (!before && isAsRead) room.mark = lineAt(room);
  else if (before && room.read > wasRead) moveLine(state, room);
  if (marked === 0 && marker.seen >= Math.max(head, room.newest)) clear(room, marker.seen);
  // What was read here meanwhile is not in these numbers.
  else if (marked === 0 && marker.seen > read) marker.wantsCount = true;
  if (isWatched(state, room)) markRead(room);
}

/** A room that comes into the list of this device: what is read of it, is where its marker begins.
 * @param {Room} room */
export function beginMarker(room) {
  room.marker ??= { ...newMarker(), read: room.read, head: room.read };
}

/** @returns {Marker} */
const newMarker = () => ({
  read: 0, marked: 0, unread: 0, mentions: 0, head: 0, seen: 0, told: 0, stays: false, unmarks: false, isReadHeld: false, isCountHeld: false, wantsCount: false, counts: null,
});

/** Behind this message stands the line above what is new.
 * @param {Room} room */
export const lineAt = ({ read, marker }) => (marker?.marked ? Math.min(read, marker.marked - 1) : read);

/** Where nobody looks, the line goes to where one has read to elsewhere.
 * @param {State} state
 * @param {Room} room */
function moveLine(state, room) {
  if (!state.focused || room !== activeRoom(state)) room.mark = lineAt(room);
}

/** Of another log the ids name other messages: what is unread is asked anew.
 * @param {Room} room */
export function forgetLog({ marker }) {
  if (marker) Object.assign(marker, { seen: 0, told: 0, wantsCount: true });
}

/** All there is in a room is read: its end is in sight, or the person says so. What is marked as unread stays so until they
 * come back to it.
 * @param {Room} room */
export function markRead(room) {
  const { marker } = room;
  if (!marker) {
    room.read = room.head;
    return;
  }
  // What the server has counted is not all here.
  if (marker.stays && marker.marked > 0 || room.newest < marker.head) return;
  marker.unmarks ||= marker.marked > 0;
  marker.marked = 0;
  room.read = Math.max(room.read, room.head);
  clear(room, room.newest);
}

/** @param {Room} room
 * @param {number} seen */
function clear({ marker }, seen) {
  if (marker) Object.assign(marker, { unread: 0, mentions: 0, seen: Math.max(marker.seen, seen), head: Math.max(marker.head, seen) });
}

/** The person goes to another room.
 * @param {Room} room */
export function leaveMarked({ marker }) {
  if (marker) marker.stays = false;
}

/** Who says something in a room that is marked as unread ends that first.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[]} */
export function endMark(state, room) {
  if (!room.marker?.marked) return [];
  leaveMarked(room);
  markRead(room);
  return tellMarker(state, room);
}

/** Another device has read up to a message, or this person has said something.
 * @param {State} state
 * @param {Room} room
 * @param {number} upto */
export function readCame(state, room, upto) {
  const { marker } = room;
  if (!marker || upto <= marker.read) return;
  marker.read = upto;
  room.read = Math.max(room.read, upto);
  moveLine(state, room);
  if (marker.marked === 0 && upto >= Math.max(marker.head, room.newest)) clear(room, upto);
  else marker.wantsCount = true;
}

/** How a person keeps a room has changed: if that is from where on it is unread, its numbers have, and the line goes to
 * where it was marked.
 * @param {State} state
 * @param {Room} room
 * @param {number} marked */
export function markedCame(state, room, marked) {
  const { marker } = room;
  if (!marker || marker.marked === marked) return;
  Object.assign(marker, { marked, stays: room === activeRoom(state), wantsCount: true });
  if (marked > 0) room.mark = lineAt(room);
  else moveLine(state, room);
}

/** A message was edited or deleted: if it is unread, that may change the numbers.
 * @param {Room} room
 * @param {number} id */
export function changeCame(room, id) {
  if (room.marker && id > lineAt(room)) room.marker.wantsCount = true;
}

/** The numbers that were asked for; null if it is the answer to something else.
 * @param {State} state
 * @param {import("../protocol/rooms.js").Rooms} answer
 * @returns {Action[] | null} */
export function countCame(state, { rooms, ref }) {
  const room = ref === undefined ? undefined : state.rooms.find(({ marker }) => marker?.counts === ref);
  if (!room) return null;
  const told = rooms.find((each) => fold(each.room) === fold(room.name));
  const isStale = room.marker?.wantsCount === true;
  if (told) takeMarker(state, room, told);
  if (room.marker) Object.assign(room.marker, { counts: null, wantsCount: room.marker.wantsCount || isStale });
  return settled(state, ref);
}

/** Whether the server keeps markers for this person, as they are on this connection.
 * @param {State} state */
const isKept = ({ link, list }) => link.is === "online" && list.isComplete && !list.isUncounted;

/** What the server has to be told and asked by now.
 * @param {State} state
 * @returns {Action[]} */
export function tellMarkers(state) {
  return isKept(state) ? state.rooms.flatMap((room) => tellMarker(state, room)) : [];
}

/** @param {State} state
 * @param {Room} room
 * @returns {Action[]} */
export function tellMarker(state, room) {
  const { marker } = room;
  if (!marker || !isKept(state)) return [];
  return [...unmarking(state, room, marker), ...reading(state, room, marker), ...counting(state, room, marker)];
}

/** @param {State} state
 * @param {Room} room
 * @param {Marker} marker
 * @returns {Action[]} */
function unmarking(state, room, marker) {
  if (!marker.unmarks) return [];
  marker.unmarks = false;
  return tellMarked(state, room, 0);
}

/** Marks a room as unread from a message on; 0 ends that.
 * @param {State} state
 * @param {Room} room
 * @param {number} marked
 * @returns {Action[]} */
export const tellMarked = (state, { name }, marked) => ask(state, { type: "setting", room: name, marked }, { isQuiet: true, isRepeated: true }) ?? [];

/** @param {State} state
 * @param {Room} room
 * @param {Marker} marker
 * @returns {Action[]} */
function reading(state, room, marker) {
  const { seen, read, told, isReadHeld } = marker;
  if (!room.joined || isReadHeld || seen <= Math.max(read, told)) return [];
  Object.assign(marker, { told: seen, isReadHeld: true });
  return [{ do: "send", envelope: { type: "read", room: room.name, upto: seen } }, resting(state, room, "isReadHeld")];
}

/** @param {State} state
 * @param {Room} room
 * @param {Marker} marker
 * @returns {Action[]} */
function counting(state, room, marker) {
  if (!marker.wantsCount || marker.isCountHeld || actOf(state, marker.counts ?? undefined)) return [];
  const asked = ask(state, { type: "rooms", mine: true, room: room.name }, { isQuiet: true });
  if (!asked) return [];
  Object.assign(marker, { counts: state.acts.open.at(-1)?.ref ?? null, isCountHeld: true, wantsCount: false });
  return [...asked, resting(state, room, "isCountHeld")];
}

/** @param {State} state
 * @param {Room} room
 * @param {"isReadHeld" | "isCountHeld"} what
 * @returns {Action} */
const resting = ({ link }, { name }, what) => ({ do: "later", afterMs: REST_MS, event: { type: "rested", room: name, what, on: link.number } });

/** That time has passed.
 * @param {State} state
 * @param {{room: string, what: "isReadHeld" | "isCountHeld", on: number}} event */
export function rested(state, { room: name, what, on }) {
  const marker = find(state, name)?.marker;
  if (marker && on === state.link.number) marker[what] = false;
}

/** The page goes: what was read is told at once.
 * @param {Room} room */
export function part({ marker }) {
  if (marker) marker.isReadHeld = false;
}

/** What was told on a connection that is lost may have got lost with it.
 * @param {Room} room */
export function forgetTold({ marker }) {
  if (marker) Object.assign(marker, { told: 0, isReadHeld: false, isCountHeld: false, counts: null });
}

/** The server did not take what was read: it is told again when the time has passed.
 * @param {Room} room */
export function readRefused({ marker }) {
  if (marker) marker.told = 0;
}
