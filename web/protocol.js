// Envelopes as the browser needs them: read leniently, written exactly. It knows no socket and no
// page. The golden files of the protocol are read by this module's tests.

/**
 * @typedef {{type: "message", room: string, sender: string, content: string, id: number, at: number, ref?: string}} Message
 * @typedef {{type: "join" | "leave", room: string, sender: string}} Traffic
 * @typedef {{type: "presence", room: string, users: string[], count?: number, after?: string}} Presence
 * @typedef {{type: "history", room: string, messages: Message[], more?: boolean, head: number, ref?: string}} Page
 * @typedef {{type: "error", code: string, content: string, room?: string, ref?: string, retry_ms?: number}} Refusal
 * @typedef {Message | Traffic | Presence | Page | Refusal} Envelope
 * @typedef {{room: string, username?: string | null, since?: number, history?: number}} Hello
 */

export const SUBPROTOCOL = "nebula.v1";
export const CONTENT_CHARS_MAX = 4096;
export const ROOM_CHARS_MAX = 64;
export const NAME_CHARS_MAX = 32;
export const HISTORY_MAX = 200;
const HUES = 12;

/** One way to compare names of rooms and people: equal means the same one.
 * @param {string} name */
export function fold(name) {
  return name.normalize("NFC").toLowerCase();
}

/** Reads one frame; null for what is no envelope of a known kind.
 * @param {string} frame
 * @returns {Envelope | null} */
export function parse(frame) {
  let envelope;
  try {
    envelope = JSON.parse(frame);
  } catch {
    return null;
  }
  if (envelope === null || typeof envelope !== "object" || Array.isArray(envelope)) return null;
  return isKnown(envelope) ? envelope : null;
}

/** @param {any} e */
function isKnown(e) {
  /** @param {string[]} names */
  const text = (...names) => names.every((name) => typeof e[name] === "string");
  switch (e.type) {
    case "message":
      return text("room", "sender", "content") && Number.isSafeInteger(e.id) && Number.isFinite(e.at);
    case "join":
    case "leave":
      return text("room", "sender");
    case "presence":
      return text("room") && Array.isArray(e.users) && e.users.every((/** @type {any} */ user) => typeof user === "string")
        && (e.count === undefined || Number.isSafeInteger(e.count))
        && (e.after === undefined || typeof e.after === "string");
    case "history":
      return text("room") && Array.isArray(e.messages) && Number.isSafeInteger(e.head)
        && e.messages.every((/** @type {any} */ message) => message?.type === "message" && isKnown(message));
    case "deleted":
      return text("room", "by") && Number.isSafeInteger(e.message) && Number.isSafeInteger(e.id);
    case "moderated":
      return text("action", "user", "by");
    case "error":
      return text("code", "content");
    default:
      return false;
  }
}

/** The query that opens a connection.
 * @param {Hello} hello */
export function helloQuery({ room, username, since, history }) {
  const query = new URLSearchParams({ room });
  if (username) query.set("username", username);
  if (since !== undefined) query.set("since", String(since));
  if (history !== undefined) query.set("history", String(history));
  return query.toString();
}

/** Why a name of a room or person cannot be one; null if it may be: the server looks closer.
 * @param {string} name
 * @param {number} charsMax */
export function nameFault(name, charsMax) {
  const chars = [...name.normalize("NFC")].length;
  if (chars === 0) return "a name needs at least one character";
  return chars > charsMax ? `a name has at most ${charsMax} characters, this one has ${chars}` : null;
}

/** Why a text cannot be sent; null if it can.
 * @param {string} text */
export function contentFault(text) {
  if (text.trim() === "") return "a message needs some visible text";
  const chars = [...text].length;
  if (chars > CONTENT_CHARS_MAX) return `a message has at most ${CONTENT_CHARS_MAX} characters, this one has ${chars}`;
  return null;
}

/** Which of twelve hues a name has, as in the terminal client: FNV-1a, 32 bits, over UTF-8.
 * @param {string} name */
export function hue(name) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name.toLowerCase())) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash % HUES;
}

/** Whether a text names somebody, as a whole word in any case.
 * @param {string} content
 * @param {string} name */
export function mentions(content, name) {
  const [text, word] = [content.toLowerCase(), name.toLowerCase()];
  /** @param {string | undefined} char */
  const isWordChar = (char) => char !== undefined && /[\p{L}\p{N}]/u.test(char);
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = [...text.slice(Math.max(0, at - 2), at)].at(-1);
    const after = [...text.slice(at + word.length, at + word.length + 2)][0];
    if (!isWordChar(before) && !isWordChar(after)) return true;
  }
  return false;
}

/** The text of something done, if the message is that.
 * @param {string} content */
export function deed(content) {
  return content.startsWith("/me ") ? content.slice(4) : null;
}

/** On one line, without characters that nobody sees: for titles, notifications and what is read out.
 * @param {string} text
 * @param {number} charsMax */
export function onOneLine(text, charsMax) {
  const chars = [...text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "").replace(/[\s\p{Cc}]+/gu, " ").trim()];
  return chars.length > charsMax ? `${chars.slice(0, charsMax - 1).join("")}…` : chars.join("");
}
