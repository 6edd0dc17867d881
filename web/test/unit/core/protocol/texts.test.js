// What a text means: the golden file that all clients are held to.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { parse } from "../../../../core/protocol/envelopes.js";
import { callsIn, holds, mentions } from "../../../../core/protocol/mentions.js";
import { revealed, trimmed, withNewlines } from "../../../../core/protocol/text.js";
import { pieces } from "../../../../core/protocol/urls.js";

const golden = JSON.parse(readFileSync(new URL("../../../../../protocol/tests/golden/clients/texts.json", import.meta.url), "utf8"));

test("a line ends where every client ends it", () => {
  for (const [text, lines] of golden.lines) {
    assert.equal(withNewlines(text), lines);
    assert.equal(revealed(text), lines);
    const message = { type: "message", room: "a", sender: "b", content: text, id: 1, at: 2 };
    assert.equal(parse(JSON.stringify(message)).content, lines);
    const page = { type: "history", room: "a", messages: [message], more: false, head: 1 };
    assert.equal(parse(JSON.stringify(page)).messages[0].content, lines);
  }
});

test("blank lines around a text are no part of it, as in the terminal", () => {
  for (const [text, rest] of [
    ["\n \n\t\n  one\n\ntwo\n\n  \n", "  one\n\ntwo"],
    ["one\r\n\r\n", "one"],
    ["one", "one"],
    [" one ", " one "],
    ["\n \n", ""],
  ]) assert.equal(trimmed(text), rest, escape(text));
});

test("a link ends where every client ends it", () => {
  for (const [text, links] of golden.links) assert.deepEqual(pieces(text).filter(({ href }) => href !== null).map((piece) => piece.text), links, text);
});

test("a host that reads as another is named", () => {
  for (const [text, host] of golden.hosts) assert.equal(pieces(text)[0].host, host, text);
});

test("a mention is one in every client", () => {
  for (const [name, text, is, others] of golden.mentions) assert.equal(mentions(text, name, others), is, `${name} in ${text}`);
});

test("a word is found as a whole, in any case", () => {
  for (const [text, word, is] of [
    ["DEPLOY!", "deploy", true],
    ["deployed, redeploy, deploy_it", "deploy", false],
    ["the big day", "Big Day", true],
    ["Straße", "strasse", true],
    ["我看李小龙的电影", "李小龙", true],
    ["cafe\u0301", "caf\u00e9", true],
    ["anything", "", false],
  ]) assert.equal(holds(text, word), is, `${word} in ${text}`);
});

test("the names that a message mentions are found in it, of two the longer one", () => {
  const found = (text, ...names) => callsIn(text, names).map(([begin, end]) => text.slice(begin, end));
  assert.deepEqual(found("@ann lee, @Ann and @bob: hi", "Ann", "Ann Lee"), ["@ann lee", "@Ann"]);
  assert.deepEqual(found("a@ann @annie @ann ❤️", "Ann"), ["@ann"]);
  assert.deepEqual(found("@all of you, @allow", "all", "here"), ["@all"]);
});

test("a text is shown as in every client", () => {
  const shown = (text) => pieces(text).map((piece) => revealed(piece.text) + (piece.host ? ` (${piece.host})` : "")).join("");
  for (const [text, wanted] of golden.shown) assert.equal(shown(text), wanted, escape(text));
});

test("a hostile text costs no more than its length", () => {
  const hostile = [
    (n) => "https://a.example/" + "(".repeat(n) + ")".repeat(n), (n) => "https://a.example/" + ")".repeat(n), (n) => "https://".repeat(n / 8), (n) => "mailto:".repeat(n / 7), (n) => "http://[".repeat(n / 8),
    (n) => "@a".repeat(n / 2), (n) => "e" + "\u0301".repeat(n), (n) => "a".repeat(n),
  ];
  for (const made of hostile) {
    // At its square, this would take hours.
    const text = made(400_000);
    pieces(text);
    revealed(text);
    mentions(text, "a");
    callsIn(text, ["a", "aa"]);
    holds(text, "aab");
  }
});
