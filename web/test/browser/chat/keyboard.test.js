// Every feature by keyboard alone: no mouse is touched here.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inRoom, message, newCrowd, online, pageOf, person, row, settled, stage } from "../harness.js";

const { server, browser } = await stage();

/** What has the focus, in few words. */
const focus = (page) => page.evaluate(() => {
  const at = document.activeElement;
  return at === document.body ? "body" : at.id || at.getAttribute("aria-label") || at.dataset.name || at.textContent.trim();
});
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

test("one joins, writes, and goes through the page in a sensible order", async (t) => {
  const page = await pageOf(t, browser, "Alice");
  await page.goto(server.address);
  // One can type at once.
  await page.locator("#enter-name:focus").waitFor();
  await page.keyboard.type("Alice");
  await press(page, "Tab");
  await page.keyboard.type("keys");
  await press(page, "Enter");
  await online(page);
  assert.equal(await focus(page), "text");
  await page.keyboard.type("one");
  await press(page, "Shift+Enter");
  await page.keyboard.type("two");
  await press(page, "Enter");
  await settled(page, "one\ntwo").waitFor();
  const order = [];
  for (let i = 0; i < 19; i += 1) {
    await press(page, "Tab");
    order.push(await focus(page));
  }
  assert.deepEqual(order, [
    "Send", "Alice", "level", "body", "Skip to the message box", "list-button", "create-button", "#keys", "write-button", "join-button", "me-button", "bell", "theme", "help-button", "topic-button", "search-button", "people-button", "pane", "text",
  ]);
  await press(page, "Control+F6", "Control+F6");
  const landmarks = [];
  for (let i = 0; i < 5; i += 1) {
    landmarks.push(await focus(page));
    await press(page, "Control+F6");
  }
  assert.equal(new Set(landmarks.slice(0, 4)).size, 4);
  assert.equal(landmarks[0], landmarks[4], "around the end");
  assert.deepEqual(page.faults, []);
});

test("rooms: joined, switched, left, muted, and the ones with news found", async (t) => {
  // Somebody else than in the other tests, whose rooms are in their list.
  const alice = await person(t, browser, server, "Anna", "one");
  const crowd = await newCrowd(t, browser, server);
  for (const name of ["two", "three"]) {
    await press(alice, "Control+K");
    await alice.keyboard.type(name);
    await press(alice, "Enter");
    await inRoom(alice, name);
    await online(alice);
  }
  await crowd.enter("Bob", "one");
  await crowd.enter("Zoë", "two");
  await crowd.say("Bob", "news");
  await crowd.say("Zoë", "@Anna?");
  for (const news of [/1 mention/, /, 1 unread(?!, 1 mention)/]) await alice.locator("#room-list", { hasText: news }).waitFor();
  await press(alice, "Alt+A");
  await inRoom(alice, "two");
  await press(alice, "Alt+Shift+ArrowDown");
  await inRoom(alice, "one");
  await press(alice, "Alt+Shift+ArrowUp");
  await alice.locator("#notice", { hasText: "No unread messages in other rooms" }).waitFor();
  await press(alice, "Alt+ArrowUp");
  await inRoom(alice, "three");
  await press(alice, "Alt+ArrowDown", "Alt+ArrowDown");
  await inRoom(alice, "two");
  await press(alice, "Control+K");
  await alice.keyboard.type("o");
  await press(alice, "ArrowDown", "ArrowUp", "Enter");
  await inRoom(alice, "one");
  // The list itself: arrows look, Enter shows.
  await alice.locator("#room-list button[tabindex='0']").focus();
  await press(alice, "ArrowDown", "ArrowDown", "Home", "End", "Enter");
  await inRoom(alice, "three");
  assert.match(await focus(alice), /three/, "the focus stays in the list");
  await alice.locator("#level").focus();
  await press(alice, "End");
  await alice.locator("#room-list .muted", { hasText: "three" }).waitFor();
  await press(alice, "Tab", "Enter");
  await alice.locator("#room-list", { hasText: "three" }).waitFor({ state: "detached" });
});

test("the log: from message to message, to links, to the first new one, to older ones and back", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "log");
  await crowd.sayMany("Bob", 400);
  await crowd.say("Bob", "look at https://a.example/ and https://b.example/");
  const alice = await person(t, browser, server, "Alice", "log");
  await settled(alice, "look at").waitFor();
  await press(alice, "Shift+Tab");
  assert.equal(await focus(alice), "pane");
  await press(alice, "ArrowUp");
  assert.match(await focus(alice), /look at/);
  await press(alice, "Tab");
  assert.equal(await focus(alice), "https://a.example/");
  await press(alice, "Tab", "Tab");
  assert.equal(await focus(alice), "React");
  await press(alice, "Tab", "Tab", "Tab");
  assert.equal(await focus(alice), "text", "other links are not on the way");
  await press(alice, ...Array(6).fill("Shift+Tab"), "ArrowUp", "ArrowUp");
  assert.match(await focus(alice), /no\. 399/);
  await press(alice, "Home");
  await alice.locator("#newer").waitFor();
  // At the top more comes by itself; the button is there as well.
  await alice.waitForFunction(() => document.querySelectorAll("#log li[data-id]").length > 150);
  await message(alice).focus();
  await press(alice, "Escape");
  await alice.locator("#newer").waitFor({ state: "hidden" });
  await alice.look(false);
  await crowd.say("Bob", "new one");
  await crowd.sayMany("Bob", 60, "more");
  await settled(alice, "more 59").waitFor();
  await alice.look(true);
  await press(alice, "Shift+PageUp");
  await alice.locator("#newer").waitFor();
  await press(alice, "Escape");
  await alice.locator("#newer").waitFor({ state: "hidden" });
  await press(alice, "Escape");
  await alice.locator("#log .new-line").waitFor({ state: "detached" });
});

