// What was searched for: the messages that the server found, newest first, page by page, and the one that was gone to last.
// Pure: it knows neither page nor socket nor clock.

import { aloud } from "../formatting/aloud.js";
import { marks } from "../protocol/search/marks.js";
import { termsOf } from "../protocol/search/query.js";
import { emote, onOneLine } from "../protocol/text.js";
import { ask, settled } from "./acts.js";
import { gather } from "./gathered.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Message} Message
 * @typedef {import("../update.js").Action} Action
 *
 * @typedef {object} Search
 * @property {string} query
 * @property {import("../protocol/search/query.js").Term[]} terms
 * @property {Message[]} messages
 * @property {boolean} more there are older ones, or there may be: the first page has not come
 * @property {string | null} ref of the question that is not answered
 * @property {number | null} at the message that was gone to last
 * @property {boolean} goesOn the next older one is gone to when it is here, unless something else is done meanwhile
 */

/** A hit is shown with so many characters, and so many of them before the first mark. */
const TEXT_UNITS_MAX = 240;
const LEAD_UNITS = 60;

/** The messages of the search, without those that are deleted.
 * @param {State} state */
export const foundNow = ({ search }) => (search?.messages ?? []).filter(({ deleted }) => !deleted);

/** Searches anew.
 * @param {State} state
 * @param {string} query
 * @returns {Action[] | null} null if too much waits */
export function beginSearch(state, query) {
  const search = { query, terms: termsOf(query), messages: [], more: true, ref: null, at: null, goesOn: false };
  const asked = askFor(state, search);
  if (asked) state.search = search;
  return asked;
}

/** Wants the next page.
 * @param {State} state
 * @returns {Action[] | null} null if too much waits */
export function foundMore(state) {
  const { search } = state;
  return search?.more && search.ref === null ? askFor(state, search) : [];
}

/** @param {State} state
 * @param {Search} search */
function askFor(state, search) {
  const before = search.messages.at(-1)?.id;
  const asked = ask(state, { type: "search", query: search.query, ...(before !== undefined && { before }) }, { isQuiet: true, isRepeated: true });
  if (asked) search.ref = state.acts.open.at(-1)?.ref ?? null;
  return asked;
}

/** A page of it; those of an older question come too late.
 * @param {State} state
 * @param {import("../protocol/messages.js").Found} page
 * @returns {Action[]} */
export function foundCame(state, page) {
  const { ref } = page;
  const waiting = settled(state, ref);
  const { search } = state;
  if (!search || ref === undefined || ref !== search.ref) return waiting;
  const { goesOn } = search;
  gather(state, search, page);
  Object.assign(search, { ref: null, goesOn: false });
  return goesOn ? [...waiting, { do: "later", afterMs: 0, event: { type: "does", intent: { is: "nextFound" } } }] : waiting;
}

/** A question was refused; false if it is an older one, which concerns nobody any more.
 * @param {State} state
 * @param {string} ref */
export function searchRefused(state, ref) {
  const { search } = state;
  if (search?.ref !== ref) return false;
  if (search.messages.length === 0) state.search = null;
  Object.assign(search, { ref: null, goesOn: false });
  return true;
}

/** The words of a hit on one line, from near the first mark on, and where they are marked.
 * @param {State} state
 * @param {Message} message
 * @returns {{text: string, ranges: import("../protocol/search/marks.js").Range[]}} */
export function shownHit({ isPlain, search }, { content }) {
  const words = isPlain ? content : aloud(content);
  const whole = onOneLine(emote(words) ?? words, Infinity);
  const all = marks(whole, search?.terms ?? []);
  const first = all[0]?.[0] ?? 0;
  const space = whole.indexOf(" ", first - LEAD_UNITS);
  const begin = first <= 2 * LEAD_UNITS ? 0 : space >= 0 && space < first ? space + 1 : first;
  // No half of a character.
  const shown = whole.slice(begin, begin + TEXT_UNITS_MAX).replace(/[\ud800-\udbff]$/, "");
  const end = begin + shown.length;
  const lead = begin > 0 ? "…" : "";
  const by = lead.length - begin;
  const ranges = all.filter((range) => range[1] <= end).map(([from, to]) => /** @type {[number, number]} */ ([from + by, to + by]));
  return { text: `${lead}${shown}${end < whole.length ? "…" : ""}`, ranges };
}
