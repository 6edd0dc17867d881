// What a moderator does: commands and a button become envelopes, and what was done becomes a sentence.
// Who is a moderator, the server decides. Pure: it knows neither page nor socket nor clock.

import { NAME_CHARS_MAX, REASON_CHARS_MAX, inSentence, nameFault, onOneLine } from "./protocol.js";

/**
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("./update.js").Sanction} Sanction
 */

/** Commands, and what the protocol calls them: `/mute` is what one does for oneself.
 * @type {Record<string, import("./update.js").Sanction["type"]>} */
export const ACTS = { kick: "kick", ban: "ban", unban: "unban", silence: "mute", unsilence: "unmute" };
/** The largest first.
 * @type {Record<string, number>} */
const SECONDS = { d: 24 * 60 * 60, h: 60 * 60, m: 60, s: 1 };
const SECONDS_MAX = 365 * 24 * 60 * 60;
const WORDS = { kick: "kicked", ban: "banned", unban: "unbanned", mute: "silenced", unmute: "unsilenced" };

/** `-s` for the whole server, a name, in quotes if it has spaces, a time where it may have an end, and
 * the rest is the reason. A sentence if it is no such thing.
 * @param {Room} room
 * @param {string} command
 * @param {string} typed
 * @returns {Sanction | string} */
export function act(room, command, typed) {
  const type = ACTS[command] ?? "kick";
  const everywhere = /^-s /i.test(typed);
  if (everywhere && type === "kick") return "/kick: a kick is from a room; /ban -s is for the whole server";
  const [, quoted, bare = "", behind = ""] = typed.slice(everywhere ? 3 : 0).trim().match(/^(?:"([^"]*)"|(\S+))\s*([^]*)$/) ?? [];
  const user = (quoted ?? bare).replace(/:+$/, "");
  const why = nameFault(user, NAME_CHARS_MAX);
  if (why) return `/${command}: ${why}`;
  const [, first = "", after = ""] = behind.match(/^(\S*)\s*([^]*)$/) ?? [];
  const seconds = type === "ban" || type === "mute" ? time(first) : null;
  if (type === "mute" && seconds === null) return `/${command}: it needs a time: 10m, 2h or 3d`;
  const reason = seconds === null ? behind : after;
  const chars = [...reason].length;
  if (chars > REASON_CHARS_MAX) return `/${command}: a reason has at most ${REASON_CHARS_MAX} characters, this one has ${chars}`;
  return { type, user, ...(everywhere ? {} : { room: room.name }), ...(seconds === null ? {} : { seconds }), ...(reason ? { reason } : {}) };
}

/** Seconds of a time like 90s, 10m, 2h or 3d; null if it is none.
 * @param {string} text */
export function time(text) {
  const [, count, unit = ""] = text.toLowerCase().match(/^(\d{1,9})([smhd])$/) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? 0);
  return seconds >= 1 && seconds <= SECONDS_MAX ? seconds : null;
}

/** A time as it is typed: 2h for 7,200 seconds, 90s for 90.
 * @param {number} seconds */
function spelled(seconds) {
  const [letter, unit] = Object.entries(SECONDS).find(([, unit]) => seconds % unit === 0) ?? ["s", 1];
  return `${seconds / unit}${letter}`;
}

/** The N-th newest message that is still there.
 * @param {Room} room
 * @param {number} number */
export function nthNewest({ entries }, number) {
  let left = number;
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const entry = entries[at];
    if (entry?.type === "message" && !entry.deleted && (left -= 1) === 0) return entry;
  }
  return null;
}

/** Everybody in the room reads it.
 * @param {import("./protocol.js").Moderated} moderated */
export function wordsAbout({ action, room, user, by, seconds, reason }) {
  const place = room === undefined ? " on the whole server" : "";
  const forTime = seconds === undefined ? "" : ` for ${spelled(seconds)}`;
  const why = reason === undefined ? "" : `: ${onOneLine(reason, REASON_CHARS_MAX)}`;
  return `${inSentence(by)} ${WORDS[action]} ${inSentence(user)}${place}${forTime}${why}`;
}
