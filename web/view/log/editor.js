// Editing in place: the text of an own message becomes a box to write in, until that is saved or not. It decides nothing.

import { newField } from "../input/field.js";
import { element, newButton } from "../page.js";

/**
 * @typedef {{which: number | string, text: string}} Editing
 * @typedef {(intent: import("../../core/commands/messages.js").MessageIntent) => void} Does
 * @typedef {Omit<import("../input/popup.js").Needs, "drafted"> & {does: Does}} Needs
 */

/** Puts the box into a row, or takes it out.
 * @param {HTMLElement} row
 * @param {Editing | null} editing if it is this message that is edited
 * @param {Needs} needs */
export function mendEditor(row, editing, needs) {
  const there = row.querySelector(".editor");
  row.classList.toggle("editing", editing !== null);
  if (editing && !there) row.append(newEditor(editing, needs));
  if (editing || !there) return;
  const hadFocus = there.contains(document.activeElement);
  there.remove();
  if (hadFocus) row.focus({ preventScroll: true });
}

/** @param {Editing} editing
 * @param {Needs} needs */
function newEditor({ which, text }, needs) {
  const { does } = needs;
  const box = element("textarea", "");
  Object.assign(box, { value: text, rows: 1, dir: "auto" });
  for (const [name, value] of Object.entries({ "aria-label": "Edit message", "aria-autocomplete": "list", "aria-haspopup": "listbox" })) box.setAttribute(name, value);
  const list = element("ul", "completions");
  Object.assign(list, { id: "edit-completions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Completions");
  const field = newField(box, list, {
    ...needs,
    drafted(draft) {
      does({ is: "editing", which, text: draft });
      field.grow();
    },
    send: () => does({ is: "edited" }),
    takes({ key }) {
      if (key === "Escape") does({ is: "notEdited" });
      return key === "Escape";
    },
  });
  box.addEventListener("focus", field.grow);
  const buttons = [["notEdited", "Cancel", "plain"], ["edited", "Save", "main-action"]].map(([is = "", words = "", classes = ""]) => {
    const button = newButton(classes, words);
    button.addEventListener("click", () => does({ is: is === "edited" ? "edited" : "notEdited" }));
    return button;
  });
  const made = element("span", "editor", box, list, element("span", "choices", element("span", "quiet small", "Esc to cancel, Enter to save"), ...buttons));
  made.addEventListener("keydown", (event) => {
    // What is typed is for nothing around this.
    if (event.target === box && !event.ctrlKey && !event.altKey && !event.metaKey) event.stopPropagation();
  });
  return made;
}

/** The box of a row in which one writes, and where.
 * @param {HTMLElement} log
 * @returns {[number, number] | null} */
export function caretIn(log) {
  const box = /** @type {HTMLTextAreaElement | null} */ (log.querySelector(".editor textarea:focus"));
  return box && [box.selectionStart, box.selectionEnd];
}

/** Writing goes on in the box of a row.
 * @param {HTMLElement | null} row
 * @param {[number, number]} [caret] at the end if it is not said */
export function focusEditor(row, caret) {
  const box = /** @type {HTMLTextAreaElement | null} */ (row?.querySelector(".editor textarea") ?? null);
  box?.focus({ preventScroll: true });
  box?.setSelectionRange(...caret ?? [box.value.length, box.value.length]);
}
