// The text of a message on the page: drawn, drawn again, and pressed. Where a text is selected as a whole, it is copied as it
// was typed.

import { element } from "../../page.js";
import { formatted } from "./blocks.js";
import { copy } from "./code.js";
import { open } from "./inline.js";

/** @typedef {import("./blocks.js").Look} Look */

/** @type {WeakMap<Element, string>} */
const sources = new WeakMap();

/** @param {string} text
 * @param {Look} look */
export function newContent(text, look) {
  const made = element("span", "content", ...formatted(text, look));
  sources.set(made, text);
  return made;
}

/** Draws a text again; spoilers that were opened stay so.
 * @param {Element} content
 * @param {string} text
 * @param {Look} look */
export function drawAgain(content, text, look) {
  const spoilers = () => [...content.querySelectorAll(".spoiler")];
  const wereOpen = sources.get(content) === text ? spoilers().map((each) => each.querySelector(".secret:not([hidden])") !== null) : [];
  content.replaceChildren(...formatted(text, look));
  sources.set(content, text);
  spoilers().forEach((each, at) => wereOpen[at] && open(each));
}

/** The text that an element shows, as it was typed.
 * @param {Element} content */
export const sourceOf = (content) => sources.get(content) ?? "";

/** Opens a spoiler or copies code, if that was pressed.
 * @param {MouseEvent} event */
export function pressInText({ target }) {
  const at = /** @type {HTMLElement} */ (target);
  if (at.matches(".copier")) void copy(at);
  const shut = at.matches(".veil") ? at.parentElement : null;
  // Where the focus was, there is nothing any more.
  if (shut) open(shut)?.focus({ preventScroll: true });
}
