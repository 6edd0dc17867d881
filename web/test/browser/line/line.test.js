// The connection: networks that go, swallow and come back, pages that sleep, servers that stop.

import assert from "node:assert/strict";
import { test } from "node:test";

import { message, newCrowd, online, pageOf, person, redial, row, say, settled, stage, startNetwork, startServer, startSite, texts } from "../harness.js";

const { server, browser } = await stage();

const lost = (page) => page.locator("#link", { hasText: "Not connected" }).waitFor();

test("without a network it says so, counts down, and dials at once when the network is back or one asks", async (t) => {
  const network = await startNetwork(t, server);
  const alice = await pageOf(t, browser, "Alice");
  await alice.goto(`${network.address}?room=offline&username=Alice`);
  await online(alice);
  await alice.context().setOffline(true);
  network.down(true);
  await lost(alice);
  await alice.locator("#countdown", { hasText: /^Retrying in \d+ s\.$/ }).waitFor();
  assert.equal(await alice.locator("#countdown").getAttribute("aria-hidden"), "true", "seconds are not read out");
  await alice.evaluate(() => {
    window.seen = [];
    const watch = () => {
      const [seconds] = document.querySelector("#countdown").textContent.match(/\d+/) ?? [];
      if (seconds !== undefined) window.seen.push(Number(seconds));
    };
    // Each wait is the longest there can be: 0.5 s, 1 s, 2 s, 4 s.
    Math.random = () => 0.999;
    new MutationObserver(watch).observe(document.querySelector("#countdown"), { childList: true });
  });
  await alice.waitForFunction(() => window.seen.lastIndexOf(1) > window.seen.indexOf(4) && window.seen.includes(4));
  const seen = await alice.evaluate(() => window.seen.slice(window.seen.indexOf(4), window.seen.indexOf(1, window.seen.indexOf(4)) + 1));
  assert.deepEqual(seen, [...seen].sort((a, b) => b - a), "they only fall");
  await say(alice, "written offline");
  await alice.locator("#log .pending", { hasText: "will be sent when you are back online" }).waitFor();
  assert.ok(await message(alice).isEditable());
  network.down(false);
  await alice.context().setOffline(false);
  await settled(alice, "written offline").waitFor();
  await online(alice);
  network.down(true);
  await lost(alice);
  network.down(false);
  await alice.getByRole("button", { name: "Connect now" }).click();
  await online(alice);
  assert.deepEqual(await texts(alice), ["written offline"]);
});

test("a network that swallows everything is noticed: after 45 s of silence, at once on waking; an idle page stays connected", async (t) => {
  const network = await startNetwork(t, server);
  const alice = await pageOf(t, browser, "Alice");
  await alice.clock.install();
  let answers = 0;
  alice.on("websocket", (socket) => socket.on("framereceived", () => { answers += 1; }));
  await alice.goto(`${network.address}?room=silent&username=Alice`);
  await online(alice);
  const dials = [];
  alice.on("websocket", (socket) => dials.push(socket.url()));
  // Ten quiet minutes: each question has its answer, and nothing is dialled anew.
  for (let i = 0; i < 30; i += 1) {
    const before = answers;
    await alice.clock.fastForward(20_000);
    while (answers === before) await alice.evaluate(() => fetch("icon.svg"));
  }
  await online(alice);
  assert.deepEqual(dials, []);
  /** Lets time pass, so often at most, until it has dialled anew, and waits for what it hears then. */
  const dialsAnew = async (times, passes) => {
    const [before, known] = [answers, dials.length];
    for (let i = 0; i < times && dials.length === known; i += 1) await passes();
    assert.equal(dials.length, known + 1);
    // What the page shows may be of the line before.
    while (answers === before) await alice.evaluate(() => fetch("icon.svg"));
    await online(alice);
  };
  network.forget();
  await alice.clock.fastForward(20_000);
  await alice.clock.fastForward(20_000);
  assert.deepEqual(dials, []);
  await dialsAnew(30, () => alice.clock.runFor(1_000));
  // A laptop wakes up, and its line is dead. What was heard in the last seconds counts as an answer, so it may have to wake up
  // again; silence alone would be noticed later than that.
  network.forget();
  await dialsAnew(3, async () => {
    await alice.clock.fastForward(6_000);
    await alice.look(false);
    await alice.look(true);
    await alice.clock.fastForward(4_000);
    await alice.clock.runFor(3_000);
  });
});

test("a hidden page does not dial, and does when it is looked at", async (t) => {
  const network = await startNetwork(t, server);
  const alice = await pageOf(t, browser, "Alice");
  await alice.goto(`${network.address}?room=hidden&username=Alice`);
  await online(alice);
  const dials = [];
  alice.on("websocket", (socket) => dials.push(socket.url()));
  await alice.look(false);
  await alice.hide(true);
  network.down(true);
  await alice.locator("#link", { hasText: "paused until you return to this page" }).waitFor();
  network.down(false);
  await alice.hide(false);
  await online(alice);
  assert.equal(dials.length, 1);
});

