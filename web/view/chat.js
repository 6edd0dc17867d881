// The state, written into the page: as text, and only what changed. It knows no socket and decides
// nothing.

import { isRevoked } from "../core/chat/revoked.js";
import { activeRoom } from "../core/chat/state.js";
import { orMore, shownCount, unread } from "../core/chat/unread.js";
import { labelOf, spoken } from "../core/chat/label.js";
import { wordsAboutTyping } from "../core/chat/messages/typing.js";
import { wordsAboutCluster } from "../core/chat/servers.js";
import { counts, icon, title } from "../core/chat/title.js";
import { TOPIC_CHARS_MAX } from "../core/protocol/limits.js";
import { asSentence, onOneLine } from "../core/protocol/text.js";
import { renderReplying } from "./input/replying.js";
import { renderSearchBar } from "./input/searchbar.js";
import { Log } from "./log/log.js";
import { button, byId, setAttribute, setText } from "./page.js";
import { renderPeople } from "./sides/people.js";
import { renderRoomActions, renderRooms } from "./sides/rooms.js";

/** @typedef {import("../core/chat/state.js").State} State */

export function newView() {
  const log = new Log();
  const bell = button("bell");
  let badge = 0;

  /** @param {State} state */
  function render(state) {
    const room = activeRoom(state);
    byId("enter").hidden = true;
    byId("chat").hidden = false;
    renderRooms(state);
    renderRoomActions(state);
    renderPeople(state);
    const where = spoken(room, state.me);
    const within = room.kind === "direct" ? `with ${where}` : `in ${where}`;
    setText(byId("room"), labelOf(room, state.me));
    byId("chat").dataset.kind = room.kind;
    const topic = onOneLine(room.topic, TOPIC_CHARS_MAX);
    setText(byId("topic"), topic);
    setAttribute(byId("topic"), "title", topic);
    setText(byId("me"), state.me ?? "guest");
    setAttribute(byId("plain-button"), "aria-pressed", String(state.isPlain));
    setAttribute(log.pane, "aria-label", `Messages ${within}`);
    setAttribute(byId("text"), "placeholder", `Message ${where}`);
    renderNotice(state);
    renderOlder(room, where);
    log.render(state, room);
    renderReplying(state);
    renderSearchBar(state);
    setText(byId("typing"), wordsAboutTyping(room));
    byId("empty").hidden = !log.isEmpty || !room.known || room.more;
    setText(byId("empty"), `No messages ${within} yet. Say hello!`);
    renderNewer(state);
    renderTitle(state);
  }

  /** @param {State} state */
  function renderNewer(state) {
    const room = activeRoom(state);
    const isAtEnd = room.atBottom && !room.behind;
    const count = isAtEnd ? 0 : unread(state, room);
    button("newer").hidden = isAtEnd;
    button("back").hidden = isAtEnd || room.back === null;
    setText(button("newer"), count > 0 ? `↓ ${shownCount(count, orMore(room))} newer` : "↓ newest");
  }

  /** @param {State} state */
  function renderTitle(state) {
    document.title = title(state);
    const link = document.querySelector("link[rel=icon]");
    if (link) setAttribute(link, "href", icon(state));
    const { count } = counts(state);
    if (count === badge) return;
    badge = count;
    // Not every browser has badges, or allows them.
    if (count > 0) void navigator.setAppBadge?.(count)?.catch(() => undefined);
    else void navigator.clearAppBadge?.()?.catch(() => undefined);
  }

  return {
    log,
    render,
    /** @param {boolean} isOn */
    bell: (isOn) => setAttribute(bell, "aria-pressed", String(isOn)),
    /** @param {string} text */
    announce: (text) => setText(byId("announcer"), text),
  };
}

/** What stands above the oldest message.
 * @param {import("../core/chat/state.js").Room} room
 * @param {string} where */
function renderOlder(room, where) {
  const hasMore = room.past?.more ?? room.more;
  button("older").hidden = !hasMore;
  // A disabled button would lose the focus.
  setAttribute(button("older"), "aria-disabled", String(room.awaited !== null));
  setText(button("older"), room.awaited ? "Loading …" : "Load older messages");
  setText(byId("beginning"), room.known && !hasMore && room.entries.length > 0 ? `The beginning of ${room.kind === "direct" ? `your messages with ${where}` : where}` : "");
}

/** The sentence below what one writes.
 * @param {State} state */
export function renderNotice({ answered, notice }) {
  setText(byId("notice"), answered ? notice : asSentence(notice));
  byId("notice").classList.toggle("answer", answered);
}

/** The thin bar, and what it says to a screen reader: changes of the connection, but no countdown.
 * @param {State} state */
export function renderLink(state) {
  const { link } = state;
  const isOut = link.is === "online" && isOutside(state);
  const isWaiting = link.is === "waiting" || link.is === "held" || link.is === "refused" || isOut;
  const isHindered = link.is === "online" && activeRoom(state).joined && wordsAboutCluster(link) !== "";
  byId("strip").className = isWaiting || isHindered ? "strip broken" : link.is === "online" ? "strip online" : "strip";
  setText(byId("link"), linkWords(state));
  const seconds = link.is === "waiting" ? Math.ceil((link.at - Date.now()) / 1000) : 0;
  setText(byId("countdown"), seconds > 0 ? `Retrying in ${seconds} s.` : "");
  button("dial-button").hidden = !isWaiting;
  setText(button("dial-button"), isOut ? "Join again" : isRevoked(state) ? "Link again" : "Connect now");
}

/** @param {State} state */
function isOutside(state) {
  const room = activeRoom(state);
  return !room.joined && room.excluded !== "";
}

/** @param {State} state */
function linkWords(state) {
  const { link } = state;
  const room = activeRoom(state);
  switch (link.is) {
    case "online":
      if (isOutside(state)) return `${room.excluded}.`;
      if (!room.joined) return "Joining the room …";
      return wordsAboutCluster(link) === "" ? "online" : `${wordsAboutCluster(link)}.`;
    case "waiting":
      return `Not connected: ${link.reason}.`;
    case "refused":
      return `${asSentence(link.reason)}. Nothing is sent or received here any more.`;
    case "held":
      return "Not connected: paused until you return to this page.";
    default:
      return "Connecting …";
  }
}
