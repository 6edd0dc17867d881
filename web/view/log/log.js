// The log: the rows in reach of what is read, and keeping its place. Nothing that arrives, is loaded
// or changes its size moves what one reads; at the end, the end stays in sight.

import { shownEntries } from "../../core/chat/messages/place.js";
import { arrange, byId } from "../page.js";
import { caretIn, focusEditor } from "./editor.js";
import { itemsOf } from "./rows.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/chat/state.js").Room} Room
 * @typedef {import("../../core/chat/state.js").Entry} Entry
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

/** @returns {Place} */
const atTheEnd = () => ({ first: null, last: null, row: "", offset: 0, top: 0 });

/** What comes is brought into sight: where one reads the end, and nothing came unseen.
 * @param {Room} room */
const isFollowed = ({ atBottom, behind }) => atBottom && !behind;

export class Log {
  pane = byId("pane");
  #list = byId("log");
  #older = byId("older");
  #author = byId("author");
  /** @type {Map<string, HTMLLIElement>} */
  #rows = new Map();
  /** Where one was in the rooms that are not shown.
   * @type {WeakMap<Room, Place>} */
  #places = new WeakMap();
  #place = atTheEnd();
  /** @type {State | null} */
  #state = null;
  /** @type {Room | null} */
  #room = null;
  /** What is needed to edit in a row.
   * @type {import("./editor.js").Needs} */
  #edits = { does: () => {}, names: () => [], rooms: () => [], emoji: async () => null };

  constructor() {
    const sizes = new ResizeObserver(() => {
      this.#keepMoved();
      this.#settle();
    });
    sizes.observe(this.pane);
    sizes.observe(this.#list);
  }

  /** @param {{moved: () => void, wantsOlder: () => void, edits: import("./editor.js").Needs}} needs
   * moved: another part of the log is in sight */
  listen({ moved, wantsOlder, edits }) {
    this.#edits = edits;
    this.pane.addEventListener("scroll", () => {
      this.note();
      moved();
    }, { passive: true });
    // Where there is nothing to scroll, the wheel still says what is wanted.
    this.pane.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && wantsOlder(), { passive: true });
  }

