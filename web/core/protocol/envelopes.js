// Envelopes as the browser needs them: read leniently, written exactly. It knows no socket and no
// page. The golden files of the protocol are read by this module's tests.

import { TEXT_UNITS_MAX, isCount, isId, isList, isText, maybeShort, maybeText } from "./fields.js";
import { CHANGED_MAX, HISTORY_MAX, SERVERS_MAX, TOPIC_CHARS_MAX } from "./limits.js";
import { isOfMessages } from "./messages.js";
import { isOfPeople } from "./people.js";
import { isOfRooms } from "./rooms.js";
import { withNewlines } from "./text.js";

/**
 * @typedef {import("./messages.js").Message} Message
 * @typedef {{type: "join" | "leave", room: string, sender: string, role?: string}} Traffic
 * @typedef {{type: "presence", room: string, users: string[], count?: number, after?: string}} Presence
 * @typedef {{type: "topic", room: string, content: string, sender: string, id: number, ref?: string}} Topic
 * @typedef {{type: "history", room: string, messages: Message[], more?: boolean, newer?: boolean, head: number, changed?: Message[], changed_more?: boolean, epoch?: string, ref?: string}} Page
 * @typedef {{type: "moderated", action: "kick" | "ban" | "unban" | "mute" | "unmute", user: string, by: string, room?: string, seconds?: number, reason?: string, ref?: string}} Moderated
 * @typedef {{type: "cluster", standing: string, servers?: string[]}} Cluster
 * @typedef {{type: "error", code: string, content: string, room?: string, ref?: string, retry_ms?: number}} Refusal
 * @typedef {Traffic | Presence | Topic | Page | Moderated | Cluster | Refusal | import("./messages.js").OfMessages | import("./people.js").OfPeople | import("./rooms.js").OfRooms} Envelope
 * @typedef {{room: string, username?: string | null, since?: number, history?: number, link?: string, invite?: string}} Hello
 * `link` and `invite` are codes to come in by
 */

export const SUBPROTOCOL = "nebula.v1";
/** The text of a message that was deleted. */
export const DELETED_CONTENT = "(deleted)";
/** No frame of a server is longer, a list of people with a generous budget included. */
const FRAME_UNITS_MAX = 4 * 1024 * 1024;

/** Reads one frame; null for what is no envelope of a known kind, or breaks a limit of the protocol.
 * @param {unknown} frame
 * @returns {Envelope | null} */
export function parse(frame) {
  if (typeof frame !== "string" || frame.length > FRAME_UNITS_MAX) return null;
  let envelope;
  try {
    envelope = JSON.parse(frame);
  } catch {
    return null;
  }
  if (envelope === null || typeof envelope !== "object" || Array.isArray(envelope)) return null;
  if (!isKnown(envelope)) return null;
  const holds = ["history", "mentions", "found"].includes(envelope.type) ? [...envelope.messages, ...(envelope.changed ?? [])] : [envelope];
  for (const said of holds) {
    if (said.type === "message" || said.type === "edited") said.content = withNewlines(said.content);
    if (said.bot !== true) delete said.bot;
  }
  return envelope;
}

/** @param {any} e
 * @returns {boolean} */
function isKnown(e) {
  /** @param {string[]} names */
  const named = (...names) => names.every((name) => isText(e[name]));
  switch (e.type) {
    case "join":
    case "leave":
      return named("room", "sender");
    case "presence":
      return named("room") && isList(e.users, Infinity, (user) => isText(user))
        && (e.count === undefined || isId(e.count)) && maybeText(e.after);
    case "topic":
      return named("room", "sender") && e.content !== undefined && maybeShort(e.content, TOPIC_CHARS_MAX) && isId(e.id) && isCount(e.at) && maybeText(e.ref);
    case "history":
      return named("room") && isId(e.head) && maybeText(e.ref) && maybeText(e.epoch) && areMessages(e.messages, HISTORY_MAX) && (e.changed === undefined || areMessages(e.changed, CHANGED_MAX));
    case "moderated":
      return named("user", "by") && ACTIONS.includes(e.action) && maybeText(e.ref) && maybeText(e.room) && maybeText(e.reason) && (e.seconds === undefined || isId(e.seconds));
    case "cluster":
      return isText(e.standing, TEXT_UNITS_MAX) && (e.servers === undefined || isList(e.servers, SERVERS_MAX, (server) => isText(server, SERVER_UNITS_MAX)));
    case "error":
      return named("code") && isText(e.content, TEXT_UNITS_MAX) && maybeText(e.room) && maybeText(e.ref) && (e.retry_ms === undefined || isCount(e.retry_ms));
    default:
      return isOfMessages(e) || isOfPeople(e) || isOfRooms(e);
  }
}

/** An address of one of them. */
const SERVER_UNITS_MAX = 256;
const ACTIONS = ["kick", "ban", "unban", "mute", "unmute"];

/** @param {unknown} value
 * @param {number} max */
const areMessages = (value, max) => isList(value, max, (message) => message?.type === "message" && isKnown(message));

/** The query that opens a connection.
 * @param {Hello} hello */
export function helloQuery({ room, username, since, history }) {
  const query = new URLSearchParams({ room });
  if (username) query.set("username", username);
  if (since !== undefined) query.set("since", String(since));
  if (history !== undefined) query.set("history", String(history));
  return query.toString();
}
