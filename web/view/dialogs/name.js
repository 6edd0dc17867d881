// The dialog in which one takes another name; a guest takes their first one.

import { isGuest } from "../../core/chat/state.js";
import { byId, dialog, input } from "../page.js";

/** @param {import("./dialogs.js").Needs} needs */
export function newName({ state, go }) {
  const box = dialog("name");
  const text = input("name-text");
  byId("name-form").addEventListener("submit", (event) => {
    event.preventDefault();
    box.close();
    const wanted = text.value.trim();
    if (wanted !== state()?.me) go({ type: "nick", name: wanted });
  });
  return {
    render() {},
    open() {
      const me = state()?.me ?? "";
      text.value = isGuest(me) ? "" : me;
      box.showModal();
      text.select();
    },
  };
}
