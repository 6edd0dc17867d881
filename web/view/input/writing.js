// What is put into a draft by other means than letters: styles, pictures for names between colons, and pastes, of which long
// ones are asked about.

import { finished } from "../../core/commands/shortcodes.js";
import { styled } from "../../core/formatting/styles.js";
import { ask } from "../page.js";

/** @typedef {import("../../core/formatting/styles.js").Change} Change */
/** @typedef {import("../../core/formatting/styles.js").Style} Style */

/** More pasted lines than this are asked about. */
const PASTE_LINES_MAX = 20;

/** @param {HTMLTextAreaElement} text
 * @param {Pick<import("./popup.js").Needs, "drafted" | "emoji">} needs */
export function newWriting(text, { drafted, emoji }) {
  /** Puts something in the place of a part, so that it can be undone.
   * @param {Change} change */
  function put({ begin, end, text: made, select }) {
    text.focus();
    text.setSelectionRange(begin, end);
    const isDone = document.execCommand(made === "" ? "delete" : "insertText", false, made);
    if (!isDone) text.setRangeText(made, begin, end);
    text.setSelectionRange(...select);
    drafted(text.value);
  }

  return {
    put,
    /** @param {Style} style */
    set: (style) => put(styled(text.value, text.selectionStart, text.selectionEnd, style)),
    /** Puts something in the place of what is selected, or was.
     * @param {string} more
     * @returns where it stands now */
    insert(more, begin = text.selectionStart, end = text.selectionEnd) {
      const caret = begin + more.length;
      put({ begin, end, text: more, select: [caret, caret] });
      return begin;
    },
    /** A name between two colons becomes its picture. */
    async picture() {
      const { value, selectionStart: end } = text;
      const name = finished(value, end);
      const found = name && (await emoji())?.byCode(name.code);
      // Who types fast may be further on when it is loaded.
      const [caret, typed] = [text.selectionStart, value.slice(0, end)];
      if (!name || !found || !text.value.startsWith(typed) || caret < end || document.activeElement !== text) return;
      const after = caret - (end - name.start) + found.length;
      put({ begin: name.start, end, text: found, select: [after, after] });
    },
  };
}

/** Several lines are put there as a change of the page's own: what Chromium pastes itself, it does not redo whole once it was
 * changed and that was undone.
 * @param {HTMLTextAreaElement} text
 * @param {ReturnType<typeof newWriting>["insert"]} insert
 * @param {(at: number, pasted: string) => void} isThere it stands in the draft now */
export function listenToPastes(text, insert, isThere) {
  text.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n") ?? "";
    const lines = pasted.split("\n").length;
    if (lines === 1) return;
    // A dialog takes the selection away.
    const { selectionStart: begin, selectionEnd: end } = text;
    const take = () => isThere(insert(pasted, begin, end), pasted);
    event.preventDefault();
    if (lines <= PASTE_LINES_MAX) return take();
    const chars = [...pasted].length.toLocaleString();
    void ask(`Paste ${lines} lines (${chars} characters)? They become one message.`, "Paste").then((yes) => {
      if (yes) take();
      else text.focus();
    });
  });
}
