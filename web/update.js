// What happened → what changes and what to do. Pure: it knows neither page nor socket nor clock.
//
// Actions: {do: "dial", hello, afterMs}, {do: "send", envelope}, {do: "retry", room, ref, afterMs},
// {do: "announce", text}.

import { help, parse } from "./commands.js";
import { came, listed, nobody, wanted, went } from "./people.js";
import { HISTORY_MAX, contentFault, fold, mentions, nameFault } from "./protocol.js";

const HISTORY_ON_JOIN = 100;
const DIAL_AFTER_MS = 500;
const DIAL_AFTER_MS_MAX = 30_000;
const RETRY_AFTER_MS = 2_000;
/** Rooms that one connection may be in. */
const ROOMS_MAX = 32;
/** Own messages that may wait for the server, in a room. */
const PENDING_MAX = 500;

/** A client that wants to enter one room. `session` makes refs that no other page makes. */
export function newState({ room, username, session }) {
  return {
    me: username || null,
    session,
    refs: 0,
    link: { is: "connecting", failures: 0 },
    rooms: [newRoom(room)],
    active: 0,
    atBottom: true,
    focused: true,
    notice: "",
    // The notice is what was asked for, and no fault.
    answered: false,
  };
}

function newRoom(name) {
  return {
    name,
    joined: false,
    entries: [],
    notes: 0,
    people: nobody(),
    pending: [],
    // The one of them that the server was told and has not answered: the next goes out after it,
    // so that their order holds even if the server asks for time.
    sending: null,
    head: 0,
    gapAfter: null,
    more: false,
    loading: false,
    read: 0,
    draft: "",
  };
}

export function activeRoom(state) {
  return state.rooms[state.active];
}

function find(state, name) {
  const folded = fold(name ?? "");
  return state.rooms.find((room) => fold(room.name) === folded);
}

/** Messages of others after the last one read: counted, never kept. */
export function unread(state, room) {
  return room.entries.filter((e) => e.type === "message" && e.id > room.read && !isMe(state, e.sender)).length;
}

/** How many of them name this person. */
export function mentioned(state, room) {
  const named = (e) => e.type === "message" && e.id > room.read && !isMe(state, e.sender) && mentions(e.content, state.me);
  return state.me === null ? 0 : room.entries.filter(named).length;
}

export function isMe(state, name) {
  return state.me !== null && fold(state.me) === fold(name);
}

/** Changes the state, and says what to do about it. */
export function update(state, event) {
  switch (event.type) {
    case "start":
    case "redial":
      state.link = { is: "connecting", failures: 0 };
      return [{ do: "dial", hello: hello(state), afterMs: 0 }];
    case "connected":
      state.link = { is: "online" };
      return [];
    case "lost":
      return lost(state, event);
    case "received":
      return received(state, event.envelope);
    case "say":
      return typed(state, event.text);
    case "show":
      show(state, event.place, event.draft);
      return [];
    case "retry":
      return retry(state, event);
    case "older":
      return older(state);
    case "morePeople":
      return morePeople(activeRoom(state));
    case "looked":
      state.atBottom = event.atBottom;
      state.focused = event.focused;
      markRead(state, activeRoom(state));
      return [];
    default:
      return [];
  }
}

/** Asks for the room shown; the others are joined when it is open. */
function hello(state) {
  const room = activeRoom(state);
  return { room: room.name, username: state.me, ...resume(room) };
}

function resume(room) {
  return room.head > 0 ? { since: room.head } : { history: HISTORY_ON_JOIN };
}

function joining(room) {
  return { do: "send", envelope: { type: "join", room: room.name, ...resume(room) } };
}

/** Codes from 4000 on mean: do not come back unchanged. */
function lost(state, { code, reason }) {
  for (const room of state.rooms) room.joined = false;
  if (code >= 4000) {
    state.link = { is: "refused", reason };
    return [];
  }
  const failures = (state.link.failures ?? 0) + 1;
  state.link = { is: "waiting", failures, reason };
  const afterMs = Math.min(DIAL_AFTER_MS * 2 ** (failures - 1), DIAL_AFTER_MS_MAX);
  return [{ do: "dial", hello: hello(state), afterMs }];
}

