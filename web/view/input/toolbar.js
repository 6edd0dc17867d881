// The toolbar above the message box, for who wants it: a button for each style. One of them is in the order of Tab, the
// arrows reach the others.

import { byId } from "../page.js";

/** @param {(style: import("../../core/formatting/styles.js").Style) => void} set */
export function withToolbar(set) {
  const bar = byId("toolbar");
  const buttons = [...bar.querySelectorAll("button")];
  // The focus stays where one writes.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", ({ target }) => {
    const { sets } = /** @type {Element} */ (target).closest("button")?.dataset ?? {};
    if (sets) set(/** @type {import("../../core/formatting/styles.js").Style} */ (sets));
  });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.findIndex((each) => each === document.activeElement);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = by === undefined ? undefined : buttons[(at + by + buttons.length) % buttons.length];
    if (!next) return;
    event.preventDefault();
    for (const each of buttons) each.tabIndex = each === next ? 0 : -1;
    next.focus();
  });
}
