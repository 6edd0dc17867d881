// The address: it names the room and nobody, a link changes the room alone, and Back goes between rooms.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inRoom, joining, message, newPage, online, person, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();

const me = (page, name) => page.locator("#me", { hasText: new RegExp(`^${name}$`) }).waitFor();
const question = (page) => page.locator("#ask[open]", { hasText: "This link asks you to be “Mallory”" });

test("a link inside the chat changes the room, and the name only for who agrees", async (t) => {
  const zoe = await person(t, browser, server, "Zoe", "dev");
  await message(zoe).fill("a draft");
  const bob = await person(t, browser, server, "Bob", "dev");
  await say(bob, `${server.address}?room=ops&username=Mallory`);
  const pages = zoe.context().pages().length;
  await settled(zoe, "room=ops").getByRole("link").click();
  await inRoom(zoe, "ops");
  await question(zoe).waitFor();
  await zoe.getByRole("button", { name: "Cancel" }).click();
  await online(zoe);
  await me(zoe, "Zoe");
  assert.equal(zoe.context().pages().length, pages, "it is the same page");
  assert.equal(zoe.url(), `${server.address}?room=ops`);
  await zoe.goBack();
  await inRoom(zoe, "dev");
  assert.equal(await message(zoe).inputValue(), "a draft");
  await settled(zoe, "room=ops").getByRole("link").click();
  await zoe.getByRole("button", { name: "Change name" }).click();
  await me(zoe, "Mallory");
});

test("opened in the same tab, in another, or by a guest, a link with another name asks for it", async (t) => {
  const zoe = await person(t, browser, server, "Zoe", "dev");
  assert.equal(zoe.url(), `${server.address}?room=dev`);
  const link = joining(server, "Mallory", "ops");
  await zoe.goto(link);
  await inRoom(zoe, "ops");
  await me(zoe, "Zoe");
  await question(zoe).waitFor();
  await zoe.getByRole("button", { name: "Cancel" }).click();
  await zoe.reload();
  await online(zoe);
  await me(zoe, "Zoe");
  const tab = await zoe.context().newPage();
  await tab.goto(link);
  await tab.locator("#enter-advice", { hasText: "This link asks for the name “Mallory”" }).waitFor();
  assert.deepEqual([await tab.getByLabel("Your name").inputValue(), await tab.locator("#enter-room").inputValue(), tab.url()], ["Zoe", "ops", `${server.address}?room=ops`]);
  const guest = await newPage(t, browser);
  await guest.goto(server.address);
  await guest.getByRole("button", { name: "Join" }).click();
  await me(guest, "guest-\\w{4}");
  await guest.goto(link);
  await question(guest).waitFor();
  await me(guest, "guest-\\w{4}");
});

test("who has no name yet is who a link says, and the address does not keep it", async (t) => {
  const page = await newPage(t, browser);
  await page.goto(joining(server, "Newcomer", "dev"));
  await online(page);
  await me(page, "Newcomer");
  assert.equal(page.url(), `${server.address}?room=dev`);
});

test("Back and Forward go between rooms, with the draft in each, and leave only from the first", async (t) => {
  const page = await newPage(t, browser);
  await page.goto("about:blank");
  await page.goto(joining(server, "Walker", "one"));
  await online(page);
  for (const room of ["two", "three"]) {
    await message(page).fill(`draft before ${room}`);
    await page.keyboard.press("Control+k");
    await page.locator("#switcher-text").fill(room);
    await page.keyboard.press("Enter");
    await inRoom(page, room);
  }
  const back = async (room, draft) => {
    await page.goBack();
    await inRoom(page, room);
    assert.equal(await message(page).inputValue(), draft);
    assert.equal(page.url(), `${server.address}?room=${room}`);
  };
  await back("two", "draft before three");
  await back("one", "draft before two");
  await page.goForward();
  await inRoom(page, "two");
  await page.goForward();
  await inRoom(page, "three");
  // A room that was left is skipped: one stays where one is.
  await page.locator("#room-list button", { hasText: "two" }).click();
  await message(page).fill("");
  await say(page, "/leave");
  await page.locator("#room-list li").nth(2).waitFor({ state: "detached" });
  const where = await page.locator("#room").textContent();
  await page.goBack();
  await inRoom(page, where === "three" ? "three" : "one");
  await page.reload();
  await online(page);
  await page.evaluate(() => history.go(-1 - navigation.currentEntry.index));
  await page.waitForURL("about:blank");
  assert.deepEqual(page.faults, []);
});
