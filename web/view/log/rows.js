// Entries → rows of the log: which rows there are, and how each looks. It knows no scrolling.

import { shownEntries } from "../../core/chat/messages/place.js";
import { changesOf, isSameAuthor, shownOf, waitingText } from "../../core/chat/messages/shown.js";
import { callsMe, namesMe, newLine } from "../../core/chat/unread.js";
import { mayChange } from "../../core/commands/messages.js";
import { emote } from "../../core/protocol/text.js";
import { element, newButton, setText } from "../page.js";
import { mendEditor } from "./editor.js";
import { drawAgain, newContent } from "./formatted/formatted.js";
import { mendReactions } from "./reactions.js";
import { mendReply } from "./reply.js";
import { avatar, clock, day, isSameDay, listOf, named, whole } from "./text.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/chat/state.js").Room} Room
 * @typedef {import("../../core/chat/state.js").Entry} Entry
 * @typedef {import("../../core/chat/state.js").Message} Message
 * @typedef {import("../../core/chat/state.js").Note} Note
 * @typedef {{key: string, make: () => HTMLLIElement, mend?: (row: HTMLLIElement) => void}} Item
 * a row: found again by its key, made once, mended when something around it changed
 * @typedef {{state: State, room: Room, changes: ReturnType<typeof changesOf>, edits: import("./editor.js").Needs}} Around
 * what messages are shown by: `changes` are not answered yet
 */

/** What a row says.
 * @type {WeakMap<HTMLLIElement, string>} */
const said = new WeakMap();

/** Messages of one author within this time share a head. */
const FOLLOWS_MS = 5 * 60_000;
/** A text with more characters or lines than these may take more than thirty lines on a narrow screen. */
const LONG_CHARS = 500;
const LONG_LINES = 30;
/** More names than these are only counted. */
const TRAFFIC_NAMES_MAX = 6;

/** The rows of some entries, and of what waits behind them if that is wanted.
 * @param {State} state
 * @param {Room} room
 * @param {number} from
 * @param {number} to
 * @param {import("./editor.js").Needs} edits
 * @returns {Item[]} */
export function itemsOf(state, room, from, to, edits) {
  const around = { state, room, changes: changesOf(room), edits };
  const line = newLine(state, room);
  const now = Date.now();
  /** @type {Item[]} */
  const items = [];
  /** @type {Message | null} */
  let before = null;
  /** @type {Note[]} */
  let traffic = [];
  let apart = false;
  for (const entry of shownEntries(room).slice(from, to)) {
    if (entry.type === "told") {
      items.push({ key: `n${entry.note}`, make: () => element("li", "note told", entry.words ?? "") });
      traffic = [];
      apart = true;
      continue;
    }
    if (entry.type !== "message") {
      if (traffic.length === 0) items.push(trafficItem(entry, traffic));
      traffic.push(entry);
      continue;
    }
    if (!before || !isSameDay(before.at, entry.at)) items.push(ruleItem(`d${entry.id}`, "day", day(entry.at, now)));
    if (entry.id === line) items.push(ruleItem("line", "new-line", "New"));
    const follows = before !== null && !apart && traffic.length === 0 && entry.id !== line && isFollowing(before, entry);
    items.push(messageItem(around, entry, follows));
    before = entry;
    apart = false;
    traffic = [];
  }
  if (!room.past && to === room.entries.length) for (const pending of room.pending) items.push(...pendingItems(around, pending));
  return items;
}

/** @param {Message} before
 * @param {Message} entry */
function isFollowing(before, entry) {
  return isSameAuthor(before, entry) && entry.at - before.at < FOLLOWS_MS && isSameDay(before.at, entry.at)
    && emote(entry.content) === null && emote(before.content) === null;
}

/** @param {string} key
 * @param {string} is
 * @param {string} words
 * @returns {Item} */
function ruleItem(key, is, words) {
  return {
    key,
    make: () => element("li", `rule ${is}`, element("span", "", words)),
    mend: (row) => setText(/** @type {Element} */ (row.firstElementChild), words),
  };
}

/** @param {Around} around
 * @param {Message} message
 * @param {boolean} follows
 * @returns {Item} */
function messageItem({ state, room, changes, edits }, message, follows) {
  const called = calledBy(message);
  const { query = "", terms = [], at = null } = state.search ?? {};
  const look = { terms, isPlain: state.isPlain, called };
  const shown = shownOf(message, state.me, changes.get(message.id));
  const { content, isDeleted, edited } = shown;
  const calls = isDeleted ? "" : wordsAboutCall(state, message);
  const says = JSON.stringify([isDeleted, edited, calls, called, content]);
  const drawn = `${state.isPlain} ${query}`;
  /** @param {HTMLLIElement} row */
  const fill = (row) => {
    said.set(row, says);
    const is = { row: true, gone: isDeleted, mention: calls !== "", act: emote(content) !== null, long: isLong(content), folded: false };
    for (const [name, holds] of Object.entries(is)) row.classList.toggle(name, holds);
    refill(row, body(message, content, [clock(message.at), element("span", "hidden", calls)], look), ...(edited === null ? [] : [" ", editedMark(edited)]));
    if (isLong(content)) withUnfolding(row);
    row.dataset.drawn = drawn;
    return row;
  };
  return {
    key: `m${message.id}`,
    make() {
      const row = fill(element("li", ""));
      row.dataset.id = String(message.id);
      row.tabIndex = -1;
      return row;
    },
    mend(row) {
      // The row stays, and the focus and the place with it.
      if (said.get(row) !== says) fill(row);
      row.classList.toggle("follows", follows);
      row.classList.toggle("found", at === message.id);
      row.classList.toggle("changing", shown.isChanging);
      mendReply(row, room, isDeleted ? undefined : message.reply, state.me, changes);
      mendReactions(row, message.id, shown.reactions, state.me, mayChange(state));
      mendEditor(row, room.editing?.which === message.id ? room.editing : null, edits);
      const text = row.querySelector(".content");
      if (row.dataset.drawn === drawn || !text) return;
      row.dataset.drawn = drawn;
      drawAgain(text, content, look);
    },
  };
}

