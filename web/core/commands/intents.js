// What somebody wants, typed or clicked, done: text is sent, a command does what the table in commands.js says.
// Pure: it knows neither page nor socket nor clock.

import { browse, browseMore } from "../chat/browse.js";
import { spoken } from "../chat/label.js";
import { move } from "../chat/list.js";
import { endMark } from "../chat/markers.js";
import { textOf } from "../chat/messages/changing.js";
import { again, put, sendNext, takeBack } from "../chat/outbox.js";
import { toBottom } from "../chat/reading.js";
import { bring, dialNow } from "../chat/reconnect.js";
import { NOT_YOURS, isRevoked } from "../chat/revoked.js";
import { activeRoom, messages, tell } from "../chat/state.js";
import { linksOf } from "../formatting/formatting.js";
import { LABEL_CHARS_MAX, TOPIC_CHARS_MAX } from "../protocol/limits.js";
import { userFault } from "../protocol/names.js";
import { counted, inSentence, onOneLine } from "../protocol/text.js";
import { answer, askAnywhere, askWithin, fault, opening } from "./asking.js";
import { performAttention } from "./attention.js";
import { parse } from "./commands.js";
import { askToDelete, nthNewest, nthOwn, performOnMessage, withMessage } from "./messages.js";
import { performInRooms, whoBelongs } from "./rooms.js";
import { performSearch } from "./search.js";

/**
 * @typedef {import("../chat/state.js").State} State
 * @typedef {import("../chat/state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("./commands.js").Intent} Intent
 */

export const THEMES = ["system", "dark", "light"];
/** How wide texts run: as far as is good to read, or as far as there is room. */
export const WIDTHS = ["comfortable", "full"];
/** Links that are listed: a screen's worth. */
const LINKS_MAX = 20;
const KEY = "Your name is reserved by a key that is stored with this site's data in this browser. /link gives it to another device too. Clearing that data on your only device gives the name up.";

/** Does what was typed. What cannot be sent or done stays where it was typed: `notice` says why.
 * @param {State} state
 * @param {string} typed
 * @returns {Action[]} */
export function command(state, typed) {
  const intent = parse(typed);
  if (intent.is === "text") return carryOut(state, intent);
  const room = activeRoom(state);
  const { draft } = room;
  room.draft = "";
  const actions = attempt(state, intent);
  if (actions === null) room.draft = draft;
  return actions ?? [];
}

/** Does what was asked for in another way.
 * @param {State} state
 * @param {Intent} intent
 * @returns {Action[]} */
export function carryOut(state, intent) {
  return attempt(state, intent) ?? [];
}

/** Null if it cannot be done.
 * @param {State} state
 * @param {Intent} intent */
function attempt(state, intent) {
  tell(state, "", true);
  return perform(state, activeRoom(state), intent);
}

/** @param {State} state
 * @param {Room} room
 * @param {Intent} intent
 * @returns {Action[] | null} */
function perform(state, room, intent) {
  switch (intent.is) {
    case "text":
      return say(state, room, intent.text);
    case "nick":
      return changeName(state, intent.name);
    case "reconnect":
      return dialNow(state);
    case "key":
      return answer(state, KEY);
    case "edit":
      return intent.number === undefined && room.pending.some(({ failed }) => failed) ? withRefused(state, room, "edit") : performOnMessage(state, room, { is: "editing", which: nthOwn(state, room, intent.number ?? 1) });
    case "retry":
    case "drop":
      return withRefused(state, room, intent.is);
    case "who":
      return answer(state, who(room));
    case "topic":
      return answer(state, topicOf(state, room));
    case "url":
      return intent.number === undefined ? answer(state, listOfLinks(room)) : copy(state, links(room)[intent.number - 1], "link");
    case "copy":
      return copy(state, textOf(state, room, nthNewest(state, room, intent.number ?? 1) ?? 0), "message");
    case "open":
      return open(state, links(room)[(intent.number ?? 1) - 1]);
    case "reply":
    case "reactTo":
    case "permalink":
      return withMessage(state, room, intent);
    case "plain":
      state.isPlain = !state.isPlain;
      tell(state, state.isPlain ? "Messages are shown as they were typed. /plain formats them again" : "Messages are formatted", true);
      return [{ do: "plain", isOn: state.isPlain }];
    case "clear":
      Object.assign(room, { entries: [], past: null, more: true, cleared: true, gapAfter: null, awaited: room.awaited && { ...room.awaited, isUnwanted: true } });
      toBottom(room);
      return [];
    case "theme":
      return choose(state, "theme", intent.name, THEMES);
    case "width":
      return choose(state, "width", intent.name, WIDTHS);
    case "help":
      return [{ do: "help" }];
    case "words":
      return answer(state, intent.words);
    case "fault":
      return fault(state, intent.words);
    case "delete":
      return askToDelete(state, room, intent.number ?? 1);
    case "ask":
      return intent.everywhere ? askAnywhere(state, intent.envelope) : askWithin(state, room, { ...intent.envelope, room: room.name });
    default:
      return performOwn(state, room, intent);
  }
}

/** @param {State} state
 * @param {Room} room
 * @param {import("./commands.js").OwnIntent} intent
 * @returns {Action[] | null} */
