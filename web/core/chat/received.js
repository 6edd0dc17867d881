// What the server says, taken into the state. Pure: it knows neither page nor socket nor clock.

import { aloud } from "../formatting/aloud.js";
import { AUTHOR_CHARS_MAX, TOPIC_CHARS_MAX } from "../protocol/limits.js";
import { counted, inSentence, onOneLine } from "../protocol/text.js";
import { dropAll, next, settled } from "./acts.js";
import { wordsAbout, wordsToExcluded } from "./moderated.js";
import { browseCame } from "./browse.js";
import { changed, takeIn, trim, write } from "./entries.js";
import { foundCame } from "./found.js";
import { gatheredChanged, gatheredTold } from "./gathered.js";
import { inboxCame } from "./inbox.js";
import { answered, sendNext } from "./outbox.js";
import { spoken, whereabouts } from "./label.js";
import { takeReaction } from "./messages/changing.js";
import { jumpOn } from "./messages/jumping.js";
import { messageOf } from "./messages/place.js";
import { undoChanges } from "./messages/refusing.js";
import { authorOf } from "./messages/shown.js";
import { noLongerTyping, typingCame } from "./messages/typing.js";
import { askForList, joinedNow, listCame, settingCame } from "./list.js";
import { addedCame, removedCame, roleCame, roomCame } from "./members.js";
import { pageCame } from "./pages.js";
import { came, listed, nobody, went } from "./people.js";
import { personTold } from "./person.js";
import { joining } from "./reconnect.js";
import { changeCame as unreadChanged, countCame, markRead, readCame } from "./markers.js";
import { PROBE, errorCame } from "./refusals.js";
import { takeAway } from "./rooms.js";
import { clusterCame } from "./servers.js";
import { activeRoom, find, isMe, isWatched, nothingTold, ownerOf, tell } from "./state.js";
import { callsMe, isMuted, namesMe, newLine, notifies } from "./unread.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../protocol/envelopes.js").Message} Message
 * @typedef {import("../protocol/envelopes.js").Traffic} Traffic
 * @typedef {import("../update.js").Action} Action
 */

/** Who leaves and comes back within this time leaves no trace. */
const BLIP_MS = 10_000;
/** After a restart the server spreads its clients over so long at most. */
const BACK_WITHIN_MS = 60_000;
/** So far back their leaving is looked for, in entries. */
const BLIP_ENTRIES = 200;

/** @param {State} state
 * @param {import("../protocol/envelopes.js").Envelope} envelope
 * @param {number} at when it came, in ms
 * @returns {Action[]} */
export function received(state, envelope, at) {
  switch (envelope.type) {
    case "error":
      return errorCame(state, envelope);
    case "cluster":
      clusterCame(state.link, envelope);
      return [];
    case "link":
    case "devices":
    case "invite":
    case "invites":
      return personTold(state, envelope, at);
    case "rooms":
      return listCame(state, envelope) ?? countCame(state, envelope) ?? browseCame(state, envelope);
    case "mentions":
      return inboxCame(state, envelope);
    case "found":
      return foundCame(state, envelope);
    case "setting":
      return settingCame(state, envelope);
    case "room":
      return roomCame(state, envelope);
    case "added":
      return addedCame(state, envelope, at);
    case "removed":
      return removedCame(state, envelope, at);
    case "role":
      return roleCame(state, envelope, at);
    default:
      return roomTold(state, envelope, at);
  }
}

/** @param {State} state
 * @param {Exclude<import("../protocol/envelopes.js").Envelope, import("../protocol/envelopes.js").Refusal | import("../protocol/envelopes.js").Cluster | import("../protocol/people.js").OfPeople | import("../protocol/messages.js").Mentions | {type: "found"} | import("../protocol/rooms.js").OfRooms>} envelope
 * @param {number} at
 * @returns {Action[]} */