test("a server that stops says when to come back", async (t) => {
  const own = await startServer();
  t.after(() => own.stop());
  const alice = await person(t, browser, own, "Alice", "stopping");
  await own.term();
  await lost(alice);
  await own.start();
  await online(alice);
  await say(alice, "here again");
  await settled(alice, "here again").waitFor();
});

test("a message whose answer a cut swallowed is sent again, and is there once", async (t) => {
  const network = await startNetwork(t, server);
  const alice = await pageOf(t, browser, "Alice");
  const bob = await person(t, browser, server, "Bob", "cut");
  await alice.goto(`${network.address}?room=cut&username=Alice`);
  await online(alice);
  for (let i = 0; i < 10; i += 1) {
    // The message goes out, and its answer is swallowed.
    await say(alice, `message ${i}`);
    network.down(true);
    await lost(alice);
    network.down(false);
    await redial(alice);
    await settled(bob, `message ${i}`).waitFor();
    await settled(alice, `message ${i}`).waitFor();
  }
  const wanted = Array.from({ length: 10 }, (_, i) => `message ${i}`);
  assert.deepEqual(await texts(alice), wanted);
  assert.deepEqual(await texts(bob), wanted);
  // Who is back at once was never away.
  await row(bob, "left").waitFor({ state: "detached" });
});

test("1,000 messages over 20 cuts and 3 killed servers: everybody has each once, in order, and none waits", async (t) => {
  const own = await startServer();
  t.after(() => own.stop());
  const network = await startNetwork(t, own);
  const bob = await person(t, browser, own, "Bob", "thousand");
  const alice = await pageOf(t, browser, "Alice");
  await alice.goto(`${network.address}?room=thousand&username=Alice`);
  await online(alice);
  // Typed as fast as the page takes it.
  const write = (from, to) => alice.evaluate(([first, end]) => {
    const box = document.getElementById("text");
    for (let i = first; i < end; i += 1) {
      box.value = `message ${i}`;
      box.dispatchEvent(new InputEvent("input", { bubbles: true }));
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    }
  }, [from, to]);
  /** Until fewer wait, and so that a page without a line dials at once, as when a network is back. */
  const impatiently = (page, fewer) => page.waitForFunction((count) => {
    const isOnline = document.getElementById("link").textContent === "online";
    if (!isOnline) window.dispatchEvent(new Event("online"));
    return isOnline && document.querySelectorAll("#log .pending").length < count;
  }, fewer, { timeout: 300_000 });
  for (let batch = 0; batch < 25; batch += 1) {
    await write(batch * 40, batch * 40 + 40);
    if (batch % 8 === 7) {
      await own.kill();
      await own.start();
    } else if (batch < 23) {
      network.down(true);
      network.down(false);
    }
    await Promise.all([impatiently(alice, 300), impatiently(bob, 300)]);
  }
  await impatiently(alice, 1);
  await impatiently(bob, 1);
  const wanted = Array.from({ length: 1_000 }, (_, i) => `message ${i}`);
  for (const page of [alice, bob]) {
    // What came while the line was down is new, and does not move what one reads.
    await page.keyboard.press("Escape");
    // What was missed comes newest first.
    await page.waitForFunction(() => {
      const found = [...document.querySelectorAll("#log li[data-id] .content")].map(({ textContent }) => Number(textContent.slice("message ".length)));
      return found.at(-1) === 999 && found.length >= 500 && found.every((n, i) => n === found[0] + i);
    });
    // The page holds the newest rows; all of them are in the log, which a newcomer pages through.
    const found = await texts(page);
    assert.deepEqual(found, wanted.slice(-found.length));
    assert.ok(found.length >= 500, `${found.length} rows`);
    assert.equal(await page.locator("#log .pending, #log .failed").count(), 0);
  }
  const stored = await bob.evaluate((url) => new Promise((resolve) => {
    const socket = new WebSocket(`${url}ws?room=thousand&username=Carol&since=0`);
    let all = [];
    socket.onmessage = ({ data }) => {
      const { type, messages = [], more } = JSON.parse(data);
      if (type !== "history") return;
      all = [...messages.map(({ content }) => content), ...all];
      if (more) socket.send(JSON.stringify({ type: "history", room: "thousand", before: messages[0].id, limit: 200 }));
      else resolve(all);
    };
  }), own.address.replace("http", "ws"));
  assert.deepEqual(stored, wanted);
});

test("what one writes is there at once, and says that it is on its way when that takes a while", async (t) => {
  const network = await startNetwork(t, server);
  const alice = await pageOf(t, browser, "Alice");
  await alice.goto(`${network.address}?room=slow&username=Alice`);
  await online(alice);
  network.stall(true);
  await say(alice, "slow");
  await alice.locator("#log .pending", { hasText: "slow" }).waitFor();
  const label = alice.locator("#log .pending .state", { hasText: "sending …" });
  assert.equal(await label.evaluate((at) => getComputedStyle(at).animationDelay), "0.3s");
  await label.waitFor();
  await alice.waitForFunction(() => getComputedStyle(document.querySelector("#log .pending .state")).visibility === "visible");
});

