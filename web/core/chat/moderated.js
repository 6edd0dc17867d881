// What a moderator did, in words. Pure: it knows neither page nor socket nor clock.

import { REASON_CHARS_MAX } from "../protocol/limits.js";
import { inSentence, onOneLine } from "../protocol/text.js";

/** @typedef {import("../protocol/envelopes.js").Moderated} Moderated */

/** Seconds of the units of a duration, the largest first.
 * @type {Record<string, number>} */
export const SECONDS = { d: 24 * 60 * 60, h: 60 * 60, m: 60, s: 1 };
/** What a moderator types for each action: `/mute` is what one does for oneself. */
export const COMMAND_FOR = { kick: "kick", ban: "ban", unban: "unban", mute: "silence", unmute: "unsilence" };
const WORDS = { kick: "kicked", ban: "banned", unban: "unbanned", mute: "silenced", unmute: "unsilenced" };

/** Everybody in the room reads it.
 * @param {Moderated} moderated */
export function wordsAbout(moderated) {
  const { action, room, user, by } = moderated;
  const place = room === undefined ? " on the whole server" : "";
  return `${inSentence(by)} ${WORDS[action]} ${inSentence(user)}${place}${forHowLongAndWhy(moderated)}`;
}

/** Whoever was removed reads it in the place of the room.
 * @param {Moderated} moderated
 * @param {string} room as a sentence has it */
export function wordsToExcluded(moderated, room) {
  const did = moderated.action === "ban" ? "banned" : "removed";
  return `${inSentence(moderated.by)} ${did} you from ${room}${forHowLongAndWhy(moderated)}`;
}

/** @param {Moderated} moderated */
function forHowLongAndWhy({ seconds, reason }) {
  return `${seconds === undefined ? "" : ` for ${spelled(seconds)}`}${reason === undefined ? "" : `: ${onOneLine(reason, REASON_CHARS_MAX)}`}`;
}

/** A duration as it is typed: 2h for 7,200 seconds, 90s for 90.
 * @param {number} seconds */
function spelled(seconds) {
  const [letter, unit] = Object.entries(SECONDS).find(([, unit]) => seconds % unit === 0) ?? ["s", 1];
  return `${seconds / unit}${letter}`;
}
