// The messages that mention this person, over all rooms, as they are looked through: the newest first, page by page. Pure:
// it knows neither page nor socket nor clock.

import { actOf, ask, settled } from "./acts.js";
import { asNow } from "./messages/place.js";
import { tell } from "./state.js";
import { mentionsMe, othersAfter } from "./unread.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Message} Message
 * @typedef {import("../update.js").Action} Action
 * @typedef {{messages: Message[], more: boolean}} Inbox as the server told it, newest first; `more`: there are older ones
 */

/** Messages that are shown at most: who looks for older ones searches. */
const SHOWN_MAX = 2_000;

/** Whether the messages before this one are asked for; without one, the newest.
 * @param {State} state
 * @param {number} [before] */
export function isInboxAsked({ acts }, before) {
  return acts.open.some(({ envelope }) => envelope.type === "mentions" && envelope.before === before);
}

/** Wants the next page.
 * @param {State} state
 * @returns {Action[]} */
export function inboxMore(state) {
  const before = state.inbox?.messages.at(-1)?.id;
  if (!state.inbox?.more || before === undefined || isInboxAsked(state, before)) return [];
  return ask(state, { type: "mentions", before }, { isQuiet: true }) ?? [];
}

/** A page of it. The first is shown, if there is anything to show.
 * @param {State} state
 * @param {import("../protocol/messages.js").Mentions} page
 * @returns {Action[]} */
export function inboxCame(state, { messages, more, ref }) {
  const act = actOf(state, ref);
  const waiting = settled(state, ref);
  if (!act) return waiting;
  const { before } = act.envelope;
  const isFirst = before === undefined;
  if (isFirst && messages.length === 0) {
    tell(state, "Nobody has mentioned you yet", true);
    return waiting;
  }
  const told = isFirst ? [] : state.inbox?.messages ?? [];
  // It was closed meanwhile, or opened again.
  if (told.at(-1)?.id !== before) return waiting;
  const found = [...told, ...messages];
  state.inbox = { messages: found, more: more && messages.length > 0 && found.length < SHOWN_MAX };
  return isFirst ? [...waiting, { do: "open", what: "inbox" }] : waiting;
}

/** What is shown: the messages as they are now, and those that came since.
 * @param {State} state
 * @returns {Message[]} newest first */
export function inboxMessages(state) {
  const told = state.inbox?.messages ?? [];
  const newest = told[0]?.id;
  if (newest === undefined) return [];
  const since = state.rooms.flatMap((room) => [...othersAfter(state, room, newest)].filter((message) => mentionsMe(state, message)));
  return [...since.sort((a, b) => b.id - a.id), ...asNow(state.rooms, told)];
}
