// How a text is formatted: the golden file that all clients are held to, and laws for any text. The form of the file is described
// beside it, in `protocol/tests/golden/README.md`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { codeRanges, outsideCode, parse, plain } from "../../../../core/formatting/formatting.js";
import { mentions } from "../../../../core/protocol/mentions.js";

const golden = JSON.parse(readFileSync(new URL("../../../../../protocol/tests/golden/clients/formatting.json", import.meta.url), "utf8"));
const SIGNS = { bold: "**", italic: "*", strike: "~~", spoiler: "||" };

/** A piece as the golden file has it. */
function inline(piece) {
  if (piece.kind === "text") return piece.text;
  if (piece.kind === "code") return ["code", piece.text];
  if (piece.kind === "bare") return piece.host === null ? ["bare", piece.text] : ["bare", piece.text, piece.host];
  const held = piece.pieces.map(inline);
  return piece.kind === "link" ? ["link", piece.url, piece.host, ...held] : [piece.kind, ...held];
}

/** A block as the golden file has it. */
function block(made) {
  const lines = () => made.lines.map(({ pieces }) => pieces.map(inline));
  if (made.kind === "paragraph") return ["paragraph", ...lines()];
  if (made.kind === "code") return ["code", made.language, made.text];
  if (made.kind === "quote") return ["quote", ...made.blocks.map(block)];
  return ["item", made.indent, made.marker, ...lines()];
}

test("a text is formatted as in every client", () => {
  assert.ok(golden.cases.length > 200);
  for (const { why, text, blocks } of golden.cases) {
    assert.deepEqual(parse(text).blocks.map(block), blocks, why);
    assert.equal(parse(text).isAction, text.startsWith("/me "));
    nothingIsLost(text);
  }
});

/** Pieces fill what they are in, and say no more than it does. */
function filled(text, { begin, end }, pieces, depth = 0) {
  let done = begin;
  // Four styles and a link.
  assert.ok(depth <= 5, text);
  for (const piece of pieces) {
    assert.equal(piece.begin, done, text);
    assert.ok(piece.end > piece.begin, text);
    done = piece.end;
    const typed = text.slice(piece.begin, piece.end);
    const sign = SIGNS[piece.kind]?.length ?? 0;
    if (piece.kind === "text" || piece.kind === "bare") assert.equal(piece.text, typed);
    else if (piece.kind === "code") assert.match(typed, /^`.*`$/su);
    else if (piece.kind === "link") {
      const words = { begin: piece.begin + 1, end: piece.end - piece.url.length - 3 };
      assert.equal(`[${text.slice(words.begin, words.end)}](${piece.url})`, typed);
      assert.match(piece.href, /^https?:\/\/./);
      filled(text, words, piece.pieces, depth + 1);
    } else {
      assert.ok(typed.startsWith(SIGNS[piece.kind]) && typed.endsWith(SIGNS[piece.kind]), text);
      filled(text, { begin: piece.begin + sign, end: piece.end - sign }, piece.pieces, depth + 1);
    }
  }
  assert.equal(done, end, text);
}

/** The sources of the blocks are the text, and the pieces of each line are the line. */
function nothingIsLost(text) {
  const linesOf = (made) => made.lines ?? (made.blocks ?? []).flatMap(linesOf);
  for (const { isAction, blocks } of [parse(text), plain(text)]) {
    const sources = blocks.map(({ begin, end }) => text.slice(begin, end));
    assert.equal((isAction ? "/me " : "") + sources.join("\n"), text);
    for (const line of blocks.flatMap(linesOf)) filled(text, line, line.pieces);
  }
  const outside = outsideCode(text);
  assert.equal(outside.length, text.length);
  for (const { begin, end } of codeRanges(text)) assert.match(outside.slice(begin, end), /^`+$/);
}

test("no text loses anything", () => {
  // The same texts in each run.
  let seed = 7;
  const random = (below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const parts = ["*", "**", "***", "~~", "||", "`", "``", "```", "[", "]", "](", ")", "(", "> ", ">", "- ", "1. ", "\n", "\n```\n", "\n> ", "\n  ", " ", "/me ",
    "https://a.example/", "](https://b.example)", "mailto:a@b.example", "a", "太", "é", "👩‍👩‍👧", "\u0301", "\ufe0f", "한", "_", "/", ".", ":", "\ud800"];
  for (let round = 0; round < 5_000; round += 1) nothingIsLost(Array.from({ length: random(40) }, () => parts[random(parts.length)]).join(""));
});

test("code is known and names nobody", () => {
  const of = (text) => codeRanges(text).map(({ begin, end }) => text.slice(begin, end));
  assert.deepEqual(of("a `b` **``c``** [`d`](https://e.example)"), ["`b`", "``c``", "`d`"]);
  assert.deepEqual(of("> ```\n> x\n> ```\n- `y`"), ["```\n> x\n> ```", "`y`"]);
  assert.deepEqual(of("/me ```\nx\n```"), []);
  const named = (text) => mentions(outsideCode(text), "alice");
  assert.ok(named("`@alice` and @alice") && named("**@alice**"));
  // Code is something before a name: this is not the beginning.
  for (const text of ["`@alice`", "```\n@alice\n```", "`x` Alice: hi"]) assert.ok(!named(text), text);
});

test("formatting switched off leaves the links that stand for themselves", () => {
  const { isAction, blocks } = plain("/me **a** https://b.example/\n> `https://c.example`");
  const lines = [["**a** ", ["bare", "https://b.example/"]], ["> `", ["bare", "https://c.example"], "`"]];
  assert.deepEqual([isAction, blocks.map(block)], [true, [["paragraph", ...lines]]]);
});

test("a hostile text costs no more than its length", () => {
  const hostile = [
    (n) => "*".repeat(n), (n) => "*a ".repeat(n / 3), (n) => "**a ~~b ||c ".repeat(n / 12), (n) => "*a ".repeat(n / 6) + "b* ".repeat(n / 6),
    (n) => "*a **b ".repeat(n / 14) + "c** d* ".repeat(n / 14), (n) => "太*".repeat(n / 2), (n) => "[".repeat(n), (n) => "[a](".repeat(n / 4),
    (n) => "[a](https://b".repeat(n / 13), (n) => "[a](https://b.example/(".repeat(n / 23), (n) => "[".repeat(n / 2) + "](https://a)".repeat(n / 24),
    (n) => Array.from({ length: n / 181 }, (_, length) => "`".repeat(length)).join(" "), (n) => "`a` ".repeat(n / 4), (n) => "> ".repeat(n / 2),
    (n) => "> > > > > > > > a\n".repeat(n / 18), (n) => "```a\n".repeat(n / 5), (n) => "```\n".repeat(n / 4), (n) => "- a\n  b\n".repeat(n / 8),
    (n) => "||https://a.example/".repeat(n / 20), (n) => `\`\`\`${" ".repeat(n)}x y`, (n) => `- ${" ".repeat(n)}`, (n) => `*e${"\u0301".repeat(n)}*`,
  ];
  for (const made of hostile) {
    // Sixteen times what a message may have. At its square, this would take minutes.
    const text = made(65_536);
    const begun = performance.now();
    parse(text);
    assert.ok(performance.now() - begun < 2_000, `${text.slice(0, 30)}: ${performance.now() - begun} ms`);
    assert.ok(codeRanges(text).length <= text.length);
  }
});
