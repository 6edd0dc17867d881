// Envelopes about rooms: what they are, who belongs to them, and which a person keeps. Pure: it knows no socket and no
// page.

import { isCount, isId, isList, isText, maybeFlag, maybeId, maybeNames, maybeShort, maybeText } from "./fields.js";
import { DIRECT_PEOPLE_MAX, MEMBERS_TOLD_MAX, PLACE_MAX, ROOMS_TOLD_MAX, TITLE_CHARS_MAX, TOPIC_CHARS_MAX } from "./limits.js";

/**
 * @typedef {"owner" | "moderator" | "member"} Role
 * @typedef {{user: string, role: Role}} Member
 * @typedef {{room: string, kind: string, title?: string, topic?: string, role?: Role, users?: string[]}} About
 * @typedef {"default" | "everything" | "mentions" | "nothing"} Notify of what a room notifies
 * @typedef {{joined?: boolean, muted?: boolean, notify?: string, marked?: number, place?: number}} Kept how a person keeps a room
 * @typedef {{read?: number, marked?: number, unread?: number, mentions?: number, head?: number}} Reading where a person is in a room
 * @typedef {About & {type: "room", members?: Member[], members_more?: boolean, ref?: string}} RoomInfo
 * @typedef {About & Kept & Reading & {people: number, last?: number}} Listed
 * @typedef {{type: "rooms", rooms: Listed[], more: boolean, ref?: string}} Rooms
 * @typedef {{type: "added" | "removed", room: string, user: string, by: string, id: number, at: number, ref?: string}} Membership
 * @typedef {{type: "role", room: string, user: string, role: Role, by: string, id: number, at: number, ref?: string}} RoleGiven
 * @typedef {Kept & {type: "setting", room: string, id: number, ref?: string}} Setting
 * @typedef {RoomInfo | Rooms | Membership | RoleGiven | Setting} OfRooms
 */

/** @type {Role[]} */
export const ROLES = ["owner", "moderator", "member"];

/** @type {Notify[]} */
export const LEVELS = ["everything", "mentions", "nothing", "default"];

/** Of what a room notifies that is kept so; a level that is not known is the default.
 * @param {Kept} kept
 * @returns {Notify} */
export const levelOf = ({ notify, muted }) => LEVELS.find((level) => level === notify) ?? (muted ? "nothing" : "default");

/** Whether it is one of these, within the limits of the protocol.
 * @param {any} e
 * @returns {boolean} */
export function isOfRooms(e) {
  if (!maybeText(e.ref)) return false;
  switch (e.type) {
    case "room":
      return isAbout(e) && (e.members === undefined || isList(e.members, MEMBERS_TOLD_MAX, isMember)) && maybeFlag(e.members_more);
    case "rooms":
      return isList(e.rooms, ROOMS_TOLD_MAX, isListed) && maybeFlag(e.more);
    case "added":
    case "removed":
      return isChange(e);
    case "role":
      return isChange(e) && ROLES.includes(e.role);
    case "setting":
      return isText(e.room) && isKept(e) && isId(e.id);
    default:
      return false;
  }
}

/** @param {any} e */
const isAbout = (e) => isText(e?.room) && isText(e.kind) && maybeShort(e.title, TITLE_CHARS_MAX) && maybeShort(e.topic, TOPIC_CHARS_MAX)
  && (e.role === undefined || ROLES.includes(e.role)) && maybeNames(e.users, DIRECT_PEOPLE_MAX);
/** @param {any} e */
const isKept = (e) => maybeFlag(e.joined) && maybeFlag(e.muted) && maybeText(e.notify) && maybeId(e.marked) && (e.place === undefined || isCount(e.place, PLACE_MAX));
/** @param {any} e */
const isListed = (e) => isAbout(e) && isKept(e) && isId(e.people) && (e.last === undefined || isCount(e.last))
  && [e.read, e.unread, e.mentions, e.head].every(maybeId);
/** @param {any} e */
const isMember = (e) => isText(e?.user) && ROLES.includes(e.role);
/** @param {any} e */
const isChange = (e) => [e.room, e.user, e.by].every((text) => isText(text)) && isId(e.id) && isCount(e.at);
