// What outlives a reload, a closed tab and a killed browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Memory } from "../../../browser/memory.js";
import { newState } from "../../../core/chat/state.js";
import { update } from "../../../core/update.js";

function store() {
  const kept = new Map();
  const made = { kept, isFull: false };
  return Object.assign(made, {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => !made.isFull && Boolean(kept.set(name, value)),
    removeItem: (name) => kept.delete(name),
    names: () => [...kept.keys()],
  });
}
let ids = 0;
let clock = 0;
const memoryOf = (tab, browser) => new Memory({ tab, browser, id: `id-${ids += 1}`, now: () => clock += 1 });
const person = (username, room = "dev", session = "s") => newState({ room, username, session });
const entered = (state, sender = state.me, room = state.rooms[0].name) => update(state, { type: "received", envelope: { type: "join", room, sender } });

test("rooms, drafts and what was on its way come back, under the old refs and beside new ones", () => {
  const [tab, browser] = [store(), store()];
  const before = person("Alice");
  update(before, { type: "say", text: "/join ops" });
  update(before, { type: "draft", text: "half" });
  update(before, { type: "show", place: 0 });
  update(before, { type: "say", text: "waiting" });
  Object.assign(before.rooms[0], { read: 7, mark: 5 });
  memoryOf(tab, browser).keep(before);

  const memory = memoryOf(tab, browser);
  assert.deepEqual(memory.last, { me: "Alice", room: "dev" });
  const after = person("Alice", "dev", "t");
  assert.deepEqual(memory.recall(after), ["ops"]);
  assert.deepEqual(after.rooms.map((r) => [r.name, r.draft, r.read, r.mark]), [["dev", "", 7, 5], ["ops", "half", 0, 0]]);
  assert.deepEqual(after.rooms[0].pending, [{ ref: "s-1", content: "waiting", failed: "" }]);
  update(after, { type: "say", text: "new" });
  assert.deepEqual(after.rooms[0].pending.map((p) => p.ref), ["s-1", "t-1"]);
});

test("which rooms are in the person's list, where, and what they are called comes back in the order in which they stood", () => {
  const browser = store();
  const before = person("Alice");
  for (const name of ["ops", "+q7x2m9k4t1ab", "@k3x9m2q7t4ab"]) update(before, { type: "join", name });
  before.rooms[1].listed = true;
  before.rooms[2].title = "Ops team";
  before.rooms[3].users = ["Alice", "Bob"];
  update(before, { type: "does", intent: { is: "move", from: 0, to: 3 } });
  memoryOf(store(), browser).keep(before);
  const after = person("Alice");
  memoryOf(store(), browser).recall(after);
  assert.deepEqual(
    after.rooms.map(({ name, kind, listed, place, title, users }) => [name, kind, listed, place, title, users.join()]),
    [["ops", "open", true, 1000, "", ""], ["+q7x2m9k4t1ab", "private", false, 2000, "Ops team", ""], ["dev", "open", false, 3000, "", ""], ["@k3x9m2q7t4ab", "direct", false, 4000, "", "Alice,Bob"]],
  );
  assert.equal(after.active, 2, "the room that was asked for is shown");
});

test("what was read is of a log, and goes with it, also where another tab has not heard of that", () => {
  const browser = store();
  const before = person("Alice");
  Object.assign(before.rooms[0], { read: 7, epoch: "a" });
  memoryOf(store(), browser).keep(before);
  const [one, behind] = [person("Alice"), person("Alice")];
  const [ofOne, ofBehind] = [memoryOf(store(), browser), memoryOf(store(), browser)];
  ofOne.recall(one);
  ofBehind.recall(behind);
  assert.deepEqual([one.rooms[0].read, one.rooms[0].epoch], [7, "a"]);
  update(one, { type: "received", envelope: { type: "history", room: "dev", messages: [], more: false, head: 3, epoch: "b" } });
  ofOne.keep(one);
  behind.rooms[0].read = 8;
  ofBehind.keep(behind);
  const after = person("Alice");
  memoryOf(store(), browser).recall(after);
  assert.deepEqual([after.rooms[0].read, after.rooms[0].epoch], [3, "b"]);
});

test("what a closed tab left is taken by another, once, with its room", () => {
  const browser = store();
  const before = person("Alice", "ops");
  update(before, { type: "say", text: "waiting" });
  update(before, { type: "draft", text: "half" });
  memoryOf(store(), browser).keep(before);
  const [one, other] = [memoryOf(store(), browser), memoryOf(store(), browser)];
  const after = person("alice", "dev", "t");
  one.recall(after);
  assert.deepEqual(after.rooms.map((r) => [r.name, r.draft, r.pending.length]), [["dev", "", 0], ["ops", "", 0]], "nobody takes what may be in use");
  const [name] = one.others(after);
  assert.deepEqual(other.others(person("Bob")), []);
  one.take(after, name);
  assert.deepEqual([after.rooms[1].draft, after.rooms[1].pending.map((p) => p.ref)], ["half", ["s-1"]]);
  const third = person("Alice", "dev", "u");
  assert.deepEqual(other.others(third).map((left) => other.take(third, left) && third.rooms.map((r) => r.name)), [["dev", "ops"]], "it is the second tab's now");
  assert.equal(one.others(third).length, 1);
});

