// Envelopes as the browser needs them: read leniently, written exactly. It knows no socket and no
// page. The golden files of the protocol are read by this module's tests.

export const SUBPROTOCOL = "nebula.v1";
export const CONTENT_CHARS_MAX = 4096;
export const HISTORY_MAX = 200;
const HUES = 12;

/** One way to compare names of rooms and people: equal means the same one. */
export function fold(name) {
  return name.normalize("NFC").toLowerCase();
}

/** Reads one frame; null for what is no envelope of a known kind. */
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

function isKnown(e) {
  const text = (...names) => names.every((name) => typeof e[name] === "string");
  switch (e.type) {
    case "message":
      return text("room", "sender", "content") && Number.isSafeInteger(e.id) && Number.isFinite(e.at);
    case "join":
    case "leave":
      return text("room", "sender");
    case "presence":
      return text("room") && Array.isArray(e.users) && e.users.every((user) => typeof user === "string")
        && (e.count === undefined || Number.isSafeInteger(e.count))
        && (e.after === undefined || typeof e.after === "string");
    case "history":
      return text("room") && Array.isArray(e.messages) && Number.isSafeInteger(e.head)
        && e.messages.every((message) => message?.type === "message" && isKnown(message));
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

/** The query that opens a connection. */
export function helloQuery({ room, username, since, history }) {
  const query = new URLSearchParams({ room });
  if (username) query.set("username", username);
  if (since) query.set("since", String(since));
  if (history) query.set("history", String(history));
  return query.toString();
}

/** Why a name of a room or person cannot be one; null if it may be: the server looks closer. */
export function nameFault(name, charsMax) {
  const chars = [...name.normalize("NFC")].length;
  if (chars === 0) return "a name needs at least one character";
  return chars > charsMax ? `a name has at most ${charsMax} characters, this one has ${chars}` : null;
}

/** Why a text cannot be sent; null if it can. */
export function contentFault(text) {
  if (text.trim() === "") return "a message needs some visible text";
  const chars = [...text].length;
  if (chars > CONTENT_CHARS_MAX) return `a message has at most ${CONTENT_CHARS_MAX} characters, this one has ${chars}`;
  return null;
}

/** Which of twelve hues a name has, as in the terminal client: FNV-1a, 32 bits, over UTF-8. */
export function hue(name) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name.toLowerCase())) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash % HUES;
}

/** Whether a text names somebody, as a whole word in any case. */
export function mentions(content, name) {
  const [text, word] = [content.toLowerCase(), name.toLowerCase()];
  const isWordChar = (char) => char !== undefined && /[\p{L}\p{N}]/u.test(char);
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = [...text.slice(0, at)].at(-1);
    const after = [...text.slice(at + word.length)][0];
    if (!isWordChar(before) && !isWordChar(after)) return true;
  }
  return false;
}
