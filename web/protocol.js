// Envelopes as the browser needs them: read leniently, written exactly. It knows no socket and no
// page. The golden files of the protocol are read by this module's tests.

/**
 * @typedef {{type: "message", room: string, sender: string, content: string, id: number, at: number, ref?: string, deleted?: boolean}} Message
 * @typedef {{type: "join" | "leave", room: string, sender: string, role?: string}} Traffic
 * @typedef {{type: "presence", room: string, users: string[], count?: number, after?: string}} Presence
 * @typedef {{type: "history", room: string, messages: Message[], more?: boolean, head: number, deleted?: number[], deleted_more?: boolean, epoch?: string, ref?: string}} Page
 * @typedef {{type: "deleted", room: string, message: number, by: string, id: number, ref?: string}} Deleted
 * @typedef {{type: "moderated", action: "kick" | "ban" | "unban" | "mute" | "unmute", user: string, by: string, room?: string, seconds?: number, reason?: string, ref?: string}} Moderated
 * @typedef {{type: "error", code: string, content: string, room?: string, ref?: string, retry_ms?: number}} Refusal
 * @typedef {Message | Traffic | Presence | Page | Deleted | Moderated | Refusal} Envelope
 * @typedef {{room: string, username?: string | null, since?: number, history?: number}} Hello
 */

export const SUBPROTOCOL = "nebula.v1";
export const CONTENT_CHARS_MAX = 4096;
export const ROOM_CHARS_MAX = 64;
export const NAME_CHARS_MAX = 32;
export const REASON_CHARS_MAX = 200;
export const HISTORY_MAX = 200;
/** The text of a message that was deleted. */
export const DELETED_CONTENT = "(deleted)";
/** No frame of a server is longer, a list of people with a generous budget included. */
const FRAME_UNITS_MAX = 4 * 1024 * 1024;
/** A character has two units at most; NFC may write a name's in more of them. */
const NAME_UNITS_MAX = 4 * ROOM_CHARS_MAX;
const TEXT_UNITS_MAX = 2 * CONTENT_CHARS_MAX;
const DELETED_MAX = 500;
/** Later there is no date. */
const AT_MAX = 8.64e15;
const HUES = 12;

/** One way to compare names of rooms and people: equal means the same one, as it does for the server.
 * @param {string} name */
export function fold(name) {
  if (/^[ -~]*$/.test(name)) return name.toLowerCase();
  // There and back, so that ß is ss; but ı is no i. Joiners and variation selectors do not count.
  return name.normalize("NFC").replace(/\p{DI}/gu, "").toLowerCase().replace(/[^ı]+/g, (part) => part.toUpperCase().toLowerCase()).replaceAll("ς", "σ").normalize("NFC");
}

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
  for (const said of envelope.type === "history" ? envelope.messages : [envelope]) {
    if (said.type === "message") said.content = withNewlines(said.content);
  }
  return envelope;
}

/** @param {any} e */
function isKnown(e) {
  /** @param {string[]} names */
  const named = (...names) => names.every((name) => isText(e[name], NAME_UNITS_MAX));
  switch (e.type) {
    case "message":
      return named("room", "sender") && isText(e.content, TEXT_UNITS_MAX) && isId(e.id) && isCount(e.at, AT_MAX) && maybeText(e.ref);
    case "join":
    case "leave":
      return named("room", "sender");
    case "presence":
      return named("room") && Array.isArray(e.users) && e.users.every((/** @type {any} */ user) => isText(user, NAME_UNITS_MAX))
        && (e.count === undefined || isId(e.count)) && maybeText(e.after);
    case "history":
      return named("room") && isId(e.head) && maybeText(e.ref) && maybeText(e.epoch) && isList(e.messages, HISTORY_MAX) && (e.deleted === undefined || isList(e.deleted, DELETED_MAX))
        && e.messages.every((/** @type {any} */ message) => message?.type === "message" && isKnown(message));
    case "deleted":
      return named("room", "by") && isId(e.message) && isId(e.id) && maybeText(e.ref);
    case "moderated":
      return named("user", "by") && ACTIONS.includes(e.action) && maybeText(e.ref) && maybeText(e.room) && maybeText(e.reason) && (e.seconds === undefined || isId(e.seconds));
    case "error":
      return named("code") && isText(e.content, TEXT_UNITS_MAX) && maybeText(e.room) && maybeText(e.ref) && (e.retry_ms === undefined || isCount(e.retry_ms, AT_MAX));
    default:
      return false;
  }
}

