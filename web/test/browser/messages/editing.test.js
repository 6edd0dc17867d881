// Editing in place: where the box is, what keys do in it, and that it takes the focus only from who wants to edit.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, inRoom, message, newCrowd, person, row, say, settled, stage, startNetwork } from "../harness.js";

const { server, browser } = await stage();
const box = (page) => page.getByLabel("Edit message");
const hasFocus = (page) => page.waitForFunction(() => document.activeElement.matches(".editor textarea"));
const caret = (page) => box(page).evaluate(({ selectionStart }) => selectionStart);

test("a message that is edited comes into sight, and what is written there stays", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Cy", "far");
  const ann = await person(t, browser, server, "Ann", "far");
  await say(ann, "a long time ago");
  await settled(ann, "a long time ago").waitFor();
  await crowd.sayMany("Cy", 400);
  await row(ann, "no. 399").waitFor();
  await say(ann, "/edit");
  await hasFocus(ann);
  assert.ok(await box(ann).evaluate((each) => each.getBoundingClientRect().top > document.getElementById("pane").getBoundingClientRect().top));
  await box(ann).fill("not so long ago");
  await message(ann).focus();
  await ann.keyboard.press("Shift+PageUp");
  await ann.locator("#newer").click();
  await row(ann, "no. 399").waitFor();
  await message(ann).focus();
  await ann.keyboard.press("ArrowUp");
  await hasFocus(ann);
  assert.equal(await box(ann).inputValue(), "not so long ago");
  assert.deepEqual(ann.faults, []);
});

test("who writes a message goes on with that, whatever becomes of an edit", async (t) => {
  const ann = await person(t, browser, server, "Ann", "calm");
  await say(ann, "mine");
  await settled(ann, "mine").waitFor();
  await message(ann).press("ArrowUp");
  await box(ann).fill("half of it");
  await message(ann).focus();
  await ann.keyboard.type("hel");
  await say(ann, "/join elsewhere");
  await inRoom(ann, "elsewhere");
  await ann.keyboard.press("Alt+ArrowUp");
  await inRoom(ann, "calm");
  await box(ann).waitFor();
  await drawn(ann);
  assert.equal(await ann.evaluate(() => document.activeElement.id), "text");
  await ann.reload();
  await box(ann).waitFor();
  await drawn(ann);
  assert.equal(await ann.evaluate(() => document.activeElement.id), "text");
  assert.equal(await box(ann).inputValue(), "half of it");
});

test("styles, names of emoji and completions are there as in the message box; the caret stays where it is", async (t) => {
  const network = await startNetwork(t, server);
  const bob = await person(t, browser, server, "Bob", "keys");
  const ann = await person(t, browser, network, "Ann", "keys");
  await say(bob, "hello");
  await settled(ann, "hello").waitFor();
  // Without a line, the names of emoji are there only if they were before.
  await message(ann).pressSequentially(":tada");
  await ann.locator("#completions [role=option]").first().waitFor();
  await message(ann).fill("");
  network.down(true);
  await ann.locator("#link", { hasText: "Not connected" }).waitFor();
  await say(ann, "some words");
  await message(ann).press("ArrowUp");
  await hasFocus(ann);
  await box(ann).evaluate((each) => each.setSelectionRange(0, 4));
  await ann.keyboard.press("Control+B");
  assert.equal(await box(ann).inputValue(), "**some** words");
  await box(ann).press("End");
  await box(ann).pressSequentially(" :tada:");
  await ann.waitForFunction(() => document.activeElement.value === "**some** words 🎉");
  await box(ann).pressSequentially(" @Bo");
  await ann.locator(".editor [role=option]", { hasText: "Bob" }).waitFor();
  await ann.keyboard.press("Tab");
  await ann.waitForFunction(() => /Bob/.test(document.activeElement.value));
  // It is stored meanwhile, and has another row.
  await box(ann).evaluate((each) => each.setSelectionRange(3, 3));
  network.down(false);
  await ann.locator("#log li[data-id].editing").waitFor();
  await hasFocus(ann);
  assert.equal(await caret(ann), 3);
  await box(ann).press("Enter");
  await settled(bob, "some words 🎉").waitFor();
  assert.deepEqual(bob.faults, []);
});

test("what becomes of a message that is edited leaves the box and its caret alone", async (t) => {
  const [ann, again] = [await person(t, browser, server, "Ann", "both"), await person(t, browser, server, "Ann", "both")];
  await say(ann, "one");
  await settled(again, "one").waitFor();
  await message(ann).press("ArrowUp");
  await box(ann).fill("one and two");
  await box(ann).evaluate((each) => {
    each.setSelectionRange(3, 3);
    each.addEventListener("blur", () => { window.hasLost = true; });
  });
  await message(again).press("ArrowUp");
  await box(again).fill("three");
  await again.keyboard.press("Enter");
  await settled(again, "three").waitFor();
  await ann.locator("#log .edited").waitFor({ state: "attached" });
  assert.deepEqual([await ann.evaluate(() => window.hasLost ?? false), await caret(ann), await box(ann).inputValue()], [false, 3, "one and two"]);
});

test("the first unread message is gone to from what one jumped to", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Dan", "past");
  await crowd.say("Dan", "the very first pear");
  const ann = await person(t, browser, server, "Ann", "past");
  const id = await settled(ann, "the very first pear").getAttribute("data-id");
  await crowd.sayMany("Dan", 900);
  await ann.reload();
  await row(ann, "no. 899").waitFor();
  await ann.evaluate((wanted) => { location.hash = `#m=${wanted}`; }, id);
  await settled(ann, "the very first pear").waitFor();
  await crowd.say("Dan", "something new");
  await ann.locator("#newer", { hasText: "1 newer" }).waitFor();
  await ann.keyboard.press("Shift+PageUp");
  await settled(ann, "something new").waitFor();
  assert.deepEqual(ann.faults, []);
});

test("on paper there are no buttons; that one replies is in a status that was there before", async (t) => {
  const ann = await person(t, browser, server, "Ann", "paper");
  await say(ann, "for the file");
  await settled(ann, "for the file").hover();
  const tools = settled(ann, "for the file").locator(".tools");
  await tools.waitFor();
  const status = ann.locator("#replying-words");
  const isThere = () => status.evaluate((each) => each.checkVisibility());
  assert.ok(await isThere());
  await tools.getByRole("button", { name: "Reply" }).click();
  await status.filter({ hasText: "Replying to Ann" }).waitFor();
  await ann.getByRole("button", { name: "Cancel reply" }).click();
  await status.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
  assert.ok(await ann.locator("#replying-button").isHidden());
  await settled(ann, "for the file").hover();
  await ann.emulateMedia({ media: "print" });
  assert.ok(await tools.isHidden());
});
