// Which tabs are open: with locks, and where there are none by asking.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newTabs } from "../../../browser/tabs.js";

/** Locks as a browser has them, for as much as is used here. */
function locksOf() {
  const queues = new Map();
  return {
    async request(name, { ifAvailable = false }, use) {
      const before = queues.get(name);
      if (ifAvailable && before) return use(null);
      const after = Promise.resolve(before).then(() => use({ name }));
      const mine = after.then(() => queues.get(name) === mine && queues.delete(name));
      queues.set(name, mine);
      return after;
    },
  };
}

/** Tabs that hear each other. */
function channelsOf() {
  const all = [];
  return () => {
    const own = { onmessage: null, postMessage: (data) => all.forEach((each) => each !== own && each.onmessage({ data })) };
    all.push(own);
    return own;
  };
}

for (const [how, world] of [["with locks", { locks: locksOf(), channel: assert.fail }], ["by asking", { channel: channelsOf() }]]) {
  test(`${how}, what a tab holds no other may claim, and what nobody holds one may`, async () => {
    const [one, other] = [newTabs(world, "/"), newTabs(world, "/")];
    one.hold("a");
    assert.equal(await other.claim("a", assert.fail), false);
    let claimed = 0;
    assert.equal(await other.claim("b", () => { claimed += 1; }), true);
    // It is somebody else now.
    one.hold("c");
    await new Promise(setImmediate);
    assert.equal(await other.claim("a", () => { claimed += 1; }), true);
    assert.equal(await other.claim("c", assert.fail), false);
    assert.equal(claimed, 2);
  });
}

test("locks of another folder are others", async () => {
  const locks = locksOf();
  newTabs({ locks }, "/a/").hold("x");
  assert.equal(await newTabs({ locks }, "/b/").claim("x", () => {}), true);
});
