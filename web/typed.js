// What was typed, done: text is said, a command does what the table in commands.js says. Pure: it
// knows neither page nor socket nor clock.

import { ask } from "./acts.js";
import { parse } from "./commands.js";
import { comeIn, dialNow, joining } from "./link.js";
import { linksIn } from "./links.js";
import { ACTS, act, nthNewest } from "./moderate.js";
import { again, put, sendNext, takeBack } from "./outbox.js";
import { ROOM_CHARS_MAX, fold, nameFault, userFault } from "./protocol.js";
import { show, toBottom } from "./reading.js";
import { ROOMS_MAX, activeRoom, messages, newRoom, orMore, unread } from "./state.js";
import { candidates } from "./switcher.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("./update.js").Action} Action
 */

export const THEMES = ["system", "dark", "light"];
/** How wide texts run: as far as is good to read, or as far as there is room. */
export const WIDTHS = ["comfortable", "full"];
/** Links that are listed: a screen's worth. */
const LINKS_MAX = 20;
const NOT_HERE = "you are not in this room now: try again when you are";
const KEY = "your name is yours by a key that this browser made and keeps with this site's data: who clears that, gives the name up";

/** What cannot be sent or done stays where it was typed: `notice` says why.
 * @param {State} state
 * @param {string} text
 * @param {boolean} isDraft it stands in the composer, which it leaves when it is done
 * @returns {Action[]} */
export function command(state, text, isDraft = true) {
  const room = activeRoom(state);
  const { is, rest } = parse(text);
  Object.assign(state, { notice: "", answered: true });
  if (is === "text") return say(state, rest);
  const { draft } = room;
  if (isDraft) room.draft = "";
  const actions = done(state, room, is, rest) ?? moderated(state, room, is, rest);
  if (actions === null) Object.assign(state, { answered: false, notice: state.notice || rest });
  if (actions === null) room.draft = draft;
  return actions ?? [];
}

/** Says something in the room shown, now or when the line is there.
 * @param {State} state
 * @param {string} text
 * @returns {Action[]} */
function say(state, text) {
  const room = activeRoom(state);
  const fault = put(state, room, text);
  if (fault) {
    Object.assign(state, { notice: fault, answered: false });
    return [];
  }
  room.draft = "";
  toBottom(room);
  // Who answers has read what was new.
  room.mark = null;
  return sendNext(room);
}

/** Null if it cannot be done.
 * @param {State} state
 * @param {Room} room
 * @param {string} is
 * @param {string} rest
 * @returns {Action[] | null} */
