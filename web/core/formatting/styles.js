// Setting a part of a draft in a style: the signs around it, or before its lines. Pure: it knows no page.

/** @typedef {{begin: number, end: number, text: string, select: [number, number]}} Change
 * the text that takes the place of a range, and what is selected then */
/** @typedef {"bold" | "italic" | "strike" | "spoiler" | "code" | "quote" | "list"} Style */

/** @type {Partial<Record<Style, string>>} */
const SIGNS = { bold: "**", italic: "*", strike: "~~", spoiler: "||", code: "`" };
/** @type {Partial<Record<Style, string>>} */
const PREFIXES = { quote: "> ", list: "- " };

/** @param {string} text
 * @param {number} begin of what is selected
 * @param {number} end
 * @param {Style} style
 * @returns {Change} */
export function styled(text, begin, end, style) {
  const prefix = PREFIXES[style];
  if (prefix !== undefined) return prefixed(text, begin, end, prefix);
  const sign = SIGNS[style] ?? "";
  const chosen = text.slice(begin, end);
  if (style === "code" && chosen.includes("\n")) return fenced(text, begin, end);
  // Signs stand beside the words.
  const from = chosen.trim() === "" ? begin : begin + chosen.length - chosen.trimStart().length;
  const words = chosen.trim() === "" ? chosen : chosen.trim();
  if (isSet(text, from, from + words.length, sign)) {
    const before = from - sign.length;
    return { begin: before, end: from + words.length + sign.length, text: words, select: [before, before + words.length] };
  }
  const sides = style === "code" ? ticks(words) : [sign, sign];
  const lines = words.split("\n").map((line) => (line.trim() === "" ? line : signed(line, sides)));
  const made = words === "" ? sides.join("") : lines.join("\n");
  const isOne = lines.length === 1;
  const first = from + (isOne ? sides[0]?.length ?? 0 : 0);
  return { begin: from, end: from + words.length, text: made, select: [first, isOne ? first + words.length : from + made.length] };
}

/** @param {string} line
 * @param {string[]} sides */
function signed(line, [before, behind]) {
  const words = line.trim();
  const at = line.indexOf(words);
  return `${line.slice(0, at)}${before}${words}${behind}${line.slice(at + words.length)}`;
}

/** More backquotes than the code has in a row, and spaces where it begins or ends with one.
 * @param {string} code */
function ticks(code) {
  const sign = longerThan(code, 0);
  const space = /^`|`$/.test(code) ? " " : "";
  return [sign + space, space + sign];
}

/** @param {string} text
 * @param {number} least */
function longerThan(text, least) {
  return "`".repeat(Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1), 1));
}

/** Whether just these signs stand around a range: of stars one is italic, two are bold, three are both.
 * @param {string} text
 * @param {number} begin
 * @param {number} end
 * @param {string} sign */
function isSet(text, begin, end, sign) {
  const char = sign.slice(0, 1);
  const before = text.slice(0, begin).length - trimEnd(text.slice(0, begin), char).length;
  let behind = 0;
  while (text[end + behind] === char) behind += 1;
  const run = Math.min(before, behind);
  return sign === "*" ? run % 2 === 1 : run >= sign.length;
}

/** @param {string} text
 * @param {string} char */
function trimEnd(text, char) {
  let end = text.length;
  while (end > 0 && text[end - 1] === char) end -= 1;
  return text.slice(0, end);
}

/** A part of a text as a block of code, on lines of its own.
 * @param {string} text
 * @param {number} begin
 * @param {number} end
 * @returns {Change} */
export function fenced(text, begin, end) {
  const code = text.slice(begin, end).replace(/\n$/, "");
  const fence = longerThan(code, 3);
  const before = begin > 0 && text[begin - 1] !== "\n" ? "\n" : "";
  const behind = text[end] === "\n" ? "" : "\n";
  const made = `${before}${fence}\n${code}\n${fence}${behind}`;
  const caret = begin + made.length;
  return { begin, end, text: made, select: [caret, caret] };
}

/** Whole lines, each behind a sign; or without it, if all have it.
 * @param {string} text
 * @param {number} begin
 * @param {number} end
 * @param {string} prefix
 * @returns {Change} */
function prefixed(text, begin, end, prefix) {
  const from = text.lastIndexOf("\n", begin - 1) + 1;
  const to = text.indexOf("\n", end) < 0 ? text.length : text.indexOf("\n", end);
  const lines = text.slice(from, to).split("\n");
  const isOn = lines.every((line) => line.startsWith(prefix));
  const made = lines.map((line) => (isOn ? line.slice(prefix.length) : prefix + line)).join("\n");
  return { begin: from, end: to, text: made, select: [begin === end ? from + made.length : from, from + made.length] };
}
