// A text as it is drawn: its blocks as elements that say what is meant. It knows no messages.

import { parse, plain } from "../../../core/formatting/formatting.js";
import { withNewlines } from "../../../core/protocol/text.js";
import { element } from "../../page.js";
import { codeBlock } from "./code.js";
import { isBlank, drawnLines } from "./inline.js";
import { listsOf } from "./lists.js";

/**
 * @typedef {import("./words.js").Part} Part
 * @typedef {import("../../../core/formatting/blocks.js").Block} Block
 * @typedef {import("./words.js").Look} Look
 */

/** @param {string} text
 * @param {Look} look
 * @returns {Part[]} */
export function formatted(text, look) {
  const { isAction, blocks } = (look.isPlain ? plain : parse)(withNewlines(text));
  const [first, ...others] = blocks;
  // Most texts are one paragraph; and an action's words stand beside its name.
  if (first?.kind !== "paragraph" || (others.length > 0 && !isAction)) return blocksOf(blocks, look);
  return [...drawnLines(others.length > 0 ? trimmed(first.lines) : first.lines, look), ...blocksOf(others, look)];
}

/** @param {Block[]} blocks
 * @param {Look} look
 * @returns {Node[]} */
function blocksOf(blocks, look) {
  /** @type {Node[]} */
  const made = [];
  for (let at = 0; at < blocks.length; at += 1) {
    const block = /** @type {Block} */ (blocks[at]);
    if (block.kind === "code") made.push(codeBlock(block.language, block.text, look.terms));
    else if (block.kind === "quote") made.push(quote(block.blocks, look));
    else if (block.kind === "paragraph") made.push(...paragraph(block.lines, look));
    else {
      const end = blocks.findIndex(({ kind }, i) => i > at && kind !== "item");
      const items = blocks.slice(at, end < 0 ? blocks.length : end).flatMap((item) => (item.kind === "item" ? [item] : []));
      made.push(...listsOf(items, look));
      at += items.length - 1;
    }
  }
  return made;
}

/** @param {Block[]} blocks
 * @param {Look} look */
function quote(blocks, look) {
  const made = element("blockquote", "", ...blocksOf(blocks, look));
  made.dir = "auto";
  return made;
}

/** The space between blocks stands for blank lines there.
 * @param {import("./inline.js").Line[]} lines
 * @param {Look} look */
function paragraph(lines, look) {
  const shown = trimmed(lines);
  return shown.length > 0 ? [element("p", "", ...drawnLines(shown, look))] : [];
}

/** @param {import("./inline.js").Line[]} lines */
function trimmed(lines) {
  const begin = lines.findIndex((line) => !isBlank(line));
  return begin < 0 ? [] : lines.slice(begin, lines.findLastIndex((line) => !isBlank(line)) + 1);
}
