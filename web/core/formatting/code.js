// Code in tokens: comments, strings, numbers and keywords, by one small idea for all languages. Pure; `tui-client/src/code/` has
// the same rules and the same table.

/** @typedef {{kind: "plain" | "comment" | "string" | "number" | "keyword", text: string}} Token */

/** Names | signs of a comment to the line's end | of one with an end | quotes | keywords: behind ^ those of another row
 * too; in capitals, in any case. */
export const LANGUAGES = `
  curly||||abstract break case catch class const continue default do else enum extends false final finally for if implements import interface new null private protected public return static super switch this throw true try var void while yield
  javascript js jsx mjs|//|/* */|d s b|^curly async await delete export from function get in instanceof let of set typeof undefined
  typescript ts tsx|//|/* */|d s b|^javascript any as boolean declare keyof namespace never number readonly string type unknown
  java|//|/* */|D d s|^curly assert boolean byte char double float int instanceof long package record sealed short synchronized throws
  c# cs csharp|//|/* */|D d s|^curly as async await base bool byte char decimal delegate double float foreach get in int internal is long namespace object out override params readonly record ref sealed set string struct using virtual when where
  kotlin kt kts|//|/* */|D d s|^curly as by companion constructor data fun in init inline internal is lateinit object open override package sealed suspend typealias val when
  dart|//|/* */|D S d s|^curly as async await bool double dynamic extension factory get in int is late mixin on required set throws typedef with
  php|// #|/* */|d s|^curly and array as clone echo elseif fn foreach function global include instanceof match namespace not or print readonly require require_once trait use
  swift|//|/* */|D d|^curly actor as async await defer extension fileprivate func guard in init inout internal is lazy let mutating nil open override protocol repeat self Self some struct throws typealias weak where
  rust rs|//|/* */|d c|as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while
  go golang|//|/* */|d s b|bool break byte case chan const continue default defer else error fallthrough false for func go goto if import int interface map nil package range return select string struct switch true type var
  c h|//|/* */|d s|auto bool break case char const continue default define do double else endif enum extern false float for goto if ifdef ifndef include inline int long NULL return short signed sizeof static struct switch true typedef undef union unsigned void volatile while
  c++ cpp cc cxx hpp|//|/* */|d s|^c catch class constexpr decltype delete explicit final friend mutable namespace new noexcept nullptr operator override private protected public template this throw try typename using virtual
  python py python3|#||D S d s|and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield
  ruby rb|#||d s|alias and begin break case class def do else elsif end ensure false for if in module next nil not or private raise require rescue retry return self super then true unless until when while yield
  lua|--|--[[ ]]|d s|and break do else elseif end false for function goto if in local nil not or repeat return self then true until while
  shell sh bash zsh|#||d s|break case cd continue do done echo elif else esac exec exit export false fi for function if in local read return set shift then trap true until while
  sql mysql postgres postgresql sqlite|--|/* */|d s b|ADD ALTER AND AS ASC BY CASE CREATE DEFAULT DELETE DESC DISTINCT DROP ELSE END EXISTS FALSE FOREIGN FROM GROUP HAVING IN INDEX INNER INSERT INT INTO IS JOIN KEY LEFT LIKE LIMIT NOT NULL OFFSET ON OR ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TRUE UNION UNIQUE UPDATE USING VALUES WHEN WHERE WITH
  html xml svg||<!-- -->|d s|
  css scss|//|/* */|d s|font-face import important keyframes layer media supports
  json jsonc json5|//|/* */|d s|true false null
  yaml yml|#||d s|true false null
  toml ini|# ;||D S d s|true false`.trim().split("\n  ");

/** One of a line that does not end in it is none; the others end with the text. With `c`, all but one character is a lifetime. */
const QUOTES = /** @type {Record<string, RegExp>} */ ({
  d: /"(?:\\[^\n]|[^"\\\n])*"/y, s: /'(?:\\[^\n]|[^'\\\n])*'/y, c: /'(?:\\[^\n][^'\n]{0,9}|[^'\\\n])'/uy,
  b: /`(?:\\[^]?|[^`\\])*`?/y, D: /"""(?:\\[^]?|(?!""")[^\\])*(?:"""|$)/y, S: /'''(?:\\[^]?|(?!''')[^\\])*(?:'''|$)/y,
});
/** In a line in which one of these does not end, no further one begins: nobody needs to look again. */
const ONE_LINE = /** @type {Record<string, string>} */ ({ d: '"', s: "'" });
const REST = /[^\n]*/y;
const NUMBER = /\d(?:\w|\.(?=\d))*/y;
const WORD = /[\w\u0080-\uffff]+/y;

const ROWS = LANGUAGES.map((line) => line.split("|").map((cell) => cell.split(" ")));

/** @param {string} name */
const row = (name) => ROWS.find(([names]) => names?.includes(name));

/** @param {string} word
 * @returns {string[]} */
const words = (word) => (word.startsWith("^") ? (row(word.slice(1))?.[4] ?? []).flatMap(words) : [word]);

/** Code in tokens, which together are the code; null if nothing is known of the language.
 * @param {string} language
 * @param {string} code
 * @returns {Token[] | null} */
export function tokens(language, code) {
  const [, line = [], [opens, closes = ""] = [], quotes = [], own = [""]] = row(language.toLowerCase()) ?? [];
  if (!quotes[0]) return null;
  const keywords = new Set(own.flatMap(words));
  const isAnyCase = /^[A-Z]/.test(own[0] ?? "");
  /** @type {Record<string, number>} */
  const unclosed = {};
  let at = 0;
  /** @param {RegExp | undefined} pattern */
  const ends = (pattern) => {
    if (!pattern) return 0;
    pattern.lastIndex = at;
    return pattern.test(code) ? pattern.lastIndex : 0;
  };
  /** @returns {[Token["kind"], number]} */
  const next = () => {
    const before = code.charAt(at - 1);
    if (opens && code.startsWith(opens, at)) {
      const end = code.indexOf(closes, at + opens.length);
      return ["comment", end < 0 ? code.length : end + closes.length];
    }
    // Of the short signs, not each is one: `$#`, `a;`.
    if (line.some((sign) => sign && code.startsWith(sign, at) && (sign[1] || /^\s?$/.test(before)))) return ["comment", ends(REST)];
    const string = quotes.reduce((end, quote) => {
      if (end || at < (unclosed[quote] ?? 0)) return end;
      const found = ends(QUOTES[quote]);
      if (!found && code[at] === ONE_LINE[quote]) unclosed[quote] = ends(REST);
      return found;
    }, 0);
    if (string) return ["string", string];
    const number = ends(NUMBER);
    if (number) return ["number", number];
    const end = ends(WORD);
    const word = code.slice(at, end);
    const isKeyword = end && !/[.$-]/.test(before) && keywords.has(isAnyCase ? word.toUpperCase() : word);
    return [isKeyword ? "keyword" : "plain", end || at + 1];
  };
  /** @type {Token[]} */
  const made = [];
  while (at < code.length) {
    const [kind, end] = next();
    const text = code.slice(at, end);
    const last = made.at(-1);
    if (kind === "plain" && last?.kind === kind) last.text += text;
    else made.push({ kind, text });
    at = end;
  }
  return made;
}
