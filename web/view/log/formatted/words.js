// Words of a text, and links: who is mentioned stands out, and what is searched for is marked. It knows no formatting.

import { marks } from "../../../core/commands/search.js";
import { callsIn } from "../../../core/protocol/mentions.js";
import { revealed } from "../../../core/protocol/text.js";
import { element } from "../../page.js";

/**
 * @typedef {string | Node} Part
 *
 * @typedef {object} Look how a text is drawn
 * @property {string} query what is searched for
 * @property {boolean} isPlain it is shown as typed
 * @property {string[]} called the names that it mentions
 */

/** A text as it may be shown.
 * @param {string} text
 * @param {Look} look
 * @returns {Part[]} */
export function words(text, { query, called }) {
  const shown = revealed(text);
  if (called.length === 0) return marked(shown, query);
  let done = 0;
  const parts = callsIn(shown, called).flatMap(([begin, end]) => {
    const before = marked(shown.slice(done, begin), query);
    done = end;
    return [...before, element("span", "called", ...marked(shown.slice(begin, end), query))];
  });
  return [...parts, ...marked(shown.slice(done), query)];
}

/** The same for a text that is as it may be shown.
 * @param {string} shown
 * @param {string} query
 * @returns {Part[]} */
export function marked(shown, query) {
  if (query === "") return [shown];
  let done = 0;
  const nodes = marks(shown, query).flatMap(([begin, end]) => {
    const before = shown.slice(done, begin);
    done = end;
    return [before, element("mark", "", shown.slice(begin, end))];
  });
  return [...nodes, shown.slice(done)];
}

/** @param {Part[]} children
 * @param {string} href
 * @param {string | null} host that it leads to, where its words may say something else
 * @returns {Part[]} */
export function link(children, href, host) {
  const made = element("a", "", ...children);
  made.href = href;
  made.target = "_blank";
  made.rel = "noopener noreferrer nofollow";
  // In the order of Tab only where the focus is in its row.
  made.tabIndex = -1;
  return host ? [made, element("span", "host", ` (${host})`)] : [made];
}
