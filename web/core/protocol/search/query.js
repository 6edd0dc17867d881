// What somebody types to search → the words that are looked for. Any text is a query. Pure; `protocol/src/search/query.rs`
// has the same rules. What filters mean is the server's business.

import { words } from "./words.js";

/** @typedef {{words: string[], isPrefix: boolean, isExcluded: boolean}} Term words that follow one another; of a prefix the
 * last may go on; what is excluded must not be there */

/** What a filter begins with. */
export const KEYS = ["from:", "in:", "before:", "after:", "has:"];
/** What stands between spaces, or in quotes. */
const PART = /\p{White_Space}*(-(?!\p{White_Space}))?((?:from|in|before|after|has):)?(?:"([^"]*)(?:"(\*?)|$)|(\P{White_Space}*))/giu;

/** The words and phrases of a query, in the order in which they were typed.
 * @param {string} query
 * @returns {Term[]} */
export function termsOf(query) {
  return [...query.matchAll(PART)].flatMap(([, minus, key, quoted, star = "", bare = ""]) => {
    const found = words(quoted ?? bare).map(({ folded }) => folded);
    if (key !== undefined || found.length === 0) return [];
    return [{ words: found, isPrefix: star === "*" || bare.endsWith("*"), isExcluded: minus !== undefined }];
  });
}

/** The part that the end of a query is in, while it can go on: a word, or a filter with what is typed of its value, a quote
 * included. Null where none is begun, and in phrases.
 * @param {string} query
 * @returns {{key: string | undefined, value: string} | null} */
export function partBegun(query) {
  const [, , key, quoted, star, bare = ""] = [...query.matchAll(PART)].findLast(([part]) => part !== "") ?? [];
  if (quoted === undefined) return key === undefined && bare === "" ? null : { key, value: bare };
  const isClosed = star !== undefined;
  return key === undefined || isClosed ? null : { key, value: `"${quoted}` };
}
