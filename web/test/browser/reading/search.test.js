// Searching: what is found in all rooms, by keyboard, and the way through it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import { inRoom, keyOf, message, newCrowd, person, say, settled, stage } from "../harness.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { server, browser } = await stage();

const field = (page) => page.getByRole("searchbox", { name: "Search for" });
const hits = (page) => page.getByRole("list", { name: "Results" }).getByRole("button");
const status = (page, words) => page.locator("#search-found", { hasText: words }).waitFor();
const focus = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

async function violations(page, what) {
  const found = await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ["violations"] })`);
  return found.violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

test("what is typed is found in all rooms and marked; Enter goes there, F3 and Shift+F3 on, until Escape", async (t) => {
  const alice = await person(t, browser, server, "Alice", "desk");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "kitchen");
  await crowd.say("Bob", "a **coffee**, Café?", "tea");
  await crowd.enter("Cleo", "desk");
  await crowd.say("Cleo", "coffee at ten", "no tea today", "the coffin");
  await crowd.finds("Bob", "coff*", 3);
  await press(alice, "Control+F");
  await status(alice, "has:link");
  await alice.keyboard.type("coff* -tea");
  await press(alice, "Enter");
  await status(alice, /^3 results$/);
  assert.match(await hits(alice).nth(0).textContent(), /^#desk Cleo .*: the coffin$/);
  assert.match(await hits(alice).nth(2).textContent(), /^#kitchen Bob .*: a coffee, Café\?$/);
  assert.deepEqual(await alice.locator("#search-list mark").allTextContents(), ["coffin", "coffee", "coffee"]);
  assert.match(await alice.locator("#search-list mark").first().evaluate((mark) => getComputedStyle(mark).textDecorationLine), /underline/);
  await press(alice, "ArrowDown", "ArrowDown", "Enter");
  await alice.waitForFunction(() => document.activeElement?.matches(".row.found") && document.activeElement.textContent.includes("coffee at ten"));
  assert.ok(await alice.locator("#search").isHidden());
  await alice.locator("#finding-words", { hasText: "2 of 3: coff* -tea" }).waitFor();
  assert.deepEqual(await alice.locator("#log mark").allTextContents(), ["coffee", "coffin"]);
  await press(alice, "F3");
  await inRoom(alice, "kitchen");
  await alice.waitForFunction(() => document.activeElement?.matches(".row.found") && document.activeElement.textContent.includes("Café"));
  await press(alice, "F3");
  await alice.locator("#notice", { hasText: "No older results" }).waitFor();
  await press(alice, "Shift+F3", "Shift+F3");
  await inRoom(alice, "desk");
  await settled(alice, "the coffin").and(alice.locator(".found")).waitFor();
  await press(alice, "Shift+F3");
  await alice.locator("#notice", { hasText: "No newer results" }).waitFor();
  // The list comes back as it was.
  await press(alice, "Control+F");
  assert.equal(await field(alice).inputValue(), "coff* -tea");
  assert.equal(await alice.locator("#search-list [aria-current=true]").count(), 1);
  await press(alice, "Escape");
  await alice.locator("#finding").waitFor();
  await press(alice, "Escape");
  await alice.locator("#finding").waitFor({ state: "hidden" });
  assert.equal(await alice.locator("#log :is(mark, .found)").count(), 0);
  assert.deepEqual(alice.faults, []);
});

test("page by page, changed as it changes, and what is found nowhere is said", async (t) => {
  const dan = await person(t, browser, server, "Dan", "pages");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Eve", "pages");
  await crowd.sayMany("Eve", 60, "plum");
  await crowd.finds("Eve", "plum", 60);
  await say(dan, "a plum of my own");
  await settled(dan, "of my own").waitFor();
  await crowd.finds("Eve", "plum", 61);
  await say(dan, "/search plum");
  await status(dan, /^50\+ results$/);
  await press(dan, "ArrowDown", "End");
  await status(dan, /^61 results$/);
  await press(dan, "End");
  assert.match(await focus(dan), /: plum 0/);
  // Edited and deleted by another device of the same person.
  const id = Number(await settled(dan, "of my own").getAttribute("data-id"));
  const changes = async (envelope) => dan.evaluate(([url, key, what]) => new Promise((resolve) => {
    const socket = new WebSocket(url, ["nebula.v1", `nebula.key.${key}`]);
    socket.onmessage = ({ data }) => {
      const { type } = JSON.parse(data);
      if (type === "presence") socket.send(JSON.stringify(what));
      if (type === "edited" || type === "deleted") resolve(socket.close());
    };
  }), [`${server.address.replace("http", "ws")}ws?room=pages&username=Dan`, keyOf("Dan"), envelope]);
  await changes({ type: "edit", room: "pages", message: id, content: "my plum and pear" });
  await hits(dan).nth(0).filter({ hasText: "my plum and pear" }).waitFor();
  await changes({ type: "delete", room: "pages", message: id });
  await status(dan, /^60 results$/);
  await field(dan).fill("durian");
  await press(dan, "Enter");
  await status(dan, /^No results\. .*"phrases".*has:link/);
  assert.equal(await hits(dan).count(), 0);
  await press(dan, "Escape");
  assert.ok(await dan.locator("#finding").isHidden());
  assert.deepEqual(dan.faults, []);
});

test("filters are completed in the search and behind /search", async (t) => {
  const fay = await person(t, browser, server, "Fay", "filters");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Ann Lee", "filters");
  await fay.locator("#people-list", { hasText: "Ann Lee" }).waitFor();
  await press(fay, "Control+F");
  await fay.keyboard.type("plan fr");
  await press(fay, "Tab");
  assert.equal(await field(fay).inputValue(), "plan from:");
  await fay.keyboard.type("a");
  await fay.getByRole("option", { name: "Ann Lee" }).waitFor();
  await press(fay, "ArrowDown");
  assert.equal(await field(fay).inputValue(), "plan from:\"Ann Lee\" ");
  await fay.keyboard.type("in:f");
  await fay.getByRole("option", { name: "filters" }).click();
  await fay.keyboard.type("before:");
  const days = await fay.locator("#search-filters li").allTextContents();
  assert.equal(days.length, 4);
  for (const [at, words] of ["today", "yesterday", "a week ago", "a month ago"].entries()) assert.match(days[at], new RegExp(`^\\d{4}-\\d\\d-\\d\\d: ${words}$`));
  // The first Escape closes what is offered, the second the search.
  await press(fay, "Escape");
  assert.ok(await fay.locator("#search").isVisible());
  await press(fay, "Escape");
  await fay.locator("#search").waitFor({ state: "hidden" });
  await message(fay).pressSequentially("/search from:a");
  await fay.getByRole("option", { name: "Ann Lee" }).click();
  assert.equal(await message(fay).inputValue(), "/search from:\"Ann Lee\" ");
  assert.deepEqual(fay.faults, []);
});

test("without a connection it says so; the keys are the browser's where nothing was searched for", async (t) => {
  const gil = await person(t, browser, server, "Gil", "offline");
  const isTaken = (key) => gil.evaluate((name) => !dispatchEvent(new KeyboardEvent("keydown", { key: name, cancelable: true })), key);
  assert.equal(await isTaken("F3"), false);
  await press(gil, "Control+F");
  const isFindTaken = await gil.evaluate(() => !document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "f", code: "KeyF", ctrlKey: true, bubbles: true, cancelable: true })));
  assert.equal(isFindTaken, false, "in the search, the browser's own find works");
  await press(gil, "Escape");
  await gil.context().setOffline(true);
  await gil.evaluate(() => window.dispatchEvent(new Event("offline")));
  await gil.locator("#link", { hasText: "Not connected" }).waitFor();
  await press(gil, "Control+F");
  await gil.keyboard.type("anything");
  await press(gil, "Enter");
  await gil.locator("#search-fault", { hasText: "You are not connected right now" }).waitFor();
});

for (const [width, height] of [[360, 640], [320, 256], [1440, 900]]) {
  test(`no violation, nothing cut off at ${width} by ${height}, in any colours`, async (t) => {
    const room = `look-${width}`;
    const crowd = await newCrowd(t, browser, server);
    await crowd.enter("a person with a name of thirty-2", room);
    await crowd.say("a person with a name of thirty-2", `${width} ${"a_long_word_".repeat(40)}`, `${"word ".repeat(80)}${width} at last`, ...Array.from({ length: 8 }, () => `${width} more`));
    await crowd.finds("a person with a name of thirty-2", String(width), 10);
    const hal = await person(t, browser, server, "Hal", room, { viewport: { width, height } });
    await press(hal, "Control+F");
    await hal.keyboard.type(String(width));
    await press(hal, "Enter");
    await status(hal, /^10 results$/);
    assert.match(await hits(hal).nth(8).textContent(), new RegExp(`: …word .*${width} at last$`), "from near the first mark on");
    const found = [];
    for (const media of [{ colorScheme: "light" }, { colorScheme: "dark" }, { forcedColors: "active" }]) {
      await hal.emulateMedia({ colorScheme: null, forcedColors: null, ...media });
      found.push(...await violations(hal, JSON.stringify(media)));
    }
    const over = () => hal.evaluate(() => ["search", "search-list", "finding", "pane"].map((id) => document.getElementById(id)).concat(document.body).filter((each) => each.scrollWidth > each.clientWidth).map(({ id }) => id));
    assert.deepEqual(await over(), []);
    await press(hal, "Enter");
    await hal.locator("#finding").waitFor();
    found.push(...await violations(hal, "going through"));
    assert.deepEqual([found, await over()], [[], []]);
    const pane = await hal.locator("#pane").boundingBox();
    assert.ok(pane.height >= 100, `the messages have ${pane.height} px`);
  });
}