function roomTold(state, envelope, at) {
  // What concerns the whole server is told where one looks.
  const room = envelope.room === undefined ? activeRoom(state) : find(state, envelope.room);
  if (!room) return [];
  switch (envelope.type) {
    case "message":
      return messageCame(state, room, envelope);
    case "join":
      if (!room.joined) return entered(state, room, envelope, at);
      came(room.people, envelope.sender);
      return note(room, envelope, at);
    case "leave":
      if (isMe(state, envelope.sender)) return putOut(room);
      went(room.people, envelope.sender);
      noLongerTyping(room, envelope.sender);
      return note(room, envelope, at);
    case "moderated":
      return moderated(state, room, envelope, at);
    case "deleted":
      return changeCame(state, room, envelope, envelope.by);
    case "edited":
    case "reacted":
      return changeCame(state, room, envelope, envelope.sender);
    case "read":
      readCame(state, room, envelope.upto);
      return [];
    case "typing":
      return typingCame(state, room, envelope.sender);
    case "presence":
      listed(room.people, envelope);
      return [];
    case "topic":
      return topicCame(state, room, envelope, at);
    case "history":
      for (const message of [...envelope.messages, ...(envelope.changed ?? [])]) gatheredTold(state, message);
      return envelope.ref === PROBE ? [] : pageCame(state, room, envelope);
  }
}

/** The first `join` of a room is one's own: it says how the server spells both names. What was
 * written meanwhile goes out now, in order.
 * @param {State} state
 * @param {Room} room
 * @param {Traffic} join
 * @param {number} at
 * @returns {Action[]} */
function entered(state, room, { room: name, sender, role }, at) {
  const first = !state.link.isIn;
  state.link.isIn = true;
  const [before, formerly] = [ownerOf(state), state.formerly ?? state.me];
  Object.assign(state, { me: sender, formerly: null, brings: {} });
  if (before !== "" && before !== ownerOf(state)) leaveBehind(state, formerly ?? "");
  Object.assign(room, { name, joined: true, excluded: "", moderates: role === "moderator", sending: null });
  // If there is any of it, that is told next.
  Object.assign(room, { topic: "", role: null, members: [] });
  room.people.asked = false;
  room.settledAt = at + BACK_WITHIN_MS;
  const onItsWay = [...sendNext(room), ...next(state), ...jumpOn(state, room)];
  if (!first) return [...onItsWay, ...joinedNow(state, room)];
  state.link.askedMs = 0;
  const others = state.rooms.filter((other) => !other.joined && !other.excluded).map(joining);
  return [...onItsWay, ...askForList(state), ...others];
}

/** What somebody else wrote waits for them: under this name it would be another message, and there twice
 * where it was stored already. What they asked for as a moderator is not done.
 * @param {State} state
 * @param {string} owner */
function leaveBehind(state, owner) {
  state.person = nothingTold();
  Object.assign(state, { browse: null, inbox: null, search: null });
  const undone = [...dropAll(state), ...state.rooms.flatMap(undoneIn)];
  const count = state.rooms.reduce((sum, room) => sum + room.pending.length, 0);
  for (const room of [...state.rooms]) {
    Object.assign(room, { pending: [], editing: null, marker: null, listed: false, place: null });
    // What belonged to the one is not there for the other.
    if (room.kind !== "open" && !room.joined) takeAway(state, room);
  }
  const told = [
    ...(undone.length > 0 ? [`Not done, since your name has changed: ${undone.join(", ")}`] : []),
    ...(count > 0 ? [`${counted(count, "unsent message")} by ${inSentence(owner)} will be sent when you are ${inSentence(owner)} again`] : []),
  ];
  if (told.length > 0) tell(state, told.join(". "), undone.length === 0);
}

/** @param {Room} room */
function undoneIn(room) {
  const count = undoChanges(room);
  return count > 0 ? [counted(count, "change to messages", "changes to messages")] : [];
}

/** A note goes behind everything there is. Nothing is noted of who left and is back at once, and of who was here before
 * the connection was lost.
 * @param {Room} room
 * @param {Traffic} traffic
 * @param {number} at
 * @returns {Action[]} */
function note(room, { type, sender }, at) {
  const wasHere = room.away.delete(sender);
  if (type === "join" && wasHere && !(at > room.settledAt)) return [];
  const from = Math.max(0, room.entries.length - BLIP_ENTRIES);
  const left = type === "join" ? room.entries.slice(from).findLastIndex((e) => e.type === "leave" && e.sender === sender) : -1;
  const entry = left < 0 ? undefined : room.entries[from + left];
  if (entry && at > 0 && at - entry.at < BLIP_MS) {
    room.entries.splice(from + left, 1);
    return [];
  }
  write(room, { type, sender, at });
  return [];
}

/** What is heard again may have been followed by another.
 * @param {State} state
 * @param {Room} room
 * @param {import("../protocol/envelopes.js").Topic} topic
 * @param {number} at
 * @returns {Action[]} */
