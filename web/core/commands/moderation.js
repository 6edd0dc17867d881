// What a moderator types, as what is asked of the server. Who is a moderator, the server decides. Pure: it
// knows neither page nor socket nor clock.

import { COMMAND_FOR, SECONDS } from "../chat/moderated.js";
import { NAME_CHARS_MAX, REASON_CHARS_MAX, SANCTION_SECONDS_MAX } from "../protocol/limits.js";
import { nameFault } from "../protocol/names.js";

/**
 * @typedef {import("../update.js").Sanction} Sanction
 * @typedef {{is: "ask", envelope: import("../update.js").Asked, everywhere?: boolean}} AskIntent
 * `everywhere`: on the whole server, else in the room shown
 */

/** Commands, and what the protocol calls them.
 * @type {Record<string, Sanction["type"]>} */
export const SANCTIONS = Object.fromEntries(Object.entries(COMMAND_FOR).map(([type, command]) => [command, /** @type {Sanction["type"]} */ (type)]));

/** `-s` for the whole server, a name, in quotes if it has spaces, a duration where there may be one, and
 * the rest is the reason. A sentence if it is no such thing.
 * @param {string} command
 * @param {string} typed
 * @returns {AskIntent | string} */
export function sanction(command, typed) {
  const type = SANCTIONS[command] ?? "kick";
  const everywhere = /^-s /i.test(typed);
  if (everywhere && type === "kick") return "/kick removes somebody from this room. Use /ban -s for the whole server";
  const [, quoted, bare = "", behind = ""] = typed.slice(everywhere ? 3 : 0).trim().match(/^(?:"([^"]*)"|(\S+))\s*([^]*)$/) ?? [];
  const user = (quoted ?? bare).replace(/:+$/, "");
  const why = nameFault(user, NAME_CHARS_MAX);
  if (why) return `/${command}: ${why}`;
  const [, first = "", after = ""] = behind.match(/^(\S*)\s*([^]*)$/) ?? [];
  const seconds = type === "ban" || type === "mute" ? duration(first) : null;
  if (type === "mute" && seconds === null) return `/${command} needs a duration: 10m, 2h or 3d`;
  const reason = seconds === null ? behind : after;
  const chars = [...reason].length;
  if (chars > REASON_CHARS_MAX) return `A reason has at most ${REASON_CHARS_MAX} characters; this one has ${chars}`;
  return { is: "ask", everywhere, envelope: { type, user, ...(seconds === null ? {} : { seconds }), ...(reason ? { reason } : {}) } };
}

/** Seconds of a duration like 90s, 10m, 2h or 3d; null if it is none.
 * @param {string} text */
export function duration(text) {
  const [, count, unit = ""] = text.toLowerCase().match(/^(\d{1,9})([smhd])$/) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? 0);
  return seconds >= 1 && seconds <= SANCTION_SECONDS_MAX ? seconds : null;
}
