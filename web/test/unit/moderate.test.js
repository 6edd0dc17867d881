// What a moderator types, and what everybody reads of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { act, nthNewest, time, wordsAbout } from "../../moderate.js";
import { newRoom } from "../../state.js";

const room = newRoom("dev");

test("what a moderator does has a name, a time and a reason, as in the terminal", () => {
  for (const [command, typed, wanted] of [
    ["kick", "Bob", { type: "kick", user: "Bob", room: "dev" }],
    ["kick", "Bob: 2h late", { type: "kick", user: "Bob", room: "dev", reason: "2h late" }],
    ["ban", '"Bob B" 2h', { type: "ban", user: "Bob B", room: "dev", seconds: 7200 }],
    ["ban", "-s Bob spam", { type: "ban", user: "Bob", reason: "spam" }],
    ["unban", "-s Bob", { type: "unban", user: "Bob" }],
    ["silence", "Bob 10m too loud", { type: "mute", user: "Bob", room: "dev", seconds: 600, reason: "too loud" }],
    ["unsilence", "Bob", { type: "unmute", user: "Bob", room: "dev" }],
  ]) assert.deepEqual(act(room, command, typed), wanted);
  for (const [command, typed, why] of [
    ["silence", "Bob", /needs a time/], ["silence", "Bob 900d", /needs a time/], ["kick", "-s Bob", /from a room/],
    ["ban", "-s ", /at least one/], ["kick", "x".repeat(33), /at most 32/], ["kick", `Bob ${"x".repeat(201)}`, /at most 200/],
  ]) assert.match(act(room, command, typed), why);
});

test("a time is a number and a unit, up to a year", () => {
  assert.deepEqual(["90s", "10m", "2h", "3d", "365d"].map(time), [90, 600, 7200, 259200, 31536000]);
  for (const none of ["", "0s", "366d", "1w", "m", "-1m", "1.5h", "10m late"]) assert.equal(time(none), null, none);
});

test("deleted messages are not counted", () => {
  room.entries = [1, 2, 3].map((id) => ({ type: "message", room: "dev", sender: "Bob", content: "x", id, at: 0, deleted: id === 2 }));
  assert.deepEqual([1, 2, 3].map((n) => nthNewest(room, n)?.id), [3, 1, undefined]);
});

test("every act of the golden file has its words", () => {
  const golden = new URL("../../../protocol/tests/golden/to_client.moderated.json", import.meta.url);
  const words = JSON.parse(readFileSync(golden, "utf8")).frames.map(wordsAbout);
  assert.deepEqual(words, [
    "Alice kicked Eve: please calm down", "Alice banned Eve on the whole server", "Alice banned Eve for 1d: spam",
    "Alice unbanned Eve on the whole server", "Alice silenced Eve for 10m", "Alice unsilenced Eve",
  ]);
});
