// The line above a reply: whom it answers, and the first words of that, as they are now. It decides nothing.

import { messageOf } from "../../core/chat/messages/place.js";
import { authorOf, quoteOf, shownOf } from "../../core/chat/messages/shown.js";
import { element, newButton, setAttribute } from "../page.js";
import { named } from "./text.js";

/**
 * @typedef {import("../../core/chat/state.js").Room} Room
 * @typedef {import("../../core/chat/state.js").Pending} Pending
 */

/** Makes the row of a message, stored or waiting, show what it answers.
 * @param {HTMLElement} row
 * @param {Room} room
 * @param {number | undefined} reply
 * @param {string | null} me
 * @param {Map<number | string, Pending[]>} changes */
export function mendReply(row, room, reply, me, changes) {
  let line = /** @type {HTMLButtonElement | null} */ (row.querySelector(".quote"));
  if (reply === undefined) return line?.remove();
  const original = messageOf(room, reply);
  const words = original ? quoteOf(shownOf(original, me, changes.get(reply))) : "an earlier message";
  if (!line) {
    line = newButton("quote");
    line.tabIndex = -1;
    Object.assign(line.dataset, { does: "jump", message: String(reply) });
    const head = row.matches(".act") ? null : row.querySelector(".head");
    if (head) head.after(line);
    else row.prepend(line);
  }
  const label = `In reply to ${original ? `${authorOf(original)}: ` : ""}${words}. Go there`;
  if (line.getAttribute("aria-label") === label) return;
  setAttribute(line, "aria-label", label);
  const author = original ? [named(original.sender, original.bot), " "] : [];
  line.replaceChildren(element("span", "turn", "↪ "), ...author, element("span", "words", words));
  for (const each of line.children) each.setAttribute("aria-hidden", "true");
}
