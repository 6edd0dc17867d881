// Which key does what.

import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, meaning } from "../../keys.js";

const press = (key, ...held) => ({ key, code: "", ctrlKey: held.includes("Ctrl"), metaKey: held.includes("Meta"), altKey: held.includes("Alt"), shiftKey: held.includes("Shift") });

test("keys mean what the table says, on every keyboard", () => {
  assert.equal(meaning(press("k", "Ctrl")), null, "a letter is known by its key");
  assert.equal(meaning({ ...press("k", "Ctrl"), code: "KeyK" }), "switcher");
  assert.equal(meaning({ ...press("k", "Meta"), code: "KeyK" }), "switcher");
  assert.equal(meaning({ ...press("å", "Alt"), code: "KeyA" }), "active");
  assert.equal(meaning(press("/", "Ctrl", "Shift")), "help", "where the sign itself needs Shift");
  assert.equal(meaning(press("ArrowUp", "Alt")), "previous");
  assert.equal(meaning(press("ArrowUp", "Alt", "Shift")), "previousUnread");
  for (const other of [press("ArrowUp"), press("a"), press("Escape", "Shift"), press("Enter")]) assert.equal(meaning(other), null);
});

test("no key does two things", () => {
  assert.equal(new Set(KEYS.map(([, keys]) => keys)).size, KEYS.length);
});
