// Whom one may write to, by what is typed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newRoom, newState } from "../../../../core/chat/state.js";
import { choosable } from "../../../../core/commands/people.js";

test("people seen anywhere, the best fit first, without oneself, guests and who is chosen; others by their whole name", () => {
  const state = newState({ room: "general", username: "Alice", session: "s" });
  state.rooms.push(newRoom("ops"));
  state.rooms[0].people.known = ["Alice", "Bob", "Jacob", "guest-ab12"];
  state.rooms[1].people.known = ["BOB", "Cleo"];
  state.rooms[1].members = [{ user: "Dan", role: "member" }];
  assert.deepEqual(choosable(state, "", []), ["BOB", "Jacob", "Cleo", "Dan"]);
  assert.deepEqual(choosable(state, "cob", []), ["Jacob", "cob"]);
  assert.deepEqual(choosable(state, "@bo", []), ["BOB", "bo"]);
  assert.deepEqual(choosable(state, "jacob", []), ["Jacob"]);
  assert.deepEqual(choosable(state, "bob", ["Bob"]), []);
  for (const nobody of ["alice", "guest-ab12", "x".repeat(33), "---"]) assert.deepEqual(choosable(state, nobody, []), []);
});
