// Completing a name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { completions, likeliest } from "../../complete.js";

const names = ["Bob", "Bea", "Zoë"];

test("a word becomes the names that begin like it", () => {
  assert.deepEqual(completions("b", 1, names), { start: 0, options: ["Bob: ", "Bea: "] });
  assert.deepEqual(completions("hello zo", 8, names), { start: 6, options: ["Zoë "] });
  assert.deepEqual(completions("hi @be you", 6, names), { start: 3, options: ["@Bea "] });
  assert.deepEqual(completions("@", 1, names).options, ["@Bob: ", "@Bea: ", "@Zoë: "]);
});

test("what begins no name stays, so that Tab goes on to the next control", () => {
  for (const [text, caret] of [["", 0], ["hello ", 6], ["xyz", 3]]) {
    assert.deepEqual(completions(text, caret, names).options, [], text);
  }
});

test("who spoke last comes first, and oneself last", () => {
  const says = (sender, id) => ({ type: "message", sender, id });
  const entries = [says("Zoë", 1), says("Gone", 2), says("Bob", 3), { type: "join", sender: "Bea" }];
  const room = { people: { known: ["Alice", "Bea", "Bob", "Zoë"] }, entries };
  assert.deepEqual(likeliest(room, "alice"), ["Bob", "Zoë", "Bea", "alice"]);
});
