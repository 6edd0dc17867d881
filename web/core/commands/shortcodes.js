// Emoji by name in a draft: `:smi` offers some, `:smile:` becomes one. Never in code. Pure: it knows no page, and no emoji.

import { isInCode } from "../formatting/drafts.js";

/** A word before it is none: `10:30:00`, `std::io`. */
const BEGUN = /(?:^|[^\p{L}\p{N}:/])(:[a-z0-9_+-]{2,})$/iu;
const FINISHED = /(?:^|[^\p{L}\p{N}:/])(:([a-z0-9_+-]+):)$/iu;

/** The name that is being typed before the caret.
 * @param {string} text
 * @param {number} caret
 * @returns {{start: number, query: string} | null} */
export function begun(text, caret) {
  const [, word] = BEGUN.exec(text.slice(0, caret)) ?? [];
  return word === undefined || isInCode(text, caret) ? null : { start: caret - word.length, query: word.slice(1) };
}

/** The name whose second colon was just typed.
 * @param {string} text
 * @param {number} caret
 * @returns {{start: number, code: string} | null} */
export function finished(text, caret) {
  const [, word, code] = FINISHED.exec(text.slice(0, caret)) ?? [];
  return word === undefined || code === undefined || isInCode(text, caret) ? null : { start: caret - word.length, code };
}
