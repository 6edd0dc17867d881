// The dialog in which one adds people to a private room: each who is chosen is added at once.

import { spoken } from "../../core/chat/label.js";
import { activeRoom } from "../../core/chat/state.js";
import { choosable } from "../../core/commands/people.js";
import { newOptions } from "../input/options.js";
import { byId, dialog, input, setText } from "../page.js";
import { personOption } from "./candidates.js";

/** @typedef {import("../../core/chat/state.js").State} State */

/** @param {import("./dialogs.js").Needs} needs */
export function newAdd({ state, happens }) {
  const box = dialog("add");
  const text = input("add-text");
  const now = () => /** @type {State} */ (state());
  const found = () => choosable(now(), text.value, activeRoom(now()).members.map(({ user }) => user));
  const options = newOptions({ text, list: byId("add-list"), options: () => found().map((name) => personOption(now(), name)), choose });

  /** @param {number} place */
  function choose(place) {
    const user = found()[place];
    if (user === undefined) return;
    text.value = "";
    happens({ type: "does", intent: { is: "add", user } });
    options.draw(true);
  }

  text.addEventListener("input", () => options.draw(true));

  return {
    render: () => options.draw(),
    open() {
      text.value = "";
      happens({ type: "notice", text: "" });
      setText(byId("add-title"), `Add people to ${spoken(activeRoom(now()), now().me)}`);
      options.draw(true);
      box.showModal();
    },
  };
}
