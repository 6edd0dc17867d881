// Why a page is not let in.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newHealth, retryAfterMs } from "../../../browser/health.js";

test("it asks beside the page, and tells a server that refuses from one that is not there", async () => {
  const asked = [];
  const of = (status) => newHealth("https://h.example:8443/chat/?room=x", async (url) => {
    asked.push(String(url));
    if (status === 0) throw new TypeError("nobody");
    return { status, headers: new Map() };
  })();
  assert.equal(await of(0), null);
  for (const [status, words] of [[200, /h.example:8443 answers, but refuses.*Host and Upgrade.*--allow-origin https:\/\/h.example:8443$/], [429, /too many connections/], [503, /full or restarting/], [502, /behind it does not/], [404, /status 404, so no chat server/]]) {
    assert.match((await of(status)).reason, words);
  }
  assert.equal(new Set(asked).size, 1);
  assert.equal(asked[0], "https://h.example:8443/chat/healthz");
});

test("whoever has no time says when to come again, in seconds or as a date", async () => {
  const after = (status, given, now = 0) => retryAfterMs({ status, headers: new Map(given === null ? [] : [["retry-after", given]]) }, now);
  assert.deepEqual([after(429, "10"), after(503, " 5 "), after(503, "Thu, 01 Jan 1970 00:01:00 GMT", 20_000)], [10_000, 5_000, 40_000]);
  assert.equal(after(503, "Thu, 01 Jan 1970 00:01:00 GMT", 90_000), 0, "that was a while ago");
  assert.deepEqual([after(200, "10"), after(503, null), after(429, "soon"), after(429, "")], [null, null, null, null]);
  const full = newHealth("http://h/", async () => ({ status: 503, headers: new Map([["retry-after", "5"]]) }));
  assert.deepEqual(await full(), { reason: "h is full or restarting", afterMs: 5_000 });
});
