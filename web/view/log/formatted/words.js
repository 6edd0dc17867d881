// Words of a text, and links: who is mentioned stands out, and what is searched for is marked. It knows no formatting.

import { callsIn } from "../../../core/protocol/mentions.js";
import { marks } from "../../../core/protocol/search/marks.js";
import { revealed } from "../../../core/protocol/text.js";
import { element } from "../../page.js";

/**
 * @typedef {string | Node} Part
 *
 * @typedef {object} Look how a text is drawn
 * @property {import("../../../core/protocol/search/query.js").Term[]} terms what is searched for
 * @property {boolean} isPlain it is shown as typed
 * @property {string[]} called the names that it mentions
 */

/** A text as it may be shown.
 * @param {string} text
 * @param {Look} look
 * @returns {Part[]} */
export function words(text, { terms, called }) {
  const shown = revealed(text);
  if (called.length === 0) return marked(shown, terms);
  let done = 0;
  const parts = callsIn(shown, called).flatMap(([begin, end]) => {
    const before = marked(shown.slice(done, begin), terms);
    done = end;
    return [...before, element("span", "called", ...marked(shown.slice(begin, end), terms))];
  });
  return [...parts, ...marked(shown.slice(done), terms)];
}

/** The same for a text that is as it may be shown.
 * @param {string} shown
 * @param {Look["terms"]} terms
 * @returns {Part[]} */
export const marked = (shown, terms) => withMarks(shown, marks(shown, terms));

/** @param {string} shown
 * @param {import("../../../core/protocol/search/marks.js").Range[]} ranges
 * @returns {Part[]} */
export function withMarks(shown, ranges) {
  let done = 0;
  const nodes = ranges.flatMap(([begin, end]) => {
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
