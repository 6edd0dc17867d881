// Whether the server has a newer build.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newBuildWatch } from "../../../browser/build.js";

function watch(own, ...tags) {
  const asked = [];
  const ask = async (url, options) => {
    asked.push([String(url), options.method, options.cache]);
    const tag = tags.shift();
    if (tag === undefined) throw new TypeError("no line");
    return { ok: tag !== "", status: 200, headers: new Map([["etag", tag]]) };
  };
  return { watch: newBuildWatch("http://chat.example/chat/?room=dev#x", own, ask), asked };
}

test("another tag is another build, however a proxy or the server marks it, and nobody asks before that is wanted", async () => {
  const { watch: same, asked } = watch("a", '"a"', '"a-gz"', 'W/"a"', 'W/"a-gz"', '"b-gz"', '"b"');
  assert.deepEqual(asked, []);
  for (const isThere of [false, false, false, false, true, true]) assert.equal(await same.isThere(), isThere);
  assert.deepEqual(asked[0], ["http://chat.example/chat/", "HEAD", "no-store"]);
});

test("what cannot be known is no reason to ask for a reload", async () => {
  for (const tags of [[], [""], [undefined], ["nonsense"]]) assert.equal(await watch("a", ...tags).watch.isThere(), false, tags.join());
});

test("of a page that does not say of which build it is, the next that is told is its own", async () => {
  const { watch: late } = watch(null, "", '"a"', '"b"');
  assert.deepEqual([await late.isThere(), await late.isThere(), await late.isThere()], [false, false, true]);
});

test("a server that has no time is asked again when it says, a few times", async () => {
  const waits = [];
  let busy = 2;
  const ask = async () => (busy-- > 0 ? { ok: false, status: 503, headers: new Map([["retry-after", "7"]]) } : { ok: true, status: 200, headers: new Map([["etag", '"b"']]) });
  const watch = newBuildWatch("http://h/", "a", ask, async (ms) => waits.push(ms));
  assert.deepEqual([await watch.isThere(), waits], [true, [7_000, 7_000]]);
  busy = 99;
  assert.deepEqual([await watch.isThere(), waits.length], [false, 4]);
});
