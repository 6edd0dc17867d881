// Names and times as they are shown.

import { hue } from "../../core/protocol/names.js";
import { inSentence } from "../../core/protocol/text.js";
import { element } from "../page.js";

const CLOCK = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const WHOLE = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });

/** Names within a sentence: `Ann, Bob and 3 more`.
 * @param {string[]} names
 * @param {number} [more] who are not named */
export function listOf(names, more = 0) {
  const all = [...names.map((name) => inSentence(name)), ...(more > 0 ? [`${more} more`] : [])];
  return all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : all.join("");
}

/** @param {string} name
 * @param {boolean} [isBot] a program, which is marked, so that nobody takes it for a person */
export function named(name, isBot = false) {
  return element("bdi", `sender hue-${hue(name)}`, name, ...(isBot ? [" ", element("span", "bot", "bot")] : []));
}

/** The first letter of a name, on its hue.
 * @param {string} name */
export function avatar(name) {
  const [first = ""] = [...name];
  const made = element("span", `avatar hue-${hue(name)}`, element("span", "", first.toUpperCase()));
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** @param {number} at */
export function clock(at) {
  const time = element("time", "", CLOCK.format(at));
  time.dateTime = new Date(at).toISOString();
  time.title = WHOLE.format(at);
  return time;
}

/** A time with its day.
 * @param {number} at */
export const whole = (at) => WHOLE.format(at);

/** @param {number} at
 * @param {number} now */
export function day(at, now) {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? DAY : DAY_AND_YEAR).format(at);
}

/** @param {number} a
 * @param {number} b */
export function isSameDay(a, b) {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
