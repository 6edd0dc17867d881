// What is typed or pressed about rooms and who belongs to them, and what follows from it. Pure: it knows neither page nor
// socket nor clock.

import { dropOf } from "../chat/acts.js";
import { labelOf, spoken } from "../chat/label.js";
import { leftNow } from "../chat/list.js";
import { goTo } from "../chat/members.js";
import { jump } from "../chat/messages/jumping.js";
import { sendNext } from "../chat/outbox.js";
import { show } from "../chat/reading.js";
import { comeIn, dialNow, joining } from "../chat/reconnect.js";
import { describe, inOrder, takeAway } from "../chat/rooms.js";
import { activeRoom, isMe, newRoom } from "../chat/state.js";
import { orMore, shownCount, unread } from "../chat/unread.js";
import { DIRECT_PEOPLE_MAX, NAME_CHARS_MAX, ROOMS_MAX, ROOM_CHARS_MAX, TITLE_CHARS_MAX } from "../protocol/limits.js";
import { fold, nameFault } from "../protocol/names.js";
import { ROLES } from "../protocol/rooms.js";
import { inSentence, onOneLine } from "../protocol/text.js";
import { answer, askAnywhere, askWithin, fault } from "./asking.js";
import { candidates } from "./switcher.js";

/**
 * @typedef {import("../chat/state.js").State} State
 * @typedef {import("../chat/state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("../protocol/rooms.js").Role} Role
 *
 * @typedef {{is: "join" | "pick", room: string}
 *   | {is: "room", wanted: string}
 *   | {is: "leave" | "rooms"}
 *   | {is: "create", name: string, isPrivate: boolean, topic?: string}
 *   | {is: "msg", users: string[], text: string}
 *   | {is: "add" | "remove", user: string}
 *   | {is: "role", user: string, role: Role}} RoomIntent
 * `pick`: from the list of all rooms
 */

/** @type {Record<string, (given: string) => RoomIntent | string>} */
const READ = { create, msg, add: (given) => person("add", given), remove: (given) => person("remove", given), role };

/** What a command with its arguments stands for; a sentence if it cannot be; null if it is none of these.
 * @param {string} command
 * @param {string} given */
export const roomCommand = (command, given) => READ[command]?.(given) ?? null;

/** @param {string} given
 * @returns {RoomIntent | string} */
function create(given) {
  const [, title = ""] = given.match(/^([^]*\S)\s+private$/i) ?? [];
  const name = title === "" ? given.replace(/^[#＃]/, "") : title;
  return nameFault(name, title === "" ? ROOM_CHARS_MAX : TITLE_CHARS_MAX) ?? { is: "create", name, isPrivate: title !== "" };
}

/** Names with commas between, each in quotes if it has spaces, and what is said there.
 * @param {string} given
 * @returns {RoomIntent | string} */
function msg(given) {
  const [names = ""] = given.match(/^(?:"[^"]*"|[^\s",]*)(?:,(?:"[^"]*"|[^\s",]*))*/) ?? [];
  const users = [...names.matchAll(/"([^"]*)"|[^,]+/g)].map(([bare, quoted]) => (quoted ?? bare).replace(/^@|:+$/g, ""));
  const why = users.length === 0 ? "Usage: /msg NAME[,NAME] [TEXT]" : users.map((user) => nameFault(user, NAME_CHARS_MAX)).find(Boolean);
  return why ?? { is: "msg", users, text: given.slice(names.length).trim() };
}

/** @param {"add" | "remove"} is
 * @param {string} given
 * @returns {RoomIntent | string} */
function person(is, given) {
  const user = given.replace(/^"([^]*)"$/, "$1").replace(/^@/, "");
  return nameFault(user, NAME_CHARS_MAX) ?? { is, user };
}

/** @param {string} given
 * @returns {RoomIntent | string} */
function role(given) {
  const [, name = "", last = ""] = given.match(/^([^]*\S)\s+(\S+)$/) ?? [];
  const wanted = ROLES.find((each) => each === last.toLowerCase());
  const who = person("add", name);
  if (!wanted || typeof who === "string" || who.is !== "add") return "Usage: /role NAME owner|moderator|member";
  return { is: "role", user: who.user, role: wanted };
}

/** @param {State} state
 * @param {Room} room that is shown
 * @param {RoomIntent} intent
 * @returns {Action[] | null} */
export function performInRooms(state, room, intent) {
  switch (intent.is) {
    case "join":
      return joinRoom(state, intent.room);
    case "pick":
      return pick(state, intent.room);
    case "leave":
      return leaveRoom(state, room);
    case "rooms":
      return answer(state, listOfRooms(state));
    case "room":
      return showWanted(state, intent.wanted);
    case "create": {
      const what = intent.isPrivate ? { kind: "private", title: intent.name } : { room: intent.name };
      return askAnywhere(state, { type: "create", ...what, ...(intent.topic && { topic: intent.topic }) }, { text: "" });
    }
    case "msg":
      return write(state, intent.users, intent.text);
    case "add":
      return askWithin(state, room, { type: "add", room: room.name, user: intent.user });
    case "remove":
      return isMe(state, intent.user) ? [givingUp(state, room)] : askWithin(state, room, { type: "remove", room: room.name, user: intent.user });
    case "role":
      return askWithin(state, room, { type: "role", room: room.name, user: intent.user, role: intent.role });
  }
}

