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
 * @param {string} query
 * @returns {Part[]} */
export function drawnLines(lines, query) {
  let blanks = 0;
  return lines.filter((line) => {
    blanks = isBlank(line) ? blanks + 1 : 0;
    return blanks <= BLANKS_MAX;
  }).flatMap(({ pieces }, at) => [...(at > 0 ? ["\n"] : []), ...piecesOf(pieces, query)]);
}

/** @param {Line} line */
export function isBlank({ pieces }) {
  return pieces.every((piece) => piece.kind === "text" && piece.text.trim() === "");
}

/** @param {Inline[]} pieces
 * @param {string} query
 * @returns {Part[]} */
function piecesOf(pieces, query) {
  return pieces.flatMap((piece) => partsOf(piece, query));
}

/** @param {Inline} piece
 * @param {string} query
 * @returns {Part[]} */
function partsOf(piece, query) {
  switch (piece.kind) {
    case "text":
      return words(piece.text, query);
    case "code":
      return [element("code", "", ...words(piece.text, query))];
    case "bare":
      return link(words(piece.text, query), piece.href, piece.host);
    case "link":
      return link(piecesOf(piece.pieces, query), piece.href, piece.host);
    case "bold":
      return [element("strong", "", ...piecesOf(piece.pieces, query))];
    case "italic":
      return [element("em", "", ...piecesOf(piece.pieces, query))];
    case "strike":
      return [element("del", "", ...piecesOf(piece.pieces, query))];
    case "spoiler":
      return [spoiler(piecesOf(piece.pieces, query))];
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
