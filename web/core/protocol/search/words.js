// A text → its words, in the form in which they are compared. Pure; `protocol/src/search/words.rs` has the same rules.

/** @typedef {{folded: string, begin: number, end: number}} Word where it stands in the text, and how it is compared */

/** Scripts in which spaces do not part words: each character is one. Korean has spaces, but words grow endings without one. */
const UNSPACED = "\\p{scx=Hani}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}";
/** Diacritics, joiners, soft hyphens and variation selectors: they end no word, and make no difference. */
const IGNORED = "\\u0300-\\u036f\\u200c\\u200d\\u00ad\\ufe00-\\ufe0f";
const OF_WORD = "\\p{Alphabetic}\\p{N}\\p{M}";
/** A part of a word with those around it. */
const LETTER = `(?![${IGNORED}${UNSPACED}\\p{ExtPict}])[${OF_WORD}]`;
const WORD = new RegExp(`\\p{ExtPict}|(?=[${OF_WORD}])(?![${IGNORED}])[${UNSPACED}]|${LETTER}(?:${LETTER}|[${IGNORED}])*`, "gu");
const DROPPED = new RegExp(`[${IGNORED}]|[^${OF_WORD}]`, "gu");

/** The words of a text, in order.
 * @param {string} text
 * @returns {Word[]} */
export function words(text) {
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const folded = /^[a-z\d]+$/i.test(word) ? word.toLowerCase() : /^\p{ExtPict}$/u.test(word) ? word : [...word].map(fold).join("");
    return folded === "" ? [] : [{ folded, begin: index, end: index + word.length }];
  });
}

/** @param {string} char */
function fold(char) {
  // Both forms of the Greek letter sigma are one.
  return char.normalize("NFKD").replace(DROPPED, "").toLowerCase().replaceAll("ς", "σ").normalize("NFC");
}
