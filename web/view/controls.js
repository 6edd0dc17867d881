// What the person does with keys and buttons becomes events of update.js, or moves the page.

import { activeRoom, isGuest, isMe } from "../core/chat/state.js";
import { firstAfter, newLine } from "../core/chat/unread.js";
import { filtersAt } from "../core/commands/filters.js";
import { meaning } from "../core/commands/keys.js";
import { levelOf } from "../core/protocol/rooms.js";
import { moveBetweenLandmarks, withMessageFocus } from "./focus.js";
import { newDialogs } from "./dialogs/dialogs.js";
import { searchDays } from "./dialogs/times.js";
import { showHelp } from "./help.js";
import { newSwitcher } from "./input/switcher.js";
import { withActions } from "./log/actions.js";
import { pressInText } from "./log/formatted/formatted.js";
import { newPicker } from "./log/picker.js";
import { withTranscript } from "./log/transcript.js";
import { byId, hasMouse } from "./page.js";
import { withDragging } from "./sides/rooms.js";
import { withArrows } from "./sides/roving.js";
import { newSides } from "./sides/sides.js";

/**
 * @typedef {import("../core/update.js").Event} Event
 *
 * @typedef {object} Needs
 * @property {() => import("../core/chat/state.js").State | null} state
 * @property {(event: Event) => void} happens
 * @property {ReturnType<typeof import("./input/composer.js").newComposer>} composer
 * @property {ReturnType<typeof import("../browser/notifications.js").newBell>} bell
 * @property {Pick<ReturnType<typeof import("./look.js").newLook>, "toggleToolbar">} look
 * @property {ReturnType<typeof import("./chat.js").newView>} view
 * @property {(id: number, block: ScrollLogicalPosition) => HTMLElement | null} reveal
 * @property {() => Promise<typeof import("../core/emoji.js")>} emoji their names
 * @property {{all: () => string[], keep: (emoji: string[]) => void}} latestEmoji
 * @property {() => void} connect does what helps where the connection is none
 * @property {(href: string) => boolean} follow goes where a link into this chat leads; false if it is none
 *
 * @typedef {object} Moves
 * @property {() => boolean} closeDrawer
 * @property {ReturnType<typeof newSwitcher>} switcher
 * @property {ReturnType<typeof newDialogs>} dialogs
 * @property {(event: Event) => void} go to another room, where one may write at once
 * @property {(name: string) => void} mention writes a name where one writes
 */

/** @type {Event} */
const OPENS_SEARCH = { type: "does", intent: { is: "search", query: "" } };

/** What opens over the page, which is drawn with it.
 * @param {Needs} needs
 * @returns {{render: (state: import("../core/chat/state.js").State) => void, dialogs: ReturnType<typeof newDialogs>}} */
export function listenToPerson(needs) {
  const moves = movesOf(needs);
  const commands = keyCommandsOf(needs, moves);
  addEventListener("keydown", (event) => {
    const command = commands[meaning(event, /^Mac|^iP/.test(navigator.platform)) ?? ""];
    // The page is searched for an open dialog only for a command, not for each letter.
    if (!command || byId("chat").hidden || event.isComposing || document.querySelector("dialog[open]")) return;
    if (command() !== "no") event.preventDefault();
  });
  for (const [id, click] of Object.entries(buttonsOf(needs, moves))) byId(id).addEventListener("click", click);
  for (const id of ["room-list", "direct-list"]) {
    byId(id).addEventListener("click", (event) => chooseRoom(needs, moves, event));
    withArrows(byId(id));
    withDragging(byId(id), (from, to) => needs.happens({ type: "does", intent: { is: "move", from, to } }));
  }
  byId("level").addEventListener("change", ({ target }) => {
    const { value } = /** @type {HTMLSelectElement} */ (target);
    needs.happens({ type: "does", intent: { is: "notify", level: levelOf({ notify: value }) } });
  });
  byId("people-list").addEventListener("click", (event) => choosePerson(needs, moves, event));
  byId("log").addEventListener("click", (event) => pressInLog(needs, event));
  byId("log").addEventListener("click", pressInText);
  byId("log").addEventListener("click", (event) => followLink(needs, event));
  withArrows(byId("people-list"));
  withMessageFocus(needs.view.log.pane);
  const picker = newPicker({ table: needs.emoji, latest: needs.latestEmoji, tell: (text) => needs.happens({ type: "notice", text }) });
  const actions = withActions({
    ...needs,
    write: () => needs.composer.text.focus(),
    pick: (id, at) => void picker.open(at, /** @type {HTMLElement} */ (at.closest(".row")), (emoji) => needs.happens({ type: "does", intent: { is: "react", id, emoji } })),
  });
  withTranscript(needs.view.log.pane, byId("log"));
  const { dialogs, switcher } = moves;
  return {
    dialogs,
    render(state) {
      dialogs.render(state);
      switcher.render();
      actions.render();
    },
  };
}

