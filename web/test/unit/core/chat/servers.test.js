// Several servers: which there are, which is next, and what is told of them. The rest is in the scenarios.

import assert from "node:assert/strict";
import { test } from "node:test";

import { othersAmong, wordsAboutCluster } from "../../../../core/chat/servers.js";
import { newState } from "../../../../core/chat/state.js";
import { update } from "../../../../core/update.js";

const [A, B, C] = ["https://a.example", "https://b.example", "https://c.example"];

/** A client that is connected to the first of these, and knows the others. */
function among(own, ...others) {
  const state = newState({ room: "dev", username: "Alice", session: "s", own, others });
  const happens = (event) => update(state, event);
  const loses = (code = 1006) => happens({ type: "lost", code, reason: "cut" }).map(({ server, afterMs, leastMs }) => [server, afterMs, leastMs ?? 0])[0];
  happens({ type: "start" });
  return { state, happens, loses };
}

test("the others are origins alone, each once, and never less safe than the page's own", () => {
  assert.deepEqual(othersAmong([A, "HTTPS://B.example:443/", B, "https://b.example:8443"], A), [B, "https://b.example:8443"]);
  const bad = ["", "b.example", "ws://b.example", "ftp://b.example", "javascript:alert(1)", "https://u:p@b.example", "https://u@b.example", "https://b.example/chat", "https://b.example/?x", "https://b.example/#x", "https://b.example:99999"];
  assert.deepEqual(othersAmong(bad, A), []);
  const some = [B, "http://b.example", "http://localhost:8080", "http://127.0.0.1:81", "http://[::1]"];
  assert.deepEqual(othersAmong(some, A), [B]);
  assert.deepEqual(othersAmong(some, "http://a.example"), [B, "http://b.example"]);
  assert.deepEqual(othersAmong(some, "http://127.0.0.1"), [B, "http://localhost:8080", "http://127.0.0.1:81", "http://[::1]"]);
});

test("each server is tried at once, and only when all have failed is there a wait, which grows", () => {
  const { happens, loses } = among(A, B, C);
  happens({ type: "connected" });
  assert.deepEqual([1, 2, 3].map(() => loses()), [[B, 0, 0], [C, 0, 0], [A, 500, 0]]);
  assert.deepEqual([1, 2, 3].map(() => loses(1013)), [[B, 0, 0], [C, 0, 0], [A, 1000, 0]]);
  happens({ type: "connected" });
  happens({ type: "stable" });
  assert.deepEqual([1, 2, 3].map(() => loses()), [[B, 0, 0], [C, 0, 0], [A, 500, 0]]);
});

test("servers that let one in and break at once are not dialled without end", () => {
  const { happens, loses } = among(A, B);
  const waits = [1, 2, 3, 4, 5, 6].map(() => {
    happens({ type: "connected" });
    return loses()[1];
  });
  assert.deepEqual(waits, [0, 500, 0, 1000, 0, 2000]);
});

test("a wait that one server asked for is kept for when all have failed", () => {
  const { state, happens, loses } = among(A, B);
  assert.deepEqual(loses(), [B, 0, 0]);
  assert.deepEqual(happens({ type: "reason", reason: "a is full", afterMs: 5_000 }), []);
  assert.deepEqual([state.link.is, loses()], ["connecting", [A, 500, 5_000]]);
  assert.deepEqual([loses(), loses()], [[B, 0, 0], [A, 1000, 0]], "it asked once");
  const stops = (retry_ms) => {
    happens({ type: "connected" });
    happens({ type: "received", envelope: { type: "error", code: "stopping", content: "stopping", retry_ms } });
    return loses(1001);
  };
  assert.deepEqual([stops(7_000), stops(3_000)], [[B, 0, 0], [A, 2000, 7_000]], "the longest that one asked for");
  assert.deepEqual(stops(7_000), [B, 0, 0]);
  happens({ type: "connected" });
  happens({ type: "received", envelope: { type: "join", room: "dev", sender: "Alice" } });
  assert.deepEqual(loses(), [A, 4000, 0], "one let in meanwhile");
});

test("what is told last takes the place of what was known, and no addresses say nothing", () => {
  const { state, happens } = among(A, B);
  const hears = (more) => happens({ type: "received", envelope: { type: "cluster", standing: "current", ...more } });
  hears({ servers: [A, C, B] });
  assert.deepEqual(state.link.others, [B, C]);
  hears({});
  assert.deepEqual(state.link.others, [B, C]);
  hears({ servers: [C] });
  assert.deepEqual(state.link.others, [C]);
  hears({ servers: [] });
  assert.deepEqual(state.link.others, []);
});

test("a server that is known no more is left for the page's own", () => {
  const { happens, loses } = among(A, B);
  loses();
  happens({ type: "connected" });
  happens({ type: "received", envelope: { type: "cluster", standing: "current", servers: [A, C] } });
  happens({ type: "stable" });
  assert.deepEqual(loses(), [A, 0, 0]);
});

test("how the server stands is told in a sentence, and of what this version does not know nothing is", () => {
  const { state, happens } = among(A);
  happens({ type: "connected" });
  const words = (standing) => {
    happens({ type: "received", envelope: { type: "cluster", standing } });
    return wordsAboutCluster(state.link);
  };
  assert.match(words("waiting"), /messages are sent when they answer/);
  assert.match(words("cut"), /new messages are refused/);
  assert.deepEqual(["current", "constructor", "newer"].map(words), ["", "", ""]);
  words("cut");
  happens({ type: "lost", code: 1006, reason: "cut" });
  assert.equal(wordsAboutCluster(state.link), "");
});
