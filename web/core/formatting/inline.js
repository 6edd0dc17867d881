// A line of words: its code, its links, and what is set in a style between them. Pure;
// `protocol/src/text/formatting/inline.rs` has the same rules. This file does not know blocks.

import { pieces } from "../protocol/urls.js";
import { codeIn, masked, writtenIn } from "./atoms.js";
import { between, nested } from "./emphasis.js";

/** @typedef {import("./emphasis.js").Inline} Inline */
/** @typedef {{begin: number, end: number}} Range */
/** @typedef {Range & {pieces: Inline[]}} Line nothing inline goes beyond its line; its pieces together are the line */

/** @param {string} text
 * @param {Range} range
 * @returns {Line} */
export function readLine(text, range) {
  return { ...range, pieces: nested(text, range, atomsOf(text, range)) };
}

/** Reads a line in which nothing but links counts that stand for themselves.
 * @param {string} text
 * @param {Range} range
 * @returns {Line} */
export function plainLine(text, range) {
  return { ...range, pieces: between(text, range, bare(text.slice(range.begin, range.end), range.begin)) };
}

/** What no style reaches into, in its order.
 * @param {string} text
 * @param {Range} range
 * @returns {Inline[]} */
function atomsOf(text, { begin, end }) {
  const line = text.slice(begin, end);
  const spans = codeIn(line);
  const seen = masked(line, spans);
  const written = writtenIn(seen);
  // The sign of a spoiler ends an address: no address holds it unescaped.
  const links = bare(masked(seen, written).replaceAll("||", "``"), begin);
  /** @type {Inline[]} */
  const code = spans.map((span) => ({ kind: "code", begin: begin + span.begin, end: begin + span.end, text: line.slice(span.text.begin, span.text.end) }));
  /** @type {Inline[]} */
  const made = written.map(({ words, url, href, host, ...link }) => {
    const inside = { begin: begin + words.begin, end: begin + words.end };
    const held = nested(text, inside, code.filter((span) => span.begin >= inside.begin && span.end <= inside.end));
    return { kind: "link", begin: begin + link.begin, end: begin + link.end, url, href, host, pieces: held };
  });
  const alone = code.filter((span) => !made.some((link) => span.begin >= link.begin && span.end <= link.end));
  return [...links, ...made, ...alone].sort((a, b) => a.begin - b.begin);
}

/** @param {string} line
 * @param {number} begin
 * @returns {Inline[]} */
function bare(line, begin) {
  let at = begin;
  return pieces(line).flatMap(({ text, href, host }) => {
    const range = { begin: at, end: at + text.length };
    at = range.end;
    return href === null ? [] : [/** @type {Inline} */ ({ kind: "bare", ...range, text, href, host: host ?? null })];
  });
}
