// The dialog "Search": a query, and the messages that the server found, each of which leads to its place.

import { foundNow, shownHit } from "../../core/chat/found.js";
import { counted } from "../../core/protocol/text.js";
import { Popup } from "../input/popup.js";
import { withMarks } from "../log/formatted/words.js";
import { byId, dialog, input, setText } from "../page.js";
import { newMessages } from "./messages.js";

/** @typedef {import("../../core/chat/state.js").State} State */

const HINT = "Words, \"phrases\", word*, -not, from:NAME, in:ROOM, before:DATE, after:DATE, has:link";

/** @param {import("./dialogs.js").Needs} needs */
export function newSearch({ state, happens, here, filters }) {
  const [box, text, list] = [dialog("search"), input("search-text"), byId("search-list")];
  /** The search that the list shows.
   * @type {import("../../core/chat/found.js").Search | null} */
  let shown = null;
  const messages = newMessages(list, {
    classes: "mentioning hit",
    wordsOf(message) {
      const { text: words, ranges } = shownHit(/** @type {State} */ (state()), message);
      return withMarks(words, ranges);
    },
    more: () => happens({ type: "does", intent: { is: "foundMore" } }),
    choose,
  });
  const popup = new Popup(text, byId("search-filters"), { drafted: () => undefined, names: () => [], rooms: () => [], emoji: async () => null, filters });

  /** @param {number} id */
  function choose(id) {
    happens({ type: "does", intent: { is: "goToFound", id, from: here() } });
    box.close();
  }

  byId("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const query = text.value.trim();
    const now = state();
    const newest = now?.search?.query === query ? foundNow(now)[0] : undefined;
    popup.close();
    if (newest) choose(newest.id);
    else if (query !== "") happens({ type: "does", intent: { is: "search", query } });
  });
  text.addEventListener("input", () => popup.offer(false));
  text.addEventListener("blur", () => popup.close());
  text.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!popup.takes(event)) {
      const first = event.key === "ArrowDown" ? messages.first() : null;
      if (!first) return;
      first.focus();
    }
    event.preventDefault();
  });
  box.addEventListener("close", () => happens({ type: "does", intent: { is: "foundShut" } }));

  /** @param {State} now */
  function render(now) {
    const { search } = now;
    if (search !== shown) messages.clear();
    shown = search;
    const hits = foundNow(now);
    messages.draw(now, hits, search?.at);
    setText(byId("search-found"), search === null ? HINT : wordsAbout(hits.length, search));
  }

  return {
    render,
    /** @param {string} [query] to begin with */
    open(query = state()?.search?.query ?? "") {
      const now = state();
      if (!now || box.open) return;
      text.value = query;
      messages.clear();
      render(now);
      box.showModal();
      text.select();
    },
  };
}

/** @param {number} count
 * @param {import("../../core/chat/found.js").Search} search */
function wordsAbout(count, { more, ref }) {
  if (count > 0) return more ? `${count}+ results` : counted(count, "result");
  return ref !== null && more ? "Searching …" : `No results. ${HINT}`;
}
