// Real pages chatting over the real server.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { person, say, startBrowser, startServer } from "./harness.js";

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

const row = (page, text) => page.locator("#log li", { hasText: text });
const settled = (page, text) => page.locator("#log li:not(.pending)", { hasText: text });

test("two pages chat, and see each other come and go", async (t) => {
  const alice = await person(t, browser, server, "Alice", "chat");
  const bob = await person(t, browser, server, "Bob", "chat");
  await row(alice, "Bob came").waitFor();
  await alice.locator("#people-list li", { hasText: "Bob" }).waitFor();
  await say(alice, "hello Bob\nsecond line");
  await settled(bob, "hello Bob").waitFor();
  await settled(alice, "hello Bob").waitFor();
  assert.ok((await settled(bob, "hello Bob").getAttribute("class")).includes("mention"));
  await say(bob, "/me waves");
  await row(alice, "Bob waves").waitFor();
  await bob.context().close();
  await row(alice, "Bob left").waitFor();
  await alice.locator("#people-count").filter({ hasText: /^1$/ }).waitFor();
  assert.deepEqual(alice.faults, []);
});

test("messages are found again, and written ones arrive once, after the server was killed", async (t) => {
  const alice = await person(t, browser, server, "Alice", "kill");
  const bob = await person(t, browser, server, "Bob", "kill");
  await say(alice, "before");
  await settled(bob, "before").waitFor();
  await server.kill();
  await alice.getByRole("status").filter({ hasText: "trying again" }).waitFor();
  await say(alice, "meanwhile one");
  await say(alice, "meanwhile two");
  await server.start();
  for (const page of [alice, bob]) {
    await settled(page, "meanwhile two").waitFor();
    const texts = await page.locator("#log li:not(.pending) .content").allTextContents();
    assert.deepEqual(texts, ["before", "meanwhile one", "meanwhile two"]);
  }
  const late = await person(t, browser, server, "Carol", "kill");
  await settled(late, "meanwhile two").waitFor();
  assert.equal(await late.locator("#log .content").count(), 3);
});

test("without a name in the address it asks, and a name in use is told", async (t) => {
  const alice = await person(t, browser, server, "Alice", "form");
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(server.address);
  await page.getByLabel("Your name").fill("alice");
  await page.getByLabel("Room", { exact: true }).fill("#form");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("alert").filter({ hasText: "this name is in use" }).waitFor();
  await page.getByLabel("Your name").fill("Dora");
  await page.getByRole("button", { name: "Join" }).click();
  await row(alice, "Dora came").waitFor();
  assert.match(page.url(), /room=form&username=Dora/);
});

test("hostile names and texts are only text", async (t) => {
  const alice = await person(t, browser, server, "Alice", "xss");
  const hostile = ["<img src=x onerror=alert(1)>", "<script>alert(2)</script>", "javascript:alert(3)", "\u202eevil", "'\"><svg onload=alert(4)>"];
  const mallory = await person(t, browser, server, "<b>Mallory</b>", "xss");
  for (const text of hostile) await say(mallory, text);
  await settled(alice, hostile.at(-1)).waitFor();
  assert.deepEqual(await alice.locator("#log .content").allTextContents(), hostile);
  assert.equal(await alice.locator("#log img, #log script, #log svg, #log b").count(), 0);
  assert.deepEqual([...alice.faults, ...mallory.faults], []);
});

test("Enter sends, Shift+Enter does not, and neither does Enter within a composition", async (t) => {
  const alice = await person(t, browser, server, "Alice", "keys");
  const text = alice.getByLabel("Message", { exact: true });
  await text.focus();
  await alice.keyboard.type("one");
  await alice.keyboard.press("Shift+Enter");
  await alice.keyboard.type("two");
  await alice.keyboard.press("Enter");
  await settled(alice, "one\ntwo").waitFor();
  const cdp = await alice.context().newCDPSession(alice);
  await cdp.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  await text.dispatchEvent("keydown", { key: "Enter", isComposing: true });
  await cdp.send("Input.insertText", { text: "日本" });
  assert.equal(await text.inputValue(), "日本");
  await alice.keyboard.press("Enter");
  await settled(alice, "日本").waitFor();
  assert.equal(await alice.locator("#log .content").count(), 2);
});

