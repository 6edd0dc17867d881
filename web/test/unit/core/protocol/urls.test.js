// Finding links: as a person would end them, and none that does harm.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pieces } from "../../../../core/protocol/urls.js";

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
