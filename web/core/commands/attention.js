// What somebody wants to hear of: what a room notifies them of, which words are highlighted, and what mentions them. Pure: it
// knows neither page nor socket nor clock.

import { inboxMessages, inboxMore, isInboxAsked } from "../chat/inbox.js";
import { spoken } from "../chat/label.js";
import { notifyNow } from "../chat/list.js";
import { defaultLevel } from "../chat/unread.js";
import { LEVELS } from "../protocol/rooms.js";
import { inSentence } from "../protocol/text.js";
import { answer, askAnywhere, fault } from "./asking.js";
import { mayChange } from "./messages.js";
import { goToMessage } from "./rooms.js";

/**
 * @typedef {import("../chat/state.js").State} State
 * @typedef {import("../chat/state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 * @typedef {{is: "mute" | "unmute" | "mentions" | "inboxMore" | "inboxEnd"}
 *   | {is: "goToMention", id: number, from?: number}
 *   | {is: "notify", level?: import("../protocol/rooms.js").Notify}
 *   | {is: "highlight", words?: string[]}} AttentionIntent without a level or words, what they are is told
 */

/** Words that are highlighted at most. */
const WORDS_MAX = 50;

/** What a command with its arguments stands for; a sentence if it cannot be; null if it is none of these.
 * @param {string} command
 * @param {string} given
 * @returns {AttentionIntent | string | null} */
export function attentionCommand(command, given) {
  switch (command) {
    case "mute":
    case "unmute":
    case "mentions":
      return { is: command };
    case "notify": {
      const level = LEVELS.find((each) => each === given.toLowerCase());
      if (given !== "" && !level) return `Choose one of: ${LEVELS.join(", ")}`;
      return { is: command, ...(level && { level }) };
    }
    case "highlight":
      return { is: command, ...(given !== "" && { words: given === "-" ? [] : [...new Set(given.split(/\s+/))] }) };
    default:
      return null;
  }
}

/** @param {State} state
 * @param {Room} room
 * @param {AttentionIntent} intent
 * @returns {Action[] | null} */
export function performAttention(state, room, intent) {
  const where = spoken(room, state.me);
  switch (intent.is) {
    case "mute":
    case "unmute":
      room.notify = intent.is === "mute" ? "nothing" : "default";
      answer(state, `${where} ${intent.is}d`);
      return notifyNow(state, room, { muted: intent.is === "mute" });
    case "notify":
      room.notify = intent.level ?? room.notify;
      answer(state, `${where} notifies you of ${wordsAbout(room)}`);
      return intent.level === undefined ? [] : notifyNow(state, room, { notify: intent.level });
    case "highlight":
      return highlight(state, intent.words);
    case "mentions":
      if (!mayChange(state)) return fault(state, "Mentions are kept only for people with a reserved name; /nick NAME takes one");
      return isInboxAsked(state) ? [] : askAnywhere(state, { type: "mentions" });
    case "inboxMore":
      return inboxMore(state);
    case "inboxEnd":
      state.inbox = null;
      return [];
    case "goToMention":
      return goToMention(state, intent.id, intent.from);
  }
}

/** @param {Room} room */
function wordsAbout(room) {
  return room.notify === "default" ? `${defaultLevel(room)} (default)` : room.notify;
}

/** @param {State} state
 * @param {string[] | undefined} words
 * @returns {Action[] | null} */
function highlight(state, words) {
  if (words && words.length > WORDS_MAX) return fault(state, `You can highlight at most ${WORDS_MAX} words`);
  state.highlights = words ?? state.highlights;
  const all = state.highlights.map((word) => inSentence(word)).join(" ");
  answer(state, all === "" ? "No words are highlighted besides your name. /highlight WORDS sets some" : `Highlighted like your name: ${all}. /highlight - ends that`);
  return words ? [{ do: "highlight", words }] : [];
}

/** To a message of the list of those that mention one, in its room; the list is closed.
 * @param {State} state
 * @param {number} id
 * @param {number} [from] where one reads in the room that is shown
 * @returns {Action[] | null} */
function goToMention(state, id, from = 0) {
  const message = inboxMessages(state).find((each) => each.id === id);
  state.inbox = null;
  return message ? goToMessage(state, message, from) : [];
}
