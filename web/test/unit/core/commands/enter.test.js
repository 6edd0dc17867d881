// Whether Enter sends, in either order in which browsers tell of a composition's end.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newEnter } from "../../../../core/commands/keys.js";

const enter = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13 };

function typing() {
  const later = [];
  return { box: newEnter((then) => later.push(then)), tick: () => later.splice(0).forEach((then) => then()) };
}

test("Enter sends, and Shift+Enter does not", () => {
  const { box } = typing();
  assert.ok(box.sends(enter));
  assert.ok(!box.sends({ ...enter, shiftKey: true }));
  assert.ok(!box.sends({ ...enter, key: "a" }));
});

test("the Enter that ends a composition never sends, in the order of Chromium and Firefox", () => {
  const { box, tick } = typing();
  box.begins();
  assert.ok(!box.sends({ ...enter, isComposing: true, keyCode: 229 }));
  box.ends();
  tick();
  assert.ok(box.sends(enter));
});

test("nor in the order of Safari, where the composition ends before its Enter comes", () => {
  const { box, tick } = typing();
  box.begins();
  box.ends();
  assert.ok(!box.sends({ ...enter, isComposing: false, keyCode: 229 }));
  assert.ok(!box.sends(enter), "even where it has an ordinary code");
  tick();
  assert.ok(box.sends(enter));
});
