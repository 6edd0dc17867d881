// The loop: an event changes the state, what follows from it is done, the page is drawn. It decides nothing.

import { newAnnouncer } from "./browser/announce.js";
import { newHealth } from "./browser/health.js";
import { newLeftovers } from "./browser/leftovers.js";
import { newBell } from "./browser/notifications.js";
import { Connection, ownKey } from "./browser/socket.js";
import { newTabs } from "./browser/tabs.js";
import { PROBE } from "./core/chat/refusals.js";
import { activeRoom, find, isGuest, newState } from "./core/chat/state.js";
import { update } from "./core/update.js";
import { newView, renderLink } from "./view/chat.js";
import { newCountdown, newDrawing } from "./view/drawing.js";
import { newEntrance } from "./view/entrance.js";
import { showHelp } from "./view/help.js";
import { isLookedAt } from "./view/lifecycle.js";
import { newLook } from "./view/look.js";
import { byId } from "./view/page.js";

/**
 * @typedef {import("./core/chat/state.js").State} State
 * @typedef {import("./core/update.js").Event} Event
 *
 * @typedef {object} Kept what outlives the page, and what its address says
 * @property {string} folder of the page: what is kept belongs to it, since beside it another server may have its own
 * @property {import("./browser/storage.js").Store} local
 * @property {ReturnType<typeof import("./browser/token.js").newToken>} token
 * @property {import("./browser/memory.js").Memory} memory
 * @property {ReturnType<typeof import("./browser/address.js").newAddress>} address
 *
 * @typedef {object} Parts what is on the page beside the log
 * @property {ReturnType<typeof import("./view/input/composer.js").newComposer>} composer
 * @property {ReturnType<typeof import("./view/input/searchbar.js").newSearchBar>} searchBar
 * @property {() => void} connected
 */

/** @param {Kept} kept */
export function newApp({ folder, local, token, memory, address }) {
  const view = newView();
  const look = newLook(local);
  const bell = newBell(window, local, (name) => showRoom(name), folder);
  const announcer = newAnnouncer(view.announce, () => (state ? activeRoom(state).name : ""));
  const entrance = newEntrance(enter);
  const leftovers = newLeftovers({
    memory,
    tabs: newTabs({ locks: navigator.locks, channel: (name) => new BroadcastChannel(name) }, folder),
    state: () => state,
    happens,
  });
  const draw = newDrawing(() => state && drawNow(state));
  const countDown = newCountdown(renderLink);
  /** @type {State | null} */
  let state = null;
  /** @type {Connection | null} */
  let connection = null;
  /** @type {Parts} */
  let parts;

  /** @param {{username: string, room: string, token?: string}} who */
  function enter({ username, room, token: given }) {
    if (given) token.keep(given);
    local.setItem("nebula.name", username);
    state = newState({ room, username, session: newId() });
    leftovers.anew();
    leftovers.owned(state);
    state.focused = isLookedAt();
    connection ??= newConnection();
    view.bell(bell.isOn());
    happens({ type: "start" });
    // What is not shown yet cannot have the focus.
    drawNow(state);
    if (matchMedia("(pointer: fine)").matches) parts.composer.text.focus();
  }

  function newConnection() {
    return new Connection({
      address: location.href,
      key: ownKey(local),
      token: token.now,
      tell: happens,
      question: () => ({ type: "history", room: activeRoom(/** @type {State} */ (state)).name, before: 1, limit: 1, ref: PROBE }),
      isOffline: () => !navigator.onLine,
      health: newHealth(location.href),
      isHeld: () => document.hidden && !bell.isOn(),
    });
  }

  /** @param {Event} event */
  function happens(event) {
    if (!state) return;
    const before = activeRoom(state);
    const { atBottom } = before;
    const actions = update(state, event);
    const room = activeRoom(state);
    // What was searched for was searched for there.
    if (room !== before) parts.searchBar.close();
    actions.forEach(perform);
    if (event.type === "say") memory.keep(state);
    const added = leftovers.owned(state);
    const fault = memory.fault();
    if (fault) Object.assign(state, { notice: fault, answered: false });
    if (added) update(state, { type: "recalled", added }).forEach(perform);
    if (event.type === "connected") {
      parts.connected();
      leftovers.look();
    }
    // At once: a scroll event that is on its way would else tell of the log as it was.
    if (room !== before || room.atBottom !== atBottom) drawNow(state);
    else draw();
  }

  /** @param {import("./core/update.js").Action} action */
  function perform(action) {
    switch (action.do) {
      case "dial":
        return connection?.dial(action.hello, action.afterMs, action.exactly);
      case "send":
        return connection?.send(action.envelope);
      case "probe":
        return connection?.probe(action.because);
      case "again":
        return void setTimeout(() => happens({ type: "again", room: action.room, ref: action.ref, on: action.on }), action.afterMs);
      case "announce":
        return announcer.hear(action);
      case "notify":
        return bell.ring(action);
      case "copy":
        return void copy(action.text);
      case "search":
        return parts.searchBar.open(action.text);
      case "theme":
        return look.setTheme(action.text);
      case "width":
        return look.setWidth(action.text);
      case "help":
        return showHelp();
    }
  }

  /** @param {string} text */
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      happens({ type: "notice", text: "Copied" });
    } catch {
      happens({ type: "notice", text: "The browser did not allow copying" });
    }
  }

  /** @param {State} state */
  function drawNow(state) {
    memory.keep(state);
    if (state.link.is === "refused") return drawRefusal(state);
    address.keep(state);
    const name = state.me && !isGuest(state.me) ? state.me : "";
    if (state.link.is === "online" && local.getItem("nebula.name") !== name) local.setItem("nebula.name", name);
    parts.composer.render(activeRoom(state).draft);
    view.render(state);
    countDown(state);
    fetchMore();
  }

  /** @param {State} state */
  function drawRefusal(state) {
    const { reason: fault, why } = state.link;
    // It stands there already, and somebody may be writing in it.
    if (!byId("enter").hidden) return;
    if (why === "bad_token" || why === "token_expired") token.forget();
    entrance.show({ username: state.me ?? "", room: activeRoom(state).name, fault, why });
  }

  /** What comes into sight soon is made, or asked for.
   * @param {"nearTop" | "older"} type older: the person wants it */
  function fetchMore(type = "nearTop") {
    if (!state) return;
    const actions = view.log.stretch() ? update(state, { type }) : [];
    const people = byId("people");
    const isNearEnd = people.clientHeight > 0 && people.scrollTop + 2 * people.clientHeight >= people.scrollHeight;
    if (isNearEnd) actions.push(...update(state, { type: "morePeople" }));
    actions.forEach(perform);
  }

  /** @param {boolean} [isActive] the person did something */
  function looked(isActive = false) {
    if (!state || (isActive && !activeRoom(state).behind)) return;
    const [atBottom, focused] = [view.log.isAtBottom, isLookedAt()];
    if (focused) bell.quiet();
    if (isActive || atBottom !== activeRoom(state).atBottom || focused !== state.focused) happens({ type: "looked", atBottom, focused });
  }

  /** @param {string} name */
  function showRoom(name) {
    const room = state && find(state, name);
    for (const each of document.querySelectorAll("dialog")) each.close();
    if (state && room) happens({ type: "show", place: state.rooms.indexOf(room) });
  }

  return {
    view, bell, entrance, enter, happens, fetchMore, looked, showRoom,
    state: () => state,
    /** @param {Parts} all */
    compose: (all) => { parts = all; },
  };
}

/** Random, for this visit. */
export function newId() {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}
