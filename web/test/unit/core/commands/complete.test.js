// Completing a word.

import assert from "node:assert/strict";
import { test } from "node:test";

import { completions, likeliest } from "../../../../core/commands/complete.js";

const names = ["Bob", "Bea", "Zoë"];
const rooms = ["dev", "design", "ops"];
const found = (text, caret = text.length) => completions(text, caret, names, rooms);

test("a word becomes the names that begin like it", () => {
  assert.deepEqual(found("b"), { start: 0, options: ["Bob: ", "Bea: "], offered: false });
  assert.deepEqual(found("hello zo"), { start: 6, options: ["Zoë "], offered: false });
  assert.deepEqual(found("hi @be you", 6), { start: 3, options: ["@Bea "], offered: true });
  assert.deepEqual(found("@").options, ["@Bob: ", "@Bea: ", "@Zoë: "]);
});

test("rooms and commands are completed too", () => {
  assert.deepEqual(found("see #de"), { start: 4, options: ["#dev ", "#design "], offered: true });
  assert.deepEqual(found("/le").options, ["/leave"]);
  assert.deepEqual(found("/leave").options, [], "there is nothing left to complete");
  assert.deepEqual(found("/jo").options, ["/join "]);
  assert.deepEqual(found("and /jo").options, [], "a command stands at the beginning");
});

test("what begins no name stays, so that Tab goes on to the next control", () => {
  for (const text of ["", "hello ", "xyz"]) assert.deepEqual(found(text).options, [], text);
});

test("who spoke last comes first, and oneself last", () => {
  const says = (sender, id) => ({ type: "message", sender, id });
  const entries = [says("Zoë", 1), says("Gone", 2), says("Bob", 3), { type: "join", sender: "Bea" }];
  const room = { members: [{ user: "Cy", role: "member" }, { user: "Bob", role: "owner" }], users: [], people: { known: ["Alice", "Bea", "Bob", "Zoë"] }, entries };
  assert.deepEqual(likeliest(room, "alice"), ["Bob", "Zoë", "Bea", "alice", "Cy"], "also who is away");
});
