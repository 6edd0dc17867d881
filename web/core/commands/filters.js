// Completing the filters of a search: their names, and who, where and when there is to choose from. Pure: it knows neither
// page nor clock.

import { labelOf } from "../chat/label.js";
import { fold } from "../protocol/names.js";
import { KEYS } from "../protocol/search/query.js";
import { seen } from "./people.js";

/** @typedef {{text: string, shown: string}} Option what is put in the place of the word */
/** @typedef {[words: string, date: string]} Day as `a week ago` and `2026-12-02` */

/** A draft that is a search. */
const SEARCH = /^[/／](?:search|lastlog)\s/i;
/** A filter that is being typed, and its value; or its name. */
const BEGUN = /(?:^|\s)-?(?:(from|in|before|after|has):("[^"]*|[^\s"]*)|([a-z]+))$/i;

/** What may stand where the caret is in the query of a search.
 * @param {string} text
 * @param {number} caret
 * @param {import("../chat/state.js").State} state
 * @param {Day[]} days
 * @returns {{start: number, options: Option[], offered: boolean}} */
export function filtersAt(text, caret, state, days) {
  const [, key, value, word] = BEGUN.exec(text.slice(0, caret)) ?? [];
  const typed = (value ?? word ?? "").replace(/^"?[@#]?/, "");
  const all = key === undefined ? namesOf() : valuesOf(key.toLowerCase(), state, days);
  const options = word === undefined && value === undefined ? [] : all.filter(({ called }) => called.some((each) => fold(each).startsWith(fold(typed))));
  return { start: caret - (value ?? word ?? "").length, options, offered: true };
}

/** The same in a draft; null where no search is written.
 * @param {string} text
 * @param {number} caret
 * @param {import("../chat/state.js").State} state
 * @param {Day[]} days */
export function filtersInDraft(text, caret, state, days) {
  return SEARCH.test(text.slice(0, caret)) ? filtersAt(text, caret, state, days) : null;
}

const namesOf = () => [...KEYS.slice(0, -1), "has:link "].map((text) => ({ text, shown: text, called: [text] }));

/** @param {string} key
 * @param {import("../chat/state.js").State} state
 * @param {Day[]} days
 * @returns {(Option & {called: string[]})[]} */
function valuesOf(key, state, days) {
  const { me, rooms } = state;
  switch (key) {
    case "from":
      return [...seen(state), ...(me === null ? [] : [me])].map(named);
    case "in":
      return rooms.filter(({ kind }) => kind !== "direct").map((room) => named(labelOf(room, me)));
    case "has":
      return [named("link")];
    default:
      return days.map(([words, date]) => ({ text: `${date} `, shown: `${date}: ${words}`, called: [date, words] }));
  }
}

/** In quotes where there are spaces.
 * @param {string} name */
function named(name) {
  return { text: `${/\s/.test(name) ? `"${name}"` : name} `, shown: name, called: [name] };
}
