// A box in which a text is written: Enter, input methods, completion, styles, emoji by name. What is written is kept elsewhere.

import { newEnter, styleOf } from "../../core/commands/keys.js";
import { Popup } from "./popup.js";
import { newWriting } from "./writing.js";

/** As many as the style has room for. */
const ROWS_MAX = 6;

/** @typedef {import("./popup.js").Needs & {send: () => void, takes: (event: KeyboardEvent) => boolean}} Needs
 * takes: what else a key may be for, before Enter */

/** @param {HTMLTextAreaElement} text
 * @param {HTMLElement} list of completions
 * @param {Needs} needs */
export function newField(text, list, needs) {
  const popup = new Popup(text, list, needs);
  const enter = newEnter((then) => setTimeout(then));
  const writing = newWriting(text, needs);

  function send() {
    popup.close();
    needs.send();
  }

  text.addEventListener("keydown", (event) => {
    if (enter.isComposing(event)) return;
    const style = styleOf(event);
    if (!style && (event.ctrlKey || event.altKey || event.metaKey)) return;
    if (style) writing.set(style);
    else if (!popup.takes(event) && !needs.takes(event)) {
      if (!enter.sends(event)) return;
      send();
    }
    event.preventDefault();
    event.stopPropagation();
  });
  text.addEventListener("compositionstart", () => enter.begins());
  text.addEventListener("compositionend", () => enter.ends());
  text.addEventListener("input", (event) => {
    needs.drafted(text.value);
    popup.offer(false);
    if (/** @type {InputEvent} */ (event).data === ":") void writing.picture();
  });
  text.addEventListener("blur", () => popup.close());

  return {
    writing,
    send,
    /** Where the style does not let it grow by itself. */
    grow() {
      while (text.scrollHeight > text.clientHeight && text.rows < ROWS_MAX) text.rows += 1;
    },
  };
}
