// What a draft holds while somebody writes: whether the caret is in code, and whether a pasted text looks like code. Pure.

import { codeIn } from "./atoms.js";
import { codeRanges } from "./formatting.js";

const FENCE = /^ *(`{3,}) *([^`\s]* *)$/;
/** How a line of code ends or begins, or what a sentence does not hold. */
const CODE_LINE = /[;{}[\](),:\\]\s*$|^(?: {2,}|\t)\S|^\s*(?:#include|import |from \S+ import|def |class |fn |let |const |var |function |func |return\b|if \(|for \(|while \(|use |pub |SELECT |<\/?[a-z][^>]*>|\$ )|=>|->|::|[=!]=|&&|\(\)|^\s*[\w.]+ ?[=:] ?\S/;
/** Fewer lines are nobody's block. */
const LINES_MIN = 2;

/** Whether the caret is in code, also in code that has no end yet.
 * @param {string} text
 * @param {number} caret */
export function isInCode(text, caret) {
  const before = text.slice(0, caret);
  // Most drafts hold none.
  if (!before.includes("`")) return false;
  let fence = "";
  const lines = before.split("\n");
  const line = lines.pop() ?? "";
  for (const each of lines) {
    const [, ticks = "", word = ""] = FENCE.exec(each) ?? [];
    if (fence === "") fence = ticks;
    else if (ticks.length >= fence.length && word === "") fence = "";
  }
  // Backquotes without an end are in the line, or a fence is being typed.
  return fence !== "" || outside(line).includes("`") || codeRanges(text).some(({ begin, end }) => begin < caret && caret < end);
}

/** A line without its closed code.
 * @param {string} line */
function outside(line) {
  return codeIn(line).reduceRight((rest, { begin, end }) => rest.slice(0, begin) + rest.slice(end), line);
}

/** Whether a text of several lines looks like code more than like sentences.
 * @param {string} text */
export function looksLikeCode(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < LINES_MIN || /^ *```/m.test(text)) return false;
  const like = lines.filter((line) => CODE_LINE.test(line) && !/^(?:> |- |\d+\. )/.test(line)).length;
  return like * 2 > lines.length;
}
