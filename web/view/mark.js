// The sign before what a room is called, which tells its kind.

import { element, icon } from "./page.js";

const LOCK = "M5.5 9h9v7h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9";

/** @param {string} kind */
export function kindMark(kind) {
  const mark = element("span", "mark", ...(kind === "private" ? [icon(LOCK)] : kind === "direct" ? ["@"] : ["#"]));
  mark.setAttribute("aria-hidden", "true");
  return mark;
}
