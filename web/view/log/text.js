// Names, texts and times as they are shown: links can be followed, what is searched for is marked.

import { marks } from "../../core/commands/search.js";
import { hue } from "../../core/protocol/names.js";
import { revealed } from "../../core/protocol/text.js";
import { pieces } from "../../core/protocol/urls.js";
import { element } from "../page.js";

const CLOCK = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const WHOLE = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });

/** @param {string} name */
export function named(name) {
  return element("bdi", `sender hue-${hue(name)}`, name);
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

/** @param {string} content
 * @param {string} query */
export function textNodes(content, query) {
  return pieces(tight(content)).flatMap(({ text, href, host }) => {
    if (href === null) return marked(revealed(text), query);
    const beside = host ? [element("span", "host", ` (${host})`)] : [];
    return [link(text, href, query), ...beside];
  });
}

/** Two empty lines in a row say as much as four thousand.
 * @param {string} content */
function tight(content) {
  return content.replace(/\n(?:[^\S\n]*\n){3,}/g, "\n\n\n");
}

/** @param {string} text
 * @param {string} href
 * @param {string} query */
function link(text, href, query) {
  const made = element("a", "", ...marked(text, query));
  made.href = href;
  made.target = "_blank";
  made.rel = "noopener noreferrer nofollow";
  return made;
}

/** @param {string} text
 * @param {string} query
 * @returns {(string | Node)[]} */
function marked(text, query) {
  const found = query === "" ? [] : marks(text, query);
  let done = 0;
  const nodes = found.flatMap(([begin, end]) => {
    const before = text.slice(done, begin);
    done = end;
    return [before, element("mark", "", text.slice(begin, end))];
  });
  return [...nodes, text.slice(done)];
}
