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
    const isCalled = /[@＠﹫]/.test(text.charAt(at - 1));
    if (!isCalled && isFree(text, at, firstOf(spelt)) && isNamed(at)) return true;
  }
  for (const { index } of text.matchAll(/[@＠﹫]/g)) {
    if (isFree(text, index, "") && isNamed(index + 1)) return true;
  }
  const start = text.length - text.trimStart().length;
  const end = endOf(text, start, folded);
  return end !== null && /[:,：，、،]/.test(text.charAt(end)) && isNamed(start);
}

/** Whether a text holds a word, in any case.
 * @param {string} content
 * @param {string} word */
export function holds(content, word) {
  const [text, folded] = [seen(content), fold(word)];
  if (folded === "" || !fold(text).includes(folded)) return false;
  for (let at = 0; at < text.length; at += firstOf(text.slice(at, at + 2)).length) {
    if (isFree(text, at, firstOf(word)) && endOf(text, at, folded) !== null) return true;
  }
  return false;
}

/** Where a text calls one of these names behind an `@`, sign included: of several the longest.
 * @param {string} text
 * @param {string[]} names
 * @returns {[begin: number, end: number][]} */
export function callsIn(text, names) {
  const longestFirst = names.map(fold).sort((one, other) => other.length - one.length);
  return [...text.matchAll(/[@＠﹫]/g)].flatMap(({ index }) => {
    if (!isFree(text, index, "")) return [];
    const end = longestFirst.map((name) => endOf(text, index + 1, name)).find((each) => each !== null);
    return end === undefined || end === null ? [] : [/** @type {[number, number]} */ ([index, end])];
  });
}

/** Whether a word may begin there.
 * @param {string} text
 * @param {number} at
 * @param {string} first character of it that may be of a script without spaces */
function isFree(text, at, first) {
  const before = lastOf(text.slice(Math.max(0, at - 2), at));
  return !WORD.test(before) || SPACELESS.test(before) || SPACELESS.test(first);
}

/** Where a folded name ends in a text, if the text begins with it there and the word ends; null if not.
 * @param {string} text
 * @param {number} at
 * @param {string} folded */
function endOf(text, at, folded) {
  let [left, last] = [folded, ""];
  for (let end = at; ; end += last.length) {
    const next = firstOf(text.slice(end, end + 2));
    if (left === "") {
      const ends = !/[\p{M}@＠﹫]/u.test(next) && (!WORD.test(next) || SPACELESS.test(next) || SPACELESS.test(last));
      return ends ? end : null;
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
