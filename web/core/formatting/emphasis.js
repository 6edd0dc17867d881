// Bold, italic, strike and spoiler in a line, around what they do not reach into. A sign opens before a word and closes behind
// one, and not between two letters, except of scripts that put no space between words. Pure;
// `protocol/src/text/formatting/emphasis.rs` has the same rules. This file does not know what is between the signs.

import { SPACELESS } from "../protocol/mentions.js";

/** @typedef {{begin: number, end: number}} Range */
/** @typedef {"bold" | "italic" | "strike" | "spoiler"} Style none stands within itself, so nesting has an end */
/** @typedef {Range & ({kind: "text" | "code", text: string}
 *   | {kind: "bare", text: string, href: string, host: string | null}
 *   | {kind: "link", url: string, href: string, host: string, pieces: Inline[]}
 *   | {kind: Style, pieces: Inline[]})} Inline a piece with its signs. `bare` is an address that stands for itself, with its host if it
 * reads as another one; the host of a `link` is always to be shown beside its words */
/** @typedef {{sign: string, left: number, piece: number, inside: Set<string>}} Opener a sign that may open: how much of it has not
 * found its end, its piece, and the styles that stand behind it */

/** Signs that wait for another one; of more, the oldest are let be, so that looking for one costs little. */
const OPEN_MAX = 32;
const SIGNS = /\*+|~+|\|+/g;
const SPACE = /^\p{White_Space}/u;
const WORD = /[\p{L}\p{N}_]/u;
/** What belongs to a letter. */
const MARK = /[\p{Mn}\p{Mc}]/u;
/** Stands for an atom. */
const ATOM = "`";
/** Korean has spaces, and particles behind words. */
const HANGUL = /\p{scx=Hang}/u;

/** The pieces of a part of a line: its atoms, and text and styles between them.
 * @param {string} text
 * @param {Range} range
 * @param {Inline[]} atoms */
export function nested(text, range, atoms) {
  const nest = new Nest(text, range);
  let done = range.begin;
  for (const atom of atoms) {
    nest.signs(done, atom.begin);
    done = atom.end;
    nest.afterAtom = done;
    nest.hold(stylesIn(atom));
    nest.pieces.push(atom);
  }
  nest.signs(done, range.end);
  return joined(nest.pieces);
}

/** The pieces of a line without styles.
 * @param {string} text
 * @param {Range} range
 * @param {Inline[]} atoms */
export function between(text, range, atoms) {
  let done = range.begin;
  const made = atoms.flatMap((atom) => {
    const before = textAt(text, done, atom.begin);
    done = atom.end;
    return [...before, atom];
  });
  return [...made, ...textAt(text, done, range.end)];
}

class Nest {
  /** @param {string} text
   * @param {Range} range */
  constructor(text, range) {
    this.text = text;
    this.range = range;
    /** Where the newest atom ends. */
    this.afterAtom = -1;
    /** @type {Inline[]} */
    this.pieces = [];
    /** @type {Opener[]} */
    this.open = [];
  }

  /** @param {number} begin
   * @param {number} end */
  signs(begin, end) {
    let done = begin;
    for (const { index, 0: sign } of this.text.slice(begin, end).matchAll(SIGNS)) {
      if (sign.length !== 2 && !(sign.startsWith("*") && sign.length <= 3)) continue;
      const at = begin + index;
      this.pieces.push(...textAt(this.text, done, at));
      done = at + sign.length;
      this.sign(sign.charAt(0), at, done);
    }
    this.pieces.push(...textAt(this.text, done, end));
  }

  /** @param {string} sign
   * @param {number} begin
   * @param {number} end */
  sign(sign, begin, end) {
    const before = this.before(begin);
    const behind = this.text.slice(end, Math.min(end + 3, this.range.end));
    let at = begin;
    for (let used = 1; at < end && used > 0 && closes(before, firstOf(behind)); at += used) used = this.close(sign, at, end - at);
    if (at === end) return;
    if (opens(before, behind)) {
      if (this.open.length === OPEN_MAX) this.open.shift();
      this.open.push({ sign, left: end - at, piece: this.pieces.length, inside: new Set() });
    }
    this.pieces.push(...textAt(this.text, at, end));
  }

