// A menu that opens beside something: with the arrow keys, and away with Esc or a press elsewhere.

import { element, newButton } from "../page.js";

/** @typedef {{words: string, does: () => void}} Choice */

/** Where the one that is open stands: a rule of two numbers. */
const place = new CSSStyleSheet();

export function newMenu() {
  const list = element("div", "popup acts");
  // One that the browser closes goes away again with the release of the button whose press has opened it.
  list.popover = "manual";
  list.setAttribute("role", "menu");
  list.setAttribute("aria-label", "Message actions");
  document.body.append(list);
  /** @type {HTMLElement | null} */
  let from = null;

  const items = () => /** @type {HTMLElement[]} */ ([...list.children]);

  list.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    // The log stays where it is.
    if (event.key === "Escape" || to !== undefined) event.stopPropagation();
    if (event.key === "Escape") list.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    all.at(to % all.length)?.focus();
  });
  /** @param {EventTarget | null} to */
  const leave = (to) => {
    if (!list.contains(/** @type {Node | null} */ (to)) && list.matches(":popover-open")) list.hidePopover();
  };
  addEventListener("pointerdown", ({ target }) => leave(target), true);
  list.addEventListener("focusout", ({ relatedTarget }) => leave(relatedTarget));
  list.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
    if (list.contains(document.activeElement) || document.activeElement === document.body) from?.focus({ preventScroll: true });
  });

  return {
    /** @param {Choice[]} choices
     * @param {DOMRect} at
     * @param {HTMLElement} row which it is about */
    open(choices, at, row) {
      from = row;
      list.replaceChildren(...choices.map(({ words, does }) => {
        const item = newButton("entry", words);
        item.setAttribute("role", "menuitem");
        item.addEventListener("click", () => {
          list.hidePopover();
          from?.focus({ preventScroll: true });
          does();
        });
        return item;
      }));
      list.showPopover();
      beside(list, at);
      items()[0]?.focus();
    },
  };
}

/** Puts what has opened below a place, or above it, and within the window.
 * @param {HTMLElement} box
 * @param {DOMRect} at */
export function beside(box, at) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const top = at.bottom + height + 8 <= innerHeight ? at.bottom + 4 : Math.max(8, at.top - height - 4);
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  place.replaceSync(`.popup { top: ${Math.min(top, Math.max(8, innerHeight - height - 8))}px; left: ${left}px; }`);
  if (!document.adoptedStyleSheets.includes(place)) document.adoptedStyleSheets.push(place);
}