function received(state, envelope) {
  if (envelope.type === "error") return errorCame(state, envelope);
  const room = find(state, envelope.room);
  if (!room) return [];
  switch (envelope.type) {
    case "message":
      return messageCame(state, room, envelope);
    case "join":
      if (!room.joined) return entered(state, room, envelope);
      came(room.people, envelope.sender);
      return note(room, envelope);
    case "leave":
      if (isMe(state, envelope.sender)) return [];
      went(room.people, envelope.sender);
      return note(room, envelope);
    case "presence":
      listed(room.people, envelope);
      return [];
    case "history":
      return historyCame(state, room, envelope);
    default:
      return [];
  }
}

/** The first `join` of a room is one's own: it says how the server spells both names. What was
 * written meanwhile goes out now, in order. */
function entered(state, room, { room: name, sender }) {
  const first = state.rooms.every((other) => !other.joined);
  state.me = sender;
  room.name = name;
  room.joined = true;
  room.people.asked = false;
  room.sending = null;
  const others = first ? state.rooms.filter((other) => !other.joined).map(joining) : [];
  return [...sendNext(room), ...others];
}

/** A note stands behind everything there is. */
function note(room, { type, sender }) {
  room.notes += 1;
  room.entries.push({ type, sender, id: room.entries.at(-1)?.id ?? room.head, note: room.notes });
  return [];
}

function messageCame(state, room, message) {
  const isNew = takeIn(state, room, message);
  markRead(state, room);
  const next = sendNext(room);
  if (!isNew || isMe(state, message.sender)) return next;
  const called = state.me !== null && mentions(message.content, state.me);
  return [...next, { do: "announce", text: `${message.sender}: ${message.content}`, called }];
}

/** Puts a message at its place; a copy of an own one, live or replayed, acknowledges it. */
function takeIn(state, room, message) {
  if (isMe(state, message.sender) && message.ref) {
    room.pending = room.pending.filter((p) => p.ref !== message.ref);
    if (room.sending === message.ref) room.sending = null;
  }
  room.head = Math.max(room.head, message.id);
  let at = room.entries.length;
  while (at > 0 && room.entries[at - 1].id > message.id) at -= 1;
  for (let i = at - 1; i >= 0 && room.entries[i].id === message.id; i -= 1) {
    if (room.entries[i].type === "message") return false;
  }
  room.entries.splice(at, 0, message);
  return true;
}

function markRead(state, room) {
  const seen = room === activeRoom(state) && state.atBottom && state.focused;
  if (seen) room.read = room.head;
}

function historyCame(state, room, { messages, more, head }) {
  const askedForOlder = room.loading;
  room.loading = false;
  const seen = room.head;
  for (const message of messages) takeIn(state, room, message);
  // What was there before one came is not news.
  if (seen === 0) room.read = Math.max(room.read, room.head);
  room.head = Math.max(room.head, head);
  markRead(state, room);
  const resumed = !askedForOlder && seen > 0;
  const gap = room.gapAfter ?? (resumed ? seen : null);
  const oldest = messages[0]?.id ?? 0;
  if (gap === null) {
    room.more = Boolean(more);
    return sendNext(room);
  }
  // A replay that was cut is fetched whole, page by page.
  room.gapAfter = more && oldest > gap ? gap : null;
  return room.gapAfter === null ? sendNext(room) : askOlder(room, oldest);
}

function older(state) {
  const room = activeRoom(state);
  const oldest = room.entries.find((e) => e.type === "message");
  if (!oldest || !room.more || !room.joined || room.loading) return [];
  return askOlder(room, oldest.id);
}

function morePeople(room) {
  const after = room.joined ? wanted(room.people) : null;
  return after === null ? [] : [{ do: "send", envelope: { type: "presence", room: room.name, after } }];
}

function askOlder(room, before) {
  room.loading = true;
  return [{ do: "send", envelope: { type: "history", room: room.name, before, limit: HISTORY_MAX } }];
}

