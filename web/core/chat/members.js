// Who belongs to a room, and what a room is: as the server tells it. Pure: it knows neither page nor socket nor clock.

import { ROLES } from "../protocol/rooms.js";
import { fold } from "../protocol/names.js";
import { inSentence } from "../protocol/text.js";
import { actOf, settled } from "./acts.js";
import { write } from "./entries.js";
import { spoken } from "./label.js";
import { put } from "./outbox.js";
import { show, toBottom } from "./reading.js";
import { joining } from "./reconnect.js";
import { describe, findOrAdd, takeAway } from "./rooms.js";
import { find, isMe, tell } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("../protocol/rooms.js").Member} Member
 * @typedef {import("../protocol/rooms.js").Membership} Membership
 */

/** What a room is: it was made or found for this person, who goes there; somebody wrote in a direct one; or one is in it.
 * @param {State} state
 * @param {import("../protocol/rooms.js").RoomInfo} info
 * @returns {Action[]} */
export function roomCame(state, info) {
  const act = actOf(state, info.ref);
  const isHere = find(state, info.room) !== undefined;
  const room = act || info.kind === "direct" ? findOrAdd(state, info.room) : find(state, info.room);
  const waiting = settled(state, info.ref);
  if (!room) return waiting;
  describe(room, info);
  Object.assign(room, { members: info.members ?? room.members, hasMoreMembers: info.members_more ?? false });
  sortMembers(room);
  if (!act && isHere) return waiting;
  room.isNews ||= !act;
  if (act) goTo(state, room, act.text);
  room.excluded = "";
  return room.joined ? waiting : [...waiting, joining(room)];
}

/** Shows a room, and says there what was to be said.
 * @param {State} state
 * @param {Room} room
 * @param {string | undefined} text */
export function goTo(state, room, text) {
  show(state, state.rooms.indexOf(room));
  if (text === undefined || text === "") return;
  const why = put(state, room, text);
  if (why) return tell(state, why);
  toBottom(room);
  room.mark = null;
}

/** Somebody belongs to a room from now on; oneself is joined to it, but not taken there.
 * @param {State} state
 * @param {Membership} added
 * @param {number} at
 * @returns {Action[]} */
export function addedCame(state, { room: name, user, by, id, ref }, at) {
  const room = isMe(state, user) ? findOrAdd(state, name) : find(state, name);
  const waiting = settled(state, ref);
  if (!room) return waiting;
  if (isNew(room, id)) {
    room.members.push({ user, role: "member" });
    sortMembers(room);
    write(room, { type: "told", sender: by, at, words: `${inSentence(by)} added ${inSentence(user)}` });
  }
  if (!isMe(state, user) || room.joined) return waiting;
  room.excluded = "";
  return [...waiting, joining(room)];
}

/** Somebody belongs to a room no longer. A room that one has given up goes; where one was removed, it stays.
 * @param {State} state
 * @param {Membership} removed
 * @param {number} at
 * @returns {Action[]} */
export function removedCame(state, { room: name, user, by, id, ref }, at) {
  const room = find(state, name);
  const waiting = settled(state, ref);
  if (!room) return waiting;
  if (isNew(room, id)) {
    room.members = room.members.filter((member) => fold(member.user) !== fold(user));
    const words = fold(user) === fold(by) ? `${inSentence(user)} left this room for good` : `${inSentence(by)} removed ${inSentence(user)}`;
    write(room, { type: "told", sender: by, at, words });
  }
  if (!isMe(state, user)) return waiting;
  Object.assign(room, { role: null, listed: false });
  room.excluded = isMe(state, by) ? `You have left ${spoken(room, state.me)}` : `${inSentence(by)} removed you from ${spoken(room, state.me)}`;
  if (isMe(state, by) && state.rooms.length > 1) takeAway(state, room);
  return waiting;
}

/** A new owner makes the former one a moderator.
 * @param {State} state
 * @param {import("../protocol/rooms.js").RoleGiven} given
 * @param {number} at
 * @returns {Action[]} */
export function roleCame(state, { room: name, user, role, by, id, ref }, at) {
  const room = find(state, name);
  if (room && isNew(room, id)) {
    const former = room.members.find((member) => member.role === "owner");
    if (role === "owner" && former) former.role = "moderator";
    room.members = room.members.filter((member) => fold(member.user) !== fold(user));
    room.members.push({ user, role });
    sortMembers(room);
    room.role = room.members.find((member) => isMe(state, member.user))?.role ?? room.role;
    write(room, { type: "told", sender: by, at, words: `${inSentence(by)} made ${inSentence(user)} ${role === "moderator" || role === "member" ? `a ${role}` : "the owner"}` });
  }
  return settled(state, ref);
}

/** It has a place among the messages of a room that one is in; what is heard again was heard.
 * @param {Room} room
 * @param {number} id */
function isNew(room, id) {
  if (!room.joined || id <= room.head) return false;
  room.head = id;
  return true;
}

/** The owner, then moderators, then members, each by name.
 * @param {Room} room */
function sortMembers({ members }) {
  const key = (/** @type {Member} */ { user, role }) => `${ROLES.indexOf(role)} ${fold(user)}`;
  members.sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** Whether one may say what a room is about.
 * @param {Room} room */
export function maySetTopic({ kind, role, members, moderates, joined }) {
  if (!joined || kind === "direct") return false;
  const isOwned = kind !== "open" || members.some((member) => member.role === "owner");
  return !isOwned || moderates || role === "owner" || role === "moderator";
}

/** Whether one may add people, and remove such as have this role.
 * @param {Room} room
 * @param {import("../protocol/rooms.js").Role} [role] */
export function mayManage({ kind, role: own, moderates }, role = "member") {
  if (kind !== "private" || role === "owner") return false;
  return own === "owner" || ((own === "moderator" || moderates) && role === "member");
}
