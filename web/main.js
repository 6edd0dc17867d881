// The wiring: the parts of the page are made, and told of each other. It decides nothing.

import { App, newId } from "./app.js";
import { linkInto, newAddress, takeMessage, whoComes } from "./browser/address.js";
import { newBuildWatch } from "./browser/build.js";
import { takeCode } from "./browser/codes.js";
import { Memory } from "./browser/memory.js";
import { mirrored, newMirror } from "./browser/mirror.js";
import { newServers } from "./browser/servers.js";
import { folderOf, storage } from "./browser/storage.js";
import { newToken } from "./browser/token.js";
import { activeRoom, isGuest } from "./core/chat/state.js";
import { everybodyIn, likeliest } from "./core/commands/complete.js";
import { filtersInDraft } from "./core/commands/filters.js";
import { newestOwn } from "./core/commands/messages.js";
import { fold } from "./core/protocol/names.js";
import { inSentence } from "./core/protocol/text.js";
import { listenToPerson } from "./view/controls.js";
import { searchDays } from "./view/dialogs/times.js";
import { refuseFiles } from "./view/files.js";
import { newComposer } from "./view/input/composer.js";
import { isLookedAt, listenToBrowser } from "./view/lifecycle.js";
import { ask, byId, setText } from "./view/page.js";

const LATEST_EMOJI = "nebula.emoji";
/** The page starts without a database that takes longer. */
const RESTORE_MS_MAX = 1_000;

const folder = folderOf(location.href);
const local = mirrored(storage("localStorage", folder), newMirror(() => indexedDB, folder));
const tab = storage("sessionStorage", folder);
const replace = (/** @type {string} */ bare) => history.replaceState(null, "", bare);
const token = newToken(tab, location, replace);
// Before anything else can see them.
token.take();
const brought = takeCode(location, replace);
const memory = new Memory({ tab, browser: local, id: newId() });
const address = newAddress(location, history);
const build = newBuildWatch(location.href, document.querySelector("meta[name=build]")?.getAttribute("content") ?? null);
const app = new App({ folder, local, servers: newServers(local, location.origin), token, memory, address, wanted: takeMessage(location, replace) });
const { view, bell, look, happens } = app;
const state = () => app.state;
const emoji = () => import("./core/emoji.js");

const completing = {
  names: () => (app.state ? likeliest(activeRoom(app.state), app.state.me) : []),
  rooms: () => state()?.rooms.filter(({ kind }) => kind === "open").map((room) => room.name) ?? [],
  // Offline, there are none until it is tried again.
  emoji: () => emoji().catch(() => null),
};
const composer = newComposer({
  ...completing,
  filters: (text, caret) => app.state && filtersInDraft(text, caret, app.state, searchDays()),
  everybody: () => (app.state ? everybodyIn(activeRoom(app.state)) : []),
  drafted: (text) => happens({ type: "draft", text }),
  send: () => happens({ type: "say", text: composer.text.value }),
  up: editNewest,
});
let wasOnline = false;
const latestEmoji = {
  all: () => (local.getItem(LATEST_EMOJI) ?? "").split(" ").filter((emoji) => emoji !== ""),
  keep: (/** @type {string[]} */ emoji) => void local.setItem(LATEST_EMOJI, emoji.join(" ")),
};
const over = listenToPerson({ emoji, latestEmoji, state, happens, composer, bell, look, view, reveal, follow, connect: () => app.connect() });
app.compose({ composer, over, connected, reveal: goTo, edit: goToEditor, linkTo, emoji });

/** The room that is shown: there is one from the first event on. */
function shown() {
  return activeRoom(/** @type {import("./core/chat/state.js").State} */ (state()));
}

/** The newest message of one's own is edited, where it stands; false if there is none. */
function editNewest() {
  const now = state();
  const which = now ? newestOwn(now, activeRoom(now)) : undefined;
  if (which === undefined) return false;
  happens({ type: "does", intent: { is: "editing", which } });
  return true;
}

/** Goes on where a message is edited.
 * @param {import("./core/chat/messages/changing.js").Which} which */
function goToEditor(which) {
  if (typeof which === "number") reveal(which, "nearest");
  view.log.edit();
}

/** @param {number} id of a message of the room shown */
function linkTo(id) {
  return new URL(`?${new URLSearchParams({ room: shown().name })}#m=${id}`, location.href).href;
}