/** @param {State} state */
function listOfRooms(state) {
  return state.rooms.map((room, i) => `${i + 1}  ${spoken(room, state.me)}: ${room.people.count} online, ${shownCount(unread(state, room), orMore(room))} unread${wordsAboutLevel(room)}`).join("\n");
}

/** @param {Room} room */
function wordsAboutLevel({ notify }) {
  if (notify === "default") return "";
  return notify === "nothing" ? ", muted" : `, notifies you of ${notify}`;
}

/** @param {State} state
 * @param {string} wanted a part of its name, or its number
 * @returns {Action[] | null} */
function showWanted(state, wanted) {
  const number = /^\d+$/.test(wanted) ? Number(wanted) - 1 : null;
  if (number !== null && !(number in state.rooms)) return fault(state, `You have no room number ${wanted}; /rooms lists them`);
  const place = number ?? candidates(state, wanted).find((each) => each.place !== null)?.place ?? null;
  if (place === null) return fault(state, `No room matches "${onOneLine(wanted, ROOM_CHARS_MAX)}"`);
  show(state, place);
  return [];
}

/** @param {State} state
 * @param {string} name
 * @returns {Action[] | null} */
export function joinRoom(state, name) {
  const place = state.rooms.findIndex((room) => fold(room.name) === fold(name));
  if (place >= 0) {
    show(state, place);
    activeRoom(state).isDefault = false;
    return comeIn(state, activeRoom(state));
  }
  const full = state.rooms.length >= ROOMS_MAX ? `You can join at most ${ROOMS_MAX} rooms` : null;
  const why = nameFault(name, ROOM_CHARS_MAX) ?? full;
  if (why) return fault(state, why);
  const room = newRoom(name);
  state.rooms.push(room);
  show(state, state.rooms.length - 1);
  inOrder(state);
  // After a refusal there is no connection.
  if (state.link.is === "refused") return dialNow(state);
  return state.link.is === "online" ? [joining(room)] : [];
}

/** To a message of any room, which is joined if need be.
 * @param {State} state
 * @param {{room: string, id: number}} message
 * @param {number | null} from where one reads in the room that is shown; null: the way back stays
 * @returns {Action[] | null} */
export function goToMessage(state, { room: name, id }, from) {
  const before = activeRoom(state);
  const joins = joinRoom(state, name);
  const room = activeRoom(state);
  return joins && [...joins, ...jump(state, room, id, room === before ? from : room.back ?? 0)];
}

/** A room of the list of all rooms: what it is, is known.
 * @param {State} state
 * @param {string} name
 * @returns {Action[] | null} */
function pick(state, name) {
  const told = state.browse?.rooms.find(({ room }) => fold(room) === fold(name));
  state.browse = null;
  const joins = joinRoom(state, name);
  const room = activeRoom(state);
  if (told && joins && !room.joined) describe(room, told);
  return joins;
}

/** @param {State} state
 * @param {Room} room
 * @returns {Action[] | null} */
function leaveRoom(state, room) {
  if (room.kind === "direct") return fault(state, "A conversation stays in your list; /mute turns its notifications off");
  if (state.rooms.length === 1) return fault(state, "This is your only room. Join another one first");
  const unsent = room.pending.at(-1)?.ref ?? "";
  if (unsent !== room.warned) {
    room.warned = unsent;
    if (unsent) return fault(state, "You have unsent messages here. Leave again to discard them");
  }
  takeAway(state, room);
  const waiting = [...dropOf(state, room), ...leftNow(state, room)];
  return room.joined ? [{ do: "send", envelope: { type: "leave", room: room.name } }, ...waiting] : waiting;
}

/** To whom one wrote before, one writes in the same room.
 * @param {State} state
 * @param {string[]} users
 * @param {string} text
 * @returns {Action[] | null} */
function write(state, users, text) {
  if (users.every((user) => isMe(state, user))) return fault(state, "A direct message needs somebody else");
  if (users.length >= DIRECT_PEOPLE_MAX) return fault(state, `A direct message is for at most ${DIRECT_PEOPLE_MAX} people: create a private room`);
  const known = directWith(state, users);
  if (!known) return askAnywhere(state, { type: "direct", users }, { text });
  goTo(state, known, text);
  return [...sendNext(known), ...comeIn(state, known)];
}

/** The direct room with these people and oneself, if there is one here.
 * @param {State} state
 * @param {string[]} users */
export function directWith(state, users) {
  const wanted = setOf([...users, state.me ?? ""]);
  return state.rooms.find((each) => each.kind === "direct" && setOf(each.users) === wanted);
}

/** @param {string[]} users */
const setOf = (users) => JSON.stringify([...new Set(users.map(fold))].sort());

/** Nobody loses a room by accident.
 * @param {State} state
 * @param {Room} room
 * @returns {Action} */
function givingUp(state, room) {
  const question = `Leave ${spoken(room, state.me)} for good? You can come back only if somebody adds you again.`;
  const envelope = { type: "remove", room: room.name, user: state.me ?? "" };
  return { do: "confirm", question, yes: "Leave for good", then: { type: "ask", envelope } };
}

/** @param {State} state
 * @param {Room} room */
export function whoBelongs(state, room) {
  if (room.members.length === 0) return answer(state, `Nobody has a role in ${spoken(room, state.me)}`);
  const more = room.hasMoreMembers ? ", and more" : "";
  return answer(state, `${labelOf(room, state.me)}: ${room.members.map(({ user, role }) => `${inSentence(user)} (${role})`).join(", ")}${more}`);
}
