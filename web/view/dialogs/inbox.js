// The dialog "Mentions": the messages that mention this person, in all rooms, each of which leads to its place.

import { inboxMessages } from "../../core/chat/inbox.js";
import { quoteOf } from "../../core/chat/messages/shown.js";
import { byId, dialog } from "../page.js";
import { newMessages } from "./messages.js";

/** @param {import("./dialogs.js").Needs} needs */
export function newInbox({ state, happens, here }) {
  const [box, list] = [dialog("inbox"), byId("inbox-list")];
  const messages = newMessages(list, {
    classes: "mentioning",
    wordsOf: ({ content }) => [quoteOf({ content, isDeleted: false })],
    more: () => happens({ type: "does", intent: { is: "inboxMore" } }),
    choose(id) {
      happens({ type: "does", intent: { is: "goToMention", id, from: here() } });
      box.close();
    },
  });
  box.addEventListener("close", () => happens({ type: "does", intent: { is: "inboxEnd" } }));

  /** @param {import("../../core/chat/state.js").State} now */
  const render = (now) => messages.draw(now, inboxMessages(now));

  return {
    render,
    open() {
      const now = state();
      if (!now) return;
      messages.clear();
      render(now);
      if (!box.open) box.showModal();
      list.scrollTop = 0;
      messages.first()?.focus();
    },
  };
}
