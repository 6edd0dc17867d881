// Rooms that belong to people: private ones, direct messages, the list of all rooms, and one's own list on every device.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inRoom, keyOf, message, newPage, online, person, row, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();

const inList = (page, name, list = "room") => page.locator(`#${list}-list li`, { hasText: name });
const people = (page, name) => page.locator("#people-list li", { hasText: name });
const focus = (page) => page.evaluate(() => document.activeElement?.id);

/** The same person, at another device with the same key. */
async function secondDevice(t, name) {
  const page = await newPage(t, browser);
  await page.addInitScript(([key, who]) => {
    localStorage.setItem("nebula.key", key);
    localStorage.setItem("nebula.name", who);
  }, [keyOf(name), name]);
  await page.goto(server.address);
  await page.getByRole("button", { name: "Join" }).click();
  await online(page);
  return page;
}

/** By the dialog. */
async function create(page, name, { isPrivate = false, topic = "" } = {}) {
  await page.getByRole("button", { name: "Make a new room" }).click();
  if (isPrivate) await page.getByLabel("Private").check();
  await page.locator("#create-name").fill(name);
  await page.locator("#create-topic").fill(topic);
  await page.getByRole("button", { name: "Make the room" }).click();
  await inRoom(page, name);
  await online(page);
  assert.equal(await focus(page), "text");
}

test("a private room is made, people are added, get roles and are removed, and nobody else sees it", async (t) => {
  const ann = await person(t, browser, server, "Ann", "lobby");
  const bob = await person(t, browser, server, "Bob", "lobby");
  await create(ann, "Ops team", { isPrivate: true, topic: "Keys and alarms" });
  await ann.locator("#topic", { hasText: /^Keys and alarms$/ }).waitFor();
  assert.match(await ann.title(), /\+Ops team/);
  await ann.getByRole("button", { name: "Add people" }).click();
  await ann.keyboard.type("Nobody");
  await ann.keyboard.press("Enter");
  await ann.locator("#add-fault", { hasText: /name/ }).waitFor();
  await ann.keyboard.type("bo");
  await ann.keyboard.press("Enter");
  await row(ann, "Ann added Bob").waitFor();
  await ann.locator("#add-list li", { hasText: "Bob" }).waitFor({ state: "detached" });
  await ann.keyboard.press("Escape");
  assert.equal(await focus(ann), "add-button");
  await inList(bob, "Ops team").waitFor();
  assert.equal(await bob.locator("#room").textContent(), "lobby", "nobody is taken there");
  await people(ann, "Bob").getByRole("button", { name: "More about Bob" }).click();
  await ann.getByRole("button", { name: "Make a moderator" }).click();
  await row(ann, "Ann made Bob a moderator").waitFor();
  assert.deepEqual(await ann.locator("#people-list .group").allTextContents(), ["Owner", "Moderators"]);
  await inList(bob, "Ops team").getByRole("button").click();
  await bob.locator("#topic-button").click();
  await bob.locator("#about-text").fill("Keys, alarms and lunch");
  await bob.keyboard.press("Enter");
  await ann.locator("#topic", { hasText: "Keys, alarms and lunch" }).waitFor();
  const eve = await person(t, browser, server, "Eve", "lobby");
  await say(eve, "/list");
  await eve.locator("#browser-list li", { hasText: "lobby" }).waitFor();
  assert.equal(await eve.locator("#browser-list li", { hasText: "Ops" }).count(), 0);
  await people(ann, "Bob").getByRole("button", { name: "More about Bob" }).click();
  await ann.getByRole("button", { name: "Remove from this room" }).click();
  await ann.locator("#ask-yes").click();
  await bob.locator("#link", { hasText: "Ann removed you from +Ops team" }).waitFor();
  assert.deepEqual([ann.faults, bob.faults, eve.faults], [[], [], []]);
});

test("a click on somebody opens a direct message, which stands in the list of both, unread and with a dot", async (t) => {
  const cleo = await person(t, browser, server, "Cleo", "yard");
  const dan = await person(t, browser, server, "Dan", "yard");
  await people(cleo, "Dan").locator(".entry").click();
  await inRoom(cleo, "Dan");
  assert.equal(await focus(cleo), "text");
  await say(cleo, "are you there?");
  await settled(cleo, "are you there?").waitFor();
  await inList(dan, /Cleo.*, online, 1 unread/, "direct").waitFor();
  assert.equal(await dan.locator("#room").textContent(), "yard");
  await inList(dan, "Cleo", "direct").getByRole("button").click();
  await settled(dan, "are you there?").waitFor();
  await say(dan, "/msg Cleo here I am");
  await settled(cleo, "here I am").waitFor();
  await inList(cleo, "Dan, online", "direct").waitFor();
  await say(cleo, "/leave");
  await cleo.locator("#notice", { hasText: "stays" }).waitFor();
  await dan.context().close();
  await inList(cleo, "Dan, offline", "direct").waitFor();
  await cleo.reload();
  await online(cleo);
  await inList(cleo, "Dan", "direct").waitFor();
  assert.deepEqual(cleo.faults, []);
});

