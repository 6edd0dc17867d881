// The rules of the client, driven by events: no page, no socket.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activeRoom } from "../../../core/chat/state.js";
import { unread } from "../../../core/chat/unread.js";
import { entered, page } from "./client.js";

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

test("what was written without a line goes out once, in order, after coming back", () => {
  const alice = entered();
  alice.says(7, "Bob", "last words");
  alice.happens({ type: "lost", code: 1006, reason: "cut" });
  const dial = alice.did().at(-1);
  assert.deepEqual(dial, { do: "dial", server: "", hello: { room: "dev", username: "Alice", since: 7 }, afterMs: 500, leastMs: 0 });
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

test("a page that was asked for says nothing of where to come back", () => {
  const alice = entered();
  alice.says(7, "Bob", "the newest that came");
  Object.assign(activeRoom(alice.state), { more: true });
  alice.happens({ type: "older" });
  alice.did();
  alice.hears(page([3, 4], false, 12));
  alice.happens({ type: "lost", code: 1006, reason: "cut" });
  assert.equal(alice.did().at(-1).hello.since, 7);
});

test("a hasty message is sent again, a refused one says why and can be tried again", () => {
  const alice = entered();
  alice.happens({ type: "say", text: "a" });
  alice.happens({ type: "say", text: "b" });
  alice.did();
  alice.hears({ type: "error", code: "too_fast", content: "wait", ref: "s-1", retry_ms: 50 });
  assert.deepEqual(alice.did(), [{ do: "later", afterMs: 50, event: { type: "again", room: "dev", ref: "s-1", on: 1 } }]);
  alice.happens({ type: "again", room: "dev", ref: "s-1", on: 1 });
  assert.deepEqual(alice.sent().map((e) => e.ref), ["s-1"]);
  alice.hears({ type: "error", code: "content_too_long", content: "too long", ref: "s-1" });
  assert.equal(activeRoom(alice.state).pending[0].failed, "too long");
  assert.deepEqual(alice.sent().map((e) => e.ref), ["s-2"], "what stands behind it still goes");
  alice.happens({ type: "retry", room: "dev", ref: "s-1" });
  assert.equal(activeRoom(alice.state).pending[0].failed, "");
  alice.says(9, "Alice", "b", "s-2");
  assert.deepEqual(alice.sent().map((e) => e.ref), ["s-1"]);
});

test("what came into an empty room while one was cut off is asked for, from the beginning", () => {
  const alice = entered();
  alice.happens({ type: "lost", code: 1006, reason: "" });
  assert.equal(alice.did().at(-1).hello.history, 100);
  alice.happens({ type: "connected" });
  alice.hears(page([19, 20], true));
  assert.deepEqual(alice.sent().map((e) => e.before), [19]);
  alice.hears(page([5, 7], false));
  assert.deepEqual([alice.sent(), alice.ids()], [[], [5, 7, 19, 20]]);
});

test("older messages that cannot be read are asked for again, after a while, on the same line", () => {
  const alice = entered();
  alice.hears(page([9], true, 9));
  activeRoom(alice.state).more = true;
  alice.happens({ type: "older" });
  alice.did();
  alice.hears({ type: "error", code: "unavailable", content: "not now", retry_ms: 20_000 });
  const [{ event: again, afterMs }] = alice.did();
  assert.equal(afterMs, 20_000);
  alice.happens(again);
  assert.deepEqual(alice.sent(), [{ type: "history", room: "dev", before: 9, limit: 200 }]);
});

test("a page that was asked for too fast is asked for again, where it was", () => {
  const alice = entered();
  alice.hears(page([9, 10], true, 10));
  activeRoom(alice.state).more = true;
  alice.happens({ type: "older" });
  alice.did();
  const tooFast = { type: "error", code: "too_fast", content: "wait", retry_ms: 50 };
  alice.hears(tooFast);
  const [{ event: again, afterMs }] = alice.did();
  assert.equal(afterMs, 50);
  alice.happens(again);
  assert.deepEqual(alice.sent().map((e) => e.before), [9]);
  alice.hears(page([], false, 10));
  alice.happens({ type: "lost", code: 1006, reason: "" });
  alice.happens({ type: "connected" });
  alice.hears(page([19, 20], true));
  alice.hears(tooFast);
  const { event: anew } = alice.did().at(-1);
  alice.happens(anew);
  assert.deepEqual(alice.sent().map((e) => e.before), [19], "behind the gap");
  alice.hears(page([10, 15], true));
  alice.happens(anew);
  assert.deepEqual([alice.sent(), alice.state.notice], [[], ""], "it came meanwhile");
});

test("the late answer to who was put out changes nothing, and the last room stays", () => {
  const alice = entered();
  alice.happens({ type: "say", text: "/join ops" });
  alice.hears({ type: "join", room: "ops", sender: "Alice" });
  alice.hears({ type: "moderated", action: "kick", user: "Alice", by: "Mod" });
  alice.hears({ type: "leave", sender: "Alice" });
  const late = { type: "error", code: "not_in_room", content: "you are not in this room" };
  alice.hears(late);
  assert.deepEqual(alice.state.rooms.map(({ name, excluded }) => [name, excluded]), [["dev", "Mod removed you from #dev"], ["ops", ""]]);
  alice.happens({ type: "say", text: "/leave" });
  alice.happens({ type: "connect" });
  alice.hears(late);
  alice.hears({ type: "error", code: "too_many_rooms", content: "not now" });
  assert.deepEqual(alice.state.rooms.map(({ name, excluded }) => [name, excluded]), [["dev", "You can't join this room: not now"]]);
});

test("coming back on purpose while a page is awaited leaves no gap", () => {
  for (const event of [{ type: "say", text: "/reconnect" }, { type: "say", text: "/nick Alicia" }]) {
    const alice = entered();
    alice.says(9, "Bob", "before");
    activeRoom(alice.state).more = true;
    alice.happens({ type: "older" });
    alice.happens(event);
    alice.happens({ type: "connected" });
    alice.did();
    alice.hears(page([19, 20], true));
    assert.deepEqual(alice.sent().map((e) => e.before), [19]);
  }
});

test("who leaves and is back at once leaves no trace", () => {
  const alice = entered();
  const traffic = (type, at) => alice.happens({ type: "received", envelope: { type, room: "dev", sender: "Bob" }, at });
  traffic("leave", 1_000);
  traffic("join", 9_000);
  assert.deepEqual(activeRoom(alice.state).entries, []);
  traffic("leave", 20_000);
  traffic("join", 40_000);
  assert.deepEqual(activeRoom(alice.state).entries.map((e) => e.type), ["leave", "join"]);
});

test("entries have a bound, and what is being read is not taken away without need", () => {
  const alice = entered();
  const many = (from, to) => { for (let id = from; id < to; id += 1) alice.says(id, "Bob", "x"); };
  many(1, 10_101);
  assert.deepEqual([alice.ids().length, alice.ids()[0], activeRoom(alice.state).more], [10_000, 101, true]);
  alice.happens({ type: "looked", atBottom: false, focused: true });
  many(10_101, 20_300);
  assert.deepEqual([alice.ids().length, alice.ids()[0]], [20_000, 300]);
  alice.happens({ type: "escape" });
  many(20_300, 20_301);
  assert.equal(alice.ids().length, 10_000);
});

test("what comes into a full room costs no more than what filled it", () => {
  const alice = entered();
  const cost = (from, to) => {
    const before = process.cpuUsage();
    for (let id = from; id < to; id += 1) alice.says(id, "Bob", "x");
    alice.did();
    return process.cpuUsage(before).user / (to - from);
  };
  const [filling, full] = [cost(1, 10_000), cost(10_000, 40_000)];
  assert.ok(full < 3 * filling, `${full.toFixed(1)} µs each, and ${filling.toFixed(1)} before`);
});

test("only so many messages wait", () => {
  const alice = entered();
  for (let i = 0; i < 501; i += 1) alice.happens({ type: "say", text: "x" });
  assert.equal(activeRoom(alice.state).pending.length, 500);
  assert.match(alice.state.notice, /500 messages are waiting/);
});

test("live messages of others are announced, and notified where one is named and does not look", () => {
  const alice = entered();
  const told = (id, sender, content) => {
    alice.says(id, sender, content);
    return alice.did().map((a) => a.do).filter((does) => does !== "send");
  };
  assert.deepEqual(told(1, "Bob", "hi"), ["announce"]);
  assert.deepEqual(told(1, "Bob", "hi"), [], "it is there already");
  assert.deepEqual(told(2, "Alice", "own"), []);
  assert.deepEqual(told(3, "Bob", "alice: look"), ["announce"], "it is being read");
  alice.happens({ type: "looked", atBottom: true, focused: false });
  assert.deepEqual(told(4, "Bob", "alice: look"), ["announce", "notify"]);
  alice.hears(page([5], false));
  assert.deepEqual(alice.did(), [], "history is no news");
  alice.happens({ type: "does", intent: { is: "mute" } });
  assert.deepEqual(told(30, "Bob", "alice!"), []);
});

test("a refused message goes away, or back to where it was written", () => {
  const alice = entered();
  for (const text of ["one", "two"]) {
    alice.happens({ type: "say", text });
    alice.hears({ type: "error", code: "content_too_long", content: "no", ref: `s-${alice.state.refs}` });
  }
  alice.happens({ type: "draft", text: "three" });
  alice.happens({ type: "edit", room: "dev", ref: "s-1" });
  assert.deepEqual([activeRoom(alice.state).draft, activeRoom(alice.state).pending.length], ["one\nthree", 1]);
  alice.happens({ type: "drop", room: "dev", ref: "s-2" });
  assert.deepEqual([activeRoom(alice.state).draft, activeRoom(alice.state).pending.length], ["one\nthree", 0]);
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
  assert.match(alice.state.notice, /No command/);
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

test("the browser's word on the network is heeded at once, and asked about", () => {
  const alice = entered();
  for (const isThere of [false, true]) {
    alice.happens({ type: "network", isThere });
    assert.deepEqual(alice.did(), [{ do: "probe", because: isThere ? "online" : "offline" }]);
  }
  alice.happens({ type: "lost", code: 1006, reason: "this device is offline" });
  alice.did();
  alice.happens({ type: "network", isThere: false });
  assert.deepEqual(alice.did(), []);
  alice.happens({ type: "network", isThere: true });
  assert.deepEqual(alice.did().map((action) => [action.do, action.afterMs]), [["dial", 0]]);
});

test("what is found out about a failed attempt is shown while one waits for the next, and not later", () => {
  const alice = entered();
  alice.happens({ type: "reason", reason: "too late" });
  alice.happens({ type: "lost", code: 1006, reason: "no server at h" });
  alice.happens({ type: "reason", reason: "h is full or restarting" });
  assert.equal(alice.state.link.reason, "h is full or restarting");
});
