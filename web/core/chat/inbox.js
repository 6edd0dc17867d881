// The messages that mention this person, over all rooms, as they are looked through: the newest first, page by page. Pure:
// it knows neither page nor socket nor clock.

import { actOf, ask, settled } from "./acts.js";
import { tell } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Message} Message
 * @typedef {import("../update.js").Action} Action
 * @typedef {{messages: Message[], more: boolean}} Inbox newest first; `more`: there are older ones
 */

/** Messages that are shown at most: who looks for older ones searches. */
const SHOWN_MAX = 2_000;

/** @param {State} state */
const isAsking = ({ acts }) => acts.open.some(({ envelope }) => envelope.type === "mentions");

/** Looks at the newest.
 * @param {State} state
 * @returns {Action[] | null} null if that cannot be asked */
export function openInbox(state) {
  state.inbox = null;
  return isAsking(state) ? [] : ask(state, { type: "mentions" }, { isQuiet: true });
}

/** Wants the next page.
 * @param {State} state
 * @returns {Action[]} */
export function inboxMore(state) {
  const before = state.inbox?.messages.at(-1)?.id;
  if (!state.inbox?.more || before === undefined || isAsking(state)) return [];
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
  if (act.envelope.before === undefined && messages.length === 0) {
    tell(state, "Nobody has mentioned you yet", true);
    return waiting;
  }
  const isFirst = act.envelope.before === undefined;
  // It was closed meanwhile.
  if (!isFirst && !state.inbox) return waiting;
  const found = [...(isFirst ? [] : state.inbox?.messages ?? []), ...messages];
  state.inbox = { messages: found, more: more && messages.length > 0 && found.length < SHOWN_MAX };
  return isFirst ? [...waiting, { do: "open", what: "inbox" }] : waiting;
}
