// Formatting while one writes: styles, code that is open, what looks like code.

import assert from "node:assert/strict";
import { test } from "node:test";

import { begun, finished } from "../../../../core/commands/shortcodes.js";
import { isInCode, looksLikeCode } from "../../../../core/formatting/drafts.js";
import { fenced, styled } from "../../../../core/formatting/styles.js";

/** A draft with its selection between [ and ], or its caret at |. */
function at(marked) {
  const text = marked.replace(/[[\]|]/g, "");
  const [begin, end] = marked.includes("[") ? [marked.indexOf("["), marked.indexOf("]") - 1] : [marked.indexOf("|"), marked.indexOf("|")];
  return [text, begin, end];
}

function after(marked, change) {
  const [text] = at(marked);
  const made = text.slice(0, change.begin) + change.text + text.slice(change.end);
  const [begin, end] = change.select;
  return begin === end ? `${made.slice(0, begin)}|${made.slice(begin)}` : `${made.slice(0, begin)}[${made.slice(begin, end)}]${made.slice(end)}`;
}

test("a style is set around the words, and taken away again", () => {
  for (const [style, before, behind] of [
    ["bold", "a [word] b", "a **[word]** b"],
    ["bold", "a **[word]** b", "a [word] b"],
    ["italic", "a **[word]** b", "a ***[word]*** b"],
    ["italic", "a ***[word]*** b", "a **[word]** b"],
    ["bold", "a *[word]* b", "a ***[word]*** b"],
    ["italic", "a[ word ]b", "a *[word]* b"],
    ["bold", "a |", "a **|**"],
    ["bold", "a **|**", "a |"],
    ["bold", "[one\n\n two]", "[**one**\n\n **two**]"],
    ["strike", "[x]", "~~[x]~~"],
    ["code", "[x]", "`[x]`"],
    ["code", "[a`b]", "``[a`b]``"],
    ["code", "[`b]", "`` [`b] ``"],
    ["code", "x [a\nb] y", "x \n```\na\nb\n```\n| y"],
    ["quote", "a\nb[b\nc]c\nd", "a\n[> bb\n> cc]\nd"],
    ["quote", "[> bb\n> cc]", "[bb\ncc]"],
    ["list", "one|", "- one|"],
  ]) assert.equal(after(before, styled(...at(before), style)), behind, `${style}: ${before}`);
  assert.deepEqual(styled("x", 0, 1, "spoiler"), { begin: 0, end: 1, text: "||x||", select: [2, 3] });
});

test("a block of code stands on lines of its own, between longer fences than it holds", () => {
  assert.equal(after("a[b\n]", fenced(...at("a[b\n]"))), "a\n```\nb\n```\n|");
  assert.equal(after("[```\nx\n```]", fenced(...at("[```\nx\n```]"))), "````\n```\nx\n```\n````\n|");
});

test("code is also what has no end yet", () => {
  for (const [draft, is] of [
    ["a |", false], ["`a|", true], ["`a`|", false], ["`a` |", false], ["`a|`", true], ["a |`b`", false], ["``a` |", true],
    ["```\nx|", true], ["```js\nx|", true], ["```\nx\n```\n|", false], ["```\nx\n```js\n|", true], ["a ``` b\n|", false], ["````\n```\n|", true],
    ["`open\nnext |", false],
  ]) assert.equal(isInCode(...at(draft).slice(0, 2)), is, draft);
});

test("a name between colons is found as it is typed, and not in code or in other words", () => {
  const found = (draft) => begun(...at(draft).slice(0, 2));
  assert.deepEqual(found("so :smi|"), { start: 3, query: "smi" });
  assert.deepEqual(found(":+1|"), { start: 0, query: "+1" });
  assert.deepEqual(found("(:tada|"), { start: 1, query: "tada" });
  for (const draft of [":|", ":s|", "10:30|", "std::io|", "http://x|", "a :smi le|", "`:smi|", "```\n:smi|"]) assert.equal(found(draft), null, draft);
  const ended = (draft) => finished(...at(draft).slice(0, 2));
  assert.deepEqual(ended("so :smile:|"), { start: 3, code: "smile" });
  for (const draft of ["10:30:|", "a:b:|", "::|", "`:smile:|", "`:smile:|`", "::x:|"]) assert.equal(ended(draft), null, draft);
});

test("several lines of code look like it, sentences and lists do not", () => {
  for (const code of [
    "fn main() {\n    println!();\n}", "def f(x):\n    return x", "const a = 1;\nconst b = 2;", "<ul>\n  <li>a</li>\n</ul>", "SELECT a\nFROM b\nWHERE a == 1;\n  AND c",
    "{\n  \"a\": 1\n}", "server: x\nport: 80",
  ]) assert.ok(looksLikeCode(code), code);
  for (const text of ["one line;", "Hello Bob,\nI think that this is fine.\nGreetings", "- a\n- b", "> said;\n> more;", "```\nx;\ny;\n```", "a list of\nthings to buy\nmilk"]) assert.ok(!looksLikeCode(text), text);
});
