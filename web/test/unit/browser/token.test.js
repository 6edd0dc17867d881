// Where a token is taken from, and where it is kept.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newToken } from "../../../browser/token.js";

function tab(href) {
  const kept = new Map();
  const store = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  const replaced = [];
  return { kept, replaced, ...newToken(store, new URL(href), (address) => replaced.push(address)) };
}

test("it is taken out of the address, and the rest of that stays", () => {
  const { take, now, replaced } = tab("https://chat.example/?room=dev#token=a.b-c_d");
  assert.ok(take());
  assert.deepEqual([now(), replaced], ["a.b-c_d", ["https://chat.example/?room=dev"]]);
});

test("an address without one is left alone", () => {
  const { take, now, replaced } = tab("https://chat.example/?room=dev#text");
  assert.ok(!take());
  assert.deepEqual([now(), replaced], [null, []]);
});

test("what cannot be offered is not kept, and takes the place of what was", () => {
  const { keep, now, forget } = tab("https://chat.example/");
  keep(" a.b.c\n");
  assert.equal(now(), "a.b.c");
  for (const bad of ["a b", "", "a,b", "x".repeat(4097), "é"]) {
    keep("a.b.c");
    keep(bad);
    assert.equal(now(), null, bad);
  }
  keep("a.b.c");
  forget();
  assert.equal(now(), null);
});
