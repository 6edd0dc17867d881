// Completing the filters of a search: their names, and who, where and when there is to choose from. Pure: it knows neither
// page nor clock.

import { labelOf } from "../chat/label.js";
import { fold } from "../protocol/names.js";
import { KEYS, partBegun } from "../protocol/search/query.js";
import { commandIn } from "./commands.js";
import { seen } from "./people.js";

/** @typedef {{text: string, shown: string}} Option what is put in the place of the word */
/** @typedef {[words: string, date: string]} Day as `a week ago` and `2026-12-02` */

/** What may stand where the caret is in the query of a search.
 * @param {string} text
 * @param {number} caret
 * @param {import("../chat/state.js").State} state
 * @param {Day[]} days
 * @returns {{start: number, options: Option[], offered: boolean}} */
export function filtersAt(text, caret, state, days) {
  const part = partBegun(text.slice(0, caret));
  if (!part) return { start: caret, options: [], offered: true };
  const { key, value } = part;
  const typed = fold(key === undefined ? value : value.replace(/^"?[@#]?/, ""));
  const all = key === undefined ? namesOf() : valuesOf(key.toLowerCase(), state, days);
  return { start: caret - value.length, options: all.filter(({ called }) => called.some((each) => fold(each).startsWith(typed))), offered: true };
}

/** The same in a draft; null where no search is written.
 * @param {string} text
 * @param {number} caret
 * @param {import("../chat/state.js").State} state
 * @param {Day[]} days */
export function filtersInDraft(text, caret, state, days) {
  return commandIn(text.slice(0, caret)) === "search" ? filtersAt(text, caret, state, days) : null;
}

const namesOf = () => [...KEYS.slice(0, -1), "has:link "].map((text) => ({ text, shown: text, called: [text] }));

/** @param {string} key
 * @param {import("../chat/state.js").State} state
 * @param {Day[]} days
 * @returns {(Option & {called: string[]})[]} */
function valuesOf(key, state, days) {
  const { me, rooms } = state;
  switch (key) {
    case "from:":
      return [...seen(state), ...(me === null ? [] : [me])].flatMap(named);
    case "in:":
      return rooms.filter(({ kind }) => kind !== "direct").flatMap((room) => named(labelOf(room, me)));
    case "has:":
      return named("link");
    default:
      return days.map(([words, date]) => ({ text: `${date} `, shown: `${date}: ${words}`, called: [date, words] }));
  }
}

/** In quotes where there are spaces. What holds a quote cannot be written in a query.
 * @param {string} name */
function named(name) {
  return name.includes("\"") ? [] : [{ text: `${/\s/.test(name) ? `"${name}"` : name} `, shown: name, called: [name] }];
}
