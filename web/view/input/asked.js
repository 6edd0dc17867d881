// What boxes share in which one types, and the server answers.

import { element, icon } from "../page.js";

/** Who types fast is asked for once. */
const REST_MS = 150;
const LOCK = "M5.5 9h9v7h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9";

/** Does something when typing has rested.
 * @param {() => unknown} does
 * @returns {() => void} */
export function afterTyping(does) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(does, REST_MS);
  };
}

/** The sign before what a room is called.
 * @param {string} kind */
export function kindMark(kind) {
  const mark = element("span", "mark", ...(kind === "private" ? [icon(LOCK)] : kind === "direct" ? ["@"] : ["#"]));
  mark.setAttribute("aria-hidden", "true");
  return mark;
}
