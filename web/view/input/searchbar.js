// The search bar: what is found in the messages of the room shown that are loaded there, one after another.

import { shownEntries } from "../../core/chat/messages/place.js";
import { search } from "../../core/commands/search.js";
import { byId, input, setText } from "../page.js";

/** @param {{room: () => import("../../core/chat/state.js").Room, mark: (query: string) => void, reveal: (id: number) => HTMLElement | null, done: () => void}} needs */
export function newSearchBar({ room, mark, reveal, done }) {
  const bar = /** @type {HTMLFormElement} */ (byId("search"));
  const text = input("search-text");
  /** The message that was found last. */
  let current = 0;

  /** Ids, newest first. */
  const found = () => search(shownEntries(room()), text.value);

  /** @param {boolean} older */
  function step(older) {
    const ids = found();
    // From the newest on, and around the end.
    const next = older ? ids.find((id) => current === 0 || id < current) ?? ids[0] : ids.findLast((id) => id > current) ?? ids.at(-1);
    document.querySelector("#log .found")?.classList.remove("found");
    if (next !== undefined) reveal(next)?.classList.add("found");
    current = next ?? 0;
    const more = room().past?.more ?? room().more ? " (older messages are not loaded)" : "";
    setText(byId("search-found"), text.value.trim() === "" ? "" : ids.length > 0 ? `${ids.indexOf(current) + 1} of ${ids.length}` : `No matches${more}`);
  }

  function close() {
    bar.hidden = true;
    text.value = "";
    current = 0;
    document.querySelector("#log .found")?.classList.remove("found");
    mark("");
    done();
  }

  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    step(true);
  });
  text.addEventListener("input", () => {
    current = 0;
    mark(text.value);
    step(true);
  });
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.shiftKey && event.target === text) step(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  byId("search-newer").addEventListener("click", () => step(false));
  byId("search-close").addEventListener("click", close);

  return {
    /** @param {string} query a text to search for at once; the same again: the next one */
    open(query = "") {
      const isSame = !bar.hidden && query !== "" && query === text.value;
      bar.hidden = false;
      if (query !== "" && !isSame) {
        text.value = query;
        current = 0;
        mark(query);
      }
      if (query !== "") step(true);
      else text.focus();
      text.select();
    },
    close: () => bar.hidden || close(),
    isOpen: () => !bar.hidden,
  };
}
