// What stands in a line whatever is around it: code, and links with words of their own. Pure;
// `protocol/src/text/formatting/atoms.rs` has the same rules. This file does not know emphasis.

import { endsLink, webAddress } from "../protocol/urls.js";

/** @typedef {{begin: number, end: number}} Range */
/** @typedef {Range & {text: Range}} Span code, with its signs; and without */
/** @typedef {Range & {words: Range, url: string, href: string, host: string}} Written `[words](url)` */

/** A text shows nothing. */
const BLANK = /^\p{White_Space}*$/u;

/** Code stands between backquotes and as many of them again. Blank, it is none.
 * @param {string} line
 * @returns {Span[]} */
export function codeIn(line) {
  const runs = [...line.matchAll(/`+/g)].map(({ index, 0: { length } }) => ({ begin: index, end: index + length, length }));
  /** @type {Map<number, number>} */
  const later = new Map();
  const closing = runs.map(() => -1);
  for (let at = runs.length - 1; at >= 0; at -= 1) {
    const length = runs[at]?.length ?? 0;
    closing[at] = later.get(length) ?? -1;
    later.set(length, at);
  }
  const found = [];
  for (let at = 0; at < runs.length; at += 1) {
    const [opens, closes] = [runs[at], runs[closing[at] ?? -1]];
    if (!opens || !closes) continue;
    const typed = line.slice(opens.end, closes.begin);
    if (BLANK.test(typed)) continue;
    // A space at both ends is there to part backquotes from backquotes.
    const spaces = typed.startsWith(" ") && typed.endsWith(" ") ? 1 : 0;
    found.push({ begin: opens.begin, end: closes.end, text: { begin: opens.end + spaces, end: closes.begin - spaces } });
    at = closing[at] ?? at;
  }
  return found;
}

/** Links with words of their own, in a line whose code is masked. None stands in another one's words.
 * @param {string} line
 * @returns {Written[]} */
export function writtenIn(line) {
  /** @type {Written[]} */
  const found = [];
  /** @type {number[]} */
  let open = [];
  let done = 0;
  for (const { index, 0: bracket } of line.matchAll(/[[\]]/g)) {
    if (index < done) continue;
    if (bracket === "[") {
      open.push(index);
      continue;
    }
    const begin = open.pop();
    const url = begin === undefined ? null : addressAt(line, index + 1);
    const leads = url === null ? null : webAddress(url);
    if (begin === undefined || url === null || leads === null || BLANK.test(line.slice(begin + 1, index))) continue;
    done = index + 2 + url.length + 1;
    found.push({ begin, end: done, words: { begin: begin + 1, end: index }, url, ...leads });
    // What is still open would be around this one.
    open = [];
  }
  return found;
}

/** An address in parentheses that begin at `at`. It ends where a link ends, and before the next that seems to begin: so each part
 * of a line is looked at once.
 * @param {string} line
 * @param {number} at
 * @returns {string | null} */
function addressAt(line, at) {
  if (line[at] !== "(") return null;
  let depth = 0;
  for (let end = at + 1; end < line.length; end += 1) {
    const char = String.fromCodePoint(line.codePointAt(end) ?? 0);
    if (char === "(") depth += 1;
    else if (char === ")" && depth === 0) return line.slice(at + 1, end);
    else if (char === ")") depth -= 1;
    else if (line.startsWith("](", end) || endsLink(char)) return null;
    end += char.length - 1;
  }
  return null;
}

/** A text with backquotes in place of some ranges of it, as long as before.
 * @param {string} text
 * @param {Range[]} ranges */
export function masked(text, ranges) {
  let [made, done] = ["", 0];
  for (const { begin, end } of ranges) {
    made += text.slice(done, begin) + "`".repeat(end - begin);
    done = end;
  }
  return made + text.slice(done);
}
