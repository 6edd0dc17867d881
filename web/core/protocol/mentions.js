// Whom a text names. Pure; `protocol/src/text/mention.rs` has the same rules.

import { fold } from "./names.js";

/** A letter, digit or mark of a word; and those of scripts that are written without spaces between words. */
const WORD = /[\p{L}\p{N}\p{M}_]/u;
export const SPACELESS = /[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Yiii}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Lana}\p{scx=Tale}\p{scx=Talu}\p{scx=Java}\p{scx=Bali}]/u;

/** Whether a text names somebody: `@name` anywhere and `name:` or `name,` at the beginning in any case, a bare name only as it
 * is spelt. Where it may also be the beginning of the longer name of one of the `others`, it is that.
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

/** As names are compared: composed, and without invisible characters.
 * @param {string} text */
const seen = (text) => text.replace(/\p{DI}/gu, "").normalize("NFC");
/** @param {string} text */
const firstOf = (text) => [...text.slice(0, 2)][0] ?? "";
/** @param {string} text */
const lastOf = (text) => [...text.slice(-2)].at(-1) ?? "";
