// What is unread, in the title and the icon.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newRoom, newState } from "../../../../core/chat/state.js";
import { counts, icon, title } from "../../../../core/chat/title.js";

test("the title counts what is unread, and says where one is named", () => {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  state.rooms.push(newRoom("ops"));
  assert.deepEqual([title(state), icon(state)], ["#dev · Nebula", "icon.svg"]);
  const say = (content, id) => state.rooms[1].entries.push({ type: "message", room: "ops", sender: "Bob", content, id, at: 0 });
  say("one", 1);
  say("two", 2);
  assert.deepEqual([title(state), icon(state)], ["(2) #dev · Nebula", "icon-unread.svg"]);
  say("Alice!", 3);
  assert.deepEqual([title(state), icon(state), counts(state)], ["(!1) #dev · Nebula", "icon-mention.svg", { count: 3, calls: 1, more: "" }]);
  state.rooms[1].read = 3;
  assert.equal(title(state), "#dev · Nebula");
});

test("a direct message that notifies stands out like a mention", () => {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  const direct = Object.assign(newRoom("@both"), { kind: "direct", users: ["Alice", "Bob"] });
  direct.entries.push({ type: "message", room: "@both", sender: "Bob", content: "hi", id: 1, at: 0 });
  state.rooms.push(direct);
  assert.deepEqual([title(state), icon(state)], ["(!1) #dev · Nebula", "icon-mention.svg"]);
  direct.notify = "mentions";
  assert.deepEqual([title(state), icon(state)], ["(1) #dev · Nebula", "icon-unread.svg"]);
});

test("a room's name does not reorder the title, however long it is", () => {
  const name = "مجموعة".repeat(10);
  assert.equal(title(newState({ room: name, username: "Alice", session: "s" })), `#\u2068${name}\u2069 · Nebula`);
});

test("where not all that is unread is loaded, it is said to be more", () => {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  const [dev] = state.rooms;
  Object.assign(dev, { read: 3, more: true, entries: [7, 8].map((id) => ({ type: "message", room: "dev", sender: "Bob", content: "x", id, at: 0 })) });
  assert.equal(title(state), "(2+) #dev · Nebula");
  dev.cleared = true;
  assert.equal(title(state), "(2) #dev · Nebula", "what was cleared was read");
  Object.assign(dev, { cleared: false, read: 7 });
  assert.equal(title(state), "(1) #dev · Nebula", "the last one read is loaded");
});
