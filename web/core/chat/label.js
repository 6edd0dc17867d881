// What rooms are called: open ones by their names, private ones by their titles, direct ones by the others in them.
// Pure: it knows neither page nor socket nor clock.

import { ROOM_CHARS_MAX } from "../protocol/limits.js";
import { fold } from "../protocol/names.js";
import { onOneLine, signed } from "../protocol/text.js";

/** @typedef {{room?: string, name?: string, kind: string, title?: string, users?: string[]}} Called a room, or an entry of a list */

/** The others of a direct room.
 * @param {Called} room
 * @param {string | null} me */
export const others = ({ users = [] }, me) => users.filter((user) => me === null || fold(user) !== fold(me));

/** @param {Called} room
 * @param {string | null} me */
export function labelOf(room, me) {
  const address = room.room ?? room.name ?? "";
  if (room.kind === "direct") return others(room, me).join(", ") || "Direct message";
  // An address says nothing to anybody.
  return room.title || (isAddress(address) ? "Private room" : address);
}

/** Within a sentence: `#dev` for an open room, `+The ops team` for a private one, and the names alone for a direct one.
 * @param {Called} room
 * @param {string | null} me */
export function spoken(room, me) {
  const label = labelOf(room, me);
  return room.kind === "direct" ? onOneLine(label, ROOM_CHARS_MAX) : signed(label, room.kind === "private" ? "+" : "#");
}

/** Where somebody said something, for who hears of it elsewhere.
 * @param {Called} room
 * @param {string | null} me */
export const whereabouts = (room, me) => (room.kind === "direct" ? "a direct message" : spoken(room, me));

/** An address that the server made, which is no name.
 * @param {string} name */
export const isAddress = (name) => /^[+@]/.test(name);

/** The kind that an address tells of, until the server does.
 * @param {string} name */
export const kindOf = (name) => (name.startsWith("+") ? "private" : name.startsWith("@") ? "direct" : "open");
