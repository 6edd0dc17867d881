// Who is listed beside a room: in a direct one its persons; in one with roles those who have them; else who is in it.
// Pure: it knows neither page nor socket nor clock.

import { fold } from "../protocol/names.js";

/** @typedef {{key: string, title?: string, name?: string, isHere?: boolean}} Entry a heading, or a person */

/** @type {[role: import("../protocol/rooms.js").Role, title: string][]} */
const TITLES = [["owner", "Owner"], ["moderator", "Moderators"], ["member", "Members"]];

/** @param {import("./state.js").Room} room
 * @returns {Entry[]} */
export function roster({ kind, users, members, hasMoreMembers, people: { known } }) {
  if (kind !== "direct" && members.length === 0) return known.map((name) => person(name, true));
  const here = new Set(known.map(fold));
  const isHere = (/** @type {string} */ name) => here.has(fold(name));
  if (kind === "direct") return users.map((name) => person(name, isHere(name)));
  const sections = TITLES.flatMap(([role, title]) => section(title, members.filter((member) => member.role === role).map(({ user }) => person(user, isHere(user)))));
  const listed = new Set(members.map(({ user }) => fold(user)));
  const others = known.filter((name) => !listed.has(fold(name)));
  return [...sections, ...section(hasMoreMembers ? "Others" : "Online", others.map((name) => person(name, true)))];
}

/** @param {string} title
 * @param {Entry[]} entries */
const section = (title, entries) => (entries.length > 0 ? [{ key: `# ${title}`, title }, ...entries] : []);

/** @param {string} name
 * @param {boolean} isHere
 * @returns {Entry} */
const person = (name, isHere) => ({ key: `${isHere ? "+" : "-"}${name}`, name, isHere });
