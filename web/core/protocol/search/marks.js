// Where a text has what a query asks for. Pure; `protocol/src/search/marks.rs` has the same rules. It knows no filters.

import { words } from "./words.js";

/**
 * @typedef {import("./query.js").Term} Term
 * @typedef {import("./words.js").Word} Word
 * @typedef {[begin: number, end: number]} Range
 */

/** The parts of a text that a query finds, in order, none of which touch.
 * @param {string} text
 * @param {Term[]} terms
 * @returns {Range[]} */
export function marks(text, terms) {
  const wanted = terms.filter(({ isExcluded }) => !isExcluded);
  const all = wanted.length === 0 ? [] : words(text);
  const found = wanted.flatMap((term) => places(all, term)).sort(([one], [other]) => one - other);
  /** @type {Range[]} */
  const marks = [];
  for (const [begin, end] of found) {
    const last = marks.at(-1);
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end);
    else marks.push([begin, end]);
  }
  return marks;
}

/** @param {Word[]} all
 * @param {Term} term
 * @returns {Range[]} */
function places(all, { words: wanted, isPrefix }) {
  const last = wanted.length - 1;
  return all.flatMap(({ begin }, at) => {
    const end = all[at + last]?.end;
    const isHere = end !== undefined && wanted.every((word, i) => {
      const folded = all[at + i]?.folded ?? "";
      return folded === word || (isPrefix && i === last && folded.startsWith(word));
    });
    return isHere ? [/** @type {Range} */ ([begin, end])] : [];
  });
}
