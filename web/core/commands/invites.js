// What is typed about devices and invites, as what is wanted. Pure: it knows neither page nor socket nor clock.

import { INVITE_USES_MAX, NOTE_CHARS_MAX } from "../protocol/limits.js";
import { bareCode } from "../protocol/people.js";
import { duration } from "./moderation.js";

/** @typedef {{is: "invite", inRoom: boolean, wanted: Wanted}} InviteIntent
 * @typedef {{uses?: number, seconds?: number, note?: string}} Wanted
 * for how many, how long, and a note for oneself */

/** Without hyphens. */
const LINK_CODE_CHARS = 8;

/** `-r` for the room shown, how many may come, for how long, and the rest is a note. A sentence if it cannot be.
 * @param {string} typed
 * @returns {InviteIntent | string} */
export function invite(typed) {
  const [, option = "", given = ""] = typed.match(/^(-r(?=\s|$))?\s*([^]*)$/i) ?? [];
  const [, uses, behind = ""] = given.match(/^(?:(\d+)(?=\s|$))?\s*([^]*)$/) ?? [];
  const [first = ""] = behind.split(/\s/, 1);
  const seconds = duration(first);
  const note = seconds === null ? behind : behind.slice(first.length).trim();
  if (uses !== undefined && !isUses(Number(uses))) return `An invite is for 1 to ${INVITE_USES_MAX.toLocaleString("en")} people`;
  if ([...note].length > NOTE_CHARS_MAX) return `A note has at most ${NOTE_CHARS_MAX} characters`;
  return { is: "invite", inRoom: option !== "", wanted: { ...(uses !== undefined && { uses: Number(uses) }), ...(seconds !== null && { seconds }), ...(note && { note }) } };
}

/** @param {number} uses */
const isUses = (uses) => uses >= 1 && uses <= INVITE_USES_MAX;

/** The code of a link, as it is shown, read aloud or in an address; null if it is none.
 * @param {string} typed */
export function linkCode(typed) {
  const code = bareCode(typed.split("#link=").at(-1) ?? "");
  return code.length === LINK_CODE_CHARS && /^[0-9A-Z]*$/.test(code) ? code : null;
}

/** The number of a device or an invite, as the lists have it; null if it is none.
 * @param {string} typed */
export const listed = (typed) => (/^\d{1,9}$/.test(typed) ? Number(typed) : null);
