// Real pages, and the terminal client, chatting over the real server.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

import { joining, message, newCrowd, newPage, online, person, REFUSED, row, say, settled, stage, startServer, TERMINAL, texts, withRefusals } from "../harness.js";

const { server, browser } = await stage();

test("two pages chat, and see each other come and go", async (t) => {
  const alice = await person(t, browser, server, "Alice", "chat");
  const bob = await person(t, browser, server, "Bob", "chat");
  await row(alice, "Bob joined").waitFor();
  await alice.locator("#people-list", { hasText: "Bob" }).waitFor();
  await say(alice, "hello Bob\nsecond line");
  await settled(bob, "hello Bob").waitFor();
  await settled(alice, "hello Bob").waitFor();
  assert.match(await settled(bob, "hello Bob").getAttribute("class"), /mention/);
  await say(bob, "/me waves");
  await row(alice, "Bob waves").waitFor();
  await bob.context().close();
  await row(alice, "Bob left").waitFor();
  await alice.locator("#people-count").filter({ hasText: /^1$/ }).waitFor();
  assert.deepEqual(alice.faults, []);
});

/** The terminal client in plain mode: lines in, lines out. */
function terminal(t, name, room) {
  const home = mkdtempSync(join(tmpdir(), "nebula-"));
  const child = spawn(TERMINAL, ["--plain", "--server", server.address.replace("http", "ws"), "--room", room, "--user", name], {
    stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home },
  });
  const lines = [];
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    for (const wait of waiting) if (line.includes(wait.text)) wait.resolve();
  });
  t.after(async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
    rmSync(home, { recursive: true });
  });
  const shows = (text) => new Promise((resolve) => {
    if (lines.some((line) => line.includes(text))) resolve();
    else waiting.push({ text, resolve });
  });
  return { lines, shows, type: (line) => child.stdin.write(`${line}\n`) };
}

test("two pages and a terminal chat while the server is killed twice: each message is everywhere once", async (t) => {
  const ROUNDS = 20;
  const alice = await person(t, browser, server, "Alice", "kill");
  const bob = await person(t, browser, server, "Bob", "kill");
  const terry = terminal(t, "Terry", "kill");
  await row(alice, "Terry joined").waitFor();
  const wanted = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const each = ["a", "b", "t"].map((who) => `${who}${i}.`);
    wanted.push(...each);
    // All three write at once, and in two of the rounds nobody has had an answer yet.
    await Promise.all([say(alice, each[0]), say(bob, each[1]), terry.type(each[2])]);
    if (i % 8 !== 5) continue;
    await server.kill();
    await alice.locator("#link", { hasText: "Not connected" }).waitFor();
    await server.start();
  }
  for (const page of [alice, bob]) {
    await page.waitForFunction((count) => document.querySelectorAll("#log li[data-id]").length >= count, wanted.length);
    assert.equal(await page.locator("#log .pending, #log .failed").count(), 0);
    const found = await texts(page);
    assert.deepEqual([...found].sort(), [...wanted].sort());
    for (const who of ["a", "b", "t"]) {
      const own = found.filter((text) => text.startsWith(who));
      assert.deepEqual(own, wanted.filter((text) => text.startsWith(who)), "in the order they were written");
    }
  }
  assert.deepEqual(await texts(alice), await texts(bob));
  await Promise.all(wanted.map((text) => terry.shows(text)));
  for (const text of wanted) assert.equal(terry.lines.filter((line) => line.endsWith(` ${text}`)).length, 1, text);
  const late = await person(t, browser, server, "Carol", "kill");
  await settled(late, `t${ROUNDS - 1}.`).waitFor();
  assert.deepEqual(await texts(late), await texts(alice));
});

test("without a name it asks, a name of somebody else is told, also while they are away, and a guest is one again after a reload", async (t) => {
  const alice = await person(t, browser, server, "Alice", "form");
  const page = await newPage(t, browser);
  await page.goto(server.address);
  await page.getByLabel("Your name").fill("alice");
  await page.locator("#enter-room").fill("#form");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("alert").filter({ hasText: "this name is in use" }).waitFor();
  assert.equal(await page.locator("#enter-room").inputValue(), "form");
  const bob = await person(t, browser, server, "Bob", "form");
  await bob.context().close();
  await row(alice, "Bob left").waitFor();
  await page.getByLabel("Your name").fill("bob");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("alert").filter({ hasText: "this name is taken" }).waitFor();
  await page.getByLabel("Your name").fill("B0b");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("alert").filter({ hasText: "looks like" }).waitFor();
  await page.getByLabel("Your name").fill("Dora");
  await page.getByRole("button", { name: "Join" }).click();
  await row(alice, "Dora joined").waitFor();
  await page.waitForURL(/\?room=form$/);

  const guest = await newPage(t, browser);
  await guest.goto(`${server.address}?room=form`);
  await guest.waitForFunction(() => document.getElementById("enter-room").value === "form");
  await guest.getByRole("button", { name: "Join" }).click();
  await guest.locator("#me", { hasText: "guest-" }).waitFor();
  const name = await guest.locator("#me").textContent();
  assert.doesNotMatch(guest.url(), /username/);
  await guest.reload();
  await online(guest);
  assert.equal(await guest.locator("#me").textContent(), name);
});

