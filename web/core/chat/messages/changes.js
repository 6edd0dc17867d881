// What becomes of messages that are here: edited, deleted, reacted to. Of two states the one with the newer change
// counts. Pure: it knows neither page nor socket nor clock.

import { DELETED_CONTENT } from "../../protocol/envelopes.js";
import { react } from "../../protocol/messages.js";

/**
 * @typedef {import("../../protocol/messages.js").Message} Message
 * @typedef {import("../../protocol/messages.js").Change} Change
 */

/** The state that a page brings. The object stays: the log keeps its place by it.
 * @param {Message} held
 * @param {Message} message */
export function takeState(held, message) {
  if ((message.change ?? 0) <= (held.change ?? 0)) return;
  // What is not there any more is left out.
  for (const field of /** @type {const} */ (["deleted", "edited", "reactions", "reply", "mentions", "everybody"])) delete held[field];
  Object.assign(held, message);
}

/** An event that came.
 * @param {Message} held
 * @param {Change} change */
export function takeChange(held, change) {
  if (change.id <= (held.change ?? 0)) return;
  held.change = change.id;
  // What was deleted stays so.
  if (held.deleted) return;
  switch (change.type) {
    case "edited":
      Object.assign(held, { content: change.content, edited: change.at });
      takeCalls(held, change);
      break;
    case "reacted":
      held.reactions = react(held.reactions ?? [], change);
      break;
    case "deleted":
      Object.assign(held, { content: DELETED_CONTENT, deleted: true });
      delete held.edited;
      delete held.reactions;
  }
}

/** Whom it mentions now.
 * @param {Message} held
 * @param {import("../../protocol/messages.js").Calls} calls */
function takeCalls(held, { mentions, everybody }) {
  delete held.mentions;
  delete held.everybody;
  Object.assign(held, { ...(mentions && { mentions }), ...(everybody !== undefined && { everybody }) });
}
