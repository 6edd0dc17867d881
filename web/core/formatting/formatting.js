// Formatting: the small subset of Markdown that a text may hold, read into blocks and pieces that each know where in the text
// they stand. Pure; `protocol/src/text/formatting/` has the same rules. This file does not know how anything is drawn.

import { masked } from "./atoms.js";
import { blocksOf, linesOf } from "./blocks.js";
import { plainLine } from "./inline.js";

/** @typedef {import("./inline.js").Inline} Inline */
/** @typedef {import("./inline.js").Line} Line */
/** @typedef {import("./blocks.js").Block} Block */
/** @typedef {{isAction: boolean, blocks: Block[]}} Document an action's blocks begin behind `/me `; the sources of the blocks, with
 * a newline between each two, are the text */

const ACTION = "/me ";

/** Reads a text as formatted. The first line of an action follows a name, so no block begins there.
 * @param {string} text
 * @returns {Document} */
export function parse(text) {
  const isAction = text.startsWith(ACTION);
  return { isAction, blocks: blocksOf(text, isAction ? ACTION.length : 0) };
}

/** Reads a text with nothing but the links that stand for themselves: for who has formatting off.
 * @param {string} text
 * @returns {Document} */
export function plain(text) {
  const isAction = text.startsWith(ACTION);
  const begin = isAction ? ACTION.length : 0;
  const lines = linesOf(text, begin).map((line) => plainLine(text, line));
  return { isAction, blocks: [{ kind: "paragraph", begin, end: text.length, lines }] };
}

/** The links of a text, as they are written.
 * @param {string} text */
export const linksOf = (text) => parse(text).blocks.flatMap(piecesOf).flatMap(linksOfPiece);

/** @param {Inline} piece
 * @returns {string[]} */
function linksOfPiece(piece) {
  if (piece.kind === "bare") return [piece.text];
  if (piece.kind === "link") return [piece.url];
  return "pieces" in piece ? piece.pieces.flatMap(linksOfPiece) : [];
}

/** Those in its lines.
 * @param {Block} block
 * @returns {Inline[]} */
function piecesOf(block) {
  if (block.kind === "code") return [];
  return block.kind === "quote" ? block.blocks.flatMap(piecesOf) : block.lines.flatMap(({ pieces }) => pieces);
}

/** Where a text holds code, with its signs.
 * @param {string} text */
export function codeRanges(text) {
  // Most texts hold none.
  return text.includes("`") ? parse(text).blocks.flatMap(codeOfBlock) : [];
}

/** A text with backquotes in place of its code, as long as before: what is found in it, such as a mention, is not in code.
 * @param {string} text */
export const outsideCode = (text) => masked(text, codeRanges(text));

/** @param {Block} block
 * @returns {{begin: number, end: number}[]} */
function codeOfBlock(block) {
  if (block.kind === "code") return [{ begin: block.begin, end: block.end }];
  if (block.kind === "quote") return block.blocks.flatMap(codeOfBlock);
  return block.lines.flatMap(({ pieces }) => pieces.flatMap(codeOfPiece));
}

/** @param {Inline} piece
 * @returns {{begin: number, end: number}[]} */
function codeOfPiece(piece) {
  if (piece.kind === "code") return [{ begin: piece.begin, end: piece.end }];
  return "pieces" in piece ? piece.pieces.flatMap(codeOfPiece) : [];
}
