// The wiring: page events in, state changed, actions done, page drawn. It decides nothing.

import { newAnnouncer } from "./announce.js";
import { likeliest } from "./complete.js";
import { Connection, ownKey } from "./connection.js";
import { newMemory, storage } from "./memory.js";
import { newBuildWatch } from "./newer.js";
import { newBell } from "./notify.js";
import { PROBE } from "./received.js";
import { activeRoom, find, newState } from "./state.js";
import { newToken } from "./token.js";
import { update } from "./update.js";
import { newView, renderLink } from "./view/chat.js";
import { newComposer } from "./view/composer.js";
import { newEntrance } from "./view/entrance.js";
import { refuseFiles } from "./view/files.js";
import { showHelp } from "./view/help.js";
import { newLook } from "./view/look.js";
import { byId, setText } from "./view/page.js";
import { newSearchBar } from "./view/searchbar.js";
import { listenToPerson } from "./wishes.js";

/** A hidden page gets no frames, also none that it asked for before, but its title still counts what is
 * unread. */
const HIDDEN_FRAME_MS = 100;

const local = storage("localStorage");
const tab = storage("sessionStorage");
const token = newToken(tab, location, (address) => history.replaceState(null, "", address));
// Before anything else can see it.
token.take();
const memory = newMemory(tab, local);
const build = newBuildWatch(location.href);
const look = newLook(local);
const view = newView();
const bell = newBell(window, local, (name) => showRoom(name));
const announcer = newAnnouncer(view.announce, () => (state ? activeRoom(state).name : ""));
const entrance = newEntrance(enter);
const composer = newComposer({
  drafted: (text) => happens({ type: "draft", text }),
  send: () => happens({ type: "say", text: composer.text.value }),
  names: () => (state ? likeliest(activeRoom(state), state.me) : []),
  rooms: () => state?.rooms.map((room) => room.name) ?? [],
});
const searchBar = newSearchBar({
  room: () => activeRoom(/** @type {State} */ (state)),
  mark: (query) => view.log.mark(query),
  reveal: (id) => reveal(id, "center"),
  done: () => composer.text.focus(),
});

/** @typedef {import("./state.js").State} State */

/** @type {State | null} */
let state = null;
/** @type {Connection | null} */
let connection = null;
let wasOnline = false;
/** A drawing waits for the next frame of the screen. */
let due = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let countdown;

/** @param {{username: string, room: string, token?: string}} who */
function enter({ username, room, token: given }) {
  if (given) token.keep(given);
  local.setItem("nebula.name", username);
  const session = crypto.getRandomValues(new Uint32Array(2)).join("-");
  state = newState({ room, username, session });
  memory.recall(state);
  state.focused = isLookedAt();
  connection ??= new Connection({
    address: location.href,
    key: ownKey(window),
    token: token.now,
    tell: happens,
    question: () => ({ type: "history", room: activeRoom(/** @type {State} */ (state)).name, before: 1, limit: 1, ref: PROBE }),
    isHeld: () => document.hidden && !bell.isOn(),
  });
  view.bell(bell.isOn());
  happens({ type: "start" });
  // What is not shown yet cannot have the focus.
  drawNow(state);
  if (matchMedia("(pointer: fine)").matches) composer.text.focus();
}

/** @param {import("./update.js").Event} event */
function happens(event) {
  if (!state) return;
  const before = activeRoom(state);
  const { atBottom } = before;
  const actions = update(state, event);
  const room = activeRoom(state);
  // What was searched for was searched for there.
  if (room !== before) searchBar.close();
  for (const action of actions) perform(action);
  if (event.type === "connected") lookForUpdate();
  // At once: a scroll event that is on its way would else tell of the log as it was.
  if (room !== before || room.atBottom !== atBottom) drawNow(state);
  else draw();
}

/** @param {import("./update.js").Action} action */
function perform(action) {
  switch (action.do) {
    case "dial":
      return connection?.dial(action.hello, action.afterMs, action.exactly);
    case "send":
      return connection?.send(action.envelope);
    case "probe":
      return connection?.probe();
    case "again":
      return void setTimeout(() => happens({ type: "again", room: action.room, ref: action.ref }), action.afterMs);
    case "announce":
      return announcer.hear(action);
    case "notify":
      return bell.ring(action);
    case "copy":
      return void copy(action.text, action.what);
    case "search":
      return searchBar.open(action.text);
    case "theme":
      return look.setTheme(action.text);
    case "width":
      return look.setWidth(action.text);
    case "help":
      return showHelp();
  }
}

/** @param {string} text
 * @param {string} what */
async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    happens({ type: "notice", text: `the ${what} is on the clipboard` });
  } catch {
    happens({ type: "notice", text: "the browser does not let this page copy" });
  }
}

