// The state, written into the page: as text, and only what changed. It knows no socket and decides
// nothing.

import { hue, mentions } from "./protocol.js";
import { activeRoom, isMe, mentioned, unread } from "./update.js";

/** Most rows of the log that the page holds at a time. */
const ROWS_MAX = 1500;
/** Nearer to the end than this counts as being there, in pixels. */
const BOTTOM_PX = 24;
/** Messages of one person within this time share a head. */
const FOLLOWS_MS = 5 * 60_000;

const byId = (id) => document.getElementById(id);

export function newView() {
  const page = {
    enter: byId("enter"), fault: byId("enter-fault"), chat: byId("chat"), room: byId("room"), link: byId("link"),
    count: byId("count"), peopleCount: byId("people-count"), people: byId("people-list"), pane: byId("pane"),
    rooms: byId("rooms"), log: byId("log"), older: byId("older"), newer: byId("newer"), notice: byId("notice"), announcer: byId("announcer"),
  };
  const rows = new Map();
  const shown = { room: null };
  return {
    pane: page.pane,
    people: page.people.parentElement,
    /** The end of the list of people is in sight, or nearly. */
    nearLastPerson: () => isNearEnd(page.people.parentElement),
    atBottom: () => isAtBottom(page.pane),
    toBottom: () => { page.pane.scrollTop = page.pane.scrollHeight; },
    announce: (text) => setText(page.announcer, text),
    enter: (fault) => showEntrance(page, fault),
    render: (state) => render(page, rows, shown, state),
  };
}

function showEntrance(page, fault) {
  page.enter.hidden = false;
  page.chat.hidden = true;
  setText(page.fault, fault);
}

function render(page, rows, shown, state) {
  const room = activeRoom(state);
  if (shown.room !== room) {
    // Another room's rows.
    for (const row of rows.values()) row.remove();
    rows.clear();
    shown.room = room;
  }
  renderRooms(page.rooms, state);
  page.enter.hidden = true;
  page.chat.hidden = false;
  setText(page.room, room.name);
  setText(page.link, linkText(state));
  page.link.classList.toggle("broken", state.link.is === "waiting");
  setText(page.count, String(room.people.count));
  setText(page.peopleCount, String(room.people.count));
  setText(page.notice, state.notice);
  page.notice.classList.toggle("answer", state.answered);
  page.older.hidden = !room.more;
  page.older.disabled = room.loading;
  renderPeople(page.people, room.people.known);
  keepPlace(page.pane, state.atBottom, () => renderLog(page.log, rows, state, room));
  const newer = state.atBottom ? 0 : unread(state, room);
  page.newer.hidden = state.atBottom;
  setText(page.newer, newer > 0 ? `↓ ${newer} newer` : "↓ newest");
  const count = state.rooms.reduce((sum, each) => sum + unread(state, each), 0);
  document.title = `${count > 0 ? `(${count}) ` : ""}#${room.name} · Nebula`;
}

/** Only where there is a choice. */
function renderRooms(nav, state) {
  nav.hidden = state.rooms.length < 2;
  while (nav.children.length > state.rooms.length) nav.lastElementChild.remove();
  while (nav.children.length < state.rooms.length) nav.append(element("button", ""));
  state.rooms.forEach((room, place) => {
    const button = nav.children[place];
    const count = unread(state, room);
    button.type = "button";
    button.dataset.place = String(place);
    button.classList.toggle("called", mentioned(state, room) > 0);
    if (place === state.active) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    setText(button, `#${room.name}${count > 0 ? ` ${count}` : ""}`);
  });
}

function linkText(state) {
  switch (state.link.is) {
    case "online":
      return activeRoom(state).joined ? "online" : "entering …";
    case "waiting":
      return `trying again: ${state.link.reason}`;
    default:
      return "connecting …";
  }
}

