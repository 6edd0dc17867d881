// What a moderator types, and what everybody reads of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { wordsAbout, wordsToExcluded } from "../../../../core/chat/moderated.js";
import { activeRoom, newState } from "../../../../core/chat/state.js";
import { command } from "../../../../core/commands/intents.js";
import { duration } from "../../../../core/commands/moderation.js";

/** What is asked of the server, or why it is not. */
function asks(typed) {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  activeRoom(state).joined = true;
  const [action] = command(state, typed);
  if (!action) return state.notice;
  const { ref, ...envelope } = action.envelope;
  assert.equal(ref, "s-1");
  return envelope;
}

test("what a moderator does has a name, a time and a reason, as in the terminal", () => {
  for (const [name, typed, wanted] of [
    ["kick", "Bob", { type: "kick", user: "Bob", room: "dev" }],
    ["kick", "Bob: 2h late", { type: "kick", user: "Bob", room: "dev", reason: "2h late" }],
    ["ban", '"Bob B" 2h', { type: "ban", user: "Bob B", room: "dev", seconds: 7200 }],
    ["ban", "-s Bob spam", { type: "ban", user: "Bob", reason: "spam" }],
    ["unban", "-s Bob", { type: "unban", user: "Bob" }],
    ["silence", "Bob 10m too loud", { type: "mute", user: "Bob", room: "dev", seconds: 600, reason: "too loud" }],
    ["unsilence", "Bob", { type: "unmute", user: "Bob", room: "dev" }],
  ]) assert.deepEqual(asks(`/${name} ${typed}`), wanted);
  for (const [name, typed, why] of [
    ["silence", "Bob", /needs a duration/], ["silence", "Bob 900d", /needs a duration/], ["kick", "-s Bob", /from this room/],
    ["ban", '-s ""', /at least one/], ["kick", "x".repeat(33), /at most 32/], ["kick", `Bob ${"x".repeat(201)}`, /at most 200/],
  ]) assert.match(asks(`/${name} ${typed}`), why);
});

test("a time is a number and a unit, up to a year", () => {
  assert.deepEqual(["90s", "10m", "2h", "3d", "365d"].map(duration), [90, 600, 7200, 259200, 31536000]);
  for (const none of ["", "0s", "366d", "1w", "m", "-1m", "1.5h", "10m late"]) assert.equal(duration(none), null, none);
});

test("every act of the golden file has its words", () => {
  const golden = new URL("../../../../../protocol/tests/golden/to_client.moderated.json", import.meta.url);
  const words = JSON.parse(readFileSync(golden, "utf8")).frames.map(wordsAbout);
  assert.deepEqual(words, [
    "Alice kicked Eve: please calm down", "Alice banned Eve on the whole server", "Alice banned Eve for 1d: spam",
    "Alice unbanned Eve on the whole server", "Alice silenced Eve for 10m", "Alice unsilenced Eve",
  ]);
});

test("whoever is removed reads who did it, from where, for how long and why", () => {
  const did = (action, more) => wordsToExcluded({ type: "moderated", action, user: "Eve", by: "Mod", room: "dev", ...more }, "#dev");
  assert.deepEqual(
    [did("kick", { reason: "rude" }), did("ban", { seconds: 7200, reason: "spam" }), did("kick", {})],
    ["Mod removed you from #dev: rude", "Mod banned you from #dev for 2h: spam", "Mod removed you from #dev"],
  );
});
