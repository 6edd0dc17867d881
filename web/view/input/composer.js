// The box one writes in, with what belongs to it alone: its toolbar, its button, pastes. What is written there is kept in the
// state.

import { byId } from "../page.js";
import { newField } from "./field.js";
import { newOffer } from "./offer.js";
import { withToolbar } from "./toolbar.js";
import { listenToPastes } from "./writing.js";

/** @param {import("./popup.js").Needs & {send: () => void, up: () => boolean}} needs
 * up: the arrow key where nothing is written; true if it did something */
export function newComposer(needs) {
  const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
  const field = newField(text, byId("completions"), {
    ...needs,
    send() {
      offer.close();
      needs.send();
    },
    takes: ({ key, shiftKey }) => (key === "Escape" && offer.close()) || (key === "ArrowUp" && !shiftKey && text.value === "" && needs.up()),
  });
  const { writing, send } = field;
  const offer = newOffer(text, writing.put);
  withToolbar(writing.set);

  text.addEventListener("input", () => offer.close());
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
      field.grow();
    },
  };
}
