// Messages of any rooms, as the server lists them, newest first: what was searched for, and what mentions this person. They
// are kept as they are now. Pure: it knows neither page nor socket nor clock.

import { takeChange, takeState } from "./messages/changes.js";
import { messageOf } from "./messages/place.js";
import { find } from "./state.js";
import { mentionsMe } from "./unread.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Message} Message
 * @typedef {{messages: Message[], more: boolean}} Gathered `more`: there are older ones
 */

/** Messages of a list at most: who looks for older ones adds a word. */
const GATHERED_MAX = 2_000;

/** A page goes behind what was told before. What is here of its rooms may be newer.
 * @param {State} state
 * @param {Gathered} list
 * @param {Gathered} page */
export function gather(state, list, { messages, more }) {
  for (const message of messages) {
    const room = find(state, message.room);
    const held = room && messageOf(room, message.id);
    if (held) takeState(message, held);
  }
  list.messages = [...list.messages, ...messages];
  list.more = more && messages.length > 0 && list.messages.length < GATHERED_MAX;
}

/** A message was told, as it is now.
 * @param {State} state
 * @param {Message} message */
export function gatheredTold(state, message) {
  const { search, inbox } = state;
  for (const list of [search, inbox]) {
    const held = inGathered(list, message.id);
    if (held) takeState(held, message);
  }
  if (inbox && mentionsMe(state, message) && !inGathered(inbox, message.id)) putIn(inbox, message);
}

/** A message was edited, deleted or reacted to.
 * @param {State} state
 * @param {import("../protocol/messages.js").Change} change
 * @param {Message | null} held as it is in its room now, if it is there */
export function gatheredChanged(state, change, held) {
  for (const list of [state.search, state.inbox]) {
    const listed = inGathered(list, change.message);
    if (listed) takeChange(listed, change);
  }
  if (change.type !== "edited") return;
  const { room, sender, content, message: id, at, mentions, everybody } = change;
  // When a message was said that is not here, nobody told.
  gatheredTold(state, held ?? { type: "message", room, sender, content, id, at, change: change.id, edited: at, ...(mentions && { mentions }), ...(everybody && { everybody }) });
}

/** @param {Gathered | null} list
 * @param {number} id */
const inGathered = (list, id) => list?.messages.find((message) => message.id === id);

/** At its place; what is older than all that was told comes with a page.
 * @param {Gathered} list
 * @param {Message} message */
function putIn(list, message) {
  const at = list.messages.findIndex(({ id }) => id < message.id);
  if (at < 0 && list.more) return;
  list.messages = list.messages.toSpliced(at < 0 ? list.messages.length : at, 0, message);
}
