// A box to type in and a list below it, from which one entry is chosen: with the arrow keys and Enter, or by a click.

import { element, setAttribute } from "../page.js";

/**
 * @typedef {{key: string, children: (string | Node)[]}} Option
 *
 * @typedef {object} Needs
 * @property {HTMLInputElement} text
 * @property {HTMLElement} list
 * @property {() => Option[]} options what there is to choose from now
 * @property {(place: number) => void} choose
 * @property {() => void} [nearEnd] the end of the list is in sight, or nearly
 * @property {() => number} [first] the place that is marked before an arrow key is pressed; -1 for none
 */

/** @param {Needs} needs */
export function newOptions({ text, list, options, choose, nearEnd, first = () => 0 }) {
  let at = 0;
  /** @type {string | undefined} */
  let chosen;

  /** What is chosen stays so, wherever it stands now.
   * @param {boolean} toTop */
  function draw(toTop = false) {
    const all = options();
    const kept = toTop ? -1 : all.findIndex(({ key }) => key === chosen);
    at = kept >= 0 ? kept : toTop ? first() : Math.max(first(), Math.min(at, all.length - 1));
    chosen = at <= 0 ? undefined : all[at]?.key;
    list.replaceChildren(...all.map(({ children }, i) => {
      const row = element("li", "entry", ...children);
      row.id = `${list.id}-${i}`;
      row.dataset.at = String(i);
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(i === at));
      return row;
    }));
    if (toTop) list.scrollTop = 0;
    setAttribute(text, "aria-activedescendant", at in all ? `${list.id}-${at}` : null);
  }

  /** @param {number} by */
  function step(by) {
    const count = list.children.length;
    at = (Math.max(at, by > 0 ? -1 : 0) + by + count) % Math.max(1, count);
    chosen = options()[at]?.key;
    draw();
    list.children[at]?.scrollIntoView({ block: "nearest" });
    if (at + 1 === count) nearEnd?.();
  }

  text.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) step(by);
    else if (event.key === "Enter" && !event.isComposing) choose(at);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", ({ target }) => {
    const row = /** @type {Element} */ (target).closest("li");
    if (row) choose(Number(row.dataset.at));
  });
  list.addEventListener("scroll", () => {
    if (list.scrollTop + 2 * list.clientHeight >= list.scrollHeight) nearEnd?.();
  }, { passive: true });

  return { draw };
}
