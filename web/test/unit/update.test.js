// The rules of the client, driven by events: no page, no socket.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activeRoom, newState, unread, update } from "../../update.js";

function client() {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  const actions = [];
  const happens = (event) => actions.push(...update(state, event));
  const hears = (envelope) => happens({ type: "received", envelope: { room: "dev", ...envelope } });
  const says = (id, sender, content, ref) => hears({ type: "message", sender, content, id, at: id, ref });
  const sent = () => actions.splice(0).filter((a) => a.do === "send").map((a) => a.envelope);
  const did = () => actions.splice(0);
  const ids = () => activeRoom(state).entries.filter((e) => e.type === "message").map((e) => e.id);
  return { state, happens, hears, says, sent, did, ids };
}

function entered() {
  const alice = client();
  alice.happens({ type: "start" });
  alice.happens({ type: "connected" });
  alice.hears({ type: "history", messages: [], more: false, head: 0 });
  alice.hears({ type: "join", sender: "Alice" });
  alice.hears({ type: "presence", users: ["Alice", "Bob"] });
  alice.did();
  return alice;
}

const page = (ids, more, head = 20) => ({
  type: "history", more, head,
  messages: ids.map((id) => ({ type: "message", room: "dev", sender: "Bob", content: `m${id}`, id, at: 0 })),
});

test("an own message waits, is sent once, and settles however often it is told", () => {
  const alice = entered();
  alice.happens({ type: "say", text: "hi" });
  assert.deepEqual(alice.sent(), [{ type: "message", room: "dev", content: "hi", ref: "s-1" }]);
  assert.equal(activeRoom(alice.state).pending.length, 1);
  alice.says(5, "alice", "hi", "s-1");
  alice.says(5, "alice", "hi", "s-1");
  assert.equal(activeRoom(alice.state).pending.length, 0);
  assert.deepEqual(alice.ids(), [5]);
});

test("somebody else's ref acknowledges nothing", () => {
  const alice = entered();
  alice.happens({ type: "say", text: "hi" });
  alice.says(5, "Bob", "hi", "s-1");
  assert.equal(activeRoom(alice.state).pending.length, 1);
});

test("what was written without a line goes out once, in order, after coming back", () => {
  const alice = entered();
  alice.says(7, "Bob", "last words");
  alice.happens({ type: "lost", code: 1006, reason: "cut" });
  const dial = alice.did().at(-1);
  assert.deepEqual(dial, { do: "dial", hello: { room: "dev", username: "Alice", since: 7 }, afterMs: 500 });
  alice.happens({ type: "say", text: "one" });
  alice.happens({ type: "say", text: "two" });
  alice.happens({ type: "connected" });
  assert.deepEqual(alice.sent(), []);
  alice.hears({ type: "join", sender: "Alice" });
  // The second waits for the first, so that nothing can come between.
  assert.deepEqual(alice.sent().map((e) => e.ref), ["s-1"]);
  alice.says(8, "Alice", "one", "s-1");
  assert.deepEqual(alice.sent().map((e) => e.ref), ["s-2"]);
  alice.says(9, "Alice", "two", "s-2");
  assert.deepEqual([alice.sent(), activeRoom(alice.state).pending], [[], []]);
});

test("waits double, have a bound, and begin anew after a success", () => {
  const alice = entered();
  const wait = () => {
    alice.happens({ type: "lost", code: 1006, reason: "" });
    return alice.did().at(-1).afterMs;
  };
  assert.deepEqual([1, 2, 3].map(wait), [500, 1000, 2000]);
  for (let i = 0; i < 10; i += 1) assert.ok(wait() <= 30_000);
  alice.happens({ type: "connected" });
  assert.equal(wait(), 500);
});

test("a refusal for good is not dialled again", () => {
  const alice = entered();
  alice.happens({ type: "lost", code: 4001, reason: "in use" });
  assert.deepEqual(alice.did(), []);
  assert.deepEqual(alice.state.link, { is: "refused", reason: "in use" });
});

