// The wiring: page events in, state changed, actions done, page drawn. It decides nothing.

import { linkInto, newAddress, whoComes } from "./address.js";
import { newAnnouncer } from "./announce.js";
import { likeliest } from "./complete.js";
import { Connection, ownKey } from "./connection.js";
import { newHealth } from "./health.js";
import { newLeftovers } from "./leftovers.js";
import { Memory } from "./memory.js";
import { mirrored, newMirror } from "./mirror.js";
import { newBuildWatch } from "./newer.js";
import { newBell } from "./notify.js";
import { fold, inSentence } from "./protocol.js";
import { PROBE } from "./received.js";
import { activeRoom, find, isGuest, newState } from "./state.js";
import { folderOf, storage } from "./storage.js";
import { newTabs } from "./tabs.js";
import { newToken } from "./token.js";
import { update } from "./update.js";
import { newView, renderLink } from "./view/chat.js";
import { newComposer } from "./view/composer.js";
import { newEntrance } from "./view/entrance.js";
import { refuseFiles } from "./view/files.js";
import { showHelp } from "./view/help.js";
import { newLook } from "./view/look.js";
import { ask, byId, setText } from "./view/page.js";
import { newSearchBar } from "./view/searchbar.js";
import { listenToPerson } from "./wishes.js";

/** A hidden page gets no frames, also none that it asked for before, but its title still counts what is
 * unread. */
const HIDDEN_FRAME_MS = 100;
/** A database that takes longer is done without. */
const RESTORE_MS_MAX = 1_000;

/** What is kept belongs to the page's folder: beside it another server may have its own. */
const folder = folderOf(location.href);
const local = mirrored(storage("localStorage", folder), newMirror(() => indexedDB, folder));
const tab = storage("sessionStorage", folder);
const token = newToken(tab, location, (address) => history.replaceState(null, "", address));
// Before anything else can see it.
token.take();
const memory = new Memory({ tab, browser: local, id: newId() });
const address = newAddress(location, history);
const leftovers = newLeftovers({
  memory,
  tabs: newTabs({ locks: navigator.locks, channel: (name) => new BroadcastChannel(name) }, folder),
  state: () => state,
  happens: (event) => happens(event),
});
const build = newBuildWatch(location.href, document.querySelector("meta[name=build]")?.getAttribute("content") ?? null);
const look = newLook(local);
const view = newView();
const bell = newBell(window, local, (name) => showRoom(name), folder);
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
  state = newState({ room, username, session: newId() });
  leftovers.anew();
  leftovers.owned(state);
  state.focused = isLookedAt();
  connection ??= new Connection({
    address: location.href,
    key: ownKey(local),
    token: token.now,
    tell: happens,
    question: () => ({ type: "history", room: activeRoom(/** @type {State} */ (state)).name, before: 1, limit: 1, ref: PROBE }),
    isOffline: () => !navigator.onLine,
    health: newHealth(location.href),
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
  if (event.type === "say") memory.keep(state);
  const added = leftovers.owned(state);
  const fault = memory.fault();
  if (fault) Object.assign(state, { notice: fault, answered: false });
  if (added) for (const action of update(state, { type: "recalled", added })) perform(action);
  if (event.type === "connected") {
    lookForUpdate();
    leftovers.look();
  }
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
      return connection?.probe(action.because);
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
  address.keep(state);
  const name = state.me && !isGuest(state.me) ? state.me : "";
  if (state.link.is === "online" && local.getItem("nebula.name") !== name) local.setItem("nebula.name", name);
  composer.render(activeRoom(state).draft);
  view.render(state);
  countDown(state);
  fetchMore();
}

/** Random, for this visit. */
function newId() {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}

/** Draws the seconds until the next attempt, each when it begins.
 * @param {State} state */
function countDown(state) {
  renderLink(state);
  const leftMs = state.link.is === "waiting" ? state.link.at - Date.now() : 0;
  if (leftMs > 0) countdown = setTimeout(() => countDown(state), leftMs % 1000 || 1000);
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

/** @param {boolean} [isDone] the person did something */
function looked(isDone = false) {
  if (!state) return;
  const [atBottom, focused] = [view.log.isAtBottom, isLookedAt()];
  if (focused) bell.quiet();
  if (atBottom !== activeRoom(state).atBottom || focused !== state.focused || (isDone && activeRoom(state).behind)) happens({ type: "looked", atBottom, focused });
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

/** A link into this chat goes to its room, here; true if it is one.
 * @param {string} href */
function follow(href) {
  const link = linkInto(href, location.href);
  if (!link) return false;
  happens({ type: "join", name: link.room });
  if (!token.now()) void offerName(link.username);
  return true;
}

/** A link may ask for another name; nobody gets one unasked.
 * @param {string} name */
async function offerName(name) {
  const me = state?.me ?? "";
  if (name === "" || fold(name) === fold(me)) return;
  const isWanted = await ask(`This link asks you to be “${inSentence(name)}”. You are ${me ? `“${inSentence(me)}”` : "a guest"}. Change your name?`, "Change name");
  if (isWanted) happens({ type: "nick", name });
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

// Who does anything is there, and sees what came.
for (const type of ["keydown", "pointerdown", "wheel"]) addEventListener(type, () => state && activeRoom(state).behind && looked(true), { capture: true, passive: true });

/** The network is back, or the page is: no need to wait for a timer. */
function woken() {
  looked();
  if (!document.hidden) happens({ type: "wake" });
}
for (const type of ["focus", "pageshow"]) addEventListener(type, woken);
for (const type of ["online", "offline"]) addEventListener(type, () => happens({ type: "network", isThere: type === "online" }));
document.addEventListener("visibilitychange", woken);
addEventListener("blur", () => looked());
refuseFiles((text) => state && happens({ type: "notice", text }));
// The link with a newer token, opened in this tab.
addEventListener("hashchange", () => token.take() && location.reload());
addEventListener("pagehide", () => state && memory.keep(state));
// What is kept is there again: only what cannot be is worth a question.
addEventListener("beforeunload", (event) => {
  if (state && !memory.keep(state)) event.preventDefault();
});
addEventListener("popstate", () => {
  showRoom(address.asked().room);
  // A room that one has left is no place to be: the address says where one is.
  if (state) address.keep(state);
});

listenToPerson({ state: () => state, happens, composer, searchBar, bell, view, reveal, follow });

function begin() {
  const who = whoComes(address.asked(), memory.last, local.getItem("nebula.name"));
  address.hideName(who.room);
  if (who.enters || token.now()) {
    enter({ username: who.username, room: who.room || "general" });
    if (!token.now()) void offerName(who.other);
  } else {
    entrance.show({ username: who.username, room: who.room, fault: "", other: who.other });
  }
  // All of it runs.
  byId("loading").remove();
}
// Before anything is written: whoever seems to be new may have had a key when their browser was killed.
void Promise.race([local.restore(), new Promise((resolve) => setTimeout(resolve, RESTORE_MS_MAX))]).then(begin);
