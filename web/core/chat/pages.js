// Pages of messages: taken in, and what is missing asked for. Pure: it knows neither page nor socket nor clock.

import { change, changed as changeCame, takeIn, trim } from "./entries.js";
import { forgetLog, markRead } from "./markers.js";
import { askPage } from "./messages/asking.js";
import { jumpOn, pastCame } from "./messages/jumping.js";
import { placeOf } from "./messages/place.js";
import { forgetMessages } from "./messages/refusing.js";
import { sendNext } from "./outbox.js";
import { lookAway, toBottom } from "./reading.js";
import { activeRoom, isWatched } from "./state.js";
import { firstAfter } from "./unread.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 */

/** @param {State} state
 * @param {Room} room
 * @param {import("../protocol/envelopes.js").Page} page
 * @returns {Action[]} */
export function pageCame(state, room, page) {
  const { head, epoch, changed_more: isTooMuch = false } = page;
  const { awaited: asked, known, head: seen } = room;
  if (asked?.isUnwanted) {
    room.awaited = null;
    return [];
  }
  if (asked && ("around" in asked || "after" in asked || ("before" in asked && asked.isPast))) {
    room.awaited = null;
    return pastCame(state, room, page, asked);
  }
  const since = room.gapAfter ?? seen;
  const isOther = epoch !== undefined && isOfAnother(room, epoch);
  const isWatchedNow = isWatched(state, room);
  Object.assign(room, { awaited: null, known: true });
  takePage(state, room, page, asked);
  // What was asked for may come before messages that were told earlier and still wait.
  if (!asked) room.head = Math.max(room.head, head);
  if (!known && room.read === 0 && !room.isNews && !room.marker?.head) {
    // What was there before one came for the first time is not news.
    room.read = room.head;
    if (room.marker) Object.assign(room.marker, { read: room.head, head: room.head });
    if (!state.focused || room !== activeRoom(state)) lookAway(room);
  }
  if (isOther) {
    // Nothing can be read that is not there.
    room.read = Math.min(room.read, room.head);
    if (room.mark !== null) room.mark = Math.min(room.mark, room.head);
  }
  const isReplay = known && !asked && !isOther;
  // What came while disconnected was seen by nobody, even at the end.
  const isMissed = isReplay && !isTooMuch && firstAfter(state, room, room.read) !== null;
  if (isWatchedNow && isMissed) Object.assign(room, { behind: true, mark: room.mark ?? room.read });
  else if (isWatchedNow) markRead(room);
  // Who had nothing of it has asked for the newest already.
  return [...goOn(room, page, room.gapAfter ?? (isReplay ? since : null), isTooMuch || (isOther && seen > 0)), ...jumpOn(state, room)];
}

/** Puts what a page brings to what is here; what is here may be wrong.
 * @param {State} state
 * @param {Room} room
 * @param {import("../protocol/envelopes.js").Page} page
 * @param {import("./state.js").Awaited | null} asked */
function takePage(state, room, { messages, changed = [], changed_more: isTooMuch }, asked) {
  if (isTooMuch) {
    // More changed than can be told.
    Object.assign(room, { entries: [], gapAfter: null, more: true });
    toBottom(room);
  }
  // Which of these have changed, nobody told.
  if (asked && "missed" in asked) room.entries.splice(0, placeOf(room, asked.missed));
  for (const message of changed) change(room, message);
  for (const message of messages) takeIn(state, room, message);
  for (const each of asked?.changes ?? []) changeCame(room, each);
}

/** Asks for the next page as long as messages are missing; then what waits goes out.
 * @param {Room} room
 * @param {import("../protocol/envelopes.js").Page} page that came
 * @param {number | null} gap what is after it is missing
 * @param {boolean} isForgotten with this page, what was here
 * @returns {Action[]} */
function goOn(room, { messages, more = false }, gap, isForgotten) {
  const oldest = messages[0]?.id;
  // A replay that was cut is fetched whole, page by page, until nothing older than it is kept.
  const isFull = gap !== null && trim(room) && (room.entries[0]?.id ?? 0) > gap;
  const isMissing = gap !== null && more && oldest !== undefined && oldest > gap && !isFull;
  room.gapAfter = isMissing ? gap : null;
  if (isMissing) return [askPage(room, { before: oldest, changes: [] })];
  if (isForgotten) return [askPage(room, { before: oldest ?? room.head + 1, changes: [] }), ...sendNext(room)];
  if (gap === null) room.more = more && messages.length > 0;
  return sendNext(room);
}

/** What is here of another log is forgotten, but for how far it was read and what still waits to be said.
 * @param {Room} room
 * @param {string} epoch which log the room is of now */
function isOfAnother(room, epoch) {
  const is = room.epoch !== null && room.epoch !== epoch;
  room.epoch = epoch;
  if (is) {
    Object.assign(room, { entries: [], past: null, back: null, jumping: null, gapAfter: null, head: 0, newest: 0, atBottom: true, more: true });
    forgetLog(room);
    forgetMessages(room);
  }
  return is;
}