test("a hasty message is sent again, a refused one says why and can be tried again", () => {
  const alice = entered();
  alice.happens({ type: "say", text: "a" });
  alice.happens({ type: "say", text: "b" });
  alice.did();
  alice.hears({ type: "error", code: "too_fast", content: "wait", ref: "s-1", retry_ms: 50 });
  assert.deepEqual(alice.did(), [{ do: "retry", room: "dev", ref: "s-1", afterMs: 50 }]);
  alice.happens({ type: "retry", room: "dev", ref: "s-1" });
  assert.deepEqual(alice.sent().map((e) => e.ref), ["s-1"]);
  alice.hears({ type: "error", code: "content_too_long", content: "too long", ref: "s-1" });
  assert.equal(activeRoom(alice.state).pending[0].failed, "too long");
  assert.deepEqual(alice.sent().map((e) => e.ref), ["s-2"], "what stands behind it still goes");
  alice.happens({ type: "retry", room: "dev", ref: "s-1" });
  assert.equal(activeRoom(alice.state).pending[0].failed, "");
  alice.says(9, "Alice", "b", "s-2");
  assert.deepEqual(alice.sent().map((e) => e.ref), ["s-1"]);
});

test("a cut replay is fetched whole, in order and without a repeat", () => {
  const alice = entered();
  alice.says(7, "Bob", "before");
  alice.happens({ type: "lost", code: 1013, reason: "slow" });
  alice.happens({ type: "connected" });
  alice.did();
  alice.hears(page([19, 20], true));
  assert.deepEqual(alice.sent().map((e) => e.before), [19]);
  alice.hears(page([12, 15], true));
  assert.deepEqual(alice.sent().map((e) => e.before), [12]);
  alice.hears(page([5, 7, 9], true));
  assert.deepEqual(alice.sent(), []);
  assert.deepEqual(alice.ids(), [5, 7, 9, 12, 15, 19, 20]);
});

test("unread is what others said after the last message that was seen", () => {
  const alice = entered();
  alice.says(1, "Bob", "seen");
  alice.happens({ type: "looked", atBottom: true, focused: false });
  alice.says(2, "Bob", "unseen");
  alice.says(3, "Alice", "own");
  assert.equal(unread(alice.state, activeRoom(alice.state)), 1);
  alice.happens({ type: "looked", atBottom: true, focused: true });
  assert.equal(unread(alice.state, activeRoom(alice.state)), 0);
});

test("older messages are asked for once, and only if there are any", () => {
  const alice = entered();
  alice.happens({ type: "older" });
  alice.hears(page([9], true, 9));
  activeRoom(alice.state).more = true;
  alice.happens({ type: "older" });
  alice.happens({ type: "older" });
  assert.deepEqual(alice.sent().map((e) => e.before), [9]);
});

test("a mistyped command is never sent, a doubled slash is one", () => {
  const alice = entered();
  alice.happens({ type: "say", text: "/jion ops" });
  assert.deepEqual(alice.sent(), []);
  assert.match(alice.state.notice, /no command/);
  for (const [typed, content] of [["//etc", "/etc"], ["/me waves", "/me waves"]]) {
    alice.happens({ type: "say", text: typed });
    const [said] = alice.sent();
    assert.equal(said.content, content);
    alice.says(alice.state.refs + 1, "Alice", content, said.ref);
  }
});

test("people come and go", () => {
  const alice = entered();
  alice.hears({ type: "join", sender: "Bob" });
  alice.hears({ type: "leave", sender: "Bob" });
  alice.hears({ type: "presence", users: ["Alice"] });
  assert.deepEqual(activeRoom(alice.state).entries.map((e) => e.type), ["join", "leave"]);
  assert.deepEqual(activeRoom(alice.state).people.known, ["Alice"]);
});