test("two drafts for one room are both kept, and more than may wait is left for later", () => {
  const browser = store();
  const before = person("Alice");
  for (let i = 0; i < 300; i += 1) update(before, { type: "say", text: `m${i}` });
  update(before, { type: "draft", text: "first" });
  memoryOf(store(), browser).keep(before);
  const after = person("Alice", "dev", "t");
  const memory = memoryOf(store(), browser);
  for (let i = 0; i < 300; i += 1) update(after, { type: "say", text: `n${i}` });
  update(after, { type: "draft", text: "second" });
  const [name] = memory.others(after);
  memory.take(after, name);
  assert.deepEqual([after.rooms[0].draft, after.rooms[0].pending.length], ["second", 500]);
  const later = person("Alice", "dev", "u");
  const next = memoryOf(store(), browser);
  next.take(later, name);
  assert.deepEqual([later.rooms[0].draft, later.rooms[0].pending.length], ["first", 100]);
});

test("two tabs of a browser forget no room of each other, but those that are left; nor what the other read and muted", () => {
  const browser = store();
  const [older, newer] = [memoryOf(store(), browser), memoryOf(store(), browser)];
  const [alice, again] = [person("Alice"), person("Alice")];
  older.recall(alice);
  older.keep(alice);
  newer.recall(again);
  for (const room of ["ops", "qa"]) update(again, { type: "say", text: `/join ${room}` });
  again.rooms[0].read = 9;
  again.rooms[0].notify = "nothing";
  newer.keep(again);
  const kept = () => {
    const next = person("alice");
    memoryOf(store(), browser).recall(next);
    return next.rooms.map((r) => [r.name, r.read, r.notify === "nothing"]);
  };
  alice.rooms[0].read = 7;
  older.keep(alice);
  assert.deepEqual(kept(), [["dev", 9, true], ["ops", 0, false], ["qa", 0, false]]);
  update(again, { type: "leave" });
  newer.keep(again);
  assert.deepEqual(kept(), [["dev", 9, true], ["ops", 0, false]]);
});

test("each person has their own rooms, and what one wrote waits for them under another name", () => {
  const [tab, browser] = [store(), store()];
  const memory = memoryOf(tab, browser);
  const zoe = person("Zoe");
  memory.recall(zoe);
  entered(zoe);
  update(zoe, { type: "say", text: "/join ops" });
  update(zoe, { type: "does", intent: { is: "mute" } });
  update(zoe, { type: "draft", text: "half" });
  Object.assign(zoe.rooms[1], { read: 7 });
  update(zoe, { type: "lost", code: 1006, reason: "cut" });
  update(zoe, { type: "show", place: 0 });
  update(zoe, { type: "say", text: "of Zoe" });
  update(zoe, { type: "nick", name: "Zoe2" });
  memory.keep(zoe);
  // It is hers alone when the server has agreed.
  entered(zoe, "Zoe2");
  assert.deepEqual([zoe.me, zoe.rooms[0].pending], ["Zoe2", []]);
  assert.match(zoe.notice, /^1 unsent message by Zoe/);
  memory.recall(zoe);
  memory.keep(zoe);
  update(zoe, { type: "show", place: 1 });
  update(zoe, { type: "mute" });
  update(zoe, { type: "leave" });
  memory.keep(zoe);

  const back = person("zoe");
  memoryOf(tab, browser).recall(back);
  assert.deepEqual(back.rooms.map((r) => [r.name, r.read, r.notify, r.draft, r.pending.length]), [["dev", 0, "default", "", 1], ["ops", 7, "nothing", "half", 0]]);
  update(zoe, { type: "nick", name: "Zoe" });
  entered(zoe, "Zoe");
  assert.deepEqual(memory.recall(zoe), ["ops"]);
  assert.deepEqual([zoe.rooms[0].pending.length, zoe.rooms[1].notify], [1, "nothing"]);
});

test("a guest who takes a name takes along what they wrote, once", () => {
  const browser = store();
  const memory = memoryOf(store(), browser);
  const guest = person(null);
  memory.recall(guest);
  entered(guest, "guest-x7k2");
  update(guest, { type: "lost", code: 1006, reason: "cut" });
  update(guest, { type: "say", text: "waiting" });
  memory.keep(guest);
  update(guest, { type: "nick", name: "Dora" });
  entered(guest, "Dora");
  memory.recall(guest);
  memory.keep(guest);
  assert.deepEqual(memory.others(person(null)), []);
  assert.equal(guest.rooms[0].pending.length, 1);
  // And who comes in as somebody else leaves it behind.
  const other = person("Carl");
  memory.recall(other);
  memory.keep(other);
  assert.equal(memoryOf(store(), browser).others(person("dora")).length, 1);
});

