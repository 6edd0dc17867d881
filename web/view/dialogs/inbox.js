// The dialog "Mentions": the messages that mention this person, in all rooms, each of which leads to its place.

import { inboxMessages } from "../../core/chat/inbox.js";
import { kindOf, spoken } from "../../core/chat/label.js";
import { quoteOf } from "../../core/chat/messages/shown.js";
import { find } from "../../core/chat/state.js";
import { named } from "../log/text.js";
import { arrangeInFocus, byId, dialog, element, newButton, setText } from "../page.js";
import { rove, withArrows } from "../sides/roving.js";
import { ago } from "./times.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/chat/state.js").Message} Message
 */

/** @param {import("./dialogs.js").Needs} needs */
export function newInbox({ state, happens, here }) {
  const [box, list] = [dialog("inbox"), byId("inbox-list")];
  const rows = /** @type {Map<string, HTMLLIElement>} */ (new Map());
  withArrows(list);

  const more = () => happens({ type: "does", intent: { is: "inboxMore" } });
  /** @param {EventTarget | null} target */
  const entryAt = (target) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest(".entry"));

  list.addEventListener("click", ({ target }) => {
    const chosen = entryAt(target);
    if (!chosen) return;
    const from = here();
    happens({ type: "does", intent: { is: "goToMention", id: Number(chosen.dataset.id), from } });
    box.close();
  });
  list.addEventListener("focusin", ({ target }) => entryAt(target)?.parentElement === list.lastElementChild && more());
  list.addEventListener("scroll", () => {
    if (list.scrollTop + 2 * list.clientHeight >= list.scrollHeight) more();
  }, { passive: true });
  box.addEventListener("close", () => happens({ type: "does", intent: { is: "inboxEnd" } }));

  /** @param {State} now */
  function render(now) {
    const messages = inboxMessages(now);
    arrangeInFocus(list, rows, messages.map((message) => ({ key: String(message.id), make: () => row(now, message) })));
    for (const message of messages) setText(/** @type {Element} */ (rows.get(String(message.id))?.querySelector(".words")), wordsOf(message));
    rove(list, 0);
  }

  return {
    render,
    open() {
      const now = state();
      if (!now) return;
      // When it was said, and what its room is called, may be put otherwise by now.
      arrangeInFocus(list, rows, []);
      render(now);
      if (!box.open) box.showModal();
      list.scrollTop = 0;
      /** @type {HTMLElement | null} */ (list.querySelector(".entry"))?.focus();
    },
  };
}

/** @param {State} state
 * @param {Message} message */
function row(state, message) {
  const { room, sender, at, id } = message;
  const where = spoken(find(state, room) ?? { room, kind: kindOf(room) }, state.me);
  const head = element("span", "small", element("bdi", "quiet", where), " ", named(sender), " ", element("span", "quiet", ago(at)), element("span", "hidden", ": "));
  const made = newButton("entry mentioning", head, element("span", "words", wordsOf(message)));
  made.dataset.id = String(id);
  return element("li", "", made);
}

/** @param {Message} message */
const wordsOf = ({ content }) => quoteOf({ content, isDeleted: false });