const ACTIONS = ["kick", "ban", "unban", "mute", "unmute"];

/** @param {unknown} value
 * @param {number} unitsMax */
const isText = (value, unitsMax) => typeof value === "string" && value.length <= unitsMax;
/** @param {unknown} value */
const maybeText = (value) => value === undefined || isText(value, TEXT_UNITS_MAX);
/** @param {unknown} value */
const isId = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** @param {unknown} value
 * @param {number} max */
const isCount = (value, max) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= max;
/** @param {unknown} value
 * @param {number} max */
const isList = (value, max) => Array.isArray(value) && value.length <= max;

/** The query that opens a connection.
 * @param {Hello} hello */
export function helloQuery({ room, username, since, history }) {
  const query = new URLSearchParams({ room });
  if (username) query.set("username", username);
  if (since !== undefined) query.set("since", String(since));
  if (history !== undefined) query.set("history", String(history));
  return query.toString();
}

/** What shows nothing: controls, spaces, what is ignorable by default, and glyphs that are blank by their description.
 * Some signs of Arabic and its like are format characters that show. */
const BLANK = /(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{DI}\p{NChar}\u2800\u2d7f\ufffc\u{1107f}\u{13441}\u{13442}\u{16fe4}\u{1bc9d}\u{1d159}]/gu;
/** A joiner, selector or tag where it changes what is seen: between letters that would be joined, behind the sign that
 * kills a vowel, in emoji and flags. The server knows which letters are joined. */
const IN_PLACE = /(?<=(?!\p{scx=Zinh})\p{M})[\u200c\u200d]|(?<=[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Adlm}\p{scx=Rohg}]\p{M}*)\u200c(?=\p{M}*[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Adlm}\p{scx=Rohg}])|(?<=\p{ExtPict}[\ufe0f\p{EMod}]*)\u200d(?=\p{ExtPict})|(?<=\u{1f3f4})[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,5}\u{e007f}|\p{VS}/gu;
/** What is not the same for everybody. */
const UNDEFINED = /[\p{Co}\p{Cn}\ufffd]/u;
/** More marks than a letter has, or the same one twice, or one without a letter of its script. */
const STRAY_MARK = /^\p{M}|(\p{Mn}|\p{Me})\1|[\p{Mn}\p{Me}]{5}|[\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Han}\p{scx=Hang}]\p{M}*(?![\p{scx=Zinh}\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Han}\p{scx=Hang}])\p{M}/u;
/** A letter, a number or an emoji; arrows and asterisks are signs also where they have an emoji. */
const LETTER = /[\p{L}\p{N}\p{EPres}\p{RI}]|(?![\u2190-\u21ff\u2733\u2734\u27a1\u2900-\u297f\u2b00-\u2bff])(?=\p{So})\p{ExtPict}/u;

/** Why a name of a room or person cannot be one; null if it may be: the server looks closer.
 * @param {string} name
 * @param {number} charsMax */
export function nameFault(name, charsMax) {
  const spelled = name.replace(IN_PLACE, "").normalize("NFC");
  const chars = [...name.replace(/\p{VS}/gu, "").normalize("NFC")].length;
  if (chars === 0) return "a name needs at least one character";
  if (UNDEFINED.test(spelled)) return "a name cannot contain characters that are not the same everywhere";
  if (spelled.replaceAll(" ", "").search(BLANK) >= 0) return "a name cannot contain invisible characters: type it again";
  if (/^ | $/.test(spelled)) return "a name does not begin or end with a space";
  if (STRAY_MARK.test(spelled.normalize("NFD"))) return "a name cannot contain accents that no letter has";
  return chars > charsMax ? `a name has at most ${charsMax} characters, this one has ${chars}` : null;
}

/** The same for a new name of a person, which must not look like a mark of the program.
 * @param {string} name */
export function userFault(name) {
  return nameFault(name, NAME_CHARS_MAX) ?? (LETTER.test(name) ? null : "a name needs a letter, a digit or an emoji");
}

/** Why a text cannot be sent; null if it can.
 * @param {string} text */
