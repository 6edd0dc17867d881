// The messages that mention this person, over all rooms, as they are looked through: the newest first, page by page. Pure:
// it knows neither page nor socket nor clock.

import { actOf, ask, settled } from "./acts.js";
import { gather, gatheredTold } from "./gathered.js";
import { tell } from "./state.js";
import { mentionsMe, othersAfter } from "./unread.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Message} Message
 * @typedef {import("../update.js").Action} Action
 * @typedef {import("./gathered.js").Gathered} Inbox
 */

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
export function inboxCame(state, page) {
  const { messages, ref } = page;
  const act = actOf(state, ref);
  const waiting = settled(state, ref);
  if (!act) return waiting;
  const { before } = act.envelope;
  const isFirst = before === undefined;
  if (isFirst && messages.length === 0) {
    tell(state, "Nobody has mentioned you yet", true);
    return waiting;
  }
  const inbox = isFirst ? { messages: [], more: true } : state.inbox;
  // It was closed meanwhile, or opened again.
  if (!inbox || inbox.messages.at(-1)?.id !== before) return waiting;
  gather(state, inbox, page);
  state.inbox = inbox;
  // The page may have been read before some of what is here was said or edited.
  const last = inbox.more ? inbox.messages.at(-1)?.id ?? 0 : 0;
  for (const room of state.rooms) for (const message of othersAfter(state, room, last)) gatheredTold(state, message);
  return isFirst ? [...waiting, { do: "open", what: "inbox" }] : waiting;
}

/** What is shown: those that mention this person still.
 * @param {State} state */
export const inboxMessages = (state) => (state.inbox?.messages ?? []).filter((message) => mentionsMe(state, message));
