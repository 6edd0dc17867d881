// What the server refuses: asked for again when it has time, or told. Pure: it knows neither page nor socket nor
// clock.

import { RETRY_AFTER_MS_MAX } from "../protocol/limits.js";
import { onOneLine } from "../protocol/text.js";
import { actOf, dropOf, refusedForNow, settled } from "./acts.js";
import { searchRefused } from "./found.js";
import { spoken } from "./label.js";
import { isListRefused } from "./list.js";
import { readRefused } from "./markers.js";
import { JUMP } from "./messages/asking.js";
import { jumpFailed } from "./messages/jumping.js";
import { isDone, refused } from "./outbox.js";
import { CLOSED, dialNow, noWayIn } from "./reconnect.js";
import { takeAway } from "./rooms.js";
import { activeRoom, find, tell } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 */

/** The ref of a question whose answer is only a sign of life. */
export const PROBE = "probe";
/** When to ask again if the server does not say. */
const RETRY_AFTER_MS = 2_000;
const SENTENCE_CHARS_MAX = 400;

/** @param {State} state
 * @param {import("../protocol/envelopes.js").Refusal} refusal
 * @returns {Action[]} */
export function errorCame(state, { code, content: told, room: name, ref, retry_ms: asked }) {
  if (ref === PROBE) return [];
  const content = onOneLine(told, SENTENCE_CHARS_MAX);
  const retryMs = asked === undefined ? undefined : Math.min(asked, RETRY_AFTER_MS_MAX);
  // A name that none may have is not told again: joins are answered in order.
  const room = find(state, name) ?? (code === "bad_room" ? state.rooms.find((each) => !each.joined && !each.excluded) : undefined);
  const pending = room?.pending.find((each) => each.ref === ref);
  const isForNow = code === "too_fast" || code === "unavailable";
  const act = actOf(state, ref);
  if (act && isListRefused(state, code, ref)) return settled(state, ref);
  if (act) return actRefused(state, act, content, isForNow ? retryMs ?? RETRY_AFTER_MS : null);
  if (room && pending && isForNow) return [later(state, retryMs, room.name, ref)];
  if (room && pending?.does !== undefined && !(code === "not_found" && isDone(room, pending))) tell(state, content);
  if (room && pending) return refused(room, pending, content);
  if (room && ref === JUMP && !isForNow) {
    jumpFailed(state, room);
    return [];
  }
  if (code === "stopping") {
    state.link.askedMs = Math.max(state.link.askedMs, retryMs ?? 0);
    return [];
  }
  if (room && isForNow && (ref === undefined || ref === JUMP) && isAwaited(state, room)) return askLater(state, room, code, retryMs);
  if (ref === undefined && isOfRead(state, room, code)) return [];
  // One has left here, and is still in there.
  if (!room && name !== undefined && code === "too_fast" && ref === undefined) return [later(state, retryMs, name)];
  // The late answer to what was asked there before.
  if (!room && code === "not_in_room") return [];
  if (room && !room.joined && state.link.is === "online") return notLetIn(state, room, code, content);
  // Before that, the end of the connection tells the reason.
  if (state.link.is === "online" && code !== "too_slow") tell(state, content);
  return [];
}

/** What was read is not kept: for now, of who has no name of their own, or by an older server. Nobody asked for that, so
 * nobody is told.
 * @param {State} state
 * @param {Room | undefined} room
 * @param {string} code */
function isOfRead({ list }, room, code) {
  if (code === "unknown_type") list.isUncounted = true;
  const isForNow = code === "too_fast" || code === "unavailable";
  if (isForNow && room?.joined) readRefused(room);
  return code === "unknown_type" || code === "no_name" || (isForNow && room?.joined === true);
}

/** What a moderator asked for was refused: for now, or for good, which is told.
 * @param {State} state
 * @param {import("./acts.js").Act} act
 * @param {string} why
 * @param {number | null} afterMs
 * @returns {Action[]} */
function actRefused(state, act, why, afterMs) {
  const later = afterMs === null ? null : refusedForNow(state, act, afterMs);
  if (later) return later;
  // What nobody typed is not told, and nothing of what was searched for before.
  const isOld = act.envelope.type === "search" && !searchRefused(state, act.ref);
  if (act.envelope.type !== "setting" && !act.envelope.mine && !isOld) tell(state, why);
  const room = activeRoom(state);
  // What was to be said there is not lost, and is said nowhere else.
  if (act.text && room.draft === "") room.draft = retyped(act);
  return settled(state, act.ref);
}

/** @param {import("./acts.js").Act} act to write to somebody */
function retyped({ envelope: { users }, text }) {
  const names = /** @type {string[]} */ (users).map((name) => (/[\s,]/.test(name) ? `"${name}"` : name));
  return `/msg ${names.join(",")} ${text}`;
}

/** Something was asked of it that was not answered yet: to come in, for older messages, for more people.
 * @param {State} state
 * @param {Room} room */
function isAwaited({ link }, room) {
  return room.awaited !== null || (room.joined ? room.people.asked : link.is === "online" && !room.excluded);
}

/** What was asked of a room cannot be had now: it is asked for again, after a while. What cannot be read as one
 * comes in leaves one in the room, and until it is read one comes back to where one was.
 * @param {State} state
 * @param {Room} room
 * @param {string} code
 * @param {number | undefined} retryMs
 * @returns {Action[]} */
function askLater(state, room, code, retryMs) {
  if (code === "unavailable" && !room.joined) {
    if (room.head > 0) room.gapAfter ??= room.head;
    Object.assign(room, { more: true, awaited: { missed: room.head, changes: [] } });
  }
  room.deferred = !room.joined && room.awaited === null;
  return [later(state, retryMs, room.name)];
}

/** What was asked of a room is asked again when the server has time for it, unless the connection is lost before.
 * @param {State} state
 * @param {number | undefined} afterMs
 * @param {string} room
 * @param {string} [ref] of a message
 * @returns {Action} */
function later({ link }, afterMs = RETRY_AFTER_MS, room, ref) {
  return { do: "later", afterMs, event: { type: "again", room, ref, on: link.number } };
}

/** A room that does not let one in stays, with the reason; one that cannot be is left again, unless it is the last.
 * @param {State} state
 * @param {Room} room
 * @param {string} code
 * @param {string} why
 * @returns {Action[]} */
function notLetIn(state, room, code, why) {
  // The late answer to what was asked before one was out.
  if (room.excluded || code === "not_in_room") return [];
  tell(state, `${spoken(room, state.me)}: ${why}`);
  if (state.rooms.length === 1 || CLOSED.includes(code)) {
    room.excluded = noWayIn(why);
    return [];
  }
  takeAway(state, room);
  return state.rooms.some((other) => other.joined || other.excluded) ? dropOf(state, room) : dialNow(state);
}
