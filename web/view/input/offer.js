// The offer to make a block of what was pasted, where it looks like code. It asks for nothing: who goes on writing leaves it
// as it is.

import { isInCode, looksLikeCode } from "../../core/formatting/drafts.js";
import { fenced } from "../../core/formatting/styles.js";
import { byId, setText } from "../page.js";

/** @param {HTMLTextAreaElement} text
 * @param {(change: import("../../core/formatting/styles.js").Change) => void} put */
export function newOffer(text, put) {
  const yes = byId("offer-yes");
  let [begin, pasted] = [0, ""];

  function close() {
    const wasOpen = !yes.hidden;
    yes.hidden = true;
    setText(byId("offer-words"), "");
    return wasOpen;
  }

  yes.addEventListener("mousedown", (event) => event.preventDefault());
  yes.addEventListener("click", () => {
    close();
    if (text.value.startsWith(pasted, begin)) put(fenced(text.value, begin, begin + pasted.length));
    text.focus();
  });

  return {
    close,
    /** @param {number} at where it was pasted
     * @param {string} what */
    open(at, what) {
      const isCode = looksLikeCode(what) && text.value.startsWith(what, at) && !isInCode(text.value, at);
      if (!isCode) return;
      [begin, pasted] = [at, what];
      yes.hidden = false;
      setText(byId("offer-words"), "That looks like code.");
    },
  };
}
