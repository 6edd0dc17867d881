// The table of emoji: what is found in it, and what it weighs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { EMOJI, byCode, find } from "../../../core/emoji.js";
import { offered, used } from "../../../core/latest.js";

const emoji = (query, count = 1) => find(query).slice(0, count).map((each) => each.emoji);

test("emoji are found by the words of their names, the exact code first", () => {
  assert.deepEqual([emoji("tada"), emoji(":heart:"), emoji("Heart"), emoji("running m"), emoji("no such thing")], [["🎉"], ["❤️"], ["❤️"], ["🏃\u200d♂️"], []]);
  assert.deepEqual(["+1", "de", "woman_farmer", "rainbow_flag", "x y"].map(byCode), ["👍", "🇩🇪", "👩\u200d🌾", "🏳️\u200d🌈", null]);
});

test("each is there once, with a name", () => {
  assert.equal(new Set(EMOJI.map((each) => each.emoji)).size, EMOJI.length);
  assert.ok(EMOJI.length > 1_700 && EMOJI.every(({ words }) => words.length > 0));
});

test("the usual ones and those used last are offered as in every client", () => {
  const { usual, uses, offered: wanted } = JSON.parse(readFileSync(new URL("../../../../protocol/tests/golden/clients/latest_emoji.json", import.meta.url), "utf8"));
  assert.deepEqual(offered([]), usual);
  assert.deepEqual(offered(uses.reduce(used, [])), wanted);
});

test("the table weighs 12 KiB at most", () => {
  const bytes = gzipSync(readFileSync(new URL("../../../core/emoji.js", import.meta.url)), { level: 9 }).length;
  assert.ok(bytes <= 12 * 1024, `${bytes} bytes`);
});
