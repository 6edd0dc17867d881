// Whether the server has a newer build.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newBuildWatch } from "../../newer.js";

function watch(...tags) {
  const asked = [];
  const ask = async (url, options) => {
    asked.push([String(url), options.method, options.cache]);
    const tag = tags.shift();
    if (tag === undefined) throw new TypeError("no line");
    return { ok: tag !== "", headers: new Map([["etag", tag]]) };
  };
  return { watch: newBuildWatch("http://chat.example/?room=dev#x", ask), asked };
}

test("another tag is another build", async () => {
  const { watch: same, asked } = watch("a", "a");
  assert.equal(await same.isThere(), false);
  assert.deepEqual(asked, Array(2).fill(["http://chat.example/", "HEAD", "no-store"]));
  assert.equal(await watch("a", "b").watch.isThere(), true);
});

test("what cannot be known is no reason to ask for a reload", async () => {
  for (const tags of [[], ["a"], ["", "a"], ["a", ""]]) assert.equal(await watch(...tags).watch.isThere(), false, tags.join());
});

test("where the line broke before one knew, the next build that is told is one's own", async () => {
  const { watch: late } = watch("", "a", "b");
  assert.deepEqual([await late.isThere(), await late.isThere()], [false, true]);
});
