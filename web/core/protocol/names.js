// Names of rooms and people: which there are, which of them are the same, and their colours. Pure;
// `protocol/src/name/` has the same rules.

import { isVirama, separates } from "./joining.js";
import { NAME_CHARS_MAX } from "./limits.js";
import { BLANK } from "./text.js";

const HUES = 12;

/** One way to compare names of rooms and people: equal means the same one, as it does for the server.
 * @param {string} name */
export function fold(name) {
  if (/^[ -~]*$/.test(name)) return name.toLowerCase();
  // To upper case and back, so that ß becomes ss; but ı stays ı. Joiners and variation selectors do not count.
  return name.normalize("NFC").replace(/\p{DI}/gu, "").toLowerCase().replace(/[^ı]+/g, (part) => part.toUpperCase().toLowerCase()).replaceAll("ς", "σ").normalize("NFC");
}

/** Selectors of emoji that select nothing, without an emoji before them: a digit is one only in a keycap. */
const IDLE_SELECTOR = /(?<!\p{Emoji})\p{VS}|(?<=[0-9#*])\p{VS}(?!\u20e3)/gu;
/** A joiner, selector or tag where it changes what is seen in emoji and flags. */
const IN_EMOJI = /(?<=\p{ExtPict}[\ufe0f\p{EMod}]*)\u200d(?=\p{ExtPict})|(?<=\u{1f3f4})[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,5}\u{e007f}|\p{VS}/gu;
/** Private and unassigned characters, which look different on other machines. */
const UNDEFINED = /[\p{Co}\p{Cn}\ufffd]/u;
/** More marks than a letter has, or the same one twice, or one without a letter of its script. */
const STRAY_MARK = /^\p{M}|(\p{Mn}|\p{Me})\1|[\p{Mn}\p{Me}]{5}|[\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Han}\p{scx=Hang}]\p{M}*(?![\p{scx=Zinh}\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Han}\p{scx=Hang}])\p{M}/u;
/** A letter, a number or an emoji; arrows and asterisks are signs also where they have an emoji. */
const LETTER = /[\p{L}\p{N}\p{EPres}\p{RI}]|(?![\u2190-\u21ff\u2733\u2734\u27a1\u2900-\u297f\u2b00-\u2bff])(?=\p{So})\p{ExtPict}/u;

/** Why a name of a room or person cannot be one; null if it may be: the server looks closer.
 * @param {string} typed
 * @param {number} charsMax */
export function nameFault(typed, charsMax) {
  const name = spelled(typed);
  const chars = [...name].length;
  const bare = withoutJoiners(name.replace(IN_EMOJI, ""));
  if (chars === 0) return "A name needs at least one character";
  if (UNDEFINED.test(bare)) return "A name cannot contain characters that are not the same everywhere";
  if (bare.replaceAll(" ", "").search(BLANK) >= 0) return "A name cannot contain invisible characters: type it again";
  if (/^ | $/.test(bare)) return "A name cannot begin or end with a space";
  if (STRAY_MARK.test(name.normalize("NFD"))) return "A name cannot contain accents that no letter has";
  return chars > charsMax ? `A name has at most ${charsMax} characters; this one has ${chars}` : null;
}

/** As the server spells it: composed, and without selectors that select nothing.
 * @param {string} name */
function spelled(name) {
  return name.replace(/(?![\ufe0e\ufe0f])\p{VS}/gu, "").replace(IDLE_SELECTOR, "").normalize("NFC");
}

/** Without the joiners that change how the letters beside them are joined.
 * @param {string} name */
function withoutJoiners(name) {
  if (!/[\u200c\u200d]/.test(name)) return name;
  const letters = [...name];
  const stays = (/** @type {string} */ letter, /** @type {number} */ at) => {
    if (letter === "\u200c") return !separates(letters.slice(0, at), letters.slice(at + 1));
    return letter !== "\u200d" || !isVirama(letters[at - 1] ?? "");
  };
  return letters.filter(stays).join("");
}

/** The same for a new name of a person, which must not look like a mark of the program.
 * @param {string} name */
export function userFault(name) {
  return nameFault(name, NAME_CHARS_MAX) ?? (LETTER.test(name) ? null : "A name needs a letter, a digit or an emoji");
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