/** @param {Needs} needs
 * @returns {Moves} */
function movesOf({ state, happens, composer, view }) {
  const { close: closeDrawer } = newSides();
  const toText = () => {
    closeDrawer();
    if (hasMouse()) composer.text.focus();
  };
  /** @param {Event} event */
  const go = (event) => {
    happens(event);
    toText();
  };
  const switcher = newSwitcher({ state: () => /** @type {import("../core/chat/state.js").State} */ (state()), happens, go });
  const filters = (/** @type {string} */ text, /** @type {number} */ caret) => filtersAt(text, caret, /** @type {import("../core/chat/state.js").State} */ (state()), searchDays());
  const mention = (/** @type {string} */ name) => {
    const now = state();
    closeDrawer();
    composer.text.focus();
    composer.insert(now && activeRoom(now).draft.trim() ? `${name} ` : `${name}: `);
  };
  return { closeDrawer, switcher, dialogs: newDialogs({ state, happens, go, toText, mention, filters, here: () => view.log.here }), go, mention };
}

/** What the names in keys.js stand for.
 * @param {Needs} needs
 * @param {Moves} moves
 * @returns {Record<string, () => unknown>} "no": it does nothing now, and the key is the browser's */
function keyCommandsOf({ state, happens, view, reveal }, { closeDrawer, switcher }) {
  /** @param {number} by */
  const move = (by) => {
    const now = state();
    if (now) happens({ type: "does", intent: { is: "move", to: now.active + by } });
  };
  return {
    switcher: switcher.open,
    roomUp: () => move(-1),
    roomDown: () => move(1),
    inbox: () => happens({ type: "does", intent: { is: "mentions" } }),
    help: showHelp,
    previous: () => happens({ type: "step", by: -1 }),
    next: () => happens({ type: "step", by: 1 }),
    previousUnread: () => happens({ type: "step", by: -1, unread: true }),
    nextUnread: () => happens({ type: "step", by: 1, unread: true }),
    active: () => happens({ type: "active" }),
    firstUnread() {
      const now = state();
      const room = now && activeRoom(now);
      const id = room && (newLine(now, room) ?? firstAfter(now, room, room.read));
      if (id && room.past) happens({ type: "jump", id, from: view.log.here });
      else if (id) reveal(id, "center");
      else happens({ type: "notice", text: "No unread messages in this room" });
    },
    bottom() {
      const now = state();
      if (closeDrawer()) return;
      if (now && activeRoom(now).reply !== null) happens({ type: "does", intent: { is: "notReplying" } });
      else if (now?.search) happens({ type: "does", intent: { is: "foundEnds" } });
      else happens({ type: "escape" });
    },
    search: () => happens(OPENS_SEARCH),
    nextFound: () => (state()?.search ? happens({ type: "does", intent: { is: "nextFound" } }) : "no"),
    previousFound: () => (state()?.search ? happens({ type: "does", intent: { is: "previousFound" } }) : "no"),
    landmark: () => moveBetweenLandmarks(1),
    landmarkBack: () => moveBetweenLandmarks(-1),
  };
}

/** @param {Needs} needs
 * @param {Moves} moves
 * @returns {Record<string, () => void>} */