/** What a message calls behind an `@`, as the server told it.
 * @param {Message} message */
const calledBy = ({ mentions = [], everybody }) => (everybody === undefined ? mentions : [...mentions, "all", "here"]);

/** How a message is for this person, in words for who does not see it.
 * @param {State} state
 * @param {Message} message */
function wordsAboutCall(state, message) {
  if (namesMe(state, message)) return ", mentions you";
  return callsMe(state, message) ? ", highlighted" : "";
}

/** Fills a row anew. What is in use stays where it is: its buttons, and the box in which its text is edited, with the caret.
 * @param {HTMLElement} row
 * @param {(Node | string)[]} body
 * @param {(Node | string)[]} more */
function refill(row, body, ...more) {
  for (const each of [...row.childNodes]) if (!(each instanceof Element && each.matches(".tools, .editor"))) each.remove();
  row.prepend(...body, ...more);
}

/** @param {number} at 0 where the server has not told yet */
function editedMark(at) {
  const mark = element("span", "edited", "(edited)");
  if (at > 0) mark.title = `Edited ${whole(at)}`;
  return mark;
}

/** @param {string} content */
function isLong(content) {
  return content.length > LONG_CHARS || content.split("\n", LONG_LINES + 1).length > LONG_LINES;
}

/** Whether it is folded the log finds out, which knows how many lines it takes.
 * @param {HTMLElement} row */
function withUnfolding(row) {
  const made = newButton("plain unfold", "Show all");
  made.tabIndex = -1;
  made.dataset.does = "unfold";
  row.append(made);
}

/** An own message on its way: dim, and after a while with a word; or refused, with what can be done. None for what is only
 * a change of a message, and for what is deleted already.
 * @param {Around} around
 * @param {import("../../core/chat/state.js").Pending} pending
 * @returns {Item[]} */
function pendingItems({ state, room, changes, edits }, pending) {
  const { ref, failed, reply } = pending;
  const content = pending.does === undefined ? waitingText(pending, changes.get(ref)) : null;
  if (content === null) return [];
  const words = failed ? `not sent: ${failed}` : room.joined ? "sending …" : room.excluded ? "will be sent when you rejoin this room" : "will be sent when you are back online";
  const look = { terms: [], isPlain: state.isPlain, called: [] };
  /** @param {HTMLLIElement} row */
  const fill = (row) => {
    said.set(row, content);
    row.classList.toggle("act", emote(content) !== null);
    refill(row, body({ sender: state.me ?? "you" }, content, [], look), element("span", "state"), ...(failed ? [choices(room.name, ref)] : []));
    return row;
  };
  return [{
    key: `p${failed ? "!" : ""}${state.isPlain ? "-" : ""}${ref}`,
    make() {
      const row = fill(element("li", failed ? "row failed" : "row pending"));
      if (!failed) row.dataset.ref = ref;
      row.tabIndex = -1;
      return row;
    },
    mend(row) {
      if (said.get(row) !== content) fill(row);
      setText(/** @type {Element} */ (row.querySelector(".state")), words);
      mendReply(row, room, reply, state.me, changes);
      mendEditor(row, room.editing?.which === ref ? room.editing : null, edits);
    },
  }];
}

/** @param {string} room
 * @param {string} ref */
function choices(room, ref) {
  const buttons = [["retry", "Retry"], ["edit", "Edit"], ["drop", "Delete"]].map(([does = "", words = ""]) => {
    const made = newButton("plain", words);
    Object.assign(made.dataset, { does, room, ref });
    return made;
  });
  return element("span", "choices", ...buttons);
}

/** @param {Pick<Message, "sender" | "bot">} author
 * @param {string} content
 * @param {Node[]} about when it was said, and for whom
 * @param {import("./formatted/formatted.js").Look} look */
function body({ sender, bot }, content, about, look) {
  const text = newContent(content, look);
  if (emote(content) !== null) return [element("span", "head", named(sender, bot), " ", text, " ", ...about)];
  return [avatar(sender), element("span", "head", named(sender, bot), " ", ...about), " ", text];
}

/** Those who came and left one after another share a row, which stands where the first stands.
 * @param {Note} first
 * @param {Note[]} traffic is filled while the items are made, and complete when the row is drawn
 * @returns {Item} */
function trafficItem(first, traffic) {
  return {
    key: `n${first.note}`,
    make: () => element("li", "note"),
    mend(row) {
      const words = ["join", "leave"].map((type) => {
        const names = traffic.filter((each) => each.type === type).map((each) => each.sender);
        return names.length > 0 ? `${listing(names)} ${type === "join" ? "joined" : "left"}` : "";
      });
      setText(row, words.filter((each) => each !== "").join(", "));
    },
  };
}

/** @param {string[]} all */
function listing(all) {
  const names = [...new Set(all)];
  return listOf(names.slice(0, TRAFFIC_NAMES_MAX), names.length - TRAFFIC_NAMES_MAX);
}
