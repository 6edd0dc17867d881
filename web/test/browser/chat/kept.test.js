// What a browser keeps: for whom, in which folder, and that what was written is never lost.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, inRoom, joining, message, newPage, online, person, say, settled, stage, startProfile, startServer, startSite, texts } from "../harness.js";

const { server, browser } = await stage();

const lost = (page) => page.locator("#link", { hasText: "Not connected" }).waitFor();
const keptFor = (page) => page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);

/** A server of its own, which is down now, and a page of somebody who wrote to it meanwhile. */
async function unsent(t, name, room, ...what) {
  const own = await startServer();
  t.after(() => own.stop());
  const page = await person(t, browser, own, name, room);
  await own.kill();
  await lost(page);
  for (const text of what) await say(page, text);
  await page.locator("#log .pending", { hasText: what.at(-1) }).waitFor();
  return { own, page };
}

test("under a folder of a site the page finds all of its own there", async (t) => {
  const site = await startSite(t, { "/chat/": server });
  const page = await newPage(t, browser);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  page.on("websocket", (socket) => asked.push(new URL(socket.url()).pathname));
  await page.goto(`${site.address}/chat/?room=folder&username=Sub`);
  await online(page);
  await say(page, "hello");
  await settled(page, "hello").waitFor();
  assert.ok(asked.includes("/chat/ws"));
  for (const path of asked) assert.match(path, /^\/chat\//);
  assert.match(page.url(), /\/chat\/\?room=folder$/);
  await page.reload();
  await online(page);
  assert.equal(await page.locator("#me").textContent(), "Sub");
  for (const name of await keptFor(page)) assert.match(name, /^\/chat\/ nebula\./);
  assert.deepEqual(page.faults, []);
});

test("two servers in folders of one site never see each other's things, and neither does one at its root", async (t) => {
  const other = await startServer();
  t.after(() => other.stop());
  const site = await startSite(t, { "/a/": server, "/b/": other, "/": other });
  const page = await newPage(t, browser);
  await page.goto(`${site.address}/a/?room=first&username=Ann`);
  await online(page);
  await say(page, "/join secretA");
  await inRoom(page, "secretA");
  await online(page);
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  await server.kill();
  await lost(page);
  await say(page, "for A alone");
  await message(page).fill("draft for A");
  for (const folder of ["/b/", "/"]) {
    await page.goto(`${site.address}${folder}`);
    await page.locator("#enter-name").waitFor();
    assert.equal(await page.getByLabel("Your name").inputValue(), "", "nobody was here yet");
    await page.getByLabel("Your name").fill(folder === "/" ? "Root" : "Bea");
    await page.locator("#enter-room").fill("first");
    await page.getByRole("button", { name: "Join" }).click();
    await online(page);
    assert.equal(await page.locator("#room-list li").count(), 1);
    assert.equal(await message(page).inputValue(), "");
    await say(page, `for ${folder}`);
    await settled(page, new RegExp(`for ${folder}$`)).waitFor();
  }
  const keys = await page.evaluate(() => Object.entries(localStorage).filter(([name]) => name.endsWith("nebula.key")).map(([, key]) => key));
  assert.deepEqual([keys.length, new Set(keys).size], [3, 3]);
  await server.start();
  await page.goto(`${site.address}/a/`);
  await online(page);
  await inRoom(page, "secretA");
  await settled(page, "for A alone").waitFor();
  assert.equal(await message(page).inputValue(), "draft for A");
  assert.equal(await page.locator("#room-list li").count(), 2);
  await page.context().close();
});

test("what is not sent and what is being written outlive the tab, and go out once with the next", async (t) => {
  const { own, page } = await unsent(t, "Alice", "closed", "one", "two");
  await message(page).fill("half a thought");
  const context = page.context();
  await page.close();
  await own.start();
  const next = await context.newPage();
  await next.goto(joining(own, "Alice", "other"));
  await online(next);
  await next.locator("#room-list button", { hasText: "closed" }).click();
  await settled(next, "two").waitFor();
  assert.deepEqual(await texts(next), ["one", "two"]);
  await next.waitForFunction(() => document.getElementById("text").value === "half a thought");
});

test("a tab that stays open sends what one that was closed left behind; what an open one has, it leaves alone", async (t) => {
  const { own, page } = await unsent(t, "Alice", "two-tabs", "of the closed");
  const stays = await page.context().newPage();
  // It was here before: the server is down, and the page cannot come from it.
  await own.start();
  await stays.goto(joining(own, "Alice", "elsewhere"));
  await online(stays);
  await settled(page, "of the closed").waitFor();
  await own.kill();
  await Promise.all([lost(page), lost(stays)]);
  await say(page, "second");
  await message(page).fill("a draft");
  await page.close();
  await own.start();
  await stays.locator("#room-list button", { hasText: "two-tabs" }).click();
  await settled(stays, "second").waitFor();
  assert.deepEqual(await texts(stays), ["of the closed", "second"]);
  await stays.waitForFunction(() => document.getElementById("text").value === "a draft");
});

test("a copy of a tab takes nothing from it, and what both have goes out once", async (t) => {
  const { own, page } = await unsent(t, "Alice", "copied", "one");
  await message(page).fill("a draft");
  const kept = await page.evaluate(() => sessionStorage.getItem("nebula.tab"));
  const copy = await page.context().newPage();
  await copy.addInitScript((text) => sessionStorage.setItem("nebula.tab", text), kept);
  await own.start();
  await Promise.all([copy.goto(own.address), settled(page, "one").waitFor()]);
  await online(copy);
  await settled(copy, "one").waitFor();
  assert.deepEqual([await texts(page), await texts(copy)], [["one"], ["one"]]);
  assert.deepEqual([await message(page).inputValue(), await message(copy).inputValue()], ["a draft", "a draft"]);
  // The copy has an id of its own by now, and each keeps its own.
  await copy.waitForFunction((text) => JSON.parse(sessionStorage.getItem("nebula.tab")).id !== JSON.parse(text).id, kept);
});

test("a browser that is killed forgets nothing that was written: with the next it goes out, once, under the same key", async (t) => {
  const own = await startServer();
  t.after(() => own.stop());
  const profile = await startProfile(t);
  const page = await (await profile.start()).newPage();
  await page.goto(joining(own, "Kay", "killed"));
  await online(page);
  await own.kill();
  await lost(page);
  await say(page, "just before");
  await message(page).fill("half a thought");
  // Both are in the database; the storage of the browser is not on the disk for seconds.
  const isKept = () => page.evaluate(() => new Promise((resolve) => {
    const request = indexedDB.open("nebula /", 1);
    request.onsuccess = () => {
      const all = request.result.transaction("kept").objectStore("kept").getAll();
      all.onsuccess = () => resolve(["just before", "half a thought"].every((text) => all.result.some((value) => value.includes(text))));
    };
  }));
  while (!(await isKept())) await drawn(page);
  await profile.kill();
  await own.start();
  const next = await (await profile.start()).newPage();
  await next.goto(joining(own, "Kay", "killed"));
  await online(next);
  await settled(next, "just before").waitFor();
  assert.deepEqual(await texts(next), ["just before"]);
  await next.waitForFunction(() => document.getElementById("text").value === "half a thought");
});

test("where nothing more can be kept one is told, and leaving asks; else it never does", async (t) => {
  const { page } = await unsent(t, "Alice", "full", "kept");
  const asked = [];
  page.removeAllListeners("dialog");
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.evaluate(() => {
    for (let size = 1024 * 1024; size > 0; size = Math.floor(size / 2)) {
      try {
        for (let i = 0; ; i += 1) localStorage.setItem(`fill ${size} ${i}`, "x".repeat(size));
      } catch {
        // Until not even the smallest fits.
      }
    }
  });
  // Longer than all that the page itself may have taken away since.
  await say(page, "not kept ".repeat(200));
  await page.locator("#notice", { hasText: "storage is full" }).waitFor();
  const dialog = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  await dialog;
  assert.deepEqual(asked, ["beforeunload"]);
  // There is room again.
  await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("fill")).forEach((name) => localStorage.removeItem(name)));
  await message(page).fill("x");
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
  assert.deepEqual(asked, ["beforeunload"]);
});