function buttonsOf({ happens, composer, bell, look, view, connect }, { go, switcher, dialogs }) {
  /** @param {{open(): void}} box */
  const fromMenu = (box) => () => {
    byId("menu").hidePopover();
    box.open();
  };
  return {
    "devices-button": fromMenu(dialogs.devices),
    "invites-button": fromMenu(dialogs.invites),
    "name-button": fromMenu(dialogs.name),
    "mentions-button": fromMenu({ open: () => happens({ type: "does", intent: { is: "mentions" } }) }),
    "toolbar-button": fromMenu({
      open() {
        look.toggleToolbar();
        composer.text.focus();
      },
    }),
    "plain-button": fromMenu({ open: () => happens({ type: "does", intent: { is: "plain" } }) }),
    older: () => happens({ type: "older" }),
    "join-button": switcher.open,
    "list-button": () => dialogs.browser.open(),
    "create-button": dialogs.create.open,
    "write-button": dialogs.write.open,
    "add-button": dialogs.add.open,
    "topic-button": dialogs.about.open,
    "help-button": showHelp,
    "search-button": () => happens(OPENS_SEARCH),
    "finding-list": () => happens(OPENS_SEARCH),
    "finding-older": () => happens({ type: "does", intent: { is: "nextFound" } }),
    "finding-newer": () => happens({ type: "does", intent: { is: "previousFound" } }),
    "finding-close"() {
      happens({ type: "does", intent: { is: "foundEnds" } });
      view.log.pane.focus();
    },
    "leave-button": () => go({ type: "leave" }),
    "replying-button": () => happens({ type: "does", intent: { is: "notReplying" } }),
    "dial-button": connect,
    "update-button": () => location.reload(),
    back() {
      happens({ type: "back" });
      view.log.pane.focus();
    },
    newer() {
      happens({ type: "escape" });
      view.log.pane.focus();
    },
    bell() {
      void bell.toggle().then((text) => {
        view.bell(bell.isOn());
        happens({ type: "notice", text });
      });
    },
  };
}

/** With the keyboard one looks through the list and stays in it.
 * @param {Needs} needs
 * @param {Moves} moves
 * @param {MouseEvent} event */
function chooseRoom({ happens }, { go }, { target, detail }) {
  const chosen = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-place]"));
  if (chosen) (detail > 0 ? go : happens)({ type: "show", place: Number(chosen.dataset.place) });
}

/** To a person one writes directly; a guest, who cannot, names them.
 * @param {Needs} needs
 * @param {Moves} moves
 * @param {MouseEvent} event */
function choosePerson({ state }, { dialogs, mention, go }, { target }) {
  const chosen = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-name], [data-more]"));
  const now = state();
  if (!now || !chosen) return;
  const { name, more } = chosen.dataset;
  if (more !== undefined) dialogs.person.open(more);
  else if (name === undefined) return;
  else if (isGuest(now.me ?? "") || isMe(now, name)) mention(name);
  else go({ type: "does", intent: { is: "msg", users: [name], text: "" } });
}

/** A link into this chat leads to another room of this page; with a key held, the browser has its way.
 * @param {Needs} needs
 * @param {MouseEvent} event */
function followLink({ follow }, event) {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest("a[href]"));
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (link && isPlain && follow(link.href)) event.preventDefault();
}

/** The buttons of a message: one that is long, that was refused, that answers another, or that has reactions.
 * @param {Needs} needs
 * @param {MouseEvent} event */
function pressInLog({ happens, composer, view }, { target }) {
  const at = /** @type {HTMLElement} */ (/** @type {Element} */ (target).closest("[data-does]") ?? target);
  const { does, room = "", ref = "", message, emoji = "" } = at.dataset;
  const row = at.closest("li");
  if (does === "unfold") {
    // What is read stays where it is, and the end is further away than before.
    happens({ type: "looked", atBottom: false, focused: true });
    row?.classList.add("open");
    row?.focus({ preventScroll: true });
    return;
  }
  if (does === "jump") happens({ type: "jump", id: Number(message), from: view.log.here });
  if (does === "react" && at.ariaDisabled !== "true") happens({ type: "does", intent: { is: "react", id: Number(message), emoji } });
  if (does !== "retry" && does !== "edit" && does !== "drop") return;
  happens({ type: does, room, ref });
  composer.text.focus();
}
