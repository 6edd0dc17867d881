// What can be done with a message: a row of buttons in the row that the mouse is over or that has the focus, and a menu. It
// offers nobody what they may not do, and decides nothing else.

import { messageOf } from "../../core/chat/messages/place.js";
import { textOf } from "../../core/chat/messages/changing.js";
import { activeRoom, isMe } from "../../core/chat/state.js";
import { mayChange } from "../../core/commands/messages.js";
import { inSentence } from "../../core/protocol/text.js";
import { ask, byId, element, hasMouse, icon, newButton, setAttribute } from "../page.js";
import { newMenu } from "./menu.js";

/**
 * @typedef {import("../../core/chat/messages/changing.js").Which} Which
 * @typedef {"react" | "reply" | "edit" | "delete" | "more" | "text" | "link" | "unread"} Act
 * @typedef {{which: Which, sender: string, isOwn: boolean, may: Act[]}} About a message, and what this person may do with it
 *
 * @typedef {object} Needs
 * @property {() => import("../../core/chat/state.js").State | null} state
 * @property {(event: import("../../core/update.js").Event) => void} happens
 * @property {(id: number, beside: HTMLElement) => void} pick an emoji for a message
 * @property {() => void} write goes to where one writes
 */

/** @type {[act: Act, words: string, path: string][]} */
const TOOLS = [
  ["react", "React", "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14M7.5 8v.1M12.5 8v.1M7 11.5c.8 1.2 1.8 1.8 3 1.8s2.2-.6 3-1.8"],
  ["reply", "Reply", "M8 5 3.5 9.5 8 14M3.5 9.5H12a4.5 4.5 0 0 1 4.5 4.5v1.5"],
  ["edit", "Edit", "M4 16l.8-3.2L13.2 4.4l2.4 2.4-8.4 8.4zM11.5 6.1l2.4 2.4"],
  ["delete", "Delete", "M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4.5M11.5 9v4.5"],
  ["more", "More actions", "M5 10h.1M10 10h.1M15 10h.1"],
];
/** @type {[act: Act, words: string][]} */
const MENU = [["react", "React"], ["reply", "Reply"], ["edit", "Edit"], ["text", "Copy text"], ["link", "Copy link"], ["unread", "Mark unread from here"], ["delete", "Delete"]];

/** As high as the buttons are at most. */
const TOOLS_PX = 48;

/** @param {Needs} needs
 * @returns {{render: () => void}} to be drawn with the page */
export function withActions(needs) {
  const log = byId("log");
  const tools = newTools();
  const menu = newMenu();

  /** @param {HTMLElement | null} row */
  function place(row) {
    const about = row && aboutRow(needs, row);
    if (!row || !about || about.may.length === 0) return take();
    offer(tools, about, row.contains(document.activeElement));
    if (tools.parentElement === row) return;
    tools.classList.toggle("below", row.getBoundingClientRect().top < topOfSight() + TOOLS_PX);
    take();
    row.classList.add("acting");
    row.append(tools);
  }

  function take() {
    tools.parentElement?.classList.remove("acting");
    tools.remove();
  }

  /** @param {Act} act
   * @param {HTMLElement} row
   * @param {HTMLElement} beside */
  function perform(act, row, beside) {
    const about = aboutRow(needs, row);
    if (!about) return;
    if (act === "more") menu.open(itemsFor(about, row), beside.getBoundingClientRect(), row);
    else does(needs, act, about, row, beside);
  }

  /** @param {About} about
   * @param {HTMLElement} row */
  const itemsFor = ({ may }, row) => MENU.filter(([act]) => may.includes(act))
    .map(([act, words]) => ({ words, does: () => perform(act, row, row) }));

  log.addEventListener("pointerover", ({ target, pointerType }) => {
    const inUse = tools.contains(document.activeElement);
    if (pointerType === "mouse" && !inUse) place(rowOf(target));
  });
  byId("pane").addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse" && !tools.contains(document.activeElement)) place(rowOf(document.activeElement));
  });
  log.addEventListener("focusin", ({ target }) => place(rowOf(target)));
  // The mouse may have taken them elsewhere.
  log.addEventListener("keydown", ({ key }) => {
    if (key === "Tab" && !tools.contains(document.activeElement)) place(rowOf(document.activeElement));
  });
  log.addEventListener("focusout", ({ relatedTarget }) => {
    if (!hasMouse() && !rowOf(relatedTarget)) take();
  });
  tools.addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-act]"));
    const row = rowOf(tools);
    if (button && row) perform(/** @type {Act} */ (button.dataset.act), row, button);
  });
  log.addEventListener("contextmenu", (event) => {
    const row = rowOf(event.target);
    const about = row && aboutRow(needs, row);
    if (!row || !about || about.may.length === 0 || isTheirs(event)) return;
    event.preventDefault();
    const at = event.clientX === 0 && event.clientY === 0 ? row.getBoundingClientRect() : new DOMRect(event.clientX, event.clientY);
    menu.open(itemsFor(about, row), at, row);
  });
  return { render: () => { if (tools.isConnected) place(rowOf(tools)); } };
}