test("to the first new one, also where one looks on while it comes", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "first-new");
  await crowd.sayMany("Bob", 60);
  const alice = await person(t, browser, server, "Alice", "first-new");
  await settled(alice, "no. 59").waitFor();
  await press(alice, "Shift+PageUp");
  await alice.locator("#notice", { hasText: "No unread messages in this room" }).waitFor();
  await press(alice, "Shift+Tab", "Home");
  // The browser scrolls there in its own time.
  await alice.waitForFunction(() => document.getElementById("pane").scrollTop === 0);
  await alice.locator("#newer").waitFor();
  await crowd.say("Bob", "the first new one");
  await crowd.sayMany("Bob", 60, "more");
  await alice.locator("#newer", { hasText: "61 newer" }).waitFor();
  await press(alice, "Shift+PageUp");
  await alice.waitForFunction(() => {
    const pane = document.getElementById("pane").getBoundingClientRect();
    const { top, bottom } = [...document.querySelectorAll("#log li")].find((li) => li.textContent.includes("the first new one")).getBoundingClientRect();
    return top >= pane.top && bottom <= pane.bottom;
  });
});

test("help, people, bell and colours", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "more");
  const alice = await person(t, browser, server, "Alice", "more");
  await press(alice, "Control+/");
  const help = await alice.locator("#help-words").textContent();
  for (const words of ["/join", "/theme", "Ctrl+K", "Alt+Shift+Up", "Enter"]) assert.ok(help.includes(words), words);
  await press(alice, "Escape");
  assert.equal(await focus(alice), "text", "the focus is back");
  await alice.locator("#people-list button[tabindex='0']").focus();
  await press(alice, "ArrowDown", "ArrowRight", "Enter");
  await alice.locator("#person-title", { hasText: "Bob" }).waitFor();
  await alice.getByRole("button", { name: "Mention in this room" }).press("Enter");
  assert.equal(await message(alice).inputValue(), "Bob: ");
  await message(alice).fill("");
  await alice.locator("#people-list button[tabindex='0']").focus();
  await press(alice, "Enter");
  await inRoom(alice, "Bob");
  await alice.locator("#bell").focus();
  await press(alice, "Enter");
  await alice.locator("#notice", { hasText: /notification/ }).waitFor();
  await press(alice, "Tab", "Enter");
  await alice.getByRole("button", { name: "Theme: dark" }).waitFor();
});

test("on a telephone: the drawers", async (t) => {
  const alice = await person(t, browser, server, "Ada", "drawers", { viewport: { width: 360, height: 640 } });
  const crowd = await newCrowd(t, browser, server);
  await press(alice, "Control+K");
  await alice.keyboard.type("other");
  await press(alice, "Enter");
  await inRoom(alice, "other");
  await crowd.enter("Bob", "drawers");
  await crowd.say("Bob", "@ada, look", "here");
  const button = alice.getByRole("button", { name: "Rooms: 2 unread, 1 mention" });
  await button.waitFor();
  assert.equal(await alice.locator("#rooms-badge").textContent(), "@1");
  await button.focus();
  await press(alice, "Enter");
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  assert.equal(await focus(alice), "rooms");
  await press(alice, "Tab", "ArrowUp", "Escape");
  assert.equal(await focus(alice), "rooms-button", "the focus is back");
  // The first is the button that closes it.
  await press(alice, "Enter", "Tab", "Enter");
  assert.equal(await focus(alice), "rooms-button");
  // Then those that list all rooms and make one.
  await press(alice, "Enter", "Tab", "Tab", "Tab", "Tab", "ArrowUp", "Enter");
  await inRoom(alice, "drawers");
  await row(alice, "here").waitFor();
  await press(alice, "Escape");
  await alice.locator("#people-button").focus();
  await press(alice, "Enter", "Tab", "Tab", "ArrowDown", "Enter");
  await inRoom(alice, "Bob");
  assert.equal(await focus(alice), "text");
});

test("arrow keys choose from a list of one and keep it open, Enter takes it, and Tab does both", async (t) => {
  const alice = await person(t, browser, server, "Alice", "alone");
  const list = alice.locator("#completions");
  for (const key of ["ArrowDown", "ArrowUp"]) {
    await message(alice).fill("");
    await alice.keyboard.type("/permal");
    await list.waitFor();
    await press(alice, key);
    assert.equal(await message(alice).inputValue(), "/permalink ", key);
    assert.ok(await list.isVisible(), key);
    await press(alice, key);
    assert.equal(await message(alice).inputValue(), "/permalink ", key);
    await press(alice, "Enter");
    assert.equal(await message(alice).inputValue(), "/permalink ", `${key}: nothing is sent yet`);
    assert.ok(await list.isHidden(), key);
  }
  await message(alice).fill("");
  await alice.keyboard.type("/permal");
  await press(alice, "Tab");
  assert.equal(await message(alice).inputValue(), "/permalink ");
  assert.ok(await list.isHidden());
  assert.deepEqual(alice.faults, []);
});
