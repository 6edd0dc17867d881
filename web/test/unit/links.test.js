// Finding links: as a person would end them, and none that does harm.

import assert from "node:assert/strict";
import { test } from "node:test";

import { linksIn, pieces } from "../../links.js";

test("a link ends where a person would end it", () => {
  const all = [
    ["see https://a.example/x.", "https://a.example/x"],
    ["(https://a.example/x)", "https://a.example/x"],
    ["https://en.example/wiki/Rust_(language)", "https://en.example/wiki/Rust_(language)"],
    ["(see https://en.example/wiki/Rust_(language))", "https://en.example/wiki/Rust_(language)"],
    ["[https://a.example/[1]]!", "https://a.example/[1]"],
    ["<https://a.example/x>", "https://a.example/x"],
    ["\"https://a.example/x\"", "https://a.example/x"],
    ["https://a.example/?q=a&b=c#d, and", "https://a.example/?q=a&b=c#d"],
    ["look:http://a.example:8080/", "http://a.example:8080/"],
    ["https://例え.テスト/パス。", "https://例え.テスト/パス"],
    ["HTTPS://A.EXAMPLE", "HTTPS://A.EXAMPLE"],
    ["https://a.example/?", "https://a.example/"],
    ["https://a.example/x…", "https://a.example/x"],
    ["write to mailto:bob@a.example!", "mailto:bob@a.example"],
    ["https://a.example/\u202ehtml", "https://a.example/"],
    ["[http://](https://a.example)", "https://a.example"],
    ["http://a:99999,https://b.example", "https://b.example"],
    ["mailto:https://a.example/", "https://a.example/"],
  ];
  for (const [text, link] of all) assert.deepEqual(linksIn(text), [link], text);
  assert.deepEqual(linksIn("https://a.example https://b.example"), ["https://a.example", "https://b.example"]);
  assert.deepEqual(linksIn("https://a.example/https://b.example"), ["https://a.example/https://b.example"]);
});

test("what is no link for the web or for mail is text", () => {
  const none = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)//https", "data:text/html,<script>", "vbscript:x", "file:///etc/passwd", "blob:https:x",
    "https://", "http://?", "https:a.example", "xhttps://a.example", "mailto:", "mailto:nobody", "www.a.example", "ftp://a.example", "java\nscript:alert(1)",
    "https://[bad", "intent://x#Intent;scheme=https;end",
  ];
  for (const text of none) assert.deepEqual(linksIn(text), [], text);
});

test("whatever it is given, it loses nothing and leads only where it may", () => {
  const parts = ["https://", "a.example", "javascript:", "(", ")", "[", "]", " ", "<b>", "\"", "'", ".", "@", "mailto:", "%0a", "\u0000", "🦀", "/", ":", "#", "&"];
  let seed = 7;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let i = 0; i < 3_000; i += 1) {
    const text = Array.from({ length: 12 }, () => parts[Math.floor(random() * parts.length)]).join("");
    const all = pieces(text);
    assert.equal(all.map((piece) => piece.text).join(""), text);
    for (const { href } of all) assert.match(href ?? "https:", /^(https?|mailto):/);
  }
});

test("a hostile text costs no more than its length", () => {
  const hostile = [
    (n) => "https://a.example/" + "(".repeat(n) + ")".repeat(n / 50), (n) => "https://a.example/" + ")".repeat(n), (n) => "https://".repeat(n / 8), (n) => "mailto:".repeat(n / 7), (n) => "http://[".repeat(n / 8),
  ];
  const ms = (text) => {
    const began = performance.now();
    pieces(text);
    return performance.now() - began;
  };
  for (const made of hostile) {
    // Twice the length takes twice the time, not four times. The least of many, taken in turns, is without
    // what else ran on the machine.
    let [one, two] = [Infinity, Infinity];
    for (let i = 0; i < 25; i += 1) [one, two] = [Math.min(one, ms(made(40_000))), Math.min(two, ms(made(80_000)))];
    assert.ok(two < 3 * one + 1, `${one} ms, then ${two} ms`);
  }
});