test("what is being read stays where it is while messages arrive", async (t) => {
  const alice = await person(t, browser, server, "Alice", "place");
  const bob = await person(t, browser, server, "Bob", "place");
  for (let i = 0; i < 60; i += 1) await say(bob, `message ${i}`);
  await settled(alice, "message 59").waitFor();
  await alice.locator("#pane").hover();
  await alice.mouse.wheel(0, -600);
  await alice.locator("#newer").waitFor();
  const seen = row(alice, "message 30");
  const place = async () => (await seen.boundingBox()).y;
  const was = await place();
  for (let i = 0; i < 20; i += 1) await say(bob, `more ${i}`);
  await alice.locator("#newer", { hasText: "20 newer" }).waitFor();
  assert.ok(Math.abs((await place()) - was) <= 1, "it moved");
  await alice.locator("#newer").click();
  await alice.locator("#newer").waitFor({ state: "hidden" });
});

for (const [width, height] of [[320, 568], [360, 640], [768, 1024], [1440, 900]]) {
  test(`nothing is cut off at ${width} by ${height}`, async (t) => {
    const alice = await person(t, browser, server, "Alice", `size-${width}`, { viewport: { width, height } });
    await say(alice, "a_long_word_".repeat(40));
    await settled(alice, "a_long_word").waitFor();
    const over = await alice.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(over, 0, "it scrolls sideways");
    const send = await alice.getByRole("button", { name: "Send" }).boundingBox();
    assert.ok(send.y + send.height <= height && send.x + send.width <= width);
  });
}

test("the people of a large room are counted, and fetched as one scrolls to them", async (t) => {
  // So small a budget that a list holds the first fifty names alone.
  const small = await startServer("--presence-budget", "1000");
  t.after(() => small.stop());
  const crowd = await person(t, browser, small, "Zoe", "other");
  await crowd.evaluate((url) => Promise.all(Array.from({ length: 240 }, (_, n) => new Promise((resolve) => {
    const name = `p${String(n).padStart(3, "0")}`;
    const socket = new WebSocket(`${url}?room=crowd&username=${name}`);
    socket.addEventListener("message", resolve, { once: true });
  }))), small.address.replace("http", "ws"));
  const alice = await person(t, browser, small, "Alice", "crowd");
  await alice.locator("#people-count").filter({ hasText: /^241$/ }).waitFor();
  const names = alice.locator("#people-list li");
  assert.equal(await names.count(), 50);
  await names.last().scrollIntoViewIfNeeded();
  await names.filter({ hasText: "p239" }).waitFor();
  assert.equal(await names.count(), 241);
  assert.deepEqual(alice.faults, []);
});

test("several rooms live in one page", async (t) => {
  const alice = await person(t, browser, server, "Alice", "first");
  const bob = await person(t, browser, server, "Bob", "first");
  await say(alice, "/join second");
  const rooms = alice.getByRole("navigation", { name: "Rooms" }).getByRole("button");
  await rooms.filter({ hasText: "#second" }).waitFor();
  await alice.locator("#room").filter({ hasText: /^second$/ }).waitFor();
  await alice.locator("#text").fill("half a thought");
  await say(bob, "Alice, are you there?");
  await rooms.filter({ hasText: "#first 1" }).waitFor();
  assert.match(await alice.title(), /^\(1\) #second/);
  await rooms.first().click();
  await settled(alice, "are you there").waitFor();
  assert.equal(await alice.locator("#text").inputValue(), "");
  await alice.keyboard.press("Alt+ArrowDown");
  assert.equal(await alice.locator("#text").inputValue(), "half a thought");
  await say(alice, "/who");
  await alice.locator("#notice", { hasText: "1 here: Alice" }).waitFor();
  assert.deepEqual([alice.faults, bob.faults], [[], []]);
});

test("Tab completes a name, and else goes on", async (t) => {
  const alice = await person(t, browser, server, "Alice", "tab");
  await person(t, browser, server, "Bob", "tab");
  await alice.locator("#people-list li", { hasText: "Bob" }).waitFor();
  const text = alice.locator("#text");
  await text.pressSequentially("b");
  await text.press("Tab");
  assert.equal(await text.inputValue(), "Bob: ");
  await text.pressSequentially("hi a");
  await text.press("Tab");
  assert.equal(await text.inputValue(), "Bob: hi Alice ");
  await text.press("Tab");
  await text.fill("");
  await text.press("Tab");
  assert.equal(await alice.evaluate(() => document.activeElement.textContent), "Send");
  assert.deepEqual(alice.faults, []);
});
