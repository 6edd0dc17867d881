// A text in the words that are read out or stand in a notification: without signs, and without what a spoiler hides. Pure.

import { parse } from "./formatting.js";

/** @typedef {import("./blocks.js").Block} Block */
/** @typedef {import("./inline.js").Line} Line */
/** @typedef {import("./inline.js").Inline} Inline */

/** An action stays one.
 * @param {string} text */
export function aloud(text) {
  const { isAction, blocks } = parse(text);
  return `${isAction ? "/me " : ""}${blocks.map(ofBlock).join("\n")}`;
}

/** @param {Block} block
 * @returns {string} */
function ofBlock(block) {
  if (block.kind === "code") return `Code: ${block.text}`;
  if (block.kind === "quote") return `Quote: ${block.blocks.map(ofBlock).join("\n")}`;
  const words = block.lines.map(({ pieces }) => ofPieces(pieces)).join("\n");
  return block.kind === "item" ? `${block.marker} ${words}` : words;
}

/** @param {Inline[]} pieces
 * @returns {string} */
const ofPieces = (pieces) => pieces.map(ofPiece).join("");

/** @param {Inline} piece
 * @returns {string} */
function ofPiece(piece) {
  if (piece.kind === "spoiler") return "(spoiler)";
  if (piece.kind === "link") return `${ofPieces(piece.pieces)} (${piece.host})`;
  return "pieces" in piece ? ofPieces(piece.pieces) : piece.text;
}
