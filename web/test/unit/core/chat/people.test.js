// Who is in a room, as far as the server told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { came, listed, nobody, askForMore, went } from "../../../../core/chat/people.js";

const names = (from, to) => Array.from({ length: to - from }, (_, i) => `p${String(from + i).padStart(3, "0")}`);

test("names are asked for once, and an answer that fits is added", () => {
  const people = nobody();
  assert.equal(askForMore(people), null, "nobody is known");
  listed(people, { users: names(0, 50), count: 200 });
  assert.equal(askForMore(people), "p049");
  assert.equal(askForMore(people), null, "asked already");
  listed(people, { users: names(50, 200), count: 200, after: "P049" });
  assert.deepEqual([people.known.length, people.count, askForMore(people)], [200, 200, null]);
});

test("an answer about an older list is dropped", () => {
  const people = nobody();
  listed(people, { users: names(0, 60), count: 200 });
  listed(people, { users: names(50, 200), count: 200, after: "p049" });
  assert.deepEqual(people.known, names(0, 60));
});

test("a new list takes nothing away from who reads further down", () => {
  const people = nobody();
  listed(people, { users: names(0, 50), count: 200 });
  listed(people, { users: names(50, 150), count: 200, after: "p049" });
  listed(people, { users: names(1, 50), count: 199 });
  assert.deepEqual(people.known, names(1, 150));
  listed(people, { users: names(0, 10) });
  assert.deepEqual([people.known.length, people.count], [10, 10]);
});

test("between lists coming and going is counted", () => {
  const people = nobody();
  listed(people, { users: names(0, 50), count: 200 });
  came(people, "p300");
  went(people, "p007");
  went(people, "p150");
  assert.deepEqual([people.count, people.known.length], [199, 49]);
  const small = nobody();
  listed(small, { users: ["Alice", "bob"] });
  came(small, "Bob");
  came(small, "Zoë");
  assert.deepEqual([small.count, small.known], [3, ["Alice", "bob", "Zoë"]]);
});
