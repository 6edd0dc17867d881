// The loop: an event changes the state, what follows from it is done, the page is drawn. It decides nothing.

import { newAnnouncer } from "./browser/announce.js";
import { newHealth } from "./browser/health.js";
import { newLeftovers } from "./browser/leftovers.js";
import { NOT_KEPT } from "./browser/memory.js";
import { codeOf } from "./browser/codes.js";
import { labelOf } from "./browser/label.js";
import { newBell } from "./browser/notifications.js";
import { Connection, ownKey } from "./browser/socket.js";
import { newTabs } from "./browser/tabs.js";
import { isAddress } from "./core/chat/label.js";
import { PROBE } from "./core/chat/refusals.js";
import { isRevoked } from "./core/chat/revoked.js";
import { activeRoom, find, isGuest, newState, tell } from "./core/chat/state.js";
import { update } from "./core/update.js";
import { newView, renderLink, renderNotice } from "./view/chat.js";
import { newCountdown, newDrawing } from "./view/drawing.js";
import { newEntrance } from "./view/entrance.js";
import { showHelp } from "./view/help.js";
import { isLookedAt } from "./view/lifecycle.js";
import { NO_EMOJI } from "./view/log/picker.js";
import { newLook } from "./view/look.js";
import { ask, byId, copyText, hasMouse } from "./view/page.js";

/**
 * @typedef {import("./core/chat/state.js").State} State
 * @typedef {import("./core/update.js").Event} Event
 * @typedef {import("./core/update.js").Action} Action
 *
 * @typedef {object} Kept what outlives the page, and what its address says
 * @property {string} folder of the page: what is kept belongs to it, since beside it another server may have its own
 * @property {import("./browser/storage.js").Store} local
 * @property {ReturnType<typeof import("./browser/servers.js").newServers>} servers
 * @property {ReturnType<typeof import("./browser/token.js").newToken>} token
 * @property {import("./browser/memory.js").Memory} memory
 * @property {ReturnType<typeof import("./browser/address.js").newAddress>} address
 * @property {number | null} wanted the message that the address names, until somebody is in
 *
 * @typedef {object} Parts what is on the page beside the log
 * @property {ReturnType<typeof import("./view/input/composer.js").newComposer>} composer
 * @property {ReturnType<typeof import("./view/controls.js").listenToPerson>} over what opens over the page
 * @property {() => void} connected
 * @property {(id: number) => string} linkTo the address of a message of the room shown
 * @property {() => Promise<typeof import("./core/emoji.js")>} emoji their names
 * @property {(id: number) => void} reveal brings a message into sight, and marks it
 * @property {(which: import("./core/chat/messages/changing.js").Which) => void} edit goes on where a message is edited
 */

export class App {
  view = newView();
  /** @type {State | null} */
  state = null;
  bell;
  entrance;
  look;
  #kept;
  #announcer;
  #leftovers;
  /** @type {Connection | null} */
  #connection = null;
  /** @type {Parts | null} */
  #parts = null;
  #draw = newDrawing(() => this.state && this.#drawNow(this.state));
  #drawDraft = newDrawing(() => this.state && this.#drawDraftNow(this.state));
  #countDown = newCountdown(renderLink);