  /** @param {State} state
   * @param {Room} room */
  render(state, room) {
    this.#state = state;
    this.#keepMoved();
    if (room !== this.#room) this.#change(room);
    const [from, to] = this.#reach(room);
    this.#place.first = shownEntries(room)[from] ?? null;
    if (this.#place.last) this.#place.last = shownEntries(room)[to - 1] ?? null;
    this.#fill(itemsOf(state, room, from, to, this.#edits));
    this.#settle();
  }

  get isEmpty() {
    return this.#list.children.length === 0;
  }

  get isAtBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.pane;
    return this.#place.last === null && !this.#room?.past && scrollHeight - scrollTop - clientHeight <= BOTTOM_PX;
  }

  /** The message at the top of what is in sight, to come back to; 0 at the end. */
  get here() {
    return this.isAtBottom ? 0 : Number(this.#place.row);
  }

  /** There are no rows below but what the server has. */
  get isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.pane;
    return this.#place.last === null && scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  /** Makes rows where they come into sight soon; true if there are no more above but what the server
   * has. */
  stretch() {
    if (!this.#room) return false;
    const entries = shownEntries(this.#room);
    const [from, to] = this.#reach(this.#room);
    const { scrollHeight, scrollTop, clientHeight } = this.pane;
    const isNearTop = scrollTop < NEAR_PX;
    if (isNearTop && from > 0) {
      this.#place.first = entries[Math.max(0, from - WINDOW_STEP)] ?? null;
      this.#again();
    } else if (this.#place.last && scrollHeight - scrollTop - clientHeight < NEAR_PX) {
      const end = this.#endAt(to + WINDOW_STEP);
      this.#place.first = entries[Math.max(from, end - WINDOW_MAX)] ?? null;
      this.#again();
    }
    return isNearTop && from === 0;
  }

  /** Brings a message into sight, whether it has a row or not. The state must not be at the bottom.
   * @param {number} id
   * @param {ScrollLogicalPosition} block */
  reveal(id, block) {
    const entries = this.#room ? shownEntries(this.#room) : [];
    const at = entries.findIndex((entry) => entry.type === "message" && entry.id === id);
    if (at < 0) return null;
    if (!this.#rows.has(`m${id}`)) {
      this.#place = { ...atTheEnd(), first: entries[Math.max(0, at - WINDOW_STEP)] ?? null };
      this.#endAt(at + WINDOW_STEP);
      this.#again();
    }
    const row = this.#rows.get(`m${id}`);
    row?.scrollIntoView({ block });
    this.note();
    return row ?? null;
  }

  /** Brings the box in which a message is edited into sight, with the focus. Its row is in reach. */
  edit() {
    this.#again();
    const row = /** @type {HTMLElement | null} */ (this.#list.querySelector(".editing"));
    row?.scrollIntoView({ block: "nearest" });
    focusEditor(row);
    this.note();
  }

  /** Notes the first message in sight: the place that is kept. */
  note() {
    // The button is in the order of Tab only near the top.
    this.#older.tabIndex = this.pane.scrollTop < NEAR_PX ? 0 : -1;
    const top = this.pane.getBoundingClientRect().top;
    const rows = this.#list.children;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
      else low = middle + 1;
    }
    this.#nameAuthor(rows[low], top);
    let row = /** @type {HTMLElement | null} */ (rows[low] ?? null);
    while (row && !row.dataset.id) row = /** @type {HTMLElement | null} */ (row.nextElementSibling);
    if (!row) return;
    Object.assign(this.#place, { row: row.dataset.id, offset: row.getBoundingClientRect().top - top, top: this.pane.scrollTop });
  }

  /** Says whose the first row in sight is, unless its head says it.
   * @param {Element | undefined} row
   * @param {number} top of the pane */
  #nameAuthor(row, top) {
    const head = row?.querySelector(".head");
    const isSeen = !head || (!row?.matches(".follows") && head.getBoundingClientRect().bottom > top);
    const name = isSeen ? null : row?.querySelector(".head .sender") ?? null;
    this.#author.hidden = name === null;
    if (this.#author.textContent !== (name?.textContent ?? "")) this.#author.replaceChildren(...(name ? [name.cloneNode(true)] : []));
  }

  #again() {
    if (this.#state && this.#room) this.render(this.#state, this.#room);
  }

  /** @param {Room} room */
  #change(room) {
    if (this.#room) this.#places.set(this.#room, this.#place);
    this.#room = room;
    this.#place = this.#places.get(room) ?? atTheEnd();
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  /** Lets the rows end before an entry, or follow the end if there is none.
   * @param {number} end */
  #endAt(end) {
    const entries = this.#room ? shownEntries(this.#room) : [];
    this.#place.last = end >= entries.length ? null : entries[end - 1] ?? null;
    return Math.min(end, entries.length);
  }

  /** Which entries have rows.
   * @param {Room} room
   * @returns {[number, number]} */
  #reach(room) {
    const entries = shownEntries(room);
    const [place, atBottom] = [this.#place, isFollowed(room)];
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
  #fill(items) {
    const caret = caretIn(this.#list);
    arrange(this.#list, this.#rows, items);
    for (const { key, mend } of items) mend?.(/** @type {HTMLLIElement} */ (this.#rows.get(key)));
    // What was being edited is stored now, and has another row.
    if (caret && !this.#list.contains(document.activeElement)) focusEditor(this.#list.querySelector(".editing"), caret);
  }

  /** Where somebody scrolled to and no event has told of it yet, that is the place. */
  #keepMoved() {
    if (this.#room && !isFollowed(this.#room) && this.pane.scrollTop !== this.#place.top) this.note();
  }

  /** Finds out which texts are longer than what is shown of them. */
  #fold() {
    for (const row of this.#list.querySelectorAll(".long:not(.open)")) {
      const content = row.querySelector(".content");
      row.classList.toggle("folded", content !== null && content.scrollHeight > content.clientHeight + 1);
    }
  }

  /** Puts the place back to where it was. */
  #settle() {
    if (!this.#room) return;
    this.#fold();
    const row = this.#rows.get(`m${this.#place.row}`);
    if (isFollowed(this.#room)) this.pane.scrollTop = this.pane.scrollHeight;
    else if (row) this.pane.scrollTop += row.getBoundingClientRect().top - this.pane.getBoundingClientRect().top - this.#place.offset;
    this.note();
  }
}