function done(state, room, is, rest) {
  switch (is) {
    case "join":
      return joinRoom(state, rest.replace(/^[#＃]/, ""));
    case "leave":
      return leaveRoom(state);
    case "nick":
      return comeBackAs(state, rest);
    case "reconnect":
      return dialNow(state);
    case "rooms":
      return answer(state, rooms(state));
    case "room":
      return showWanted(state, rest);
    case "key":
      return answer(state, KEY);
    case "retry":
    case "edit":
    case "drop":
      return withRefused(state, room, is);
    case "who":
      return answer(state, who(room));
    case "url":
      return rest ? copied(state, links(room)[Number(rest) - 1], "link") : answer(state, listed(room));
    case "copy":
      return copied(state, messages(room).at(-Number(rest || 1))?.content, "message");
    case "mute":
      room.muted = !room.muted;
      return answer(state, `#${room.name} is ${room.muted ? "muted: nothing from it is announced or notified" : "heard again"}`);
    case "clear":
      Object.assign(room, { entries: [], more: true, cleared: true });
      toBottom(room);
      return [];
    case "theme":
    case "width":
      return chosen(state, is, rest.toLowerCase(), is === "theme" ? THEMES : WIDTHS);
    case "search":
      return [{ do: "search", text: rest }];
    case "help":
      return [{ do: "help" }];
    case "words":
      return answer(state, rest);
    default:
      return null;
  }
}

/** @param {State} state
 * @param {"theme" | "width"} what
 * @param {string} wanted
 * @param {string[]} options
 * @returns {Action[] | null} */
function chosen(state, what, wanted, options) {
  return options.includes(wanted) ? [{ do: what, text: wanted }] : fault(state, `/${what}: choose one of ${options.join(", ")}`);
}

/** What a moderator does. The server says who is one.
 * @param {State} state
 * @param {Room} room
 * @param {string} is
 * @param {string} rest
 * @returns {Action[] | null} */
function moderated(state, room, is, rest) {
  if (is === "delete") return deletion(state, room, nthNewest(room, Number(rest || 1))?.id);
  if (!(is in ACTS)) return null;
  if (!room.joined) return fault(state, NOT_HERE);
  const envelope = act(room, is, rest);
  return typeof envelope === "string" ? fault(state, envelope) : asked(state, envelope);
}

/** @param {State} state
 * @param {Room} room
 * @param {number | undefined} id
 * @returns {Action[] | null} */
export function deletion(state, room, id) {
  if (id === undefined) return fault(state, "there is no such message here");
  if (!room.joined) return fault(state, NOT_HERE);
  return asked(state, { type: "delete", room: room.name, message: id });
}

/** @param {State} state
 * @param {import("./update.js").Asked} envelope */
function asked(state, envelope) {
  return ask(state, envelope) ?? fault(state, "Too much of what you asked for is not answered yet");
}

/** All that was refused here: sent again, taken back into the box, or thrown away.
 * @param {State} state
 * @param {Room} room
 * @param {string} is
 * @returns {Action[] | null} */
function withRefused(state, room, is) {
  const refs = room.pending.filter(({ failed }) => failed).map(({ ref }) => ref);
  if (refs.length === 0) return fault(state, "nothing was refused here");
  if (is === "retry") return refs.flatMap((ref) => again(room, ref));
  const texts = refs.map((ref) => takeBack(room, ref));
  if (is === "edit") room.draft = texts.join("\n");
  return is === "edit" ? [] : answer(state, `refused messages thrown away: ${refs.length}`);
}

/** @param {State} state */
function rooms(state) {
  return state.rooms.map((room, i) => `${i + 1}  #${room.name}: ${room.people.count} here, ${unread(state, room)}${orMore(room)} new`).join("\n");
}

/** @param {State} state
 * @param {string} wanted a part of its name, or its number
 * @returns {Action[] | null} */
function showWanted(state, wanted) {
  const number = /^\d+$/.test(wanted) ? Number(wanted) - 1 : null;
  if (number !== null && !(number in state.rooms)) return fault(state, `there is no room ${wanted}; /rooms lists them`);
  const place = number ?? candidates(state, wanted)[0]?.place ?? null;
  if (place === null) return fault(state, `no room fits ${wanted}; /join ${wanted} enters one`);
  show(state, place);
  return [];
}

/** @param {State} state
 * @param {string} sentence */
function answer(state, sentence) {
  state.notice = sentence;
  return [];
}

/** @param {State} state
 * @param {string} sentence */
function fault(state, sentence) {
  state.notice = sentence;
  return null;
}

/** @param {State} state
 * @param {string} name
 * @returns {Action[] | null} */
function joinRoom(state, name) {
  const place = state.rooms.findIndex((room) => fold(room.name) === fold(name));
  if (place >= 0) {
    show(state, place);
    return comeIn(state, activeRoom(state));
  }
  const full = state.rooms.length >= ROOMS_MAX ? `${ROOMS_MAX} rooms are the most: /leave one first` : null;
  const why = nameFault(name, ROOM_CHARS_MAX) ?? full;
  if (why) return fault(state, `/join: ${why}`);
  const room = newRoom(name);
  state.rooms.push(room);
  show(state, state.rooms.length - 1);
  return state.link.is === "online" ? [joining(room)] : [];
}

/** @param {State} state
 * @returns {Action[] | null} */
function leaveRoom(state) {
  if (state.rooms.length === 1) return fault(state, "this is the only room: /join another first");
  const room = activeRoom(state);
  const unsent = room.pending.at(-1)?.ref ?? "";
  if (unsent !== room.warned) {
    room.warned = unsent;
    if (unsent) return fault(state, "not all that you wrote here is sent: /leave again gives it up");
  }
  state.rooms.splice(state.active, 1);
  state.active = Math.min(state.active, state.rooms.length - 1);
  const next = activeRoom(state);
  if (next.atBottom) next.read = next.head;
  return room.joined ? [{ do: "send", envelope: { type: "leave", room: room.name } }] : [];
}

/** A name belongs to a connection, so another name needs another one.
 * @param {State} state
 * @param {string} name
 * @returns {Action[] | null} */
function comeBackAs(state, name) {
  const why = userFault(name);
  if (why) return fault(state, `/nick: ${why}`);
  if (state.me !== name) Object.assign(state, { formerly: state.formerly ?? state.me, me: name });
  return dialNow(state);
}

/** @param {Room} room */
function who({ people: { known, count } }) {
  const more = count > known.length ? `, and ${count - known.length} more` : "";
  return `${count} here: ${known.join(", ")}${more}`;
}

/** Newest first.
 * @param {Room} room */
function links(room) {
  return messages(room).reverse().flatMap(({ content }) => linksIn(content).reverse());
}

/** @param {Room} room */
function listed(room) {
  const found = links(room).slice(0, LINKS_MAX);
  return found.length > 0 ? found.map((link, i) => `${i + 1}  ${link}`).join("\n") : "no links here";
}

/** @param {State} state
 * @param {string | undefined} text
 * @param {string} what
 * @returns {Action[] | null} */
function copied(state, text, what) {
  return text === undefined ? fault(state, `there is no such ${what} here`) : [{ do: "copy", text, what }];
}
