// Completing a word: commands, rooms and names, the likeliest first. Pure: it knows no page.

import { fold } from "../protocol/names.js";
import { COMMANDS, folded } from "./commands.js";

/** @typedef {{start: number, options: string[], offered: boolean}} Completions
 * where the word begins, what it may become, and whether to offer that unasked */

/** What the word before the caret may become.
 * @param {string} text
 * @param {number} caret
 * @param {string[]} names
 * @param {string[]} rooms
 * @returns {Completions} */
export function completions(text, caret, names, rooms = []) {
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
  const options = fitting(names, word.slice(at.length)).map((name) => `${at}${name}${after}`);
  return { start, options, offered: at !== "" };
}

/** @param {string[]} names
 * @param {string} begun */
function fitting(names, begun) {
  const folded = fold(begun);
  return names.filter((name) => fold(name).startsWith(folded));
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