test("what cannot be read is set aside, and told", async (t) => {
  const alice = await person(t, browser, server, "Alice", "broken");
  await alice.evaluate(() => {
    const name = Object.keys(localStorage).find((each) => each.startsWith("nebula.person "));
    addEventListener("pagehide", () => localStorage.setItem(name, '{"rooms":[{"name":'));
  });
  await alice.reload();
  await online(alice);
  await alice.locator("#notice", { hasText: "could not be read" }).waitFor();
  assert.equal(await alice.evaluate(() => localStorage.getItem("nebula.broken nebula.person alice")), '{"rooms":[{"name":');
});

test("what is kept is kept for each person: another name and back, by command and by coming again", async (t) => {
  const zoe = await person(t, browser, server, "Zoe", "mine");
  const listed = async () => (await zoe.locator("#room-list button .name").allTextContents()).sort();
  await say(zoe, "/join ops");
  await inRoom(zoe, "ops");
  await zoe.locator("#level").selectOption("nothing");
  await message(zoe).fill("a draft of Zoe");
  await say(zoe, "/nick Zoe2");
  await zoe.locator("#me", { hasText: /^Zoe2$/ }).waitFor();
  await online(zoe);
  await zoe.locator("#level").selectOption("nothing");
  await message(zoe).fill("");
  await say(zoe, "/leave");
  await zoe.locator("#room-list li").nth(1).waitFor({ state: "detached" });
  await say(zoe, "/nick Zoe");
  await zoe.locator("#me", { hasText: /^Zoe$/ }).waitFor();
  await zoe.locator("#room-list li").nth(1).waitFor();
  assert.deepEqual(await listed(), ["mine", "ops"]);
  await zoe.locator("#room-list button.muted", { hasText: "ops" }).waitFor();
  const next = await zoe.context().newPage();
  await zoe.close();
  await next.goto(joining(server, "Zoe", "mine"));
  await online(next);
  await next.locator("#room-list button.muted", { hasText: "ops" }).waitFor();
});

test("what was written under another name waits for whoever wrote it", async (t) => {
  const { own, page } = await unsent(t, "Zoe", "names", "of Zoe");
  await say(page, "/nick Zed");
  await own.start();
  await page.locator("#me", { hasText: /^Zed$/ }).waitFor();
  await online(page);
  await page.locator("#notice", { hasText: "1 unsent message by Zoe will be sent" }).waitFor();
  await say(page, "of Zed");
  await settled(page, "of Zed").waitFor();
  await say(page, "/nick Zoe");
  await settled(page, "of Zoe").waitFor();
  assert.deepEqual(await texts(page), ["of Zed", "of Zoe"]);
});
