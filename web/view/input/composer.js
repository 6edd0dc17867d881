// The box one writes in: Enter, input methods, completion, styles, pastes. What is written there is kept
// in the state; here are only keys.

import { newEnter, styleOf } from "../../core/commands/keys.js";
import { byId } from "../page.js";
import { newOffer } from "./offer.js";
import { Popup } from "./popup.js";
import { withToolbar } from "./toolbar.js";
import { listenToPastes, newWriting } from "./writing.js";

/** As many as the style has room for. */
const ROWS_MAX = 6;

/** @param {import("./popup.js").Needs & {send: () => void, up: () => boolean}} needs
 * up: the arrow key where nothing is written; true if it did something */
export function newComposer(needs) {
  const { drafted } = needs;
  const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
  const popup = new Popup(text, needs);
  const enter = newEnter((then) => setTimeout(then));

  const writing = newWriting(text, needs);
  const offer = newOffer(text, writing.put);
  withToolbar(writing.set);

  function send() {
    popup.close();
    offer.close();
    needs.send();
  }

  text.addEventListener("keydown", (event) => {
    const style = enter.isComposing(event) ? null : styleOf(event);
    if (style) {
      event.preventDefault();
      event.stopPropagation();
      return writing.set(style);
    }
    if (event.ctrlKey || event.altKey || event.metaKey || enter.isComposing(event)) return;
    if (popup.takes(event) || (event.key === "Escape" && offer.close())) event.stopPropagation();
    else if (enter.sends(event)) send();
    else if (event.key === "ArrowUp" && !event.shiftKey && text.value === "" && needs.up()) event.stopPropagation();
    else return;
    event.preventDefault();
  });
  text.addEventListener("compositionstart", () => enter.begins());
  text.addEventListener("compositionend", () => enter.ends());
  text.addEventListener("input", (event) => {
    drafted(text.value);
    popup.offer(false);
    offer.close();
    if (/** @type {InputEvent} */ (event).data === ":") void writing.picture();
  });
  text.addEventListener("blur", () => popup.close());
  listenToPastes(text, writing.insert, offer.open);
  // The button leaves the focus where one writes, and a telephone its keyboard.
  byId("composer").querySelector("[type=submit]")?.addEventListener("mousedown", (event) => event.preventDefault());
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  return {
    text,
    insert: writing.insert,
    /** @param {string} draft */
    render(draft) {
      if (text.value !== draft) Object.assign(text, { value: draft, rows: 1 });
      // Where the style does not let it grow by itself.
      while (text.scrollHeight > text.clientHeight && text.rows < ROWS_MAX) text.rows += 1;
    },
  };
}
