// What people put on a message: a row of buttons below its text. It decides nothing.

import { isOwn } from "../../core/chat/messages/shown.js";
import { element, newButton, setAttribute, setText } from "../page.js";
import { listOf } from "./text.js";

/** @typedef {import("../../core/protocol/messages.js").Reaction} Reaction */

/** Makes the row show these. A kind that stays keeps its button, and so the focus.
 * @param {HTMLElement} row
 * @param {number} message
 * @param {Reaction[]} reactions
 * @param {string | null} me
 * @param {boolean} mayReact */
export function mendReactions(row, message, reactions, me, mayReact) {
  let list = row.querySelector(".reactions");
  if (reactions.length === 0) return list?.remove();
  if (!list) {
    list = element("span", "reactions");
    row.append(list);
  }
  setAttribute(list, "role", "group");
  setAttribute(list, "aria-label", "Reactions");
  const there = new Map([...list.children].map((each) => [/** @type {HTMLElement} */ (each).dataset.emoji, each]));
  const buttons = reactions.map((each) => mended(there.get(each.emoji) ?? made(message, each.emoji), each, me, mayReact));
  for (const [at, button] of buttons.entries()) if (list.children[at] !== button) list.insertBefore(button, list.children[at] ?? null);
  for (const gone of [...list.children].slice(buttons.length)) gone.remove();
}

/** @param {number} message
 * @param {string} emoji */
function made(message, emoji) {
  const button = newButton("kind", element("span", "emoji", emoji), " ", element("span", "number"));
  button.tabIndex = -1;
  Object.assign(button.dataset, { does: "react", message: String(message), emoji });
  return button;
}

/** @param {Element} button
 * @param {Reaction} reaction
 * @param {string | null} me
 * @param {boolean} mayReact */
function mended(button, reaction, me, mayReact) {
  const who = listOf(reaction.users, reaction.count - reaction.users.length);
  setText(/** @type {Element} */ (button.lastElementChild), String(reaction.count));
  setAttribute(button, "title", who);
  setAttribute(button, "aria-label", `${reaction.emoji} ${who}`);
  setAttribute(button, "aria-pressed", String(isOwn([reaction], reaction.emoji, me)));
  setAttribute(button, "aria-disabled", mayReact ? null : "true");
  return button;
}
