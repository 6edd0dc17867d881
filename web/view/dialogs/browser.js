// The dialog "All rooms": what there is, looked through by words and by pages, and joined.

import { labelOf } from "../../core/chat/label.js";
import { find } from "../../core/chat/state.js";
import { counted } from "../../core/protocol/text.js";
import { newOptions } from "../input/options.js";
import { afterTyping } from "../input/typing.js";
import { kindMark } from "../mark.js";
import { byId, dialog, element, input, setText } from "../page.js";
import { ago } from "./times.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/protocol/rooms.js").Listed} Listed
 */

/** @param {import("./dialogs.js").Needs} needs */
export function newBrowser({ state, happens, go }) {
  const box = dialog("browser");
  const text = input("browser-text");
  const rooms = () => state()?.browse?.rooms ?? [];
  const options = newOptions({
    text,
    list: byId("browser-list"),
    options: () => rooms().map((room) => option(/** @type {State} */ (state()), room)),
    choose,
    nearEnd: () => happens({ type: "does", intent: { is: "browseMore" } }),
  });
  const look = () => happens({ type: "does", intent: { is: "browse", query: text.value } });
  /** @type {Listed[] | null} */
  let shown = null;

  /** @param {number} place */
  function choose(place) {
    const chosen = rooms()[place];
    if (!chosen) return;
    go({ type: "does", intent: { is: "pick", room: chosen.room } });
    box.close();
  }

  text.addEventListener("input", afterTyping(() => box.open && look()));
  box.addEventListener("close", () => happens({ type: "does", intent: { is: "browseEnd" } }));

  return {
    /** @param {State} now */
    render(now) {
      const found = now.browse?.rooms ?? null;
      if (found === shown) return;
      shown = found;
      options.draw();
      setText(byId("browser-found"), found === null ? "" : wordsAbout(found.length, now.browse?.more ?? false));
    },
    /** @param {string} [wanted] */
    open(wanted = "") {
      text.value = wanted;
      if (!box.open) box.showModal();
      look();
    },
  };
}

/** @param {number} count
 * @param {boolean} hasMore */
const wordsAbout = (count, hasMore) => (count === 0 ? "No room has this in its name or topic" : `${counted(count, "room")}${hasMore ? ", and more" : ""}`);

/** @param {State} state
 * @param {Listed} room */
function option(state, room) {
  const { kind, topic = "", people, last } = room;
  const label = labelOf(room, state.me);
  const told = [counted(people, "person", "people"), ...(last === undefined ? [] : [`last message ${ago(last)}`])];
  const isIn = find(state, room.room) !== undefined;
  const name = element("span", "about", element("strong", "", kindMark(kind), element("bdi", "", label)), ...(isIn ? [" ", element("span", "tag", "joined")] : []), element("span", "quiet small", topic));
  return { key: room.room, children: [name, element("span", "quiet small told", told.join(" · "))] };
}
