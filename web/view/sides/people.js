// The list of people: who is in the room, and who belongs to it, by role.

import { roster } from "../../core/chat/roster.js";
import { maySetTopic, mayManage } from "../../core/chat/members.js";
import { activeRoom } from "../../core/chat/state.js";
import { named } from "../log/text.js";
import { arrange, byId, element, icon, newButton, setText } from "../page.js";
import { rove } from "./roving.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/chat/roster.js").Entry} Entry
 */

/** What the list shows: a large one is not read back from the page for every drawing, and who stays keeps their row. */
let shown = { me: /** @type {string | null} */ (null), keys: /** @type {string[]} */ ([]) };
const rows = /** @type {Map<string, HTMLLIElement>} */ (new Map());
/** A list longer than this is drawn so rarely that messages have the page's time, whoever comes and goes. */
const MANY = 300;
const REST_MS = 500;
let drawnAt = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let later;

/** @param {State} state */
export function renderPeople(state) {
  const room = activeRoom(state);
  // Without a connection nobody knows who is still there.
  for (const id of ["count", "people-count"]) setText(byId(id), room.joined ? String(room.people.count) : "–");
  byId("people").classList.toggle("unknown", !room.joined);
  byId("add-button").hidden = !mayManage(room);
  byId("topic-button").hidden = !maySetTopic(room);
  renderList(state.me, roster(room));
}

/** @param {string | null} me
 * @param {Entry[]} entries */
function renderList(me, entries) {
  const list = byId("people-list");
  const keys = entries.map(({ key }) => key);
  const isShown = shown.me === me && shown.keys.length === keys.length && keys.every((key, i) => key === shown.keys[i]);
  clearTimeout(later);
  if (isShown) return;
  const restMs = drawnAt + REST_MS - performance.now();
  if (entries.length > MANY && restMs > 0) {
    later = setTimeout(() => renderList(me, entries), restMs);
    return;
  }
  drawnAt = performance.now();
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.closest("li")?.querySelector("[data-name]")?.getAttribute("data-name");
  // Under another name another row says "you".
  if (shown.me !== me) arrange(list, rows, []);
  shown = { me, keys };
  arrange(list, rows, entries.map((entry) => ({ key: entry.key, make: () => row(entry, me) })));
  const names = entries.flatMap(({ name }) => name ?? []);
  const place = Math.max(0, names.indexOf(focused ?? ""));
  rove(list, place);
  const entry = /** @type {HTMLElement | undefined} */ (list.querySelectorAll(".entry")[place]);
  if (focused && !list.contains(document.activeElement)) entry?.focus();
}

/** @param {Entry} entry
 * @param {string | null} me */
function row({ title, name, isHere }, me) {
  if (name === undefined) return element("li", "group", title ?? "");
  const made = newButton("entry", element("span", isHere ? "dot" : "dot away"), named(name));
  made.dataset.name = name;
  if (!isHere) made.append(element("span", "hidden", ", not here"));
  if (name === me) made.append(element("span", "you", "you"));
  else made.title = `Write to ${name} directly`;
  const more = newButton("icon more", icon("M4.5 10h.1M10 10h.1M15.5 10h.1"));
  more.dataset.more = name;
  more.tabIndex = -1;
  more.setAttribute("aria-label", `More about ${name}`);
  return element("li", "", made, more);
}
