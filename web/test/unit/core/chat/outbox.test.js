// Own messages on their way.

import assert from "node:assert/strict";
import { test } from "node:test";

import { again, put, refused, sendNext, stored, takeBack } from "../../../../core/chat/outbox.js";
import { activeRoom, newState } from "../../../../core/chat/state.js";

function outbox() {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  const room = activeRoom(state);
  room.joined = true;
  return { state, room };
}
const refs = (actions) => actions.map((action) => action.envelope.ref);

test("one goes out after another, each under a name of its own", () => {
  const { state, room } = outbox();
  for (const text of ["a", "b", "c"]) assert.equal(put(state, room, text), null);
  assert.deepEqual(refs(sendNext(room)), ["s-1"]);
  assert.deepEqual(sendNext(room), [], "the first has not been answered");
  stored(room, "s-1");
  assert.deepEqual(refs(sendNext(room)), ["s-2"]);
  stored(room, "s-9");
  assert.deepEqual(room.pending.map((p) => p.ref), ["s-2", "s-3"], "a strange ref is nobody's");
});

test("without a line everything waits, and what cannot be sent says why", () => {
  const { state, room } = outbox();
  room.joined = false;
  put(state, room, "a");
  assert.deepEqual(sendNext(room), []);
  assert.match(put(state, room, " ") ?? "", /visible/);
  assert.match(put(state, room, "x".repeat(4_097)) ?? "", /4,097/);
});

test("one that is refused stands in nobody's way, and may be tried again or taken back", () => {
  const { state, room } = outbox();
  put(state, room, "bad");
  put(state, room, "good");
  sendNext(room);
  assert.deepEqual(refs(refused(room, room.pending[0], "no")), ["s-2"]);
  assert.equal(takeBack(room, "s-2"), null, "it is on its way");
  assert.deepEqual(again(room, "s-1"), [], "it waits for its turn");
  stored(room, "s-2");
  assert.deepEqual(refs(sendNext(room)), ["s-1"]);
  refused(room, room.pending[0], "no");
  assert.equal(takeBack(room, "s-1")?.content, "bad");
  assert.deepEqual([room.pending, takeBack(room, "s-1")], [[], null]);
});
