// The log: the rows in reach of what is read, and keeping its place. Nothing that arrives, is loaded
// or changes its size moves what one reads; at the end, the end stays in sight.

import { byId, setText } from "./page.js";
import { itemsOf } from "./rows.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {import("../state.js").Room} Room
 * @typedef {import("../state.js").Entry} Entry
 * @typedef {{first: Entry | null, last: Entry | null, row: string, offset: number, top: number}} Place
 * first and last entry that have rows (last: null follows the end); the row at the top of the pane, by
 * its message's id, how far below the pane's top it stands, and how far the pane was scrolled then
 */

/** Entries that have rows at most: with what waits (500) and the rules between days, the page holds
 * 1,500 rows at most. */
const WINDOW_MAX = 900;
/** And how many a room begins with, or a move to either end adds. */
const WINDOW_STEP = 150;
/** Nearer to the end than this counts as being there, in pixels. */
const BOTTOM_PX = 24;
/** Rows are made, and older messages fetched, before their place comes into sight. */
const NEAR_PX = 800;

export function newLog() {
  const pane = byId("pane");
  const list = byId("log");
  const older = byId("older");
  /** @type {Map<string, HTMLLIElement>} */
  const rows = new Map();
  /** @type {WeakMap<Room, Place>} */
  const places = new WeakMap();
  /** @type {Room | null} */
  let room = null;
  /** @type {Place} */
  let place = { first: null, last: null, row: "", offset: 0, top: 0 };
  let query = "";
  /** @type {State | null} */
  let drawn = null;

  /** @param {State} state
   * @param {Room} shown */
  function render(state, shown) {
    drawn = state;
    keepMoved();
    if (shown !== room) {
      if (room) places.set(room, place);
      room = shown;
      place = places.get(shown) ?? { first: null, last: null, row: "", offset: 0, top: 0 };
      rows.clear();
      list.replaceChildren();
    }
    const [from, to] = reach(shown);
    place.first = shown.entries[from] ?? null;
    if (place.last) place.last = shown.entries[to - 1] ?? null;
    fill(itemsOf(state, shown, from, to, query));
    settle();
  }

  /** Which entries have rows.
   * @param {Room} shown
   * @returns {[number, number]} */
  function reach({ entries, atBottom }) {
    if (atBottom) place.last = null;
    let to = place.last ? entries.indexOf(place.last) + 1 : 0;
    if (to === 0) [to, place.last] = [entries.length, null];
    let from = place.first ? entries.indexOf(place.first) : -1;
    if (from < 0 || from >= to) from = Math.max(0, to - WINDOW_STEP);
    if (to - from > WINDOW_MAX && atBottom) from = to - WINDOW_MAX;
    if (to - from > WINDOW_MAX) {
      to = from + WINDOW_MAX;
      place.last = entries[to - 1] ?? null;
    }
    return [from, to];
  }

  /** @param {import("./rows.js").Item[]} items */
  function fill(items) {
    const wanted = new Set(items.map(({ key }) => key));
    for (const [key, row] of rows) {
      if (wanted.has(key)) continue;
      row.remove();
      rows.delete(key);
    }
    let next = list.firstElementChild;
    for (const { key, make, mend } of items) {
      const row = rows.get(key) ?? make();
      rows.set(key, row);
      mend?.(row);
      if (row === next) next = next.nextElementSibling;
      else list.insertBefore(row, next);
    }
  }

  /** Where somebody scrolled to and no event has told of it yet, that is the place. */
  function keepMoved() {
    if (room && !room.atBottom && pane.scrollTop !== place.top) note();
  }

  /** Puts the place back to where it was. */
  function settle() {
    if (!room) return;
    const row = rows.get(`m${place.row}`);
    if (room.atBottom) pane.scrollTop = pane.scrollHeight;
    else if (row) pane.scrollTop += row.getBoundingClientRect().top - pane.getBoundingClientRect().top - place.offset;
    note();
  }

  /** Notes the first message in sight: the place that is kept. */
  function note() {
    // Far above what one reads it is in nobody's way.
    older.tabIndex = pane.scrollTop < NEAR_PX ? 0 : -1;
    const top = pane.getBoundingClientRect().top;
    let [low, high] = [0, list.children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((list.children[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
      else low = middle + 1;
    }
    let row = /** @type {HTMLElement | null} */ (list.children[low] ?? null);
    while (row && !row.dataset.id) row = /** @type {HTMLElement | null} */ (row.nextElementSibling);
    if (!row) return;
    Object.assign(place, { row: row.dataset.id, offset: row.getBoundingClientRect().top - top, top: pane.scrollTop });
  }

  /** Makes rows where they come into sight soon; true if there are no more in this direction but
   * what the server has. */
  function stretch() {
    if (!room || !drawn) return false;
    const { entries } = room;
    const [from, to] = reach(room);
    const above = pane.scrollTop < NEAR_PX;
    const below = pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR_PX;
    if (above && from > 0) {
      place.first = entries[Math.max(0, from - WINDOW_STEP)] ?? null;
      render(drawn, room);
    } else if (below && place.last) {
      const end = Math.min(entries.length, to + WINDOW_STEP);
      place.last = end === entries.length ? null : entries[end - 1] ?? null;
      place.first = entries[Math.max(from, end - WINDOW_MAX)] ?? null;
      render(drawn, room);
    }
    return above && from === 0;
  }

  /** Brings a message into sight, whether it has a row or not. The state must not be at the bottom.
   * @param {number} id
   * @param {ScrollLogicalPosition} block */
  function reveal(id, block) {
    if (!room || !drawn) return null;
    const { entries } = room;
    const at = entries.findIndex((entry) => entry.type === "message" && entry.id === id);
    if (at < 0) return null;
    if (!rows.has(`m${id}`)) {
      const end = Math.min(entries.length, at + WINDOW_STEP);
      place = { first: entries[Math.max(0, at - WINDOW_STEP)] ?? null, last: end === entries.length ? null : entries[end - 1] ?? null, row: "", offset: 0, top: 0 };
      render(drawn, room);
    }
    const row = rows.get(`m${id}`);
    row?.scrollIntoView({ block });
    note();
    return row ?? null;
  }

  const sizes = new ResizeObserver(() => {
    keepMoved();
    settle();
  });
  sizes.observe(pane);
  sizes.observe(list);

  return {
    pane,
    render,
    stretch,
    reveal,
    note,
    isAtBottom: () => place.last === null && pane.scrollHeight - pane.scrollTop - pane.clientHeight <= BOTTOM_PX,
    /** Marks what is searched for.
     * @param {string} text */
    mark(text) {
      query = text;
      if (drawn && room) render(drawn, room);
    },
    /** @param {HTMLElement} empty
     * @param {string} words */
    tellEmpty(empty, words) {
      empty.hidden = list.children.length > 0;
      setText(empty, empty.hidden ? "" : words);
    },
  };
}
