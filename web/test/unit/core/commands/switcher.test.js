// Which rooms fit what is typed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newRoom, newState } from "../../../../core/chat/state.js";
import { candidates } from "../../../../core/commands/switcher.js";

test("rooms with news come first; then the best fit; what is no room can be joined", () => {
  const state = newState({ room: "general", username: "Alice", session: "s" });
  state.rooms.push(newRoom("design"), newRoom("dev"), newRoom("ops"));
  state.rooms[3].entries.push({ type: "message", room: "ops", sender: "Bob", content: "x", id: 1, at: 0 });
  const names = (typed) => candidates(state, typed).map(({ label, place }) => (place === null ? `+${label}` : label));
  assert.deepEqual(names(""), ["ops", "general", "design", "dev"]);
  assert.deepEqual(candidates(state, "").map(({ news }) => news), ["1", "", "", ""]);
  state.rooms[3].more = true;
  assert.equal(candidates(state, "")[0].news, "1+", "where not all of it is loaded");
  assert.deepEqual(names("dev"), ["dev"]);
  assert.deepEqual(names("#de"), ["design", "dev", "+de"]);
  assert.deepEqual(names("gnl"), ["general", "+gnl"]);
  assert.deepEqual(names("new room"), ["+new room"]);
  assert.deepEqual(names("x".repeat(65)), []);
});

test("what the server found for fewer letters is offered only where it fits all of them", () => {
  const state = newState({ room: "general", username: "Alice", session: "s" });
  const rooms = [{ room: "ops", kind: "open" }, { room: "another", kind: "open" }, { room: "dev", kind: "open", topic: "Others welcome" }];
  state.browse = { query: "o", rooms, more: false };
  const labels = (typed) => candidates(state, typed).map(({ label }) => label);
  assert.deepEqual(labels("o"), ["ops", "another", "dev", "o"]);
  assert.deepEqual(labels("other"), ["another", "dev", "other"]);
  assert.deepEqual(labels("other x"), ["other x"]);
});
