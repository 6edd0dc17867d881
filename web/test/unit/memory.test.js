// What outlives a reload.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newMemory, storage } from "../../memory.js";
import { newState } from "../../state.js";
import { update } from "../../update.js";

function store() {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name), kept };
}
const person = (username, room = "dev", session = "s") => newState({ room, username, session });

test("rooms, drafts and what was on its way come back, under the old refs and beside new ones", () => {
  const [tab, browser] = [store(), store()];
  const before = person("Alice");
  update(before, { type: "say", text: "/join ops" });
  update(before, { type: "draft", text: "half" });
  update(before, { type: "show", place: 0 });
  update(before, { type: "say", text: "waiting" });
  before.rooms[0].read = 7;
  newMemory(tab, browser).keep(before);

  const memory = newMemory(tab, browser);
  assert.deepEqual(memory.last(), { me: "Alice", room: "dev" });
  const after = person("Alice", "dev", "t");
  memory.recall(after);
  assert.deepEqual(after.rooms.map((r) => [r.name, r.draft, r.read]), [["dev", "", 7], ["ops", "half", 0]]);
  assert.deepEqual(after.rooms[0].pending, [{ ref: "s-1", content: "waiting", failed: "" }]);
  update(after, { type: "say", text: "new" });
  assert.deepEqual(after.rooms[0].pending.map((p) => p.ref), ["s-1", "t-1"]);
});

test("another tab of this browser knows the rooms and what was read, but no draft", () => {
  const browser = store();
  const before = person("Alice");
  update(before, { type: "draft", text: "half" });
  before.rooms[0].read = 7;
  newMemory(store(), browser).keep(before);
  const after = person("Alice", "ops");
  newMemory(store(), browser).recall(after);
  assert.deepEqual(after.rooms.map((r) => [r.name, r.read, r.mark, r.draft]), [["ops", 0, null, ""], ["dev", 7, 7, ""]]);
});

test("two tabs of a browser forget no room of each other, but those that are left", () => {
  const browser = store();
  const [older, newer] = [newMemory(store(), browser), newMemory(store(), browser)];
  const [alice, again] = [person("Alice"), person("Alice")];
  older.keep(alice);
  newer.recall(again);
  for (const room of ["ops", "qa"]) update(again, { type: "say", text: `/join ${room}` });
  newer.keep(again);
  const rooms = () => {
    const next = person("alice");
    newMemory(store(), browser).recall(next);
    return next.rooms.map((r) => r.name);
  };
  alice.rooms[0].read = 7;
  older.keep(alice);
  assert.deepEqual(rooms(), ["dev", "ops", "qa"]);
  update(again, { type: "leave" });
  newer.keep(again);
  assert.deepEqual(rooms(), ["dev", "ops"]);
});

test("what belongs to somebody else, or cannot be read, is forgotten", () => {
  const [tab, browser] = [store(), store()];
  newMemory(tab, browser).keep(person("Alice"));
  const bob = person("Bob", "ops");
  newMemory(tab, browser).recall(bob);
  assert.equal(bob.rooms.length, 1);
  for (const bad of ["{", "null", "5", '{"me":"Bob","rooms":5}', '{"me":"Bob","rooms":[null,{"name":5},{"name":"x","read":"y","pending":[5,{"ref":1}],"draft":7}]}']) {
    tab.setItem("nebula.tab", bad);
    const state = person("Bob", "ops");
    newMemory(tab, store()).recall(state);
    assert.deepEqual(state.rooms.flatMap((r) => r.pending), [], bad);
  }
});

test("a browser that gives no storage away has one that forgets", () => {
  const kept = storage("sessionStorage");
  kept.setItem("a", "1");
  assert.equal(kept.getItem("a"), "1");
  kept.removeItem("a");
  assert.equal(kept.getItem("a"), null);
});