test("several rooms live in one page, with a draft in each, and all of it is there after a reload", async (t) => {
  const alice = await person(t, browser, server, "Nora", "first");
  const bob = await person(t, browser, server, "Nils", "first");
  await say(alice, "/join second");
  const rooms = alice.getByRole("navigation", { name: "Rooms" }).locator("#room-list button");
  await alice.locator("#room").filter({ hasText: /^second$/ }).waitFor();
  await message(alice).fill("half a thought");
  await say(bob, "@Nora, are you there?");
  await rooms.filter({ hasText: ", 1 unread, 1 mention" }).waitFor();
  await rooms.first().click();
  await settled(alice, "are you there").waitFor();
  assert.equal(await message(alice).inputValue(), "");
  await say(alice, "/jion third");
  await alice.locator("#notice", { hasText: "no command /jion" }).waitFor();
  assert.equal(await message(alice).inputValue(), "/jion third");
  await message(alice).fill("another half");
  await alice.reload();
  await online(alice);
  assert.equal(await message(alice).inputValue(), "another half");
  await alice.keyboard.press("Alt+ArrowDown");
  await alice.locator("#room").filter({ hasText: /^second$/ }).waitFor();
  assert.equal(await message(alice).inputValue(), "half a thought");
  await message(alice).fill("");
  await say(alice, "/leave");
  await rooms.filter({ hasText: "second" }).waitFor({ state: "detached" });
  await say(bob, "still here");
  await settled(alice, "still here").waitFor();
  assert.deepEqual([alice.faults, bob.faults], [[], []]);
});

test("what was on its way at a reload arrives once", async (t) => {
  const alice = await person(t, browser, server, "Alice", "reload");
  const bob = await person(t, browser, server, "Bob", "reload");
  await server.kill();
  await alice.locator("#link", { hasText: "Not connected" }).waitFor();
  for (const text of ["one", "two", "three"]) await say(alice, text);
  await alice.locator("#log .pending", { hasText: "will be sent" }).nth(2).waitFor();
  // The server is not there to give the page again: it comes back when it is.
  await server.start();
  await Promise.all([alice.goto(joining(server, "Alice", "reload")), settled(bob, "three").waitFor()]);
  await settled(alice, "three").waitFor();
  await alice.reload();
  await settled(alice, "three").waitFor();
  for (const page of [alice, bob]) assert.deepEqual(await texts(page), ["one", "two", "three"]);
  assert.equal(await alice.locator("#log .pending").count(), 0);
});

test("a refused message says why, and can be tried again, mended or taken away", async (t) => {
  const alice = await person(t, browser, server, "Alice", "refused");
  await withRefusals(alice);
  await say(alice, REFUSED);
  const failed = alice.locator("#log .failed");
  await failed.filter({ hasText: "not sent: " }).waitFor();
  await failed.getByRole("button", { name: "Retry" }).click();
  await failed.waitFor();
  await failed.getByRole("button", { name: "Edit" }).click();
  await failed.waitFor({ state: "detached" });
  assert.equal(await message(alice).inputValue(), REFUSED);
  await say(alice, REFUSED);
  await failed.getByRole("button", { name: "Delete" }).click();
  await failed.waitFor({ state: "detached" });
  await say(alice, "better");
  await settled(alice, "better").waitFor();
});

test("the people of a large room are counted, and fetched as one scrolls to them", async (t) => {
  // So small a budget that a list holds the first fifty names alone.
  const small = await startServer("--presence-budget", "1000");
  t.after(() => small.stop());
  const crowd = await newCrowd(t, browser, small);
  await Promise.all(Array.from({ length: 240 }, (_, n) => crowd.enter(`p${String(n).padStart(3, "0")}`, "crowd")));
  const alice = await person(t, browser, small, "Alice", "crowd");
  await alice.locator("#people-count").filter({ hasText: /^241$/ }).waitFor();
  const names = alice.locator("#people-list li");
  assert.equal(await names.count(), 50);
  await names.last().scrollIntoViewIfNeeded();
  await names.filter({ hasText: "p239" }).waitFor();
  assert.equal(await names.count(), 241);
  assert.deepEqual(alice.faults, []);
});

test("what is copied of several messages names their sender once", async (t) => {
  const alice = await person(t, browser, server, "Alice", "copy");
  for (const text of ["one", "two"]) await say(alice, text);
  await settled(alice, "two").waitFor();
  const copied = await alice.evaluate(() => {
    getSelection().selectAllChildren(document.querySelector("#log"));
    return String(getSelection());
  });
  assert.match(copied, /Alice .+\n+one\n+two$/);
});

test("another name is had with /nick, or the old one is kept with the reason", async (t) => {
  const alice = await person(t, browser, server, "Alice", "nick");
  const bob = await person(t, browser, server, "Bob", "nick");
  await say(alice, "/nick bob");
  await alice.locator("#notice", { hasText: "in use" }).waitFor();
  await online(alice);
  assert.equal(await alice.locator("#me").textContent(), "Alice");
  await say(alice, "/nick Alicia");
  await row(bob, "Alicia joined").waitFor();
  await alice.locator("#me", { hasText: /^Alicia$/ }).waitFor();
  const next = await alice.context().newPage();
  await next.goto(server.address);
  await next.locator("#enter-name").waitFor();
  assert.equal(await next.getByLabel("Your name").inputValue(), "Alicia", "the next visit offers it");
});
