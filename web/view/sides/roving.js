// Lists of which one entry can be reached with Tab, and the others with the arrow keys.

/** The entries of a list; headings have none.
 * @param {Element} list
 * @returns {HTMLElement[]} */
const entriesOf = (list) => [...list.querySelectorAll(":scope > li > .entry")].map((entry) => /** @type {HTMLElement} */ (entry));

/** One entry of a list is in the order of Tab: the one in focus, else the one given.
 * @param {Element} list
 * @param {number} place */
export function rove(list, place) {
  const entries = entriesOf(list);
  const focused = entries.findIndex((entry) => entry.parentElement?.contains(document.activeElement));
  entries.forEach((entry, i) => {
    const wanted = i === (focused < 0 ? place : focused) ? 0 : -1;
    if (entry.tabIndex !== wanted || !entry.hasAttribute("tabindex")) entry.tabIndex = wanted;
  });
}

/** Arrow keys, Home and End move the focus in a list; to the right is what more can be done with an entry.
 * @param {HTMLElement} list */
export function withArrows(list) {
  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const entries = entriesOf(list);
    const row = document.activeElement?.closest("li");
    const at = entries.findIndex((entry) => entry.parentElement === row);
    const last = entries.length - 1;
    const to = { ArrowUp: Math.max(0, at - 1), ArrowDown: Math.min(last, at + 1), Home: 0, End: last, ArrowLeft: at }[event.key];
    const beside = event.key === "ArrowRight" ? /** @type {HTMLElement | null | undefined} */ (row?.querySelector(".more")) : null;
    const next = at < 0 ? undefined : beside ?? (to === undefined ? undefined : entries[to]);
    if (!next) return;
    event.preventDefault();
    next.focus();
    rove(list, 0);
  });
}