test("the list of all rooms: searched as one types, joined with Enter, closed with Esc", async (t) => {
  const fay = await person(t, browser, server, "Fay", "start");
  for (const [name, topic] of [["apples", "fruit"], ["pears", "fruit"], ["nails", "iron"]]) await create(fay, name, { topic });
  const gus = await person(t, browser, server, "Gus", "start");
  await gus.getByRole("button", { name: "Look through all rooms" }).focus();
  await gus.keyboard.press("Enter");
  assert.equal(await focus(gus), "browser-text");
  await gus.locator("#browser-list li", { hasText: "nails" }).waitFor();
  await gus.keyboard.type("FRUI");
  await gus.locator("#browser-found", { hasText: "2 rooms" }).waitFor();
  await gus.keyboard.type("xyz");
  await gus.locator("#browser-found", { hasText: "No room has this" }).waitFor();
  for (const _ of "xyz") await gus.keyboard.press("Backspace");
  await gus.locator("#browser-found", { hasText: "2 rooms" }).waitFor();
  assert.match(await gus.locator("#browser-list li").first().textContent(), /apples.*fruit.*1 person/);
  await gus.keyboard.press("ArrowDown");
  await gus.keyboard.press("Enter");
  await inRoom(gus, "pears");
  await gus.locator("#topic", { hasText: /^fruit$/ }).waitFor();
  await gus.getByRole("button", { name: "Look through all rooms" }).focus();
  await gus.keyboard.press("Enter");
  await gus.keyboard.press("Escape");
  assert.ok(await gus.locator("#browser").isHidden());
  assert.equal(await focus(gus), "list-button");
  assert.deepEqual(gus.faults, []);
});

test("Ctrl+K finds rooms that one is not in, and people", async (t) => {
  const hal = await person(t, browser, server, "Hal", "hall");
  const ida = await person(t, browser, server, "Ida", "hall");
  await create(ida, "gardening");
  await hal.keyboard.press("Control+K");
  await hal.keyboard.type("garde");
  await hal.locator("#switcher-list li", { hasText: "gardening" }).waitFor();
  await hal.keyboard.press("Enter");
  await inRoom(hal, "gardening");
  await hal.keyboard.press("Control+K");
  await hal.keyboard.type("@id");
  await hal.locator("#switcher-list li", { hasText: "Write to Ida" }).waitFor();
  await hal.keyboard.press("Enter");
  await inRoom(hal, "Ida");
  assert.deepEqual([hal.faults, ida.faults], [[], []]);
});

test("joined, muted, moved and left on one device, the rooms are the same on the other", async (t) => {
  const one = await person(t, browser, server, "Jo", "first");
  const two = await secondDevice(t, "Jo");
  const names = (page) => page.locator("#room-list .name").allTextContents();
  await inList(two, "first").waitFor();
  await inList(two, "general").waitFor({ state: "detached" });
  await say(one, "/join second");
  await inRoom(one, "second");
  await inList(two, "second").waitFor();
  assert.equal(await two.locator("#room").textContent(), "first");
  await say(one, "/mute");
  await inList(two, "second, muted").waitFor();
  await one.keyboard.press("Alt+PageUp");
  await two.waitForFunction(() => document.querySelector("#room-list .name")?.textContent === "second");
  assert.deepEqual(await names(one), ["second", "first"]);
  await inList(one, "first").getByRole("button").dragTo(inList(one, "second").getByRole("button"));
  await two.waitForFunction(() => document.querySelector("#room-list .name")?.textContent === "first");
  await say(one, "/leave");
  await inList(two, "second").waitFor({ state: "detached" });
  assert.deepEqual([await names(one), one.faults, two.faults], [["first"], [], []]);
});

test("what a browser remembered before there was a list is taken over once", async (t) => {
  const page = await newPage(t, browser);
  await page.addInitScript(([key, rooms]) => {
    if (localStorage.getItem("nebula.key") !== null) return;
    localStorage.setItem("nebula.key", key);
    localStorage.setItem("nebula.name", "Kim");
    localStorage.setItem("nebula.person kim", JSON.stringify({ me: "Kim", at: 1, rooms }));
  }, [keyOf("Kim"), ["old-a", "old-b"].map((name) => ({ name, read: 0, epoch: null, muted: name === "old-b" }))]);
  await page.goto(`${server.address}?room=old-a&username=Kim`);
  await online(page);
  await inList(page, "old-b, muted").waitFor();
  const other = await secondDevice(t, "Kim");
  await inList(other, "old-b, muted").waitFor();
  await inList(other, "old-a").waitFor();
  await inList(other, "general").waitFor({ state: "detached" });
  assert.deepEqual([page.faults, other.faults], [[], []]);
});

test("a guest keeps rooms in this browser alone, and a click on somebody names them", async (t) => {
  await person(t, browser, server, "Lea", "general");
  const guest = await newPage(t, browser);
  await guest.goto(server.address);
  await guest.getByRole("button", { name: "Join" }).click();
  await online(guest);
  await people(guest, "Lea").locator(".entry").click();
  assert.equal(await message(guest).inputValue(), "Lea: ");
  assert.equal(await guest.locator("#notice").textContent(), "");
  await message(guest).fill("");
  await say(guest, "/msg Lea hi");
  await guest.locator("#notice", { hasText: "name" }).waitFor();
  assert.deepEqual(guest.faults, []);
});