function topicCame(state, room, { content, sender, id, ref }, at) {
  if (id > room.head) {
    Object.assign(room, { topic: content, head: id });
    const did = content === "" ? "cleared the topic" : `changed the topic: ${onOneLine(content, TOPIC_CHARS_MAX)}`;
    write(room, { type: "told", sender, at, words: `${inSentence(sender)} ${did}` });
  }
  return isMe(state, sender) ? settled(state, ref) : [];
}

/** Whoever is removed is told why, and then receives their own `leave`.
 * @param {State} state
 * @param {Room} room
 * @param {import("../protocol/envelopes.js").Moderated} moderated
 * @param {number} at
 * @returns {Action[]} */
function moderated(state, room, moderated, at) {
  write(room, { type: "told", sender: moderated.by, at, words: wordsAbout(moderated) });
  const isOut = moderated.action === "kick" || moderated.action === "ban";
  if (isOut && moderated.room !== undefined && isMe(state, moderated.user)) room.excluded = wordsToExcluded(moderated, spoken(room, state.me));
  return isMe(state, moderated.by) ? settled(state, moderated.ref) : [];
}

/** This person was removed: who leaves by themselves has no such room any more when the `leave` comes.
 * @param {Room} room
 * @returns {Action[]} */
function putOut(room) {
  if (!room.joined) return [];
  Object.assign(room, { joined: false, moderates: false, awaited: null, sending: null, typing: [], tellsTyping: false, excluded: room.excluded || "You are no longer in this room" });
  room.people = nobody();
  return [];
}

/** @param {State} state
 * @param {Room} room
 * @param {import("../protocol/messages.js").Change} change
 * @param {string} by
 * @returns {Action[]} */
function changeCame(state, room, change, by) {
  const held = messageOf(room, change.message);
  const wasCalled = held !== null && callsMe(state, held);
  const isOld = change.id <= (held?.change ?? 0);
  changed(room, change);
  gatheredChanged(state, change, held);
  if (change.type !== "reacted" && !isOld) unreadChanged(room, change.message);
  const asked = isMe(state, by) ? room.pending.find(({ ref }) => ref === change.ref) : undefined;
  if (change.ref !== undefined && isMe(state, by)) answered(room, change.ref);
  if (asked?.isUnsure && isOld && change.type === "reacted") return takeReaction(state, room, change);
  // Who is named by an edit has not heard of it.
  const isCalled = change.type === "edited" && held !== null && !wasCalled && callsMe(state, held);
  return [...(isCalled && !isMuted(room) ? tellOf(state, room, held) : []), ...sendNext(room)];
}

/** Others' words are read out, and notified if they are for this person who looks elsewhere.
 * @param {State} state
 * @param {Room} room
 * @param {Message} message
 * @returns {Action[]} */
function tellOf(state, room, message) {
  const content = state.isPlain ? message.content : aloud(message.content);
  const what = { room: room.name, where: whereabouts(room, state.me), sender: authorOf(message), content, ...(namesMe(state, message) && { calls: true }), ...(message.reply !== undefined && { answers: whomAnswers(state, room, message.reply) }) };
  /** @type {Action[]} */
  const notify = notifies(state, room, message) && !state.focused ? [{ do: "notify", ...what }] : [];
  return [{ do: "announce", ...what }, ...notify];
}

/** Whom a reply is to, within a sentence.
 * @param {State} state
 * @param {Room} room
 * @param {number} reply */
function whomAnswers(state, room, reply) {
  const original = messageOf(room, reply);
  if (!original) return "an earlier message";
  return isMe(state, original.sender) ? "you" : inSentence(authorOf(original), AUTHOR_CHARS_MAX);
}

/** @param {State} state
 * @param {Room} room
 * @param {Message} message
 * @returns {Action[]} */
function messageCame(state, room, message) {
  const watched = isWatched(state, room);
  const line = newLine(state, room);
  noLongerTyping(room, message.sender);
  const isNew = takeIn(state, room, message);
  gatheredTold(state, message);
  trim(room);
  if (isMe(state, message.sender)) readCame(state, room, message.id);
  if (watched) markRead(room);
  // Nothing was missed, if nothing is marked as new before a message that is seen as it comes.
  if (watched && isNew && line === null) room.mark = null;
  const next = sendNext(room);
  if (!isNew || isMe(state, message.sender) || isMuted(room)) return next;
  return [...tellOf(state, room, message), ...next];
}
