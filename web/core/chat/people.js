// Who is in a room, as far as the server told. Of a large room it tells how many there are and the
// first names; the others are asked for when somebody scrolls to them. Pure: it knows no page.

import { fold } from "../protocol/names.js";

/** @typedef {{known: string[], count: number, asked: boolean}} People */

/** So many names are known at most; the others are only counted. */
const KNOWN_MAX = 1_000;

/** Nobody is known yet.
 * @returns {People} */
export function nobody() {
  return { known: [], count: 0, asked: false };
}

/** Takes a list, or more names that were asked for.
 * @param {People} people
 * @param {{users: string[], count?: number, after?: string}} list */
export function listed(people, { users, count, after }) {
  people.count = count ?? users.length;
  if (after !== undefined) {
    people.asked = false;
    // An answer to a question about an older list fits nowhere.
    const last = people.known.at(-1);
    if (last !== undefined && fold(last) === fold(after)) people.known.push(...users);
  } else {
    // The first ones are certain now; those beyond them stay until they are asked for anew, so that
    // a list that comes while one reads takes nothing away.
    const last = fold(users.at(-1) ?? "");
    const beyond = people.known.filter((name) => fold(name) > last);
    people.known = users.length + beyond.length <= people.count ? [...users, ...beyond] : users;
  }
  people.known.splice(KNOWN_MAX);
  people.count = Math.max(people.count, people.known.length);
}

/** Where a name is, or would be.
 * @param {string[]} known
 * @param {string} folded */
function placeOf(known, folded) {
  let [low, high] = [0, known.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fold(known[middle] ?? "") < folded) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Somebody came; a list may follow, or not for a while.
 * @param {People} people
 * @param {string} name */
export function came(people, name) {
  const folded = fold(name);
  const place = placeOf(people.known, folded);
  if (fold(people.known[place] ?? "") === folded) return;
  // Behind the last one that is known there may be others.
  if (place < people.known.length || people.known.length === people.count) people.known.splice(place, 0, name);
  people.known.splice(KNOWN_MAX);
  people.count += 1;
}

/** Somebody left.
 * @param {People} people
 * @param {string} name */
export function went(people, name) {
  const folded = fold(name);
  const place = placeOf(people.known, folded);
  if (fold(people.known[place] ?? "") === folded) people.known.splice(place, 1);
  people.count = Math.max(people.count - 1, people.known.length);
}

/** Notes that more names are asked for, and gives the name after which they begin; null if there are none, or they are
 * on their way.
 * @param {People} people */
export function askForMore(people) {
  const last = people.known.at(-1);
  if (people.asked || last === undefined || people.known.length >= Math.min(people.count, KNOWN_MAX)) return null;
  people.asked = true;
  return last;
}