function performOwn(state, room, intent) {
  switch (intent.is) {
    case "link":
      return opening("devices", askAnywhere(state, { type: "link" }));
    case "invite":
      return opening("invites", invite(state, room, intent));
    case "devices":
    case "invites":
      return [{ do: "open", what: intent.is }];
    case "revoke":
      return [revoking(state, intent.device)];
    case "bring":
      return bring(state, intent.brings);
    case "members":
      return whoBelongs(state, room);
    case "list":
      return [{ do: "open", what: "browser", text: intent.text }];
    case "browse":
      return browse(state, intent.query);
    case "browseMore":
      return browseMore(state);
    case "browseEnd":
      state.browse = null;
      return [];
    case "mute":
    case "unmute":
    case "notify":
    case "highlight":
    case "mentions":
    case "inboxMore":
    case "inboxEnd":
    case "goToMention":
      return performAttention(state, room, intent);
    case "search":
    case "foundMore":
    case "nextFound":
    case "previousFound":
    case "goToFound":
    case "foundShut":
    case "foundEnds":
      return performSearch(state, intent);
    case "move":
      return move(state, intent.from ?? state.active, intent.to);
    case "editing":
    case "edited":
    case "notEdited":
    case "replying":
    case "markUnread":
    case "linkTo":
    case "notReplying":
    case "react":
    case "erase":
      return performOnMessage(state, room, intent);
    default:
      return performInRooms(state, room, intent);
  }
}

/** Says something in the room shown, now or when there is a connection.
 * @param {State} state
 * @param {Room} room
 * @param {string} text
 * @returns {Action[] | null} */
function say(state, room, text) {
  const why = isRevoked(state) ? NOT_YOURS : put(state, room, text, room.reply);
  if (why) return fault(state, why);
  const marks = endMark(state, room);
  Object.assign(room, { draft: "", reply: null });
  toBottom(room);
  // Whoever answers has read what was new.
  room.mark = null;
  return [...marks, ...sendNext(room)];
}

/** @param {State} state
 * @param {"theme" | "width"} what
 * @param {string} wanted
 * @param {string[]} options
 * @returns {Action[] | null} */
function choose(state, what, wanted, options) {
  return options.includes(wanted) ? [{ do: what, text: wanted }] : fault(state, `Choose one of: ${options.join(", ")}`);
}

/** @param {State} state
 * @param {Room} room */
function topicOf(state, room) {
  const where = spoken(room, state.me);
  if (room.topic === "") return `${where} has no topic. /topic TEXT sets one`;
  return `The topic of ${where}: ${onOneLine(room.topic, TOPIC_CHARS_MAX)}`;
}

/** @param {State} state
 * @param {Room} room
 * @param {import("./invites.js").InviteIntent} intent */
function invite(state, room, { inRoom, wanted }) {
  const isToRoom = inRoom || room.kind === "private";
  const envelope = { type: "invite", ...(isToRoom && { rooms: [room.name] }), ...wanted };
  return isToRoom ? askWithin(state, room, envelope) : askAnywhere(state, envelope);
}

/** It is out at once, so that is asked first.
 * @param {State} state
 * @param {number} device
 * @returns {Action} */
function revoking({ person }, device) {
  const known = person.devices?.find((each) => each.device === device);
  const what = known?.this ? "this device" : known?.label === undefined ? `device ${device}` : inSentence(known.label, LABEL_CHARS_MAX);
  return { do: "confirm", question: `Revoke ${what}? It can't use your name any more.`, yes: "Revoke", then: { type: "ask", envelope: { type: "revoke", device } } };
}

/** All that was refused here: sent again, taken back into the box, or thrown away.
 * @param {State} state
 * @param {Room} room
 * @param {"retry" | "edit" | "drop"} is
 * @returns {Action[] | null} */
function withRefused(state, room, is) {
  const refs = room.pending.filter(({ failed }) => failed).map(({ ref }) => ref);
  if (refs.length === 0) return fault(state, "No unsent messages");
  if (is === "retry") return refs.flatMap((ref) => again(room, ref));
  const taken = refs.flatMap((ref) => takeBack(room, ref) ?? []);
  if (is === "edit") Object.assign(room, { draft: taken.map(({ content }) => content).join("\n"), reply: room.reply ?? taken[0]?.reply ?? null });
  return is === "edit" ? [] : answer(state, `Deleted ${counted(refs.length, "unsent message")}`);
}

/** A name belongs to a connection, so another name needs another one.
 * @param {State} state
 * @param {string} name
 * @returns {Action[] | null} */
function changeName(state, name) {
  const why = userFault(name);
  if (why) return fault(state, why);
  if (state.me !== name) Object.assign(state, { formerly: state.formerly ?? state.me, me: name });
  return dialNow(state);
}

/** @param {Room} room */
function who({ people: { known, count } }) {
  const more = count > known.length ? `, and ${count - known.length} more` : "";
  return `${count} online: ${known.map((name) => inSentence(name)).join(", ")}${more}`;
}

/** Newest first.
 * @param {Room} room */
function links(room) {
  return messages(room).reverse().flatMap(({ content }) => linksOf(content).reverse());
}

/** @param {Room} room */
function listOfLinks(room) {
  const found = links(room).slice(0, LINKS_MAX);
  return found.length > 0 ? found.map((link, i) => `${i + 1}  ${link}`).join("\n") : "No links in this room";
}

/** @param {State} state
 * @param {string | undefined} href
 * @returns {Action[] | null} */
function open(state, href) {
  return href === undefined ? fault(state, "No such link") : [{ do: "follow", href }];
}

/** @param {State} state
 * @param {string | null | undefined} text
 * @param {string} what
 * @returns {Action[] | null} */
function copy(state, text, what) {
  return text === undefined || text === null ? fault(state, `No such ${what}`) : [{ do: "copy", text }];
}
