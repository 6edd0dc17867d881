// Several rooms over one connection.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activeRoom, mentioned, newState, unread, update } from "../../update.js";

function alice() {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  const actions = [];
  const happens = (event) => actions.push(...update(state, event));
  const hears = (envelope) => happens({ type: "received", envelope });
  const says = (room, id, sender, content) => hears({ type: "message", room, sender, content, id, at: id });
  const enters = (room) => hears({ type: "join", room, sender: "Alice" });
  const types = (text) => happens({ type: "say", text });
  const did = () => actions.splice(0);
  happens({ type: "start" });
  happens({ type: "connected" });
  enters("dev");
  did();
  return { state, happens, hears, says, enters, types, did };
}

test("a second room is joined over the same connection, and shown", () => {
  const { state, types, enters, did } = alice();
  types("/join #ops");
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "join", room: "ops", history: 100 } }]);
  enters("ops");
  assert.equal(activeRoom(state).name, "ops");
  types("/join DEV");
  assert.deepEqual([did(), activeRoom(state).name], [[], "dev"]);
});

test("what comes in a room that is not shown is unread, and marked where one is named", () => {
  const { state, types, enters, says, happens } = alice();
  types("/join ops");
  enters("ops");
  says("dev", 1, "Bob", "hello");
  says("dev", 2, "Bob", "alice: look");
  const [dev] = state.rooms;
  assert.deepEqual([unread(state, dev), mentioned(state, dev)], [2, 1]);
  happens({ type: "show", place: 0, draft: "half" });
  assert.deepEqual([unread(state, dev), state.rooms[1].draft], [0, "half"]);
});

test("after a cut all rooms are entered again, each from where it was", () => {
  const { types, enters, says, happens, did } = alice();
  types("/join ops");
  enters("ops");
  says("dev", 7, "Bob", "hello");
  did();
  happens({ type: "lost", code: 1006, reason: "cut" });
  assert.equal(did().at(-1).hello.room, "ops");
  happens({ type: "connected" });
  enters("ops");
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "join", room: "dev", since: 7 } }]);
  enters("dev");
  assert.deepEqual(did(), []);
});

test("the last room cannot be left, any other can", () => {
  const { state, types, enters, did } = alice();
  types("/leave");
  assert.match(state.notice, /only room/);
  types("/join ops");
  enters("ops");
  did();
  types("/leave");
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "leave", room: "ops" } }]);
  assert.deepEqual(state.rooms.map((room) => room.name), ["dev"]);
});

test("another name needs another connection", () => {
  const { state, types, did } = alice();
  types("/nick Alicia");
  assert.deepEqual([did().at(-1).hello.username, state.rooms[0].joined], ["Alicia", false]);
  types(`/nick ${"x".repeat(33)}`);
  assert.match(state.notice, /at most 32/);
});
