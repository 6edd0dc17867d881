// Blocks of a text: which lines are code, a quote, an item of a list, or none of these. Pure;
// `protocol/src/text/formatting/blocks.rs` has the same rules. This file does not know what stands in a line of words.

import { readLine } from "./inline.js";

/** @typedef {import("./inline.js").Line} Line */
/** @typedef {{begin: number, end: number}} Range */
/** @typedef {Range & ({kind: "paragraph", lines: Line[]}
 *   | {kind: "code", language: string | null, text: string}
 *   | {kind: "quote", blocks: Block[]}
 *   | {kind: "item", indent: number, marker: string, lines: Line[]})} Block whole lines of the source; an item's `lines` are the one
 * behind the marker, and those that hang below it */

/** Quotes within each other; further signs stay as typed. */
const QUOTES_MAX = 8;
/** Three backquotes or more, and perhaps one word: with more words, nobody meant a fence. */
const FENCE = /^( *)(`{3,}) *(?:([^`\p{White_Space}]+) *)?$/u;
/** A language with a longer name is none. */
const LANGUAGE_BYTES_MAX = 32;
const ITEM = /^( *)(-|\d{1,9}\.) (?=\p{White_Space}*\P{White_Space})/u;

/** The lines of a text from `begin` on, without their newlines.
 * @param {string} text
 * @param {number} begin
 * @returns {Range[]} */
export function linesOf(text, begin) {
  let next = begin;
  return text.slice(begin).split("\n").map(({ length }) => {
    const line = { begin: next, end: next + length };
    next = line.end + 1;
    return line;
  });
}

/** The blocks of a text from `begin` on; if that is not the text's beginning, no block begins in its line.
 * @param {string} text
 * @param {number} begin */
export function blocksOf(text, begin) {
  const lines = linesOf(text, begin);
  /** @type {Block[]} */
  const made = [];
  const first = begin > 0 ? lines.shift() : undefined;
  if (first) made.push(...words(made, text, first));
  return read(made, text, lines, 0);
}

/** @param {Block[]} made
 * @param {string} text
 * @param {Range[]} lines
 * @param {number} depth quotes around */
function read(made, text, lines, depth) {
  const fences = lines.map(({ begin, end }) => FENCE.exec(text.slice(begin, end)));
  // A fence as long as this is not closed any more: nobody needs to look again.
  let unclosed = Infinity;
  for (let at = 0; at < lines.length; at += 1) {
    const line = /** @type {Range} */ (lines[at]);
    const [, indent = "", ticks = "", language = ""] = fences[at] ?? [];
    if (ticks !== "" && ticks.length < unclosed && new TextEncoder().encode(language).length <= LANGUAGE_BYTES_MAX) {
      let closes = at + 1;
      while (closes < lines.length && !isEnd(fences[closes], ticks.length)) closes += 1;
      if (closes < lines.length) {
        made.push(code(text, lines.slice(at, closes + 1), indent.length, language));
        at = closes;
        continue;
      }
      unclosed = ticks.length;
    }
    const quoted = depth < QUOTES_MAX && text.startsWith("> ", line.begin) && line.end > line.begin + 1 ? insides(text, lines, at) : [];
    if (quoted.length > 0) {
      at += quoted.length - 1;
      made.push({ kind: "quote", begin: line.begin, end: lines[at]?.end ?? line.end, blocks: read([], text, quoted, depth + 1) });
      continue;
    }
    made.push(...item(text, line) ?? words(made, text, line));
  }
  return made;
}

/** @param {RegExpExecArray | null | undefined} fence
 * @param {number} ticks */
const isEnd = (fence, ticks) => fence?.[3] === undefined && (fence?.[2] ?? "").length >= ticks;

/** @param {string} text
 * @param {Range[]} lines the fences and what is between them
 * @param {number} indent
 * @param {string} language
 * @returns {Block} */
function code(text, lines, indent, language) {
  const spaces = new RegExp(`^ {0,${indent}}`);
  const inside = lines.slice(1, -1).map(({ begin, end }) => text.slice(begin, end).replace(spaces, ""));
  return { kind: "code", begin: lines[0]?.begin ?? 0, end: lines.at(-1)?.end ?? 0, language: language || null, text: inside.join("\n") };
}

/** The lines of a quote without its signs; of a blank one, an editor that trims lines leaves `>`.
 * @param {string} text
 * @param {Range[]} lines
 * @param {number} at */
function insides(text, lines, at) {
  const inside = [];
  for (let next = at; next < lines.length; next += 1) {
    const { begin, end } = /** @type {Range} */ (lines[next]);
    const typed = text.slice(begin, end);
    if (typed === ">") inside.push({ begin: end, end });
    else if (typed.startsWith("> ")) inside.push({ begin: begin + 2, end });
    else break;
  }
  return inside;
}

/** @param {string} text
 * @param {Range} line
 * @returns {Block[] | null} */
function item(text, { begin, end }) {
  const [all, indent = "", marker = ""] = ITEM.exec(text.slice(begin, end)) ?? [];
  if (all === undefined) return null;
  return [{ kind: "item", begin, end, indent: indent.length, marker, lines: [readLine(text, { begin: begin + all.length, end })] }];
}

/** A line of words belongs to the item above if it hangs below its words, else to a paragraph: a new one, if it is returned.
 * @param {Block[]} made
 * @param {string} text
 * @param {Range} line
 * @returns {Block[]} */
function words(made, text, line) {
  const last = made.at(-1);
  const spaces = /^ */.exec(text.slice(line.begin, line.end))?.[0].length ?? 0;
  const hang = last?.kind === "item" ? last.indent + last.marker.length + 1 : 0;
  const hangs = last?.kind === "item" && spaces >= hang && spaces < line.end - line.begin;
  if (last && (hangs || last.kind === "paragraph")) {
    last.lines.push(readLine(text, { begin: line.begin + hang, end: line.end }));
    last.end = line.end;
    return [];
  }
  return [{ kind: "paragraph", ...line, lines: [readLine(text, line)] }];
}
