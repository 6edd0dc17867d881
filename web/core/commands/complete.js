// Completing a word: commands, rooms and names, the likeliest first. Pure: it knows no page.

import { EVERYBODY_MAX } from "../protocol/limits.js";
import { fold } from "../protocol/names.js";
import { COMMANDS, folded } from "./commands.js";

/** @typedef {{start: number, options: string[], offered: boolean}} Completions
 * where the word begins, what it may become, and whether to offer that unasked */

/** How a message calls everybody, and whom that is.
 * @type {Record<string, string>} */
const EVERYBODY = { "@all": "everybody in this room", "@here": "everybody who is online in this room" };

/** What the word before the caret may become.
 * @param {string} text
 * @param {number} caret
 * @param {string[]} names
 * @param {string[]} rooms
 * @param {string[]} everybody what calls everybody here
 * @returns {Completions} */
export function completions(text, caret, names, rooms = [], everybody = []) {
  const start = text.slice(0, caret).search(/\S+$/);
  if (start < 0) return { start: caret, options: [], offered: false };
  const word = text.slice(start, caret);
  if (/^[/／]/.test(word) && start === 0) {
    const begun = `/${folded(word.slice(1))}`;
    const known = COMMANDS.map(([name, , rest]) => (rest ? `/${name} ` : `/${name}`));
    return { start, options: known.filter((name) => name.startsWith(begun) && name !== word), offered: true };
  }
  if (word.startsWith("#")) {
    return { start, options: fitting(rooms, word.slice(1)).map((name) => `#${name} `), offered: true };
  }
  const at = word.startsWith("@") ? "@" : "";
  if (word === "") return { start, options: [], offered: false };
  const after = start === 0 ? ": " : " ";
  const options = [...fitting(names, word.slice(at.length)).map((name) => `${at}${name}${after}`), ...fitting(at === "" ? [] : everybody, word).map((call) => `${call}${after}`)];
  return { start, options, offered: at !== "" };
}

/** @param {string[]} names
 * @param {string} begun */
function fitting(names, begun) {
  const folded = fold(begun);
  return names.filter((name) => fold(name).startsWith(folded));
}

/** An option as it is shown: with what it does, where that is not plain.
 * @param {string} option */
export function shownOption(option) {
  const call = option.replace(/:? $/, "");
  return EVERYBODY[call] === undefined ? option : `${call}: ${EVERYBODY[call]}`;
}

/** What this person may call everybody by: in large rooms that is for the owner and moderators. A name goes before.
 * @param {Pick<import("../chat/state.js").Room, "kind" | "people" | "users" | "members" | "hasMoreMembers" | "role" | "moderates">} room
 * @returns {string[]} */
export function everybodyIn({ kind, people: { known, count }, users, members, hasMoreMembers, role, moderates }) {
  const isAllowed = moderates || role === "owner" || role === "moderator";
  const all = { direct: users.length, private: hasMoreMembers ? Infinity : members.length }[kind] ?? count;
  const crowds = { "@all": all, "@here": count };
  return Object.entries(crowds).flatMap(([call, crowd]) => ((isAllowed || crowd <= EVERYBODY_MAX) && !known.some((name) => fold(`@${name}`) === call) ? [call] : []));
}

/** Who spoke last comes first, then who else is here, then oneself, and who belongs to the room at the end.
 * @param {Pick<import("../chat/state.js").Room, "people" | "entries" | "members" | "users">} room
 * @param {string | null} me */
export function likeliest(room, me) {
  const here = new Set(room.people.known);
  const spoke = room.entries.filter((e) => e.type === "message" && here.has(e.sender)).map((e) => e.sender).reverse();
  const others = [...new Set([...spoke, ...here])].filter((name) => me === null || fold(name) !== fold(me));
  const belong = [...room.members.map(({ user }) => user), ...room.users];
  return [...new Set([...others, ...(me === null ? [] : [me]), ...belong])];
}