/** Shows the buttons for what this person may do.
 * @param {HTMLElement} tools
 * @param {About} about
 * @param {boolean} isInFocus the row, so that Tab goes to them */
function offer(tools, about, isInFocus) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (tools.querySelectorAll("[data-act]"))) {
    const act = /** @type {Act} */ (button.dataset.act);
    button.hidden = !about.may.includes(act);
    button.tabIndex = isInFocus ? 0 : -1;
    setAttribute(button, "aria-label", act === "delete" ? wordsToDelete(about) : button.title);
  }
}

function newTools() {
  const tools = element("div", "tools");
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "Message actions");
  tools.append(...TOOLS.map(([act, words, path]) => {
    const button = newButton("icon", icon(path));
    Object.assign(button, { title: words, tabIndex: -1 });
    button.dataset.act = act;
    return button;
  }));
  return tools;
}

/** @param {Element | EventTarget | null} at */
const rowOf = (at) => /** @type {HTMLElement | null} */ (/** @type {Element | null} */ (at)?.closest?.("#log .row") ?? null);

/** Where the messages begin to be in sight: below the name of who wrote those at the top. */
const topOfSight = () => Math.max(byId("pane").getBoundingClientRect().top, byId("author").getBoundingClientRect().bottom);

/** What the browser offers for links, selected text and boxes is worth more there.
 * @param {MouseEvent} event */
const isTheirs = ({ shiftKey, target }) => shiftKey || /** @type {Element} */ (target).closest("a, textarea") !== null || !getSelection()?.isCollapsed;

/** @param {About} about */
const wordsToDelete = ({ isOwn, sender }) => `Delete ${isOwn ? "your" : `${inSentence(sender)}'s`} message`;

/** @param {Needs} needs
 * @param {HTMLElement} row
 * @returns {About | null} null where there is nothing to be done */
function aboutRow({ state }, { dataset: { id, ref } }) {
  const now = state();
  const which = id === undefined ? ref : Number(id);
  if (!now || which === undefined) return null;
  const room = activeRoom(now);
  if (textOf(now, room, which) === null) return null;
  const sender = typeof which === "number" ? messageOf(room, which)?.sender ?? "" : now.me ?? "";
  const isOwn = isMe(now, sender);
  if (typeof which === "string") return { which, sender, isOwn, may: ["edit", "delete"] };
  const mayThis = mayChange(now);
  /** @type {[Act, boolean][]} */
  const acts = [["react", mayThis], ["reply", true], ["edit", isOwn && mayThis], ["delete", (isOwn && mayThis) || room.moderates], ["more", true], ["text", true], ["link", true], ["unread", mayThis && room.marker !== null]];
  return { which, sender, isOwn, may: acts.flatMap(([act, may]) => (may ? [act] : [])) };
}

/** @param {Needs} needs
 * @param {Exclude<Act, "more">} act
 * @param {About} about
 * @param {HTMLElement} row
 * @param {HTMLElement} beside */
function does({ state, happens, pick, write }, act, about, row, beside) {
  const { which } = about;
  const id = Number(which);
  const now = state();
  switch (act) {
    case "react":
      return pick(id, beside);
    case "reply":
      happens({ type: "does", intent: { is: "replying", id } });
      return write();
    case "edit":
      return happens({ type: "does", intent: { is: "editing", which } });
    case "text":
      return happens({ type: "copy", text: (now && textOf(now, activeRoom(now), which)) ?? "" });
    case "link":
      return happens({ type: "does", intent: { is: "linkTo", id } });
    case "unread":
      return happens({ type: "does", intent: { is: "markUnread", id } });
    case "delete":
      return void ask(`${wordsToDelete(about)}? This can't be undone.`, "Delete", true).then((yes) => {
        row.focus();
        if (yes) happens({ type: "does", intent: { is: "erase", which } });
      });
  }
}
