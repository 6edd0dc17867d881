// What the server says, taken into the state. Pure: it knows neither page nor socket nor clock.

import { dialNow, joining, lost } from "./link.js";
import { refused, sendNext, stored } from "./outbox.js";
import { came, listed, went } from "./people.js";
import { askOlder, lookAway } from "./reading.js";
import { ENTRIES_MAX, ENTRIES_READING_MAX, activeRoom, callsMe, find, isMe, isWatched, newLine } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Traffic} Traffic
 * @typedef {import("./update.js").Action} Action
 */

/** The ref of a question whose answer is only a sign of life. */
export const PROBE = "probe";

const RETRY_AFTER_MS = 2_000;
/** Who comes back this soon was never away. */
const BLIP_MS = 10_000;

/** @param {State} state
 * @param {import("./protocol.js").Envelope} envelope
 * @param {number} at when it came, in ms
 * @returns {Action[]} */
export function received(state, envelope, at) {
  if (envelope.type === "error") return errorCame(state, envelope);
  const room = find(state, envelope.room);
  if (!room) return [];
  switch (envelope.type) {
    case "message":
      return messageCame(state, room, envelope);
    case "join":
      if (!room.joined) return entered(state, room, envelope);
      came(room.people, envelope.sender);
      return note(room, envelope, at);
    case "leave":
      if (isMe(state, envelope.sender)) return [];
      went(room.people, envelope.sender);
      return note(room, envelope, at);
    case "presence":
      listed(room.people, envelope);
      return [];
    case "history":
      return envelope.ref === PROBE ? [] : pageCame(state, room, envelope);
  }
}

/** The first `join` of a room is one's own: it says how the server spells both names. What was
 * written meanwhile goes out now, in order.
 * @param {State} state
 * @param {Room} room
 * @param {Traffic} join
 * @returns {Action[]} */
function entered(state, room, { room: name, sender }) {
  const first = state.rooms.every((other) => !other.joined);
  Object.assign(state, { me: sender, formerly: null });
  Object.assign(room, { name, joined: true, sending: null });
  room.people.asked = false;
  const others = first ? state.rooms.filter((other) => !other.joined).map(joining) : [];
  return [...sendNext(room), ...others];
}

/** A note stands behind everything there is. Who left and is back at once leaves no trace.
 * @param {Room} room
 * @param {Traffic} traffic
 * @param {number} at
 * @returns {Action[]} */
function note(room, { type, sender }, at) {
  const left = type === "join" ? room.entries.findLastIndex((e) => e.type === "leave" && e.sender === sender) : -1;
  const entry = room.entries[left];
  if (entry && at > 0 && at - entry.at < BLIP_MS) {
    room.entries.splice(left, 1);
    return [];
  }
  room.notes += 1;
  room.entries.push({ type, sender, id: room.entries.at(-1)?.id ?? room.head, note: room.notes, at });
  trim(room);
  return [];
}

/** Only while at the end: what is being read is not taken away without need.
 * @param {Room} room */
function trim(room) {
  const over = room.entries.length - (room.atBottom ? ENTRIES_MAX : ENTRIES_READING_MAX);
  if (over <= 0) return;
  room.entries.splice(0, over);
  room.more = true;
}

/** @param {State} state
 * @param {Room} room
 * @param {Message} message
 * @returns {Action[]} */
function messageCame(state, room, message) {
  const watched = isWatched(state, room);
  const line = newLine(state, room);
  const isNew = takeIn(state, room, message);
  trim(room);
  if (watched) room.read = room.head;
  // Nothing was missed, if nothing is marked as new before a message that is seen as it comes.
  if (watched && isNew && line === null) room.mark = null;
  const next = sendNext(room);
  if (!isNew || isMe(state, message.sender) || room.muted) return next;
  const what = { room: room.name, sender: message.sender, content: message.content };
  const isShown = state.focused && room === activeRoom(state);
  /** @type {Action[]} */
  const notify = callsMe(state, message) && !isShown ? [{ do: "notify", ...what }] : [];
  return [{ do: "announce", ...what }, ...notify, ...next];
}

/** Puts a message at its place; false if it is there already.
 * @param {State} state
 * @param {Room} room
 * @param {Message} message */
function takeIn(state, room, message) {
  if (message.ref && isMe(state, message.sender)) stored(room, message.ref);
  room.head = Math.max(room.head, message.id);
  let at = placeOf(room, message.id);
  for (let i = at - 1; i >= 0 && room.entries[i]?.id === message.id; i -= 1) {
    if (room.entries[i]?.type === "message") return false;
  }
  room.entries.splice(at, 0, message);
  return true;
}

/** Behind all entries up to this id.
 * @param {Room} room
 * @param {number} id */
function placeOf({ entries }, id) {
  if ((entries.at(-1)?.id ?? 0) <= id) return entries.length;
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.id ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {State} state
 * @param {Room} room
 * @param {import("./protocol.js").Page} page
 * @returns {Action[]} */
function pageCame(state, room, { messages, more, head }) {
  const { loading: askedForOlder, known, head: seen } = room;
  const isWatchedNow = isWatched(state, room);
  Object.assign(room, { loading: false, known: true });
  for (const message of messages) takeIn(state, room, message);
  room.head = Math.max(room.head, head);
  if (!known && room.read === 0) {
    // What was there before one came for the first time is not news.
    room.read = room.head;
    if (!state.focused || room !== activeRoom(state)) lookAway(room);
  }
  if (isWatchedNow) room.read = room.head;
  const gap = room.gapAfter ?? (known && !askedForOlder ? seen : null);
  const oldest = messages[0]?.id ?? 0;
  if (gap === null) {
    room.more = Boolean(more);
    return sendNext(room);
  }
  // A replay that was cut is fetched whole, page by page.
  room.gapAfter = more && oldest > gap ? gap : null;
  return room.gapAfter === null ? sendNext(room) : askOlder(room, oldest);
}

/** @param {State} state
 * @param {import("./protocol.js").Refusal} refusal
 * @returns {Action[]} */
function errorCame(state, { code, content, room: name, ref, retry_ms: retryMs }) {
  if (ref === PROBE) return [];
  const room = find(state, name);
  const pending = room?.pending.find((each) => each.ref === ref);
  if (room && pending && (code === "too_fast" || code === "unavailable")) {
    return [{ do: "again", room: room.name, ref: pending.ref, afterMs: retryMs ?? RETRY_AFTER_MS }];
  }
  if (room && pending) return refused(room, pending, content);
  if (code === "stopping") {
    state.link.askedMs = retryMs ?? null;
    return [];
  }
  // Older messages cannot be read now: coming back asks for them again, after a while.
  if (room?.loading && code === "unavailable") return lost(state, 1006, content);
  if (room && !room.joined && state.link.is === "online" && state.rooms.length > 1) return notLetIn(state, room, content);
  // Before that, the end of the connection tells the reason.
  if (state.link.is === "online" && code !== "too_slow") Object.assign(state, { notice: content, answered: false });
  return [];
}

/** A room that does not want one is left again, with the reason.
 * @param {State} state
 * @param {Room} room
 * @param {string} why
 * @returns {Action[]} */
function notLetIn(state, room, why) {
  const place = state.rooms.indexOf(room);
  state.rooms.splice(place, 1);
  if (state.active > place || state.active === state.rooms.length) state.active -= 1;
  Object.assign(state, { notice: `#${room.name}: ${why}`, answered: false });
  return state.rooms.some((other) => other.joined) ? [] : dialNow(state);
}
