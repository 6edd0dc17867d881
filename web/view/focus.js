// Moving the focus: between the parts of the page, and from message to message.

import { byId } from "./page.js";

/** The parts, in the order of the page. */
const LANDMARKS = ["room-list", "direct-list", "pane", "text", "people-list"];

/** What Tab reaches in a message only once the focus is there. */
const REACHED = "a, pre, .veil, .copier, .unfold, .quote, .kind, .tools button";

/** To the next part that is shown.
 * @param {number} by */
export function moveBetweenLandmarks(by) {
  const all = LANDMARKS.map(byId).filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest("[inert]"));
  const at = all.findIndex((each) => each.contains(document.activeElement));
  const next = all[(at + by + all.length) % all.length] ?? all[0];
  const inside = next?.querySelector("button[tabindex='0']");
  /** @type {HTMLElement | undefined} */ (next?.matches("ul") ? inside : next)?.focus();
}

/** In the log the arrows go from message to message, and Tab then to the links and buttons of that one.
 * @param {HTMLElement} pane */
export function withMessageFocus(pane) {
  /** @param {Element | null} from
   * @param {"nextElementSibling" | "previousElementSibling"} way */
  const next = (from, way) => {
    let row = /** @type {HTMLElement | null} */ (from);
    while (row && !row.matches(".row")) row = /** @type {HTMLElement | null} */ (row[way]);
    return row;
  };
  pane.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = document.activeElement?.closest("#log .row") ?? null;
    const log = byId("log");
    /** @type {Record<string, () => HTMLElement | null>} */
    const ways = {
      ArrowUp: () => next(row ? row.previousElementSibling : log.lastElementChild, "previousElementSibling"),
      ArrowDown: () => row && next(row.nextElementSibling, "nextElementSibling"),
      Home: () => row && next(log.firstElementChild, "nextElementSibling"),
      End: () => row && next(log.lastElementChild, "previousElementSibling"),
    };
    const to = ways[event.key]?.();
    if (!to) return;
    event.preventDefault();
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
  });
  pane.addEventListener("focusin", ({ target }) => {
    const row = /** @type {Element} */ (target).closest(".row");
    for (const each of pane.querySelectorAll(`#log :is(${REACHED})[tabindex='0']`)) if (!row?.contains(each)) /** @type {HTMLElement} */ (each).tabIndex = -1;
    for (const each of row?.querySelectorAll(REACHED) ?? []) /** @type {HTMLElement} */ (each).tabIndex = 0;
  });
}
