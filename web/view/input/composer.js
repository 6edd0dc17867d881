// The box one writes in: Enter, input methods, completion, styles, pastes. What is written there is kept
// in the state; here are only keys.

import { newEnter, styleOf } from "../../core/commands/keys.js";
import { finished } from "../../core/commands/shortcodes.js";
import { styled } from "../../core/formatting/styles.js";
import { ask, byId } from "../page.js";
import { newOffer } from "./offer.js";
import { Popup } from "./popup.js";
import { withToolbar } from "./toolbar.js";

/** More pasted lines than this are asked about. */
const PASTE_LINES_MAX = 20;
/** As many as the style has room for. */
const ROWS_MAX = 6;

/** @param {import("./popup.js").Needs & {send: () => void}} needs */
export function newComposer(needs) {
  const { drafted } = needs;
  const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
  const popup = new Popup(text, needs);
  const enter = newEnter((then) => setTimeout(then));

  /** Puts something in the place of a part, so that it can be undone.
   * @param {import("../../core/formatting/styles.js").Change} change */
  function put({ begin, end, text: made, select }) {
    text.focus();
    text.setSelectionRange(begin, end);
    const isDone = document.execCommand(made === "" ? "delete" : "insertText", false, made);
    if (!isDone) text.setRangeText(made, begin, end);
    text.setSelectionRange(...select);
    drafted(text.value);
  }

  /** @param {import("../../core/formatting/styles.js").Style} style */
  const set = (style) => put(styled(text.value, text.selectionStart, text.selectionEnd, style));

  /** A name between two colons becomes its picture. */
  async function picture() {
    const { value, selectionStart: end } = text;
    const name = finished(value, end);
    const emoji = name && (await needs.emoji())?.byCode(name.code);
    // Who types fast may be further on when it is loaded.
    const [caret, typed] = [text.selectionStart, value.slice(0, end)];
    if (!name || !emoji || !text.value.startsWith(typed) || caret < end || document.activeElement !== text) return;
    const after = caret - (end - name.start) + emoji.length;
    put({ begin: name.start, end, text: emoji, select: [after, after] });
  }

  const offer = newOffer(text, put);
  withToolbar(set);

  function send() {
    popup.close();
    offer.close();
    needs.send();
  }

  /** @param {string} more */
  function insert(more) {
    text.setRangeText(more, text.selectionStart, text.selectionEnd, "end");
    drafted(text.value);
  }

  text.addEventListener("keydown", (event) => {
    const style = enter.isComposing(event) ? null : styleOf(event);
    if (style) {
      event.preventDefault();
      event.stopPropagation();
      return set(style);
    }
    if (event.ctrlKey || event.altKey || event.metaKey || enter.isComposing(event)) return;
    if (popup.takes(event) || (event.key === "Escape" && offer.close())) event.stopPropagation();
    else if (enter.sends(event)) send();
    else return;
    event.preventDefault();
  });
  text.addEventListener("compositionstart", () => enter.begins());
  text.addEventListener("compositionend", () => enter.ends());
  text.addEventListener("input", (event) => {
    drafted(text.value);
    popup.offer(false);
    offer.close();
    if (/** @type {InputEvent} */ (event).data === ":") void picture();
  });
  text.addEventListener("blur", () => popup.close());
  text.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n") ?? "";
    const lines = pasted.split("\n").length;
    const begin = text.selectionStart;
    if (lines <= PASTE_LINES_MAX) return void setTimeout(() => offer.open(begin, pasted));
    event.preventDefault();
    const chars = [...pasted].length.toLocaleString();
    void ask(`Paste ${lines} lines (${chars} characters)? They become one message.`, "Paste").then((yes) => {
      text.focus();
      if (!yes) return;
      insert(pasted);
      offer.open(begin, pasted);
    });
  });
  // The button leaves the focus where one writes, and a telephone its keyboard.
  byId("composer").querySelector("[type=submit]")?.addEventListener("mousedown", (event) => event.preventDefault());
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
