// Which key does what.

import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, meaning } from "../../../../core/commands/keys.js";

const press = (key, ...held) => ({ key, code: "", ctrlKey: held.includes("Ctrl"), metaKey: held.includes("Meta"), altKey: held.includes("Alt"), shiftKey: held.includes("Shift") });

test("keys mean what the table says, on every keyboard", () => {
  assert.equal(meaning({ ...press("k", "Ctrl"), code: "KeyK" }), "switcher");
  assert.equal(meaning({ ...press("k", "Meta"), code: "KeyK" }), "switcher");
  assert.equal(meaning({ ...press("K", "Ctrl"), code: "KeyK" }), "switcher", "with Caps Lock");
  assert.equal(meaning({ ...press("f", "Ctrl"), code: "KeyF" }), "search");
  assert.deepEqual([press("F3"), press("F3", "Shift")].map((each) => meaning(each)), ["nextFound", "previousFound"]);
  assert.equal(meaning({ ...press("a", "Alt"), code: "KeyQ" }), "active", "where it is written on another key");
  assert.equal(meaning({ ...press("q", "Alt"), code: "KeyA" }), null);
  assert.equal(meaning({ ...press("л", "Ctrl"), code: "KeyK" }), "switcher", "where there are other letters");
  assert.equal(meaning(press("/", "Ctrl", "Shift")), "help", "where the sign itself needs Shift");
  assert.equal(meaning(press("ArrowUp", "Alt")), "previous");
  assert.equal(meaning(press("ArrowUp", "Alt", "Shift")), "previousUnread");
  for (const other of [press("ArrowUp"), press("a"), press("Escape", "Shift"), press("Enter")]) assert.equal(meaning(other), null);
});

test("what Alt writes on a Mac is text", () => {
  const ą = { ...press("ą", "Alt"), code: "KeyA" };
  assert.deepEqual([meaning(ą, true), meaning(ą, false)], [null, "active"]);
  assert.equal(meaning(press("ArrowUp", "Alt"), true), "previous");
  assert.equal(meaning({ ...press("л", "Meta"), code: "KeyK" }, true), "switcher");
});

test("no key does two things", () => {
  assert.equal(new Set(KEYS.map(([, keys]) => keys)).size, KEYS.length);
});