function renderPeople(list, people) {
  const shown = [...list.children].map((item) => item.firstChild.textContent);
  if (shown.length === people.length && people.every((name, i) => name === shown[i])) return;
  list.replaceChildren(...people.map((name) => element("li", "", named(name))));
}

function isNearEnd(box) {
  return box.clientHeight > 0 && box.scrollTop + 2 * box.clientHeight >= box.scrollHeight;
}

/** Own scroll anchoring: at the end it stays at the end, elsewhere the first row in sight stays. */
function keepPlace(pane, atBottom, change) {
  const top = pane.getBoundingClientRect().top;
  const rows = [...pane.querySelectorAll("li")];
  const first = atBottom ? undefined : rows.find((row) => row.getBoundingClientRect().bottom > top);
  const before = first?.getBoundingClientRect().top;
  change();
  if (atBottom) pane.scrollTop = pane.scrollHeight;
  else if (first?.isConnected) pane.scrollTop += first.getBoundingClientRect().top - before;
}

function renderLog(log, rows, state, room) {
  const from = state.atBottom ? Math.max(0, room.entries.length - ROWS_MAX) : 0;
  const wanted = room.entries.slice(from).map((entry, i, all) => [entryKey(entry), entry, all[i - 1]]);
  for (const pending of room.pending) wanted.push([`p${pending.ref}${pending.failed}`, { type: "pending", ...pending }]);
  const keys = new Set(wanted.map(([key]) => key));
  for (const [key, row] of rows) {
    if (keys.has(key)) continue;
    row.remove();
    rows.delete(key);
  }
  let next = log.firstElementChild;
  for (const [key, entry, before] of wanted) {
    const row = rows.get(key) ?? makeRow(state, room, entry);
    rows.set(key, row);
    if (row === next) next = next.nextElementSibling;
    else log.insertBefore(row, next);
    if (entry.type === "message") mark(row, entry, before);
  }
}

function entryKey(entry) {
  return entry.type === "message" ? `m${entry.id}` : `n${entry.note}`;
}

function mark(row, entry, before) {
  const follows = before?.type === "message" && before.sender === entry.sender
    && entry.at - before.at < FOLLOWS_MS && !isAct(entry) && !isAct(before);
  row.classList.toggle("follows", follows);
  row.classList.toggle("first", !follows);
}

const isAct = (entry) => entry.content.startsWith("/me ");

function makeRow(state, room, entry) {
  switch (entry.type) {
    case "message":
      return messageRow(state, entry);
    case "pending":
      return pendingRow(state, room, entry);
    case "join":
      return element("li", "note", named(entry.sender), " came");
    default:
      return element("li", "note", named(entry.sender), " left");
  }
}

function messageRow(state, message) {
  const called = state.me !== null && !isMe(state, message.sender) && mentions(message.content, state.me);
  const time = element("time", "", new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = new Date(message.at).toISOString();
  const classes = [isAct(message) && "act", called && "mention"].filter(Boolean).join(" ");
  return element("li", classes, ...body(message.sender, message.content, time));
}

function pendingRow(state, room, { content, ref, failed }) {
  const row = element("li", failed ? "failed first" : "pending first", ...body(state.me ?? "you", content, ""));
  if (!failed) return row;
  const again = element("button", "", "Try again");
  again.type = "button";
  again.dataset.ref = ref;
  again.dataset.room = room.name;
  row.append(element("span", "state", `not sent: ${failed} `), again);
  return row;
}

function body(sender, content, time) {
  if (content.startsWith("/me ")) return [named(sender), " ", element("span", "content", content.slice(4)), time];
  return [element("span", "head", named(sender), time), element("span", "content", content)];
}

function named(name) {
  return element("bdi", `sender hue-${hue(name)}`, name);
}

function element(tag, classes, ...children) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.append(...children);
  return made;
}

function setText(at, text) {
  if (at.textContent !== text) at.textContent = text;
}

function isAtBottom(pane) {
  return pane.scrollHeight - pane.scrollTop - pane.clientHeight <= BOTTOM_PX;
}