  /** The letter or sign before a place. Marks belong to their letter, and an atom is neither a word nor what its last character is.
   * @param {number} place */
  before(place) {
    if (place === this.afterAtom) return ATOM;
    let [char, at] = ["", place];
    do {
      char = [...this.text.slice(Math.max(at - 2, this.range.begin), at)].at(-1) ?? "";
      at -= char.length;
    } while (MARK.test(char));
    return char;
  }

  /** Ends the nearest style that a sign can end; how much of the sign that used.
   * @param {string} sign
   * @param {number} at
   * @param {number} left */
  close(sign, at, left) {
    const index = this.open.findLastIndex((it) => it.sign === sign && (it.left === left || it.left === 3 || left === 3));
    const opener = this.open[index];
    if (!opener) return 0;
    const inside = new Set(this.open.slice(index).flatMap((it) => [...it.inside]));
    const used = Math.min(opener.left, left, 2);
    const style = styleOf(sign, used);
    this.open.length = index;
    if (inside.has(style)) {
      this.hold(inside);
      return 0;
    }
    const held = joined(this.pieces.splice(opener.piece + 1));
    const typed = /** @type {Inline} */ (this.pieces.pop());
    const begin = typed.end - used;
    if (opener.left > used) {
      this.pieces.push(...textAt(this.text, typed.begin, begin));
      this.open.push({ ...opener, left: opener.left - used, inside });
    }
    this.hold(inside.add(style));
    this.pieces.push({ kind: style, begin, end: at + used, pieces: held });
    return used;
  }

  /** Notes styles behind the newest sign that is open.
   * @param {Iterable<string>} styles */
  hold(styles) {
    for (const style of styles) this.open.at(-1)?.inside.add(style);
  }
}

/** @param {string} sign
 * @param {number} used
 * @returns {Style} */
function styleOf(sign, used) {
  if (sign === "*") return used === 2 ? "bold" : "italic";
  return sign === "~" ? "strike" : "spoiler";
}

/** @param {Inline} piece
 * @returns {string[]} */
const stylesIn = (piece) => ("pieces" in piece ? [piece.kind, ...piece.pieces.flatMap(stylesIn)] : []);

/** Before a word, and behind no other: `*.rs`, a star before `/` or `)` open nothing, nor does `f(x)*y`.
 * @param {string} before
 * @param {string} behind */
function opens(before, behind) {
  if (behind === "" || SPACE.test(behind) || /^(?:[/,;)\]}]|\.(?!\.))/.test(behind)) return false;
  return !WORD.test(before) && !/[)\]}]/.test(before) || clings(before) || clings(firstOf(behind));
}

/** Behind a word, and before no other.
 * @param {string} before
 * @param {string} next */
function closes(before, next) {
  if (before === "" || SPACE.test(before) || /[/([{]/.test(before)) return false;
  return !WORD.test(next) || clings(next) || clings(before);
}

/** Whether a letter is of a script in which a word goes on without a space.
 * @param {string} char */
const clings = (char) => SPACELESS.test(char) || HANGUL.test(char);

/** @param {string} text
 * @param {number} begin
 * @param {number} end
 * @returns {Inline[]} */
const textAt = (text, begin, end) => (begin < end ? [{ kind: "text", begin, end, text: text.slice(begin, end) }] : []);

/** Text beside text is one.
 * @param {Inline[]} pieces */
function joined(pieces) {
  /** @type {Inline[]} */
  const made = [];
  for (const piece of pieces) {
    const last = made.at(-1);
    if (last?.kind === "text" && piece.kind === "text") made[made.length - 1] = { ...last, end: piece.end, text: last.text + piece.text };
    else made.push(piece);
  }
  return made;
}

/** @param {string} text */
const firstOf = (text) => [...text.slice(0, 2)][0] ?? "";
