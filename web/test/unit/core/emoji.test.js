// Emoji by their names.

import assert from "node:assert/strict";
import { test } from "node:test";

import { byCode, EMOJI, find, nameOf } from "../../../core/emoji.js";

test("every emoji has a name, and is found by it", () => {
  assert.ok(EMOJI.length > 1_800);
  for (const { emoji, codes: [code] } of EMOJI) {
    assert.match(code ?? "", /^[\p{L}\d_+’&-]+$/u, emoji);
    assert.notEqual(byCode(code), null, code);
  }
  assert.deepEqual([byCode("tada"), byCode("+1"), byCode("THUMBSUP"), byCode("no_such")], ["🎉", "👍", "👍", null]);
  assert.equal(nameOf("🎉"), "tada");
});

test("of those that are meant, those whose name begins so come first", () => {
  assert.equal(find("smile")[0]?.emoji, "😄");
  assert.ok(find(":heart").slice(0, 5).some(({ emoji }) => emoji === "❤️"));
  assert.deepEqual(find("no such emoji"), []);
});
