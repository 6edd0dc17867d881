// The connection, as the state sees it: when to dial, where to resume, when to give up. Pure: it knows
// neither page nor socket nor clock.

import { RETRY_AFTER_MS_MAX } from "../protocol/limits.js";
import { dropSent } from "./acts.js";
import { forgetTold } from "./markers.js";
import { markUnsent } from "./revoked.js";
import { toNextServer } from "./servers.js";
import { activeRoom, find, tell } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Room} Room
 * @typedef {import("../update.js").Action} Action
 */

/** Why a room does not let somebody in: it is not asked again by itself. */
export const CLOSED = ["banned", "wrong_room", "too_many_rooms", "no_such_room"];
const HISTORY_ON_JOIN = 100;
const DIAL_AFTER_MS = 500;
const DIAL_AFTER_MS_MAX = 30_000;

/** A round of all servers begins with this one.
 * @param {State} state
 * @returns {Action[]} */
export function dialNow(state) {
  cut(state);
  state.link.tried = 0;
  return [dial(state)];
}

/** Comes in anew by a code. Where it is refused, one stays who one is.
 * @param {State} state
 * @param {import("./state.js").Brings} brings
 * @returns {Action[]} */
export function bring(state, brings) {
  Object.assign(state, { brings, formerly: state.formerly ?? state.me });
  return dialNow(state);
}

/** @param {State} state
 * @returns {Action} */
function dial(state) {
  Object.assign(state.link, { is: "connecting", at: 0 });
  return { do: "dial", server: state.link.server, hello: hello(state), afterMs: 0 };
}

/** Questions of this connection are not answered any more.
 * @param {State} state */
function cut(state) {
  state.link.number += 1;
  Object.assign(state.link, { standing: "", isIn: false });
  const unanswered = dropSent(state);
  if (unanswered.length > 0) tell(state, `The connection was lost before the server confirmed: ${unanswered.join(", ")}`);
  for (const room of state.rooms) {
    if (room.joined) for (const name of room.people.known) room.away.add(name);
    room.joined = room.deferred = room.tellsTyping = false;
    room.awaited = null;
    room.typing = [];
    forgetTold(room);
  }
}

/** The network is back, or the page is looked at again.
 * @param {State} state
 * @returns {Action[]} */
export function wake(state) {
  if (state.link.is === "online") return [{ do: "probe" }];
  // The server's wish to be left alone outranks impatience.
  const waits = state.link.is === "waiting" && !state.link.isAsked;
  return waits || state.link.is === "held" ? dialNow(state) : [];
}

/** The browser says whether there is a network. That is heeded at once, and asked about.
 * @param {State} state
 * @param {boolean} isThere
 * @returns {Action[]} */
export function networkChanged(state, isThere) {
  if (state.link.is === "online") return [{ do: "probe", because: isThere ? "online" : "offline" }];
  return isThere ? wake(state) : [];
}

/** Asks for the room shown; the others are joined when it is open. One that one was put out of would
 * end the connection.
 * @param {State} state */
function hello(state) {
  const shown = activeRoom(state);
  const room = shown.excluded ? state.rooms.find((other) => !other.excluded) ?? shown : shown;
  state.link.room = room.name;
  // Whose device it becomes, the code says.
  const username = state.brings.link === undefined ? state.me : null;
  return { room: room.name, username, ...state.brings, ...resume(room) };
}

/** What was seen is not asked for again; a replay that was cut is asked for from where it began,
 * since what came after the gap does not fill it.
 * @param {Room} room */
function resume(room) {
  const seen = room.gapAfter ?? room.head;
  return seen > 0 ? { since: seen } : { history: HISTORY_ON_JOIN };
}

/** @param {Room} room
 * @returns {Action} */
export function joining(room) {
  return { do: "send", envelope: { type: "join", room: room.name, ...resume(room) } };
}

/** What stands in the place of a room that does not let one in.
 * @param {string} why */
export const noWayIn = (why) => `You can't join this room: ${why}`;

/** Into a room again that one was put out of.
 * @param {State} state
 * @param {Room} room
 * @returns {Action[]} */
export function comeIn(state, room) {
  if (state.link.is !== "online" || room.joined || !room.excluded) return [];
  room.excluded = "";
  return [joining(room)];
}

/** Somebody answered where the socket did not open: why, and when to come again. While another server is tried, that is
 * kept for the wait that follows if it fails too.
 * @param {State} state
 * @param {string} reason
 * @param {number | undefined} afterMs
 * @returns {Action[]} */
export function explained(state, reason, afterMs) {
  const { link } = state;
  const askedMs = Math.min(afterMs ?? 0, RETRY_AFTER_MS_MAX);
  if (link.is === "connecting") link.askedMs = Math.max(link.askedMs, askedMs);
  if (link.is !== "waiting") return [];
  link.reason = reason;
  return afterMs === undefined ? [] : [dialLater(state, askedMs)];
}

/** After a part of a wait that grows with each failure, and not before the server asked for.
 * @param {State} state
 * @param {number} askedMs
 * @returns {Action} */
function dialLater(state, askedMs) {
  const { link } = state;
  link.isAsked = askedMs > 0;
  const afterMs = Math.min(DIAL_AFTER_MS * 2 ** (link.failures - 1), DIAL_AFTER_MS_MAX);
  return { do: "dial", server: link.server, hello: hello(state), afterMs, leastMs: askedMs };
}

/** Codes from 4000 on mean: do not come back unchanged, to whichever server. After any other the next one is tried at
 * once, and when all have been, they are left alone for a while.
 * @param {State} state
 * @param {number} code
 * @param {string} reason
 * @param {string} why the error code that was told before
 * @returns {Action[]} */
export function lost(state, code, reason, why = "") {
  const { link } = state;
  cut(state);
  Object.assign(link, { reason, why });
  if (why === "bad_code") state.brings = {};
  if (code >= 4000 && state.formerly !== null) {
    // The other name cannot be had: back to the old one.
    delete state.brings.link;
    Object.assign(state, { me: state.formerly, formerly: null });
    tell(state, reason);
    return dialNow(state);
  }
  if (code >= 4000 && CLOSED.includes(why)) {
    const closed = find(state, link.room);
    if (closed) closed.excluded = noWayIn(reason);
    if (state.rooms.some(({ excluded }) => !excluded)) return dialNow(state);
  }
  if (code >= 4000) {
    if (why === "revoked") markUnsent(state);
    link.is = "refused";
    return [];
  }
  if (toNextServer(link)) return [dial(state)];
  link.failures += 1;
  link.is = "waiting";
  const { askedMs } = link;
  // It holds once.
  link.askedMs = 0;
  return [dialLater(state, askedMs)];
}