test("what belongs to somebody else, or cannot be read, is nobody's; what cannot be read is set aside and told", () => {
  const [tab, browser] = [store(), store()];
  const alice = person("Alice");
  memoryOf(tab, browser).keep(alice);
  const bob = person("Bob", "ops");
  memoryOf(tab, browser).recall(bob);
  assert.equal(bob.rooms.length, 1);
  for (const bad of ["{", "null", "5"]) {
    for (const name of ["nebula.person bob", "nebula.unsent t-1 bob"]) {
      tab.setItem("nebula.tab", '{"id":"t-1","me":"Bob","room":"ops"}');
      browser.setItem(name, bad);
      const memory = memoryOf(tab, browser);
      const state = person("Bob", "ops");
      memory.recall(state);
      memory.keep(state);
      assert.match(memory.fault(), new RegExp(`set aside.*nebula.broken ${name}`));
      assert.equal(memory.fault(), "");
      assert.equal(browser.getItem(`nebula.broken ${name}`), bad);
    }
  }
  browser.setItem("nebula.person bob", '{"rooms":[null,{"name":5},{"name":"x","read":"y","muted":7}]}');
  browser.setItem("nebula.unsent t-1 bob", '{"rooms":[null,{"name":"x","pending":[5,{"ref":1}],"draft":7}]}');
  const state = person("Bob", "ops");
  memoryOf(tab, browser).recall(state);
  assert.deepEqual(state.rooms.map((r) => [r.name, r.read, r.notify, r.draft, r.pending]), [["ops", 0, "default", "", []], ["x", 0, "default", "", []]]);
});

test("what there is no room for is told once, and leaving is worth a question", () => {
  const browser = store();
  const memory = memoryOf(store(), browser);
  const alice = person("Alice");
  browser.isFull = true;
  assert.equal(memory.keep(alice), true, "there is nothing to lose");
  update(alice, { type: "say", text: "waiting" });
  assert.equal(memory.keep(alice), false);
  assert.match(memory.fault(), /storage is full.*lost if you close this tab/);
  browser.isFull = false;
  update(alice, { type: "draft", text: "x".repeat(100_001) });
  assert.equal(memory.keep(alice), false, "a draft that is too long to be kept");
  assert.match(browser.getItem(memory.ownName(alice)), /waiting/);
  update(alice, { type: "draft", text: "x".repeat(100_000) });
  assert.equal(memory.keep(alice), true);
});

test("of two tabs that are closed, the draft, the reply and the edit of each are kept until there is room for them", () => {
  const browser = store();
  for (const [id, text] of [[4, "one"], [5, "two"]]) {
    const closed = person("Alice");
    const memory = new Memory({ tab: store(), browser, id: `t-${text}` });
    memory.recall(closed);
    Object.assign(closed.rooms[0], { draft: `draft ${text}`, reply: id, editing: { which: id, text: `edit ${text}` } });
    memory.keep(closed);
  }
  const alice = person("Alice");
  const memory = memoryOf(store(), browser);
  const [room] = alice.rooms;
  for (const text of ["one", "two"]) {
    for (const name of memory.others(alice)) memory.take(alice, name);
    const { draft, reply, editing } = room;
    assert.deepEqual([draft, reply, editing], [`draft ${text}`, text === "one" ? 4 : 5, { which: reply, text: `edit ${text}` }]);
    Object.assign(room, { draft: "", reply: null, editing: null });
  }
  assert.deepEqual(memory.others(alice), []);
});

test("32 people are remembered; then the one who was here longest ago is forgotten", () => {
  const browser = store();
  for (let i = 0; i <= 32; i += 1) memoryOf(store(), browser).keep(person(`p${i}`));
  const people = browser.names().filter((name) => name.startsWith("nebula.person "));
  assert.deepEqual([people.length, people.includes("nebula.person p0"), people.includes("nebula.person p32")], [32, false, true]);
});

test("what former versions kept is taken over once", () => {
  const [tab, browser] = [store(), store()];
  const rooms = [{ name: "dev", read: 7, muted: true }, { name: "ops", read: 3 }];
  browser.setItem("nebula.rooms", JSON.stringify({ me: "Alice", rooms }));
  tab.setItem("nebula.tab", JSON.stringify({ me: "Alice", room: "ops", rooms: [{ name: "dev", read: 7, mark: 6, draft: "half", pending: [] }, { name: "ops", pending: [{ ref: "s-1", content: "waiting", failed: "" }] }] }));
  const memory = memoryOf(tab, browser);
  assert.deepEqual(memory.last, { me: "Alice", room: "ops" });
  const state = person("Alice", "ops");
  memory.recall(state);
  assert.deepEqual(state.rooms.map((r) => [r.name, r.read, r.mark, r.notify, r.draft, r.pending.length]), [["ops", 3, 3, "default", "", 1], ["dev", 7, 6, "nothing", "half", 0]]);
  assert.equal(browser.getItem("nebula.rooms"), null);
});