/** What cannot be sent or done stays where it was typed: `notice` says why. */
function typed(state, text) {
  const { is, rest = "", ...what } = parse(text);
  state.notice = "";
  state.answered = is === "who" || is === "help";
  switch (is) {
    case "text":
      return say(state, what.text);
    case "join":
      return joinRoom(state, rest.replace(/^#/, ""));
    case "leave":
      return leaveRoom(state);
    case "nick":
      return comeBackAs(state, rest);
    case "reconnect":
      state.link = { is: "connecting", failures: 0 };
      return [{ do: "dial", hello: hello(state), afterMs: 0 }];
    case "who":
      state.notice = who(activeRoom(state).people);
      return [];
    case "help":
      state.notice = help();
      return [];
    default:
      state.notice = what.fault;
      return [];
  }
}

function joinRoom(state, name) {
  const place = state.rooms.findIndex((room) => fold(room.name) === fold(name));
  if (place >= 0) {
    show(state, place, "");
    return [];
  }
  const full = state.rooms.length >= ROOMS_MAX ? `${ROOMS_MAX} rooms are the most: /leave one first` : null;
  state.notice = nameFault(name, 64) ?? full ?? "";
  if (state.notice) return [];
  const room = newRoom(name);
  state.rooms.push(room);
  show(state, state.rooms.length - 1, "");
  return state.link.is === "online" ? [joining(room)] : [];
}

function leaveRoom(state) {
  if (state.rooms.length === 1) {
    state.notice = "this is the only room: /join another first";
    return [];
  }
  const [room] = state.rooms.splice(state.active, 1);
  state.active = Math.min(state.active, state.rooms.length - 1);
  state.atBottom = true;
  markRead(state, activeRoom(state));
  return room.joined ? [{ do: "send", envelope: { type: "leave", room: room.name } }] : [];
}

/** A name belongs to a connection, so another name needs another one. */
function comeBackAs(state, name) {
  state.notice = nameFault(name, 32) ?? "";
  if (state.notice) return [];
  state.me = name;
  for (const room of state.rooms) room.joined = false;
  state.link = { is: "connecting", failures: 0 };
  return [{ do: "dial", hello: hello(state), afterMs: 0 }];
}

function who({ known, count }) {
  const more = count > known.length ? ` and ${count - known.length} more` : "";
  return `${count} here: ${known.join(", ")}${more}`;
}

/** What is being written stays in the room where it is written. */
function show(state, place, draft) {
  if (!(place in state.rooms)) return;
  activeRoom(state).draft = draft;
  state.active = place;
  state.atBottom = true;
  markRead(state, activeRoom(state));
}

function say(state, content) {
  const fault = contentFault(content);
  const room = activeRoom(state);
  state.notice = fault ?? (room.pending.length >= PENDING_MAX ? `${PENDING_MAX} messages wait already` : "");
  if (state.notice) return [];
  state.refs += 1;
  const pending = { ref: `${state.session}-${state.refs}`, content, failed: "" };
  room.pending.push(pending);
  state.atBottom = true;
  return sendNext(room);
}

function sendNext(room) {
  const next = room.pending.find((p) => !p.failed);
  if (!room.joined || room.sending !== null || !next) return [];
  room.sending = next.ref;
  return [sending(room, next)];
}

function sending(room, { content, ref }) {
  return { do: "send", envelope: { type: "message", room: room.name, content, ref } };
}

function retry(state, { room: name, ref }) {
  const room = find(state, name);
  const pending = room?.pending.find((p) => p.ref === ref);
  if (!pending || !room.joined) return [];
  pending.failed = "";
  return room.sending === ref ? [sending(room, pending)] : sendNext(room);
}

function errorCame(state, { code, content, room: name, ref, retry_ms: retryMs }) {
  const room = find(state, name);
  const pending = ref && room?.pending.find((p) => p.ref === ref);
  if (pending && (code === "too_fast" || code === "unavailable")) {
    return [{ do: "retry", room: room.name, ref, afterMs: retryMs ?? RETRY_AFTER_MS }];
  }
  if (pending) {
    pending.failed = content;
    room.sending = null;
    return sendNext(room);
  }
  if (state.link.is === "online") Object.assign(state, { notice: content, answered: false });
  return [];
}