/** At most one drawing for each frame of the screen, however much arrives. */
function draw() {
  if (due) return;
  due = true;
  const now = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    due = false;
    if (state) drawNow(state);
  };
  const frame = requestAnimationFrame(now);
  const timer = setTimeout(now, HIDDEN_FRAME_MS);
}

/** @param {State} state */
function drawNow(state) {
  memory.keep(state);
  clearTimeout(countdown);
  if (state.link.is === "refused") {
    const { reason: fault, why } = state.link;
    // It stands there already, and somebody may be writing in it.
    if (!byId("enter").hidden) return;
    if (why === "bad_token" || why === "token_expired") token.forget();
    entrance.show({ username: state.me ?? "", room: activeRoom(state).name, fault, why });
    return;
  }
  keepAddress(state);
  composer.render(activeRoom(state).draft);
  view.render(state);
  countDown(state);
  fetchMore();
}

/** Draws the seconds until the next attempt, each when it begins.
 * @param {State} state */
function countDown(state) {
  renderLink(state);
  const leftMs = state.link.is === "waiting" ? state.link.at - Date.now() : 0;
  if (leftMs > 0) countdown = setTimeout(() => countDown(state), leftMs % 1000 || 1000);
}

/** A reload enters the same room under the same name. A guest's name is nobody else's to take.
 * @param {State} state */
function keepAddress(state) {
  const query = new URLSearchParams({ room: activeRoom(state).name });
  if (state.me && !/^guest-\w{4}$/.test(state.me)) query.set("username", state.me);
  if (location.search === `?${query}`) return;
  history.replaceState(null, "", `?${query}${location.hash}`);
  local.setItem("nebula.name", query.get("username") ?? "");
}

/** What comes into sight soon is made, or asked for.
 * @param {"nearTop" | "older"} type older: the person wants it */
function fetchMore(type = "nearTop") {
  if (!state) return;
  const actions = view.log.stretch() ? update(state, { type }) : [];
  const people = byId("people");
  const isNearEnd = people.clientHeight > 0 && people.scrollTop + 2 * people.clientHeight >= people.scrollHeight;
  if (isNearEnd) actions.push(...update(state, { type: "morePeople" }));
  for (const action of actions) perform(action);
}

function lookForUpdate() {
  if (wasOnline) {
    void build.isThere().then((isThere) => {
      byId("update").hidden = !isThere;
      if (isThere) setText(byId("update-words"), "There is a newer version of this page.");
    });
  }
  wasOnline = true;
}

function isLookedAt() {
  return document.hasFocus() && !document.hidden;
}

function looked() {
  if (!state) return;
  const [atBottom, focused] = [view.log.isAtBottom, isLookedAt()];
  if (focused) bell.quiet();
  if (atBottom !== activeRoom(state).atBottom || focused !== state.focused) happens({ type: "looked", atBottom, focused });
}

/** Brings a message of the room shown into sight.
 * @param {number} id
 * @param {ScrollLogicalPosition} block */
function reveal(id, block) {
  happens({ type: "looked", atBottom: false, focused: isLookedAt() });
  const row = view.log.reveal(id, block);
  looked();
  return row;
}

/** @param {string} name */
function showRoom(name) {
  const room = state && find(state, name);
  for (const each of document.querySelectorAll("dialog")) each.close();
  if (state && room) happens({ type: "show", place: state.rooms.indexOf(room) });
}

view.log.pane.addEventListener("scroll", () => {
  view.log.note();
  looked();
  fetchMore();
}, { passive: true });
// Where there is nothing to scroll, the wheel still says what is wanted.
view.log.pane.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && fetchMore("older"), { passive: true });
byId("people").addEventListener("scroll", () => fetchMore(), { passive: true });

/** The network is back, or the page is: no need to wait for a timer. */
function woken() {
  looked();
  if (!document.hidden) happens({ type: "wake" });
}
for (const type of ["focus", "pageshow", "online", "offline"]) addEventListener(type, woken);
document.addEventListener("visibilitychange", woken);
addEventListener("blur", looked);
refuseFiles((text) => state && happens({ type: "notice", text }));
// The link with a newer token, opened in this tab.
addEventListener("hashchange", () => token.take() && location.reload());
addEventListener("pagehide", () => state && memory.keep(state));

listenToPerson({ state: () => state, happens, composer, searchBar, bell, view, reveal });

const asked = new URLSearchParams(location.search);
const last = memory.last();
const username = asked.get("username") || last?.me || "";
const room = asked.get("room") || last?.room || "";
if (username || token.now()) enter({ username, room: room || "general" });
else entrance.show({ username: local.getItem("nebula.name") ?? "", room, fault: "" });
