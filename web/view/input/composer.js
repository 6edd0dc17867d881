// The box one writes in: Enter, input methods, completion, long pastes. What is written there is kept
// in the state; here are only keys.

import { newEnter } from "../../core/commands/keys.js";
import { ask, byId } from "../page.js";
import { Popup } from "./popup.js";

/** More pasted lines than this are asked about. */
const PASTE_LINES_MAX = 20;
/** As many as the style has room for. */
const ROWS_MAX = 6;

/** @param {import("./popup.js").Needs & {send: () => void, up: () => boolean}} needs
 * up: the arrow key where nothing is written; true if it did something */
export function newComposer(needs) {
  const { drafted } = needs;
  const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
  const popup = new Popup(text, needs);
  const enter = newEnter((then) => setTimeout(then));

  function send() {
    popup.close();
    needs.send();
  }

  /** @param {string} more */
  function insert(more) {
    text.setRangeText(more, text.selectionStart, text.selectionEnd, "end");
    drafted(text.value);
  }

  text.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || enter.isComposing(event)) return;
    if (popup.takes(event)) event.stopPropagation();
    else if (enter.sends(event)) send();
    else if (event.key === "ArrowUp" && !event.shiftKey && text.value === "" && needs.up()) event.stopPropagation();
    else return;
    event.preventDefault();
  });
  text.addEventListener("compositionstart", () => enter.begins());
  text.addEventListener("compositionend", () => enter.ends());
  text.addEventListener("input", () => {
    drafted(text.value);
    popup.offer(false);
  });
  text.addEventListener("blur", () => popup.close());
  text.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n") ?? "";
    const lines = pasted.split("\n").length;
    if (lines <= PASTE_LINES_MAX) return;
    event.preventDefault();
    const chars = [...pasted].length.toLocaleString();
    void ask(`Paste ${lines} lines (${chars} characters)? They become one message.`, "Paste").then((yes) => {
      text.focus();
      if (yes) insert(pasted);
    });
  });
  // The button leaves the focus where one writes, and a telephone its keyboard.
  text.nextElementSibling?.addEventListener("mousedown", (event) => event.preventDefault());
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  return {
    text,
    insert,
    /** @param {string} draft */
    render(draft) {
      if (text.value !== draft) Object.assign(text, { value: draft, rows: 1 });
      // Where the style does not let it grow by itself.
      while (text.scrollHeight > text.clientHeight && text.rows < ROWS_MAX) text.rows += 1;
    },
  };
}
