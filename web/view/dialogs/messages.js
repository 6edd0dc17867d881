// Lists of messages of any rooms, each of which leads to its place: what mentions a person, what was searched for.

import { kindOf, spoken } from "../../core/chat/label.js";
import { find } from "../../core/chat/state.js";
import { named } from "../log/text.js";
import { arrangeInFocus, element, newButton, setAttribute } from "../page.js";
import { rove, withArrows } from "../sides/roving.js";
import { ago } from "./times.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/chat/state.js").Message} Message
 *
 * @typedef {object} Needs
 * @property {(id: number) => void} choose
 * @property {() => void} more the end of the list is in sight, or nearly
 * @property {(message: Message) => (string | Node)[]} wordsOf
 * @property {string} classes of an entry
 */

/** @param {HTMLElement} list
 * @param {Needs} needs */
export function newMessages(list, { choose, more, wordsOf, classes }) {
  const rows = /** @type {Map<string, HTMLLIElement>} */ (new Map());
  /** The texts that the rows show. */
  const drawn = /** @type {Map<number, string>} */ (new Map());
  withArrows(list);

  /** @param {EventTarget | null} target */
  const entryAt = (target) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest(".entry"));
  const first = () => /** @type {HTMLElement | null} */ (list.querySelector(".entry"));

  list.addEventListener("click", ({ target }) => {
    const chosen = entryAt(target);
    if (chosen) choose(Number(chosen.dataset.id));
  });
  list.addEventListener("focusin", ({ target }) => entryAt(target)?.parentElement === list.lastElementChild && more());
  list.addEventListener("scroll", () => {
    if (list.scrollTop + 2 * list.clientHeight >= list.scrollHeight) more();
  }, { passive: true });

  return {
    first,
    /** When it was said, and what its room is called, may be put otherwise by now. */
    clear: () => arrangeInFocus(list, rows, []),
    /** @param {State} state
     * @param {Message[]} messages newest first
     * @param {number | null} [at] the one that was gone to */
    draw(state, messages, at = null) {
      /** @param {Message} message */
      const make = (message) => {
        drawn.delete(message.id);
        return row(state, message, classes);
      };
      arrangeInFocus(list, rows, messages.map((message) => ({ key: String(message.id), make: () => make(message) })));
      for (const message of messages) {
        const entry = rows.get(String(message.id))?.firstElementChild;
        if (!entry) continue;
        setAttribute(entry, "aria-current", message.id === at ? "true" : null);
        if (drawn.get(message.id) === message.content) continue;
        drawn.set(message.id, message.content);
        entry.lastElementChild?.replaceChildren(...wordsOf(message));
      }
      rove(list, 0);
    },
  };
}

/** @param {State} state
 * @param {Message} message
 * @param {string} classes */
function row(state, { room, sender, bot, at, id }, classes) {
  const where = spoken(find(state, room) ?? { room, kind: kindOf(room) }, state.me);
  const head = element("span", "small", element("bdi", "quiet", where), " ", named(sender, bot), " ", element("span", "quiet", ago(at)), element("span", "hidden", ": "));
  const made = newButton(`entry ${classes}`, head, element("span", "words"));
  made.dataset.id = String(id);
  return element("li", "", made);
}
