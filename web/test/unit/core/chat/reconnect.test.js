// When to connect, and where to resume.

import assert from "node:assert/strict";
import { test } from "node:test";

import { entered } from "../client.js";

test("waits double, have a bound, and begin anew after a success", () => {
  const alice = entered();
  const wait = () => {
    alice.happens({ type: "lost", code: 1006, reason: "" });
    return alice.did().at(-1).afterMs;
  };
  assert.deepEqual([1, 2, 3].map(wait), [500, 1000, 2000]);
  for (let i = 0; i < 10; i += 1) assert.ok(wait() <= 30_000);
  alice.happens({ type: "connected" });
  assert.equal(wait(), 30_000, "a line that opens and breaks at once is none");
  alice.happens({ type: "connected" });
  alice.happens({ type: "stable" });
  assert.equal(wait(), 500);
});

test("a server that stops says when it wants to be dialled, and nothing is sooner", () => {
  const alice = entered();
  alice.happens({ type: "received", envelope: { type: "error", code: "stopping", content: "the server is stopping", retry_ms: 1234 } });
  alice.happens({ type: "lost", code: 1001, reason: "the server is stopping" });
  const [dial] = alice.did();
  assert.deepEqual([dial.afterMs, dial.leastMs], [500, 1234]);
  alice.happens({ type: "wake" });
  assert.deepEqual(alice.did(), []);
  alice.happens({ type: "lost", code: 1006, reason: "not back yet" });
  assert.deepEqual([alice.did().at(-1)].map(({ afterMs, leastMs }) => [afterMs, leastMs]), [[1000, 0]], "it asked once");
  alice.happens({ type: "wake" });
  assert.equal(alice.did()[0].afterMs, 0);
});

test("a server that lets nobody in says when to come again, and nothing is sooner", () => {
  const alice = entered();
  alice.happens({ type: "lost", code: 1006, reason: "no server" });
  alice.did();
  alice.happens({ type: "reason", reason: "it is full", afterMs: 5_000 });
  const [dial] = alice.did();
  assert.deepEqual([dial.afterMs, dial.leastMs, alice.state.link.reason], [500, 5_000, "it is full"]);
  alice.happens({ type: "wake" });
  assert.deepEqual(alice.did(), []);
  alice.happens({ type: "reason", reason: "for ever", afterMs: 1e12 });
  assert.equal(alice.did()[0].leastMs, 300_000);
  alice.happens({ type: "reason", reason: "it refuses" });
  assert.deepEqual([alice.did(), alice.state.link.reason], [[], "it refuses"]);
});

test("a server that lets nobody in is dialled after longer and longer waits, whatever it asks for", () => {
  const alice = entered();
  const waits = (afterMs) => [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
    alice.happens({ type: "lost", code: 1006, reason: "no server" });
    alice.happens({ type: "reason", reason: "it is full", afterMs });
    const dial = alice.did().at(-1);
    return Math.max(dial.afterMs, dial.leastMs);
  });
  assert.deepEqual(waits(0), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  alice.happens({ type: "stable" });
  assert.deepEqual(waits(5_000), [5_000, 5_000, 5_000, 5_000, 8_000, 16_000, 30_000, 30_000]);
  alice.happens({ type: "reason", reason: "it is full", afterMs: 0 });
  alice.did();
  alice.happens({ type: "wake" });
  assert.equal(alice.did()[0].afterMs, 0, "it asked for no time");
});

test("a page that wakes dials at once, or asks whether the line lives", () => {
  const alice = entered();
  alice.happens({ type: "wake" });
  assert.deepEqual(alice.did(), [{ do: "probe" }]);
  alice.happens({ type: "lost", code: 1006, reason: "cut" });
  alice.happens({ type: "held" });
  alice.did();
  assert.equal(alice.state.link.is, "held");
  alice.happens({ type: "wake" });
  assert.deepEqual(alice.did().map((a) => [a.do, a.afterMs]), [["dial", 0]]);
});

test("the answer to a sign of life changes nothing", () => {
  const alice = entered();
  alice.says(7, "Bob", "before");
  const before = JSON.stringify(alice.state);
  alice.hears({ type: "history", messages: [], more: false, head: 99, ref: "probe" });
  alice.happens({ type: "received", envelope: { type: "error", code: "not_in_room", content: "no", ref: "probe", room: "dev" } });
  assert.equal(JSON.stringify(alice.state), before);
});

test("a refusal for good is not dialled again", () => {
  const alice = entered();
  alice.happens({ type: "lost", code: 4001, reason: "in use" });
  assert.deepEqual(alice.did(), []);
  assert.deepEqual([alice.state.link.is, alice.state.link.reason], ["refused", "in use"]);
});
