// The lists of rooms: those with names or titles, and direct messages. Each entry says what is unread.

import { labelOf, others } from "../../core/chat/label.js";
import { activeRoom, isGuest } from "../../core/chat/state.js";
import { defaultLevel, isMuted, meant, mentioned, orMore, shownCount, unread } from "../../core/chat/unread.js";
import { fold } from "../../core/protocol/names.js";
import { counted } from "../../core/protocol/text.js";
import { kindMark } from "../mark.js";
import { button, byId, element, newButton, setAttribute, setText } from "../page.js";
import { rove } from "./roving.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/chat/state.js").Room} Room
 */

/** The room that the lists were scrolled to.
 * @type {Room | null} */
let inSight = null;

/** @param {State} state */
export function renderRooms(state) {
  const places = [...state.rooms.keys()];
  const isDirect = (/** @type {number} */ place) => state.rooms[place]?.kind === "direct";
  const directs = places.filter(isDirect);
  const isWriter = state.me !== null && !isGuest(state.me);
  byId("direct-list").hidden = directs.length === 0;
  byId("directs-title").hidden = directs.length === 0 && !isWriter;
  button("write-button").hidden = !isWriter;
  renderList(state, byId("room-list"), places.filter((place) => !isDirect(place)));
  renderList(state, byId("direct-list"), directs);
  inSight = activeRoom(state);
  renderNews(state);
}

/** @param {State} state
 * @param {HTMLElement} list
 * @param {number[]} places */
function renderList(state, list, places) {
  while (list.children.length > places.length) list.lastElementChild?.remove();
  while (list.children.length < places.length) list.append(element("li", "", roomButton()));
  places.forEach((place, at) => renderRow(state, place, /** @type {HTMLElement} */ (list.children[at]?.firstElementChild)));
  const at = places.indexOf(state.active);
  rove(list, Math.max(0, at));
  if (at >= 0 && activeRoom(state) !== inSight) list.children[at]?.scrollIntoView({ block: "nearest" });
}

/** @param {State} state
 * @param {number} place
 * @param {HTMLElement} row */
function renderRow(state, place, row) {
  const room = /** @type {Room} */ (state.rooms[place]);
  const [count, calls, more] = [unread(state, room), meant(state, room), orMore(room)];
  row.dataset.place = String(place);
  row.classList.toggle("unread", count > 0);
  row.classList.toggle("muted", isMuted(room));
  setAttribute(row, "aria-current", place === state.active ? "true" : null);
  mendMark(row, room, state.me);
  setText(/** @type {Element} */ (row.children[1]), labelOf(room, state.me));
  setBadge(/** @type {HTMLElement} */ (row.children[2]), 0, calls, more);
  setBadge(/** @type {HTMLElement} */ (row.children[3]), count - calls, 0, more);
  setText(/** @type {Element} */ (row.children[4]), `${kindWords(room, state.me)}${words(count, mentioned(state, room), more, isMuted(room))}`);
}

function roomButton() {
  const made = newButton("entry", element("span", "mark"), element("bdi", "name"), element("span", "badge"), element("span", "badge"), element("span", "hidden"));
  made.draggable = true;
  return made;
}

/** The sign before a name: of what kind the room is; of a direct one, whether anybody else is known to be there.
 * @param {HTMLElement} row
 * @param {Room} room
 * @param {string | null} me */
function mendMark(row, room, me) {
  const isHere = room.joined && isAnybodyHere(room, me);
  const is = room.kind === "direct" ? `direct ${isHere}` : room.kind;
  if (row.dataset.mark === is) return;
  row.dataset.mark = is;
  const mark = kindMark(room.kind);
  if (room.kind === "direct") mark.replaceChildren(element("span", isHere ? "dot" : "dot away"));
  row.firstElementChild?.replaceWith(mark);
}

/** @param {Room} room
 * @param {string | null} me */
function isAnybodyHere(room, me) {
  const here = room.people.known.map(fold);
  return others(room, me).some((name) => here.includes(fold(name)));
}

/** @param {Room} room
 * @param {string | null} me */
function kindWords(room, me) {
  if (room.kind === "direct") return !room.joined ? "" : isAnybodyHere(room, me) ? ", online" : ", offline";
  return room.kind === "private" ? ", private" : "";
}

/** What is unread in the other rooms, on the button that opens the lists.
 * @param {State} state */
function renderNews(state) {
  let [news, calls, named, andMore] = [0, 0, 0, ""];
  for (const room of state.rooms) {
    if (room === activeRoom(state)) continue;
    [news, calls, named, andMore] = [news + unread(state, room), calls + meant(state, room), named + mentioned(state, room), andMore || orMore(room)];
  }
  setBadge(byId("rooms-badge"), news, calls, andMore);
  setText(byId("rooms-words"), news > 0 ? `Rooms: ${words(news, named, andMore, false).slice(2)}` : "Rooms");
}

/** What is for this person above all if there is any, else what is unread.
 * @param {HTMLElement} badge
 * @param {number} count
 * @param {number} calls
 * @param {string} more there may be more unread */
function setBadge(badge, count, calls, more) {
  const shown = calls || count;
  badge.hidden = shown === 0;
  badge.classList.toggle("calls", calls > 0);
  badge.setAttribute("aria-hidden", "true");
  setText(badge, shown === 0 ? "" : `${calls > 0 ? "@" : ""}${shownCount(shown, calls > 0 ? "" : more)}`);
}

/** @param {number} count
 * @param {number} named
 * @param {string} more
 * @param {boolean} muted */
function words(count, named, more, muted) {
  const mentions = named > 0 ? `, ${counted(named, "mention")}` : "";
  return `${count > 0 ? `, ${shownCount(count, more)} unread` : ""}${mentions}${muted ? ", muted" : ""}`;
}

/** @param {State} state */
export function renderRoomActions(state) {
  const room = activeRoom(state);
  const level = /** @type {HTMLSelectElement} */ (byId("level"));
  setText(/** @type {Element} */ (level.options[0]), `Default (${defaultLevel(room)})`);
  if (level.value !== room.notify) level.value = room.notify;
  button("leave-button").hidden = room.kind === "direct";
  button("leave-button").disabled = state.rooms.length === 1;
}

/** An entry that is dragged is put where it is dropped.
 * @param {HTMLElement} list
 * @param {(from: number, to: number) => void} move */
export function withDragging(list, move) {
  /** @type {number | null} */
  let from = null;
  const placeAt = (/** @type {EventTarget | null} */ target) => {
    const place = /** @type {HTMLElement | null} */ (/** @type {Element | null} */ (target)?.closest("[data-place]"))?.dataset.place;
    return place === undefined ? null : Number(place);
  };
  list.addEventListener("dragstart", ({ target, dataTransfer }) => {
    from = placeAt(target);
    if (dataTransfer) dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragend", () => { from = null; });
  for (const type of ["dragover", "drop"]) {
    list.addEventListener(type, (event) => {
      const to = placeAt(event.target);
      if (from === null || to === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (type === "drop") move(from, to);
    });
  }
}
