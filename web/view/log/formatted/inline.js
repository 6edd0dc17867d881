// The pieces of a line as elements that say what is meant: strong, em, del, code, links and spoilers.

import { element, newButton } from "../../page.js";
import { link, words } from "./words.js";

/**
 * @typedef {import("./words.js").Part} Part
 * @typedef {import("../../../core/formatting/inline.js").Line} Line
 * @typedef {import("../../../core/formatting/inline.js").Inline} Inline
 */

/** More blank lines in a row say no more. */
const BLANKS_MAX = 2;

/** Lines with a newline between each two.
 * @param {Line[]} lines
 * @param {import("./words.js").Look} look
 * @returns {Part[]} */
export function drawnLines(lines, look) {
  let blanks = 0;
  return lines.filter((line) => {
    blanks = isBlank(line) ? blanks + 1 : 0;
    return blanks <= BLANKS_MAX;
  }).flatMap(({ pieces }, at) => [...(at > 0 ? ["\n"] : []), ...piecesOf(pieces, look)]);
}

/** @param {Line} line */
export function isBlank({ pieces }) {
  return pieces.every((piece) => piece.kind === "text" && piece.text.trim() === "");
}

/** @param {Inline[]} pieces
 * @param {import("./words.js").Look} look
 * @returns {Part[]} */
function piecesOf(pieces, look) {
  return pieces.flatMap((piece) => partsOf(piece, look));
}

/** @param {Inline} piece
 * @param {import("./words.js").Look} look
 * @returns {Part[]} */
function partsOf(piece, look) {
  switch (piece.kind) {
    case "text":
      return words(piece.text, look);
    case "code":
      return [element("code", "", ...words(piece.text, look))];
    case "bare":
      return link(words(piece.text, look), piece.href, piece.host);
    case "link":
      return link(piecesOf(piece.pieces, look), piece.href, piece.host);
    case "bold":
      return [element("strong", "", ...piecesOf(piece.pieces, look))];
    case "italic":
      return [element("em", "", ...piecesOf(piece.pieces, look))];
    case "strike":
      return [element("del", "", ...piecesOf(piece.pieces, look))];
    case "spoiler":
      return [spoiler(piecesOf(piece.pieces, look))];
  }
}

/** Nothing of it is there to see, hear or copy until its button is pressed.
 * @param {Part[]} children */
function spoiler(children) {
  const secret = element("span", "secret", ...children);
  secret.hidden = true;
  secret.tabIndex = -1;
  const veil = newButton("veil", "Spoiler");
  veil.setAttribute("aria-label", "Show the spoiler");
  veil.title = "Show the spoiler";
  veil.tabIndex = -1;
  return element("span", "spoiler", veil, secret);
}

/** @param {Element} shut */
export function open(shut) {
  const [veil, secret] = /** @type {HTMLCollectionOf<HTMLElement>} */ (shut.children);
  if (veil) veil.hidden = true;
  if (secret) secret.hidden = false;
  return secret;
}
