// What stands over the messages on a narrow page: it hides neither the other buttons nor the message that it belongs to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newCrowd, person, row, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();

/** Whether two boxes have any point in common. */
const overlap = (one, other) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

test("after a jump, the way back and the way to the newest message stand apart", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Cy", "apart");
  const ann = await person(t, browser, server, "Ann", "apart", { viewport: { width: 360, height: 740 } });
  await say(ann, "the very first");
  await settled(ann, "the very first").waitFor();
  const id = await settled(ann, "the very first").getAttribute("data-id");
  await crowd.sayMany("Cy", 60);
  await row(ann, "no. 59").waitFor();
  await ann.evaluate((first) => { location.hash = `#m=${first}`; }, id);
  await ann.locator("#back").waitFor();
  await crowd.sayMany("Cy", 120, "later");
  await ann.locator("#newer", { hasText: "120" }).waitFor();
  for (const width of [320, 360, 430, 480, 768, 1024]) {
    await ann.setViewportSize({ width, height: 740 });
    const [back, newer] = [await ann.locator("#back").boundingBox(), await ann.locator("#newer").boundingBox()];
    assert.ok(!overlap(back, newer), `at ${width}: ${JSON.stringify([back, newer])}`);
    assert.ok(back.x >= 0 && newer.x + newer.width <= width, `at ${width}`);
  }
  assert.deepEqual(ann.faults, []);
});
