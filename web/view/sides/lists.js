// The lists beside the log: rooms and people. In each one entry can be reached with Tab, the others
// with the arrow keys.

import { activeRoom, mentioned, orMore, unread } from "../../core/chat/state.js";
import { counted } from "../../core/protocol/text.js";
import { named } from "../log/text.js";
import { arrange, button, byId, element, newButton, setAttribute, setText } from "../page.js";

/** @typedef {import("../../core/chat/state.js").State} State */

/** The room that the list was scrolled to.
 * @type {import("../../core/chat/state.js").Room | null} */
let inSight = null;

/** @param {State} state */
export function renderRooms(state) {
  const list = byId("room-list");
  while (list.children.length > state.rooms.length) list.lastElementChild?.remove();
  while (list.children.length < state.rooms.length) list.append(element("li", "", roomButton()));
  let [news, calls, andMore] = [0, 0, ""];
  state.rooms.forEach((room, place) => {
    const row = /** @type {HTMLElement} */ (list.children[place]?.firstElementChild);
    const [count, named, more] = [unread(state, room), mentioned(state, room), orMore(room)];
    if (place !== state.active) [news, calls, andMore] = [news + count, calls + named, andMore || more];
    row.dataset.place = String(place);
    row.classList.toggle("unread", count > 0);
    row.classList.toggle("muted", room.muted);
    setAttribute(row, "aria-current", place === state.active ? "true" : null);
    setText(/** @type {Element} */ (row.children[1]), room.name);
    setBadge(/** @type {HTMLElement} */ (row.children[2]), 0, named, "");
    setBadge(/** @type {HTMLElement} */ (row.children[3]), count - named, 0, more);
    setText(/** @type {Element} */ (row.children[4]), words(count, named, more, room.muted));
  });
  rove(list, state.active);
  if (activeRoom(state) !== inSight) list.children[state.active]?.scrollIntoView({ block: "nearest" });
  inSight = activeRoom(state);
  setBadge(byId("rooms-badge"), news, calls, andMore);
  setText(byId("rooms-words"), news > 0 ? `Rooms: ${words(news, calls, andMore, false).slice(2)}` : "Rooms");
}

function roomButton() {
  const hash = element("span", "hash", "#");
  hash.setAttribute("aria-hidden", "true");
  return newButton("entry", hash, element("bdi", "name"), element("span", "badge"), element("span", "badge"), element("span", "hidden"));
}

/** Mentions if there are any, else what is unread.
 * @param {HTMLElement} badge
 * @param {number} count
 * @param {number} named
 * @param {string} more there may be more unread */
function setBadge(badge, count, named, more) {
  const shown = named || count;
  badge.hidden = shown === 0;
  badge.classList.toggle("calls", named > 0);
  badge.setAttribute("aria-hidden", "true");
  setText(badge, shown === 0 ? "" : `${named > 0 ? "@" : ""}${shown > 999 ? "999+" : shown}${shown > 999 || named > 0 ? "" : more}`);
}

/** @param {number} count
 * @param {number} named
 * @param {string} more
 * @param {boolean} muted */
function words(count, named, more, muted) {
  const mentions = named > 0 ? `, ${counted(named, "mention")}` : "";
  return `${count > 0 ? `, ${count}${more} unread` : ""}${mentions}${muted ? ", muted" : ""}`;
}

/** What the list of people shows: a large one is not read back from the page for every drawing, and who
 * stays keeps their row. */
let shown = { me: /** @type {string | null} */ (null), people: /** @type {string[]} */ ([]) };
const rows = /** @type {Map<string, HTMLLIElement>} */ (new Map());
/** A list longer than this is drawn so rarely that messages have the page's time, whoever comes and goes. */
const MANY = 300;
const REST_MS = 500;
let drawnAt = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let later;

/** @param {string[]} people
 * @param {string | null} me */
export function renderPeople(people, me) {
  const list = byId("people-list");
  const isShown = shown.me === me && shown.people.length === people.length && people.every((name, i) => name === shown.people[i]);
  clearTimeout(later);
  if (isShown) return;
  const restMs = drawnAt + REST_MS - performance.now();
  if (people.length > MANY && restMs > 0) {
    later = setTimeout(() => renderPeople(people, me), restMs);
    return;
  }
  drawnAt = performance.now();
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.name;
  // Under another name another row says "you".
  if (shown.me !== me) arrange(list, rows, []);
  shown = { me, people: [...people] };
  arrange(list, rows, people.map((name) => ({ key: name, make: () => element("li", "", personButton(name, me)) })));
  const place = Math.max(0, people.indexOf(focused ?? ""));
  rove(list, place);
  const entry = /** @type {HTMLElement | undefined} */ (list.children[place]?.firstElementChild);
  if (focused !== undefined && entry !== document.activeElement) entry?.focus();
}

/** @param {string} name
 * @param {string | null} me */
function personButton(name, me) {
  const made = newButton("entry", element("span", "dot"), named(name));
  made.dataset.name = name;
  made.title = `Write to ${name} in this room`;
  if (name === me) made.append(element("span", "you", "you"));
  return made;
}

/** One entry of a list is in the order of Tab: the one in focus, else the one given.
 * @param {Element} list
 * @param {number} place */
function rove(list, place) {
  const entries = /** @type {HTMLElement[]} */ ([...list.children].map((item) => item.firstElementChild));
  const focused = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  entries.forEach((entry, i) => {
    const wanted = i === (focused < 0 ? place : focused) ? 0 : -1;
    if (entry.tabIndex !== wanted || !entry.hasAttribute("tabindex")) entry.tabIndex = wanted;
  });
}

/** Arrow keys, Home and End move the focus in a list.
 * @param {HTMLElement} list */
export function withArrows(list) {
  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const entries = /** @type {HTMLElement[]} */ ([...list.children].map((item) => item.firstElementChild));
    const at = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const last = entries.length - 1;
    const to = { ArrowUp: Math.max(0, at - 1), ArrowDown: Math.min(last, at + 1), Home: 0, End: last }[event.key];
    const next = to === undefined || at < 0 ? undefined : entries[to];
    if (!next) return;
    event.preventDefault();
    next.focus();
    rove(list, 0);
  });
}

/** @param {State} state */
export function renderRoomActions(state) {
  const room = state.rooms[state.active];
  setAttribute(byId("mute-button"), "aria-pressed", String(room?.muted ?? false));
  button("leave-button").disabled = state.rooms.length === 1;
}
