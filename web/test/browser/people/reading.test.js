// What one has read and what mentions one, on all of one's devices.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inRoom, message, newCrowd, person, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();
const listed = (page, name, words) => page.locator("#room-list button", { hasText: name }).filter({ hasText: words });
const quiet = (page, name) => page.locator("#room-list button:not(.unread)", { hasText: name }).waitFor();

/** Somebody who is in two rooms, the second of which is shown. */
async function inTwoRooms(t, name, one, other, options) {
  const page = await person(t, browser, server, name, one, options);
  await say(page, `/join ${other}`);
  await inRoom(page, other);
  await page.locator("#room-list button", { hasText: one }).waitFor();
  return page;
}

test("counts come with the list on another device, what is read there is read here, and a mark counts on both", async (t) => {
  const first = await inTwoRooms(t, "Ann", "devices", "elsewhere");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "devices");
  await crowd.say("Bob", "one", "@ann two", "three");
  await listed(first, "devices", ", 3 unread, 1 mention").waitFor();
  const second = await person(t, browser, server, "Ann", "elsewhere", { viewport: { width: 900, height: 700 } });
  await listed(second, "devices", ", 3 unread, 1 mention").waitFor();
  assert.equal(await second.title(), "(!1) #elsewhere · Nebula");
  // The line stands where the other device has not read on.
  await second.locator("#room-list button", { hasText: "devices" }).click();
  await settled(second, "three").waitFor();
  assert.match(await second.locator("#log .new-line + .row").textContent(), /one/);
  await quiet(first, "devices");
  await second.locator("#room-list button", { hasText: "elsewhere" }).click();
  await inRoom(second, "elsewhere");
  // Marked on the one, it is unread on both, and not read by staying.
  await first.locator("#room-list button", { hasText: "devices" }).click();
  await settled(first, "@ann two").click({ button: "right" });
  await first.getByRole("menuitem", { name: "Mark unread from here" }).click();
  await first.locator("#notice", { hasText: "Marked as unread from here" }).waitFor();
  await first.locator("#log .new-line + li", { hasText: "@ann two" }).waitFor();
  for (const page of [first, second]) await listed(page, "devices", ", 2 unread, 1 mention").waitFor();
  await say(first, "an answer");
  for (const page of [first, second]) await quiet(page, "devices");
  assert.deepEqual([...first.faults, ...second.faults], []);
});

test("the list of mentions: with the keyboard, page by page, to a message far back and the way back", async (t) => {
  const cara = await inTwoRooms(t, "Cara", "far", "near");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "far");
  await cara.keyboard.press("Control+Shift+M");
  await cara.locator("#notice", { hasText: "Nobody has mentioned you yet" }).waitFor();
  assert.ok(await cara.locator("#inbox").isHidden());
  await crowd.say("Bob", "@Cara the **oldest**");
  await crowd.sayMany("Bob", 120, "@Cara");
  await crowd.sayMany("Bob", 120);
  await listed(cara, "far", ", 241 unread, 121 mentions").waitFor();
  await say(cara, "/mentions");
  const list = cara.getByRole("dialog", { name: "Mentions" }).getByRole("list", { name: "Mentions" });
  await list.getByRole("button").nth(49).waitFor();
  const first = await cara.evaluate(() => document.activeElement.textContent);
  assert.match(first, /^#far Bob .*: @Cara 119/);
  // One that comes meanwhile stands above it, and the focus stays.
  await crowd.say("Bob", "@Cara meanwhile");
  await list.getByRole("button").first().filter({ hasText: "@Cara meanwhile" }).waitFor();
  assert.equal(await cara.evaluate(() => document.activeElement.textContent), first);
  for (const count of [99, 120]) {
    await cara.keyboard.press("End");
    await list.getByRole("button").nth(count).waitFor();
  }
  await cara.keyboard.press("End");
  assert.match(await cara.evaluate(() => document.activeElement.textContent), /@Cara the oldest$/);
  await cara.keyboard.press("Enter");
  await inRoom(cara, "far");
  await settled(cara, "the oldest").waitFor();
  await cara.waitForFunction(() => document.activeElement?.textContent.includes("the oldest"));
  assert.ok(await cara.locator("#inbox").isHidden());
  assert.match(await cara.evaluate(() => document.activeElement.textContent), /mentions you/);
  assert.deepEqual(await settled(cara, "the oldest").locator(".called").allTextContents(), ["@Cara"]);
  await cara.getByRole("button", { name: "Back to where you were" }).click();
  await settled(cara, "no. 119").waitFor();
  assert.deepEqual(cara.faults, []);
});

test("words of one's own are highlighted after a reload too, and everybody can be called from the list", async (t) => {
  const dan = await person(t, browser, server, "Dan", "words");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "words");
  await say(dan, "/highlight deploy");
  await dan.locator("#notice", { hasText: "Highlighted like your name: deploy" }).waitFor();
  await crowd.say("Bob", "the Deploy is done", "redeployed", "@here lunch");
  await settled(dan, "lunch").waitFor();
  const highlighted = () => dan.locator("#log .row.mention .content").allTextContents();
  assert.deepEqual(await highlighted(), ["the Deploy is done", "@here lunch"]);
  await dan.reload();
  await settled(dan, "lunch").waitFor();
  assert.deepEqual(await highlighted(), ["the Deploy is done", "@here lunch"]);
  await message(dan).pressSequentially("@a");
  await dan.getByRole("option", { name: "@all: everybody in this room" }).click();
  assert.equal(await message(dan).inputValue(), "@all: ");
  assert.deepEqual(dan.faults, []);
});

test("a level of notifications is the same on all devices", async (t) => {
  const eve = await inTwoRooms(t, "Eve", "levels", "others");
  await say(eve, "/notify everything");
  await eve.locator("#notice", { hasText: "#others notifies you of everything" }).waitFor();
  const again = await person(t, browser, server, "Eve", "others", { viewport: { width: 1300, height: 700 } });
  const level = again.getByRole("combobox", { name: "Notify me of" });
  await again.waitForFunction(() => document.getElementById("level").value === "everything");
  await level.selectOption("nothing");
  await eve.locator("#room-list .muted", { hasText: "others" }).waitFor();
  await say(eve, "/unmute");
  await again.waitForFunction(() => document.getElementById("level").value === "default");
});
