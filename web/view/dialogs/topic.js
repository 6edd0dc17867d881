// The dialog in which one says what a room is about.

import { spoken } from "../../core/chat/label.js";
import { activeRoom } from "../../core/chat/state.js";
import { byId, dialog, input, setText } from "../page.js";

/** @param {import("./dialogs.js").Needs} needs */
export function newTopic({ state, happens }) {
  const box = dialog("about");
  const text = input("about-text");
  byId("about-form").addEventListener("submit", (event) => {
    event.preventDefault();
    box.close();
    const now = state();
    if (now && text.value.trim() !== activeRoom(now).topic) happens({ type: "does", intent: { is: "ask", envelope: { type: "topic", content: text.value.trim() } } });
  });
  return {
    render() {},
    open() {
      const now = state();
      if (!now) return;
      setText(byId("about-title"), `Topic of ${spoken(activeRoom(now), now.me)}`);
      text.value = activeRoom(now).topic;
      box.showModal();
      text.select();
    },
  };
}
