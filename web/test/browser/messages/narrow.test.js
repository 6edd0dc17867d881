// What stands over the messages, on a narrow page above all: it hides neither other buttons nor what belongs to it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { message, newCrowd, person, row, say, settled, stage } from "../harness.js";

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

/** What a click in the middle of an element hits: the name of the button, or what it says. */
const hit = (at) => at.evaluate((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  const found = document.elementFromPoint(x + width / 2, y + height / 2);
  return element.contains(found) ? "itself" : found.closest("button")?.title ?? found.className;
});

/** The buttons of a message, which are in sight, and leave free what else the message holds. */
async function assertApart(page, at) {
  const tools = await at.locator(".tools").boundingBox();
  const pane = await page.locator("#pane").boundingBox();
  assert.ok(tools.y >= pane.y && tools.y + tools.height <= pane.y + pane.height && tools.x >= 0, JSON.stringify([tools, pane]));
  for (const part of await at.locator(".head, .quote, .content").all()) {
    const box = await part.boundingBox();
    if (box.width > 1) assert.ok(!overlap(tools, box), await part.textContent());
  }
  assert.ok(await at.locator(".tools button").first().isVisible());
}

for (const width of [360, 1440]) {
  test(`completions and the offer for code leave what one replies to in sight, ${width} pixels wide`, async (t) => {
    const ann = await person(t, browser, server, "Ann", `list${width}`, { viewport: { width, height: 740 } });
    await say(ann, "the original");
    await settled(ann, "the original").focus();
    await settled(ann, "the original").getByRole("button", { name: "Reply" }).press("Enter");
    const words = ann.locator("#replying-words", { hasText: "Replying to Ann: the original" });
    await words.waitFor();
    const isFree = async (over, what) => {
      const [list, line] = [await over.boundingBox(), await ann.locator(".replying").boundingBox()];
      assert.ok(list.height > 30 && list.y >= 0 && list.x >= 0 && list.x + list.width <= width, `${what}: ${JSON.stringify(list)}`);
      assert.ok(!overlap(list, line), `${what}: ${JSON.stringify([list, line])}`);
    };
    await message(ann).pressSequentially("/");
    await ann.locator("#completions li").nth(9).waitFor();
    await isFree(ann.locator("#completions"), "completions");
    await message(ann).fill("");
    await message(ann).evaluate((box) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "fn main() {\n    println!(\"hi\");\n}\n");
      box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await ann.locator("#offer-yes").waitFor();
    await isFree(ann.locator(".offer"), "the offer");
    assert.deepEqual(ann.faults, []);
  });
}

test("on a wide page too, the buttons hide nothing of a message that begins with its text", async (t) => {
  const ann = await person(t, browser, server, "Ann", "wide", { viewport: { width: 800, height: 740 } });
  const long = (which) => `${which} that is said in so many words that they fill the line up to its very end, and another line besides that one`;
  await say(ann, long("the first"));
  await say(ann, long("the second"));
  await say(ann, `/me ${long("does the third")}`);
  for (const which of ["the first", "the second", "the third"]) {
    const content = settled(ann, which).locator(".content");
    await content.hover();
    const tools = await settled(ann, which).locator(".tools").boundingBox();
    const lines = await content.evaluate((text) => {
      const range = document.createRange();
      range.selectNodeContents(text);
      return [...range.getClientRects()].map(({ x, y, width, height }) => ({ x, y, width, height }));
    });
    assert.ok(lines.length > 1 && lines[0].x + lines[0].width > tools.x, `${which}: ${JSON.stringify([lines, tools])}`);
    for (const line of lines) assert.ok(!overlap(tools, line), `${which}: ${JSON.stringify([line, tools])}`);
  }
  assert.deepEqual(ann.faults, []);
});

for (const hasTouch of [false, true]) {
  test(`the buttons of a message hide nothing of it on a narrow page, ${hasTouch ? "by touch" : "with a mouse"}`, async (t) => {
    const room = hasTouch ? "taps" : "clicks";
    const crowd = await newCrowd(t, browser, server);
    await crowd.enter("Cy", room);
    const ann = await person(t, browser, server, "Ann", room, { viewport: { width: 360, height: 740 }, hasTouch, isMobile: hasTouch });
    const words = "as wide as the page, so that it is under all of the buttons that there are";
    await say(ann, words);
    await settled(ann, words).focus();
    await settled(ann, words).getByRole("button", { name: "Reply" }).press("Enter");
    await say(ann, "an answer that is of one line");
    await say(ann, "one more, also of a single line");
    const texts = [words, "an answer", "one more"];
    for (const text of texts) await settled(ann, text).first().waitFor();
    for (const text of texts) {
      const at = ann.locator("#log li[data-id]", { has: ann.locator(".content", { hasText: text }) });
      const content = at.locator(".content");
      await (hasTouch ? content.tap() : content.hover());
      await at.locator(".tools").waitFor();
      assert.equal(await hit(content), "itself", text);
      await assertApart(ann, at);
    }
    const quote = settled(ann, "an answer").locator(".quote");
    await settled(ann, "an answer").focus();
    assert.equal(await hit(quote), "itself");
    await (hasTouch ? quote.tap() : quote.click());
    await ann.waitForFunction(() => document.activeElement.className.includes("target"));
    await assertApart(ann, ann.locator("#log .target"));
    if (!hasTouch) await ann.mouse.move(0, 0);
    // At the top of what is in sight they stand below the message.
    await crowd.sayMany("Cy", 80);
    await settled(ann, "no. 79").waitFor();
    await crowd.say("Cy", "the last one");
    await settled(ann, "the last one").waitFor();
    const first = ann.locator("#log li", { hasText: /no\. 7 |no\. 14 / }).first();
    await first.evaluate((row) => row.scrollIntoView({ block: "start" }));
    await first.evaluate((row) => { document.getElementById("pane").scrollTop -= 4; row.focus({ preventScroll: true }); });
    await assertApart(ann, first);
    assert.deepEqual(ann.faults, []);
  });
}
