// The box one writes in: Enter, input methods, completion, long pastes. What is written there is kept
// in the state; here are only keys and the popup.

import { completions } from "../complete.js";
import { newEnter } from "../enter.js";
import { ask } from "./ask.js";
import { byId, element, setAttribute } from "./page.js";

/** More pasted lines than this are asked about. */
const PASTE_LINES_MAX = 20;
/** So many completions are offered: a person types another letter rather than read more. */
const OPTIONS_MAX = 30;

/** @param {{drafted: (text: string) => void, send: () => void, names: () => string[], rooms: () => string[]}} needs */
export function newComposer({ drafted, send, names, rooms }) {
  const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
  const popup = byId("completions");
  const enter = newEnter((then) => setTimeout(then));
  /** What the word before the caret is being completed to. `at` is -1 until one is chosen.
   * @type {{start: number, end: number, options: string[], at: number} | null} */
  let open = null;

  /** @param {boolean} asked unasked, only what begins with a sign is offered */
  function offer(asked) {
    const found = completions(text.value, text.selectionStart, names(), rooms());
    open = null;
    if (found.options.length > 0 && (asked || found.offered)) {
      open = { start: found.start, end: text.selectionStart, options: found.options.slice(0, OPTIONS_MAX), at: -1 };
    }
    draw();
    return open !== null;
  }

  function draw() {
    const { options = [], at = -1 } = open ?? {};
    popup.hidden = options.length === 0;
    popup.replaceChildren(...options.map((option, i) => {
      const row = element("li", "", option);
      row.id = `completion-${i}`;
      row.dataset.at = String(i);
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(i === at));
      return row;
    }));
    popup.children[at]?.scrollIntoView({ block: "nearest" });
    setAttribute(text, "aria-controls", open ? "completions" : null);
    setAttribute(text, "aria-activedescendant", at >= 0 ? `completion-${at}` : null);
  }

  /** Puts a completion in the place of the word.
   * @param {number} at */
  function choose(at) {
    if (!open) return;
    const count = open.options.length;
    open.at = (at + count) % count;
    const option = open.options[open.at] ?? "";
    text.setRangeText(option, open.start, open.end, "end");
    open.end = open.start + option.length;
    draw();
    drafted(text.value);
  }

  function close() {
    if (!open) return false;
    open = null;
    draw();
    return true;
  }

  /** True if the key was for the popup.
   * @param {KeyboardEvent} event */
  function keyOfPopup(event) {
    const at = open?.at ?? -1;
    switch (event.key) {
      case "Tab":
        // Where there is nothing to complete, Tab goes on to the next control.
        if (!open && (event.shiftKey || !offer(true))) return false;
        choose(event.shiftKey ? (at < 0 ? -1 : at - 1) : at + 1);
        return true;
      case "ArrowDown":
      case "ArrowUp":
        if (!open) return false;
        choose(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
        return true;
      case "Escape":
        return close();
      default:
        return false;
    }
  }

  text.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || enter.isComposing(event)) return;
    if (keyOfPopup(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (!enter.sends(event)) return;
    event.preventDefault();
    close();
    send();
  });
  text.addEventListener("compositionstart", () => enter.begins());
  text.addEventListener("compositionend", () => enter.ends());
  text.addEventListener("input", () => {
    drafted(text.value);
    offer(false);
  });
  text.addEventListener("blur", close);
  popup.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const at = /** @type {HTMLElement} */ (event.target).dataset.at;
    if (at === undefined) return;
    choose(Number(at));
    close();
  });
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
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    send();
  });

  /** @param {string} more */
  function insert(more) {
    text.setRangeText(more, text.selectionStart, text.selectionEnd, "end");
    drafted(text.value);
  }

  return {
    text,
    insert,
    /** @param {string} draft */
    render(draft) {
      if (text.value !== draft) text.value = draft;
    },
  };
}
