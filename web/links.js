// Finding links in a text: http, https and mailto alone, as a person would end them. Pure.

/** @typedef {{text: string, href: string | null}} Piece a part of a text; `href` if it is a link */

const SCHEMES = /\b(?:https?:\/\/|mailto:)/gi;
/** What ends a link wherever it stands: space, quotes, angles, and what nobody sees. */
const END = /[\s<>"`\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]|$/gu;
/** What belongs to the sentence if it stands at a link's end. */
const TRAILING = /[.,;:!?'’”»*_~…。、，！？]/u;
const BRACKETS = /** @type {Record<string, string>} */ ({ ")": "(", "]": "[", "}": "{", "）": "（", "」": "「" });
const ALLOWED = ["http:", "https:", "mailto:"];

/** Cuts a text into what is a link and what is not; together the pieces are the text. A word in which
 * several links seem to begin and none leads anywhere is let be: to look at the rest of it each time would cost its
 * length squared.
 * @param {string} text
 * @returns {Piece[]} */
export function pieces(text) {
  /** @type {Piece[]} */
  const found = [];
  let [done, end, misses] = [0, 0, 0];
  for (const { index } of text.matchAll(SCHEMES)) {
    if (index >= end) {
      END.lastIndex = index;
      end = END.exec(text)?.index ?? 0;
      misses = 0;
    }
    if (index < done || misses > 3) continue;
    const link = withoutTail(text.slice(index, end));
    const href = checked(link);
    if (href === null) {
      misses += 1;
      continue;
    }
    if (index > done) found.push({ text: text.slice(done, index), href: null });
    found.push({ text: link, href });
    done = index + link.length;
  }
  if (done < text.length) found.push({ text: text.slice(done), href: null });
  return found;
}

/** The links of a text, as they are written.
 * @param {string} text */
export function linksIn(text) {
  return pieces(text).filter(({ href }) => href !== null).map((piece) => piece.text);
}

/** Without the punctuation of the sentence, and brackets that were opened before the link.
 * @param {string} link */
function withoutTail(link) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const char of link) counts[char] = (counts[char] ?? 0) + 1;
  let end = link.length;
  for (; end > 0; end -= 1) {
    const last = link.charAt(end - 1);
    const opens = BRACKETS[last];
    const closes = counts[last] ?? 0;
    if (!(opens && (counts[opens] ?? 0) < closes) && !TRAILING.test(last)) break;
    counts[last] = closes - 1;
  }
  return link.slice(0, end);
}

/** The address that it leads to, if it is one that may be followed.
 * @param {string} link */
function checked(link) {
  let url;
  try {
    url = new URL(link);
  } catch {
    return null;
  }
  if (!ALLOWED.includes(url.protocol)) return null;
  const leads = url.protocol === "mailto:" ? /^[^@\s]+@[^@\s]+$/.test(url.pathname) : url.hostname !== "";
  return leads ? url.href : null;
}