/** After a reconnect there may be another server. */
function connected() {
  if (wasOnline) {
    void build.isThere().then((isThere) => {
      byId("update").hidden = !isThere;
      if (isThere) setText(byId("update-words"), "There is a newer version of this page.");
    });
  }
  wasOnline = true;
}

/** Brings a message into sight that was looked for, and marks it for a moment.
 * @param {number} id */
function goTo(id) {
  const row = reveal(id, "center");
  if (!row) return;
  row.classList.add("target");
  row.addEventListener("animationend", () => row.classList.remove("target"), { once: true });
  row.focus({ preventScroll: true });
}

/** Brings a message of the room shown into sight.
 * @param {number} id
 * @param {ScrollLogicalPosition} block */
function reveal(id, block) {
  happens({ type: "looked", atBottom: false, focused: isLookedAt() });
  const row = view.log.reveal(id, block);
  app.looked();
  return row;
}

/** A link into this chat goes to its room, here; true if it is one.
 * @param {string} href */
function follow(href) {
  const link = linkInto(href, location.href);
  if (!link) return false;
  happens({ type: "join", name: link.room });
  if (link.message !== null) happens({ type: "jump", room: link.room, id: link.message, from: view.log.here });
  if (!token.now()) void offerName(link.username);
  return true;
}

/** A link may ask for another name; nobody gets one unasked.
 * @param {string} name */
async function offerName(name) {
  const me = state()?.me ?? "";
  if (name === "" || fold(name) === fold(me)) return;
  const isWanted = await ask(`This link asks you to be “${inSentence(name)}”. You are ${me ? `“${inSentence(me)}”` : "a guest"}. Change your name?`, "Change name");
  if (isWanted) happens({ type: "nick", name });
}

view.log.listen({
  moved: () => (app.looked(), app.fetchMore()),
  wantsOlder: () => app.fetchMore("older"),
  edits: {
    ...completing,
    does(intent) {
      happens({ type: "does", intent });
      if (shown().editing === null) composer.text.focus();
    },
  },
});
byId("people").addEventListener("scroll", () => app.fetchMore(), { passive: true });
refuseFiles((text) => happens({ type: "notice", text }));
listenToBrowser({
  looked: (isActive) => app.looked(isActive),
  // The network is back, or the page is: no need to wait for a timer.
  woken() {
    app.looked();
    if (!document.hidden) happens({ type: "wake" });
  },
  network: (isThere) => happens({ type: "network", isThere }),
  parts: () => happens({ type: "parting" }),
  keep() {
    const now = state();
    return now === null || memory.keep(now);
  },
  wentBack() {
    app.showRoom(address.asked().room);
    // If that room was left, the address goes back to the room shown.
    const now = state();
    if (now) address.keep(now);
  },
  // The link with a newer token, or with a code, opened in this tab.
  hashChanged() {
    if (token.take()) return location.reload();
    const brings = takeCode(location, replace);
    if (brings) void bring(brings);
    const wanted = takeMessage(location, replace);
    if (wanted !== null) happens({ type: "jump", id: wanted, from: view.log.here });
  },
});

/** Somebody who is here opens a link with a code.
 * @param {import("./core/chat/state.js").Brings} brings */
async function bring(brings) {
  const now = state();
  if (!now || now.link.is === "refused") return app.comeAnew("", "", brings);
  const me = now.me ? `“${inSentence(now.me)}”` : "a guest";
  const question = brings.link === undefined ? `You are ${me} here. Use this invite?` : `You are ${me} here. Become the person who shows this code, on this device?`;
  if (await ask(question, brings.link === undefined ? "Use the invite" : "Link this device")) happens({ type: "bring", brings });
}

function begin() {
  const who = whoComes(address.asked(), memory.last, local.getItem("nebula.name"));
  address.hideName(who.room);
  const isNobody = who.username === "" || isGuest(who.username);
  if (brought?.link !== undefined && isNobody && !token.now()) {
    app.enter({ username: "", room: who.room, brings: brought });
  } else if (brought && !token.now()) {
    app.entrance.show({ username: who.username, room: who.room, fault: "", brings: brought });
  } else if (who.enters || token.now()) {
    app.enter({ username: who.username, room: who.room });
    if (!token.now()) void offerName(who.other);
  } else {
    app.entrance.show({ username: who.username, room: who.room, fault: "", other: who.other });
  }
  // Everything has been loaded and runs.
  byId("loading").remove();
}
// Before anything is written: whoever seems to be new may have had a key when their browser was killed.
void Promise.race([local.restore(), new Promise((resolve) => setTimeout(resolve, RESTORE_MS_MAX))]).then(begin);