export function contentFault(text) {
  if (text.replace(BLANK, "") === "") return "a message needs some visible text";
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

/** A letter, digit or mark of a word; and those of scripts that are written without spaces between words. */
const WORD = /[\p{L}\p{N}\p{M}_]/u;
const SPACELESS = /[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Yiii}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Lana}\p{scx=Tale}\p{scx=Talu}\p{scx=Java}\p{scx=Bali}]/u;

/** Whether a text names somebody: `@name` anywhere and `name:` or `name,` at the beginning in any case, a bare name only as it
 * is spelt. Where it may also be the beginning of the longer name of one of the `others`, it is that.
 * `protocol/src/text/mention.rs` has the same rules.
 * @param {string} content
 * @param {string} name
 * @param {string[]} others */
export function mentions(content, name, others = []) {
  const [text, spelt, folded] = [seen(content), seen(name), fold(name)];
  const longer = others.map(fold).filter((other) => other.length > folded.length && other.startsWith(folded));
  /** @param {number} at */
  const isNamed = (at) => endOf(text, at, folded) !== null && longer.every((other) => endOf(text, at, other) === null);
  for (let at = text.indexOf(spelt); at >= 0 && spelt !== ""; at = text.indexOf(spelt, at + 1)) {
    const before = lastOf(text.slice(0, at));
    const isFree = !/[@＠﹫]/.test(before) && (!WORD.test(before) || SPACELESS.test(before) || SPACELESS.test(firstOf(spelt)));
    if (isFree && isNamed(at)) return true;
  }
  for (const { index } of text.matchAll(/[@＠﹫]/g)) {
    const before = lastOf(text.slice(0, index));
    if ((!WORD.test(before) || SPACELESS.test(before)) && isNamed(index + 1)) return true;
  }
  const start = text.length - text.trimStart().length;
  return /^[:,：，、،]/.test(endOf(text, start, folded) ?? "") && isNamed(start);
}

/** What follows a folded name in a text, if the text begins with it there and the word ends; null if not.
 * @param {string} text
 * @param {number} at
 * @param {string} folded */
function endOf(text, at, folded) {
  let [left, last] = [folded, ""];
  for (let end = at; ; end += last.length) {
    const next = firstOf(text.slice(end, end + 2));
    if (left === "") {
      const ends = !/[\p{M}@＠﹫]/u.test(next) && (!WORD.test(next) || SPACELESS.test(next) || SPACELESS.test(last));
      return ends ? text.slice(end, end + 2) : null;
    }
    const begun = fold(next);
    if (next === "" || !left.startsWith(begun)) return null;
    [left, last] = [left.slice(begun.length), next];
  }
}

/** As names are compared: composed, and without what nobody sees.
 * @param {string} text */
const seen = (text) => text.replace(/\p{DI}/gu, "").normalize("NFC");
/** @param {string} text */
const firstOf = (text) => [...text.slice(0, 2)][0] ?? "";
/** @param {string} text */
const lastOf = (text) => [...text.slice(-2)].at(-1) ?? "";

/** Each of Unicode's mandatory line breaks as one `\n`, as the server has it: so are texts that it has from before.
 * @param {string} text */
export const withNewlines = (text) => text.replace(/\r\n|[\r\v\f\u0085\u2028\u2029]/g, "\n");

/** A text as it may be shown: what reorders the text around it stands there as what it is, controls are left out, and a
 * letter has no more marks than any language gives it.
 * @param {string} text */
export function revealed(text) {
  return withNewlines(text).replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => `[U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`)
    .replace(/(?![\n\t])\p{Cc}/gu, "").replace(/([\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+/gu, "$1");
}

/** The text of something done, if the message is that.
 * @param {string} content */
export function deed(content) {
  return content.startsWith("/me ") ? content.slice(4) : null;
}

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A name within a sentence, so that it does not reorder what stands around it.
 * @param {string} name */
export const isolated = (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name);

/** A name as a sentence may hold it: it is on one line, and neither reorders the sentence nor is cut out of it.
 * @param {string} name
 * @param {number} [charsMax] */
export const inSentence = (name, charsMax = NAME_CHARS_MAX) => isolated(onOneLine(name, charsMax));

/** On one line: for titles, notifications and what is read out.
 * @param {string} text
 * @param {number} charsMax */
export function onOneLine(text, charsMax) {
  const chars = [...revealed(text).replace(/\s+/gu, " ").trim()];
  return chars.length > charsMax ? `${chars.slice(0, charsMax - 1).join("")}…` : chars.join("");
}
