// Editing in place: the text of an own message becomes a box to write in, until that is saved or not. It decides nothing.

import { newEnter } from "../../core/commands/keys.js";
import { element, newButton } from "../page.js";

/** @typedef {(intent: import("../../core/commands/messages.js").MessageIntent) => void} Does */

/** Puts the box into a row, or takes it out.
 * @param {HTMLElement} row
 * @param {{which: number | string, text: string} | null} editing if it is this message that is edited
 * @param {Does} does */
export function mendEditor(row, editing, does) {
  const there = row.querySelector(".editor");
  row.classList.toggle("editing", editing !== null);
  if (editing && !there) {
    row.append(newEditor(editing, does));
    focusEditor(row);
  }
  if (editing || !there) return;
  const hadFocus = there.contains(document.activeElement);
  there.remove();
  if (hadFocus) row.focus({ preventScroll: true });
}

/** @param {{which: number | string, text: string}} editing
 * @param {Does} does */
function newEditor({ which, text }, does) {
  const box = element("textarea", "");
  Object.assign(box, { value: text, rows: 1, dir: "auto" });
  box.setAttribute("aria-label", "Edit message");
  const enter = newEnter((then) => setTimeout(then));
  box.addEventListener("compositionstart", () => enter.begins());
  box.addEventListener("compositionend", () => enter.ends());
  box.addEventListener("input", () => does({ is: "editing", which, text: box.value }));
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    // It is for nothing around this.
    event.stopPropagation();
    if (enter.isComposing(event)) return;
    if (event.key === "Escape") does({ is: "notEdited" });
    else if (enter.sends(event)) does({ is: "edited" });
    else return;
    event.preventDefault();
  });
  const buttons = [["notEdited", "Cancel", "plain"], ["edited", "Save", "main-action"]].map(([is = "", words = "", classes = ""]) => {
    const button = newButton(classes, words);
    button.addEventListener("click", () => does({ is: is === "edited" ? "edited" : "notEdited" }));
    return button;
  });
  return element("span", "editor", box, element("span", "choices", element("span", "quiet small", "Esc to cancel, Enter to save"), ...buttons));
}

/** Writing goes on in the box of a row.
 * @param {HTMLElement | null} row */
export function focusEditor(row) {
  const box = /** @type {HTMLTextAreaElement | null} */ (row?.querySelector(".editor textarea") ?? null);
  box?.focus({ preventScroll: true });
  box?.setSelectionRange(box.value.length, box.value.length);
}
