// Finding links in a text: http, https and mailto alone, as a person would end them, and the host beside those whose
// host does not read as what it is. Pure; `protocol/src/text/link.rs` has the same rules.

/** @typedef {{text: string, href: string | null, host?: string | null}} Piece a part of a text; `href` if it is a link, `host`
 * if it leads to another one than it seems to */

const SCHEMES = /\b(?:https?:\/\/|mailto:)/gi;
/** What ends a link wherever it stands: space, quotes, angles, what nobody sees, and the brackets and the punctuation of
 * scripts that need no space behind it. */
const END = /[\s<>"`\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff—―‥…]|(?![\u0000-\u007f])[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Term}\p{QMark}]|$/gu;
/** What belongs to the sentence if it stands at a link's end. */
const TRAILING = ".,;:!?'*_~–([{";
const BRACKETS = /** @type {Record<string, string>} */ ({ ")": "(", "]": "[", "}": "{" });
const ALLOWED = ["http:", "https:", "mailto:"];
/** Letters of one of these are read as what they are; Chinese, Japanese and Korean mix theirs. Latin ones have plain accents. */
const PLAIN = new RegExp(`^(?:[\\w\\-À-ÖØ-öø-įĳ-ľŁ-ž]*|${[
  "Hani Hira Kana", "Hani Hang", "Hani Bopo", ..."Arab Hebr Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Thai Laoo Tibt Mymr Khmr Ethi Geor Mong Thaa Syrc Java".split(" "),
].map((scripts) => `[\\d\\-${scripts.replace(/\w+ ?/g, (script) => `\\p{scx=${script.trim()}}`)}]+`).join("|")})$`, "u");
/** These have letters that look like Latin ones: they are plain where the whole host has them. */
const LOOK_LATIN = [/^[\p{scx=Cyrl}\d-]+$/u, /^[\p{scx=Grek}\d-]+$/u, /^[\p{scx=Armn}\d-]+$/u];

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
    found.push({ text: link, href, host: otherHost(link, href) });
    done = index + link.length;
  }
  if (done < text.length) found.push({ text: text.slice(done), href: null });
  return found;
}

/** Whether a character ends a link wherever it stands.
 * @param {string} char */
export function endsLink(char) {
  END.lastIndex = 0;
  return END.exec(char)?.index === 0;
}

/** Where an address leads that is one of the web alone, and nothing else; null if it is none.
 * @param {string} address */
export function webAddress(address) {
  const href = /^https?:\/\//i.test(address) ? checked(address) : null;
  return href === null ? null : { href, host: new URL(href).hostname };
}

/** Without the punctuation of the sentence, and what a bracket closes that was opened before the link.
 * @param {string} link */
function withoutTail(link) {
  /** @type {Record<string, number>} */
  const open = { "(": 0, "[": 0, "{": 0 };
  let end = 0;
  for (; end < link.length; end += 1) {
    const char = link.charAt(end);
    const opens = BRACKETS[char];
    if (opens) {
      if (open[opens] === 0) break;
      open[opens] = (open[opens] ?? 0) - 1;
    } else if (char in open) open[char] = (open[char] ?? 0) + 1;
  }
  while (end > 0 && TRAILING.includes(link.charAt(end - 1))) end -= 1;
  return link.slice(0, end);
}

/** The host that a link leads to, if the one that is written is not the same to the eye.
 * @param {string} link
 * @param {string} href */
function otherHost(link, href) {
  const isMail = href.startsWith("mailto:");
  const written = (isMail ? link.split("@")[1]?.split("?")[0] : /^[^:]*:\/\/([^/?#\\]*)/.exec(link)?.[1]?.replace(/:\d*$/, "")) ?? "";
  let host;
  try {
    host = new URL(isMail ? `https://${written}` : href).hostname;
  } catch {
    return null;
  }
  return written.toLowerCase() === host || isPlain(written) ? null : host;
}

/** Whether a host beyond ASCII reads as what it is: no part mixes scripts, or has letters that look like Latin ones.
 * @param {string} host */
function isPlain(host) {
  const labels = host.split(".");
  const last = labels.filter((label) => label !== "").at(-1) ?? "";
  return /[^\u0000-\u007f]/.test(host) && labels.every((label) => PLAIN.test(label) || LOOK_LATIN.some((script) => script.test(label) && script.test(last) && /[^\d-]/.test(last)));
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
