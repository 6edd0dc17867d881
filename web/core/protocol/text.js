// Texts: what may be sent, and how each is shown. Pure; `protocol/src/text/characters.rs` has the same rules.

import { CONTENT_CHARS_MAX, NAME_CHARS_MAX, ROOM_CHARS_MAX } from "./limits.js";

/** What shows nothing: controls, spaces, what is ignorable by default, and glyphs that are blank by their description.
 * Some signs of Arabic and its like are format characters that show. */
export const BLANK = /(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{DI}\p{NChar}\u2800\u2d7f\ufffc\u{1107f}\u{13441}\u{13442}\u{16fe4}\u{1bc9d}\u{1d159}]/gu;

/** Why a text cannot be sent; null if it can.
 * @param {string} text */
export function contentFault(text) {
  if (text.replace(BLANK, "") === "") return "A message needs some visible text";
  const chars = [...text].length;
  if (chars > CONTENT_CHARS_MAX) return `A message has at most ${CONTENT_CHARS_MAX.toLocaleString("en")} characters; this one has ${chars.toLocaleString("en")}`;
  return null;
}

/** Each of Unicode's mandatory line breaks as one `\n`, as the server has it: so are texts that it has from before.
 * @param {string} text */
export const withNewlines = (text) => text.replace(/\r\n|[\r\v\f\u0085\u2028\u2029]/g, "\n");

/** A text as it is sent: blank lines before and behind it are no part of it.
 * @param {string} text */
export function trimmed(text) {
  const lines = withNewlines(text).split("\n");
  const isFull = (/** @type {string} */ line) => line.trim() !== "";
  return lines.slice(Math.max(0, lines.findIndex(isFull)), lines.findLastIndex(isFull) + 1).join("\n");
}

/** A text as it may be shown: what reorders the text around it stands there as what it is, controls are left out, and a
 * letter has no more marks than any language gives it.
 * @param {string} text */
export function revealed(text) {
  return withNewlines(text).replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => `[U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`)
    .replace(/(?![\n\t])\p{Cc}/gu, "").replace(/([\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+/gu, "$1");
}

/** The text of an emote, such as `/me waves`; null if the message is none.
 * @param {string} content */
export function emote(content) {
  return content.startsWith("/me ") ? content.slice(4) : null;
}

/** An emoji with its pictures as such, where they were typed as text: `❤` for `❤️`.
 * @param {string} emoji */
export const withPictures = (emoji) => emoji.replace(/(?![\p{Emoji_Presentation}#*\d])(\p{Emoji})(?!\p{EMod})[\ufe0e\ufe0f]?/gu, "$1\ufe0f");

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A name within a sentence, so that it does not reorder what stands around it.
 * @param {string} name */
const isolated = (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name);

/** A name as a sentence may hold it: it is on one line, and neither reorders the sentence nor is cut out of it.
 * @param {string} name
 * @param {number} [charsMax] */
export const inSentence = (name, charsMax = NAME_CHARS_MAX) => isolated(onOneLine(name, charsMax));

/** A room as a sentence may hold it, behind the sign of its kind: `#dev`, `+The ops team`.
 * @param {string} room
 * @param {"#" | "+"} [sign] */
export const signed = (room, sign = "#") => `${sign}${inSentence(room, ROOM_CHARS_MAX)}`;

/** So many of something: `1 message`, `2 messages`.
 * @param {number} count
 * @param {string} noun
 * @param {string} [plural] */
export const counted = (count, noun, plural = `${noun}s`) => `${count} ${count === 1 ? noun : plural}`;

/** What the server says within sentences, as a sentence of its own.
 * @param {string} words */
export const asSentence = (words) => words.replace(/^[a-z]/, (letter) => letter.toUpperCase());

/** On one line: for titles, notifications and what is read out.
 * @param {string} text
 * @param {number} charsMax */
export function onOneLine(text, charsMax) {
  const chars = [...revealed(text).replace(/\s+/gu, " ").trim()];
  return chars.length > charsMax ? `${chars.slice(0, charsMax - 1).join("")}…` : chars.join("");
}
