// The room switcher: type some letters of a room or a person, or the name of a room to join. What one is not in, the
// server is asked for.

import { candidates } from "../../core/commands/switcher.js";
import { kindMark } from "../mark.js";
import { byId, dialog, element, input } from "../page.js";
import { newOptions } from "./options.js";
import { afterTyping } from "./typing.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/commands/switcher.js").Candidate} Candidate
 * @typedef {import("../../core/update.js").Event} Event
 */

/** @param {{state: () => State, happens: (event: Event) => void, go: (event: Event) => void}} needs
 * go: somewhere else, where one may write at once */
export function newSwitcher({ state, happens, go }) {
  const box = dialog("switcher");
  const text = input("switcher-text");
  const found = () => candidates(state(), text.value);
  const options = newOptions({ text, list: byId("switcher-list"), options: () => found().map(option), choose });
  const ask = afterTyping(() => box.open && text.value.trim() !== "" && happens({ type: "does", intent: { is: "browse", query: text.value.replace(/^[#@]/, "") } }));

  /** @param {number} place */
  function choose(place) {
    const chosen = found()[place];
    if (!chosen) return;
    box.close();
    go(wayTo(chosen));
  }

  text.addEventListener("input", () => {
    options.draw(true);
    ask();
  });
  box.addEventListener("click", ({ target }) => target === box && box.close());
  box.addEventListener("close", () => happens({ type: "does", intent: { is: "browseEnd" } }));

  return {
    render: () => box.open && options.draw(),
    open() {
      text.value = "";
      options.draw(true);
      box.showModal();
    },
  };
}

/** @param {Candidate} candidate
 * @returns {Event} */
function wayTo({ place, room = "", user }) {
  if (place !== null) return { type: "show", place };
  return user === undefined ? { type: "does", intent: { is: "pick", room } } : { type: "does", intent: { is: "msg", users: [user], text: "" } };
}

/** @param {Candidate} candidate */
function option({ label, kind, place, room, user, about, news }) {
  const does = user !== undefined ? "Write to " : place === null ? "Join " : "";
  const children = [does, ...(user === undefined ? [kindMark(kind)] : []), element("bdi", "", label), ...(about ? [element("span", "quiet small", about)] : []), ...(news ? [element("span", "badge", news)] : [])];
  return { key: user ?? room ?? `at ${place}`, children };
}