test("a newer build is offered after a reconnect, never forced, and keeps the draft", async (t) => {
  const network = await startNetwork(t, server);
  const alice = await pageOf(t, browser, "Alice");
  let tag = null;
  await alice.route((url) => url.pathname === "/", async (route) => {
    if (route.request().method() !== "HEAD" || tag === null) return route.continue();
    return route.fulfill({ headers: { etag: tag } });
  });
  await alice.goto(`${network.address}?room=build&username=Alice`);
  await online(alice);
  const reconnect = async () => {
    network.down(true);
    await lost(alice);
    const asked = alice.waitForResponse((response) => response.request().method() === "HEAD");
    network.down(false);
    await asked;
    await online(alice);
  };
  await reconnect();
  // Who asks after the page has the answer after it, too.
  await alice.evaluate(() => fetch("./", { method: "HEAD" }));
  assert.ok(!await alice.locator("#update").isVisible());
  tag = '"another"';
  await reconnect();
  await alice.locator("#update").waitFor();
  await message(alice).fill("half a thought");
  await Promise.all([alice.waitForEvent("load"), alice.getByRole("button", { name: "Reload to update" }).click()]);
  await online(alice);
  assert.equal(await message(alice).inputValue(), "half a thought");
});

test("what came while the line was down is new, also for who reads at the end: the line, the count and the place stand", async (t) => {
  const network = await startNetwork(t, server);
  const alice = await pageOf(t, browser, "Alice");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "missed");
  await crowd.sayMany("Bob", 30, "before");
  await alice.goto(`${network.address}?room=missed&username=Alice`);
  await online(alice);
  await settled(alice, "before 29").waitFor();
  const titled = (title) => alice.waitForFunction((wanted) => document.title === wanted, title);
  await titled("#missed · Nebula");
  network.down(true);
  await lost(alice);
  await crowd.sayMany("Bob", 300, "missed");
  network.down(false);
  await redial(alice);
  await settled(alice, "missed 0 ").waitFor();
  await titled("(300) #missed · Nebula");
  await alice.locator("#newer", { hasText: "300 newer" }).waitFor();
  const isInSight = (text) => settled(alice, text).evaluate((row) => {
    const [at, pane] = [row.getBoundingClientRect(), document.getElementById("pane").getBoundingClientRect()];
    return at.bottom > pane.top && at.top < pane.bottom;
  });
  assert.ok(await isInSight("before 29"), "it is where it was");
  assert.match(await alice.locator("#log .new-line + li").textContent(), /missed 0 /);
  // What is seen as it comes changes none of it.
  await crowd.say("Bob", "live");
  await titled("(301) #missed · Nebula");
  await alice.locator("#newer").click();
  await titled("#missed · Nebula");
  await settled(alice, "live").waitFor();
  await alice.locator("#log .new-line").waitFor({ state: "attached" });
  // A few that fit are new as well, until one does something.
  network.down(true);
  await lost(alice);
  await crowd.say("Bob", "short");
  network.down(false);
  await redial(alice);
  await titled("(1) #missed · Nebula");
  await alice.keyboard.press("Escape");
  await titled("#missed · Nebula");
});

test("a network that goes is noticed within a second, and one that comes back is used at once", async (t) => {
  const alice = await person(t, browser, server, "Alice", "offline");
  const noted = await alice.evaluate(() => {
    addEventListener("offline", () => { window.wentAt = performance.now(); }, { capture: true });
    new MutationObserver(() => { window.saidAt ??= document.getElementById("link").textContent.includes("this device is offline") ? performance.now() : undefined; })
      .observe(document.getElementById("link"), { childList: true, characterData: true, subtree: true });
    return true;
  });
  assert.ok(noted);
  await alice.context().setOffline(true);
  await alice.locator("#link", { hasText: "Not connected: this device is offline" }).waitFor();
  const ms = await alice.evaluate(() => window.saidAt - window.wentAt);
  t.diagnostic(`${Math.round(ms)} ms`);
  assert.ok(ms < 1_000, `${ms} ms`);
  await alice.context().setOffline(false);
  await online(alice);
});

test("who is refused is told so, and what the operator should change; who finds nobody, that", async (t) => {
  const own = await startServer("--allow-origin", "https://other.example");
  t.after(() => own.stop());
  // The proxy forgets the port, as nginx does with $host.
  const site = await startSite(t, { "/chat/": own }, { host: "127.0.0.1" });
  const alice = await pageOf(t, browser, "Alice");
  await alice.goto(`${site.address}/chat/?room=refused&username=Alice`);
  await alice.locator("#link", { hasText: `answers, but refuses the chat connection` }).waitFor();
  await alice.locator("#link", { hasText: `--allow-origin ${site.address}` }).waitFor();
  await own.kill();
  await alice.getByRole("button", { name: "Connect now" }).click();
  await alice.locator("#link", { hasText: "the chat server behind it does not" }).waitFor();
  const bob = await person(t, browser, server, "Bob", "nobody");
  const network = await startNetwork(t, server);
  await bob.goto(`${network.address}?room=nobody&username=Bob`);
  await online(bob);
  network.down(true);
  await bob.locator("#link", { hasText: `no server at ${new URL(network.address).host}` }).waitFor();
});