  /** @param {Kept} kept */
  constructor(kept) {
    const { folder, local, memory } = kept;
    this.#kept = kept;
    this.look = newLook(local);
    this.bell = newBell(window, local, (name) => this.showRoom(name), folder);
    this.#announcer = newAnnouncer(this.view.announce, () => (this.state ? activeRoom(this.state).name : ""));
    this.entrance = newEntrance((who) => this.enter(who), codeOf);
    this.#leftovers = newLeftovers({
      memory,
      tabs: newTabs({ locks: navigator.locks, channel: (name) => new BroadcastChannel(name) }, folder),
      state: () => this.state,
      happens: this.happens,
    });
  }

  /** Takes the parts of the page that can only be made once this is.
   * @param {Parts} parts */
  compose(parts) {
    this.#parts = parts;
  }

  /** @param {{username: string, room: string, token?: string, brings?: import("./core/chat/state.js").Brings}} who
   * room: "" where nobody asked for one */
  enter({ username, room, token, brings = {} }) {
    const { local, servers, token: kept } = this.#kept;
    if (token) kept.keep(token);
    // Who comes by the code of another device hears their name from the server.
    if (brings.link === undefined) local.setItem("nebula.name", username);
    const state = newState({ room: room || "general", username, session: newId(), brings, follows: true, own: servers.own, others: servers.known() });
    activeRoom(state).isDefault = room === "";
    Object.assign(state, { isPlain: this.look.isPlain(), highlights: this.look.highlights() });
    this.state = state;
    this.#leftovers.anew();
    this.#leftovers.owned(state);
    state.focused = isLookedAt();
    this.#connection ??= this.#newConnection();
    this.view.bell(this.bell.isOn());
    this.happens({ type: "start" });
    const { wanted } = this.#kept;
    if (wanted !== null) this.happens({ type: "jump", id: wanted });
    this.#kept.wanted = null;
    // What is not shown yet cannot have the focus.
    this.#drawNow(state);
    if (hasMouse()) this.#parts?.composer.text.focus();
  }

  #newConnection() {
    return new Connection({
      address: location.href,
      key: ownKey(this.#kept.local),
      label: labelOf(navigator.userAgent),
      token: this.#kept.token.now,
      tell: this.happens,
      question: () => ({ type: "history", room: activeRoom(/** @type {State} */ (this.state)).name, before: 1, limit: 1, ref: PROBE }),
      isOffline: () => !navigator.onLine,
      health: newHealth(location.href),
      isHeld: () => document.hidden && !this.bell.isOn(),
    });
  }

  /** @param {Event} event */
  happens = (event) => {
    const { state } = this;
    if (!state) return;
    const before = activeRoom(state);
    const { atBottom } = before;
    const actions = update(state, event);
    const room = activeRoom(state);
    this.#perform(actions);
    this.#keep(state, event);
    if (event.type === "connected") {
      this.#parts?.connected();
      this.#leftovers.look();
    }
    // At once: a scroll event that is on its way would tell of the log as it was before.
    if (room !== before || room.atBottom !== atBottom) this.#drawNow(state);
    else if (event.type === "draft") this.#drawDraft();
    else this.#draw();
  };

  /** Stores what is to be sent before anything else happens; and who has another name now gets back what they left under
   * it.
   * @param {State} state
   * @param {Event} event */
  #keep(state, event) {
    const { memory, servers } = this.#kept;
    servers.keep(state.link.others);
    const isKept = event.type !== "say" || memory.keep(state);
    const added = this.#leftovers.owned(state);
    const fault = memory.fault() || (isKept ? "" : NOT_KEPT);
    if (fault) tell(state, fault);
    if (added) this.#perform(update(state, { type: "recalled", added }));
  }

  /** @param {Action[]} actions */
  #perform(actions) {
    for (const action of actions) this.#do(action);
  }

  /** @param {Action} action */
  #do(action) {
    switch (action.do) {
      case "dial":
        return this.#connection?.dial(action.hello, action.afterMs, action.leastMs, action.server);
      case "send":
        return this.#connection?.send(action.envelope);
      case "probe":
        return this.#connection?.probe(action.because);
      case "later":
        return void setTimeout(() => this.happens(action.event), action.afterMs);
      case "announce":
        return this.#announcer.hear(action);
      case "notify":
        return this.bell.ring(action);
      case "copy":
        return void this.#copy(action.text);
      case "reveal":
        // Its room may be shown only when this is done.
        return queueMicrotask(() => this.#parts?.reveal(action.id));
      case "edit":
        // The same holds for its row.
        return queueMicrotask(() => this.#parts?.edit(action.which));
      case "permalink":
        return void this.#copy(this.#parts?.linkTo(action.id) ?? "");
      case "follow":
        return void open(action.href, "_blank", "noopener");
      case "emoji":
        return void this.#react(action);
      case "theme":
        return this.look.setTheme(action.text);
      case "width":
        return this.look.setWidth(action.text);
      case "highlight":
        return this.look.setHighlights(action.words);
      case "plain":
        return this.look.setPlain(action.isOn);
      case "open":
        return this.#parts?.over.dialogs[action.what].open(action.text);
      case "confirm":
        return void ask(action.question, action.yes, true).then((yes) => yes && this.happens(action.then));
      case "help":
        return showHelp();
    }
  }

  /** Puts an emoji on a message that was named in words.
   * @param {{code: string, id: number}} what */
  async #react({ code, id }) {
    const names = await this.#parts?.emoji().catch(() => null);
    const emoji = names?.byCode(code);
    if (emoji) this.happens({ type: "does", intent: { is: "react", id, emoji } });
    else this.happens({ type: "notice", text: names ? `No emoji named "${code}"` : NO_EMOJI });
  }

  /** @param {string} text */
  async #copy(text) {
    this.happens({ type: "notice", text: await copyText(text) ? "Copied" : "Copy failed" });
  }

  /** @param {State} state */
  #drawNow(state) {
    const { memory, address, local } = this.#kept;
    memory.keep(state);
    // What was not sent from a device that is revoked stays in sight.
    if (state.link.is === "refused" && !isRevoked(state)) return this.#drawRefusal(state);
    address.keep(state);
    const name = state.me && !isGuest(state.me) ? state.me : "";
    if (state.link.is === "online" && local.getItem("nebula.name") !== name) local.setItem("nebula.name", name);
    this.#parts?.composer.render(activeRoom(state).draft);
    this.#parts?.over.render(state);
    this.view.render(state);
    this.#countDown(state);
    this.fetchMore();
  }

  /** What a key changes where one writes: not the log, which may be long.
   * @param {State} state */
  #drawDraftNow(state) {
    this.#kept.memory.keep(state);
    this.#parts?.composer.render(activeRoom(state).draft);
    renderNotice(state);
  }

  /** @param {State} state */
  #drawRefusal(state) {
    const { reason: fault, why } = state.link;
    // It stands there already, and somebody may be writing in it.
    if (!byId("enter").hidden) return;
    if (why === "bad_token" || why === "token_expired") this.#kept.token.forget();
    this.comeAnew(fault, why);
  }

  /** The first screen, where one was or is not let in.
   * @param {string} fault
   * @param {string} why
   * @param {import("./core/chat/state.js").Brings} [brings] */
  comeAnew(fault, why, brings) {
    const { state } = this;
    // Nothing draws it again: who comes in now has another.
    if (state && isRevoked(state)) this.state = null;
    this.entrance.show({ username: state?.me ?? "", room: state && !isAddress(activeRoom(state).name) ? activeRoom(state).name : "", fault, why, brings: brings ?? state?.brings ?? {} });
  }

  /** The button beside what is wrong with the connection. */
  connect() {
    const { state } = this;
    if (!state || !isRevoked(state)) return this.happens({ type: "connect" });
    this.comeAnew(state.link.reason, state.link.why);
  }

  /** Makes rows, or asks for messages and names, before they come into sight.
   * @param {"nearTop" | "older"} type older: the person wants it */
  fetchMore(type = "nearTop") {
    const { state } = this;
    if (!state) return;
    const actions = this.view.log.stretch() ? update(state, { type }) : [];
    if (activeRoom(state).past?.newer && this.view.log.isNearEnd) actions.push(...update(state, { type: "newer" }));
    const people = byId("people");
    const isNearEnd = people.clientHeight > 0 && people.scrollTop + 2 * people.clientHeight >= people.scrollHeight;
    if (isNearEnd) actions.push(...update(state, { type: "morePeople" }));
    this.#perform(actions);
  }

  /** @param {boolean} [isActive] the person did something */
  looked(isActive = false) {
    const { state } = this;
    if (!state || (isActive && !activeRoom(state).behind)) return;
    const [atBottom, focused] = [this.view.log.isAtBottom, isLookedAt()];
    if (focused) this.bell.quiet();
    if (isActive || atBottom !== activeRoom(state).atBottom || focused !== state.focused) this.happens({ type: "looked", atBottom, focused });
  }

  /** @param {string} name */
  showRoom(name) {
    const { state } = this;
    const room = state && find(state, name);
    for (const each of document.querySelectorAll("dialog")) each.close();
    if (state && room) this.happens({ type: "show", place: state.rooms.indexOf(room) });
  }
}

/** Random, for this visit. */
export function newId() {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}
