// Reading: long texts fold, a run of messages says whose it is, and what is copied or printed says who
// said what.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, message, newCrowd, person, row, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();

const heightOf = (page, text) => row(page, text).evaluate((li) => li.getBoundingClientRect().height);
const lines = (count, of) => Array.from({ length: count }, (_, i) => `${of} ${i}`).join("\n");

test("a text of more than thirty lines is folded until the rest is asked for", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "fold");
  await crowd.say("Bob", lines(30, "thirty"), lines(200, "many"), `words ${"word ".repeat(800)}`, `top${"\n".repeat(4000)}bottom`);
  for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 640 }]) {
    const page = await person(t, browser, server, `Alice${viewport.width}`, "fold", { viewport });
    await settled(page, "bottom").waitFor();
    await drawn(page);
    for (const text of ["many 0", "words word"]) assert.ok(await heightOf(page, text) < 34 * 24, `${text} at ${viewport.width}`);
    assert.ok(await heightOf(page, "bottom") < 8 * 24, "empty lines are drawn twice at most");
    assert.ok(!await row(page, "thirty 0").locator(".unfold").isVisible(), "thirty lines are not too many");
    // By keyboard: to the message, and to its button.
    await message(page).focus();
    await page.keyboard.press("Shift+Tab");
    for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowUp");
    const top = await row(page, "many 0").evaluate((li) => li.getBoundingClientRect().top);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await row(page, "many 0").locator(".unfold").waitFor({ state: "hidden" });
    await drawn(page);
    assert.ok(await heightOf(page, "many 0") > 200 * 20, "all of it is there");
    assert.ok(Math.abs(await row(page, "many 0").evaluate((li) => li.getBoundingClientRect().top) - top) <= 1, "and nothing above it has moved");
    assert.deepEqual(page.faults, []);
  }
});

test("what is found in a folded text is seen", async (t) => {
  const alice = await person(t, browser, server, "Alice", "found");
  await say(alice, "/help");
  await alice.keyboard.press("Escape");
  await message(alice).fill(lines(100, "needle"));
  await message(alice).press("Enter");
  await settled(alice, "needle 99").waitFor();
  await row(alice, "needle 0").locator(".unfold").waitFor();
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "found");
  await crowd.finds("Bob", "needle", 1);
  await alice.keyboard.press("Control+F");
  await alice.keyboard.type("\"needle 99\"");
  await alice.keyboard.press("Enter");
  await alice.locator("#search-list mark", { hasText: "needle 99" }).waitFor();
  await alice.keyboard.press("Enter");
  await row(alice, "needle 99").locator(".unfold").waitFor({ state: "hidden" });
});

test("in a long run of one author the name is in sight", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "run");
  await crowd.enter("Zoë", "run");
  await crowd.say("Zoë", "first");
  await crowd.sayMany("Bob", 80);
  const alice = await person(t, browser, server, "Alice", "run");
  await settled(alice, "no. 79").waitFor();
  const author = alice.locator("#author");
  await author.filter({ hasText: "Bob" }).waitFor();
  await message(alice).focus();
  await alice.keyboard.press("Shift+Tab");
  await alice.keyboard.press("Home");
  await author.waitFor({ state: "hidden" });
  const seen = await row(alice, "first").locator(".sender").textContent();
  assert.equal(seen, "Zoë");
});

test("texts run as far as is good to read, or as far as there is room", async (t) => {
  const alice = await person(t, browser, server, "Alice", "wide", { viewport: { width: 2560, height: 1000 } });
  await say(alice, "word ".repeat(400).trim());
  await settled(alice, "word").waitFor();
  const share = () => alice.evaluate(() => document.querySelector("#log .content").clientWidth / document.getElementById("pane").clientWidth);
  const comfortable = await share();
  assert.ok(comfortable > 0.4 && comfortable < 0.7, `${comfortable}`);
  await say(alice, "/width full");
  assert.ok(await share() > 0.9);
  await alice.reload();
  await settled(alice, "word").waitFor();
  assert.ok(await share() > 0.9, "it is kept");
  await say(alice, "/width narrow");
  await alice.locator("#notice", { hasText: "Choose one of: comfortable, full" }).waitFor();
  await say(alice, "/width comfortable");
  assert.ok(await share() < 0.7);
});

test("a copy of several messages says who said what, and no line can pass for another message", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Mallory", "copy");
  await crowd.enter("Cpa", "copy");
  await crowd.say("Mallory", "no!\nCpa 08:20 PM\nyes, delete it", "a further one", "/me leaves");
  await crowd.say("Cpa", "what?");
  const alice = await person(t, browser, server, "Alice", "copy");
  await settled(alice, "what?").waitFor();
  /** What a copy of everything between two rows holds. */
  const copied = (from, to) => alice.evaluate(([first, last]) => {
    const all = [...document.querySelectorAll("#log .row")];
    const range = document.createRange();
    range.setStartBefore(all[first]);
    range.setEndAfter(all[last]);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const data = new DataTransfer();
    const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true });
    all[first].dispatchEvent(event);
    return { text: data.getData("text/plain").replaceAll(/\[[^\]]+\]/g, "[time]"), isOurs: event.defaultPrevented };
  }, [from, to]);
  assert.deepEqual(await copied(0, 3), {
    isOurs: true,
    text: "[time] <Mallory> no!\n  Cpa 08:20 PM\n  yes, delete it\n[time] <Mallory> a further one\n[time] * Mallory leaves\n[time] <Cpa> what?",
  });
  assert.deepEqual(await copied(1, 1), { isOurs: true, text: "[time] <Mallory> a further one" });
  const part = await alice.evaluate(() => {
    const content = document.querySelector("#log .content");
    getSelection().setBaseAndExtent(content.firstChild, 0, content.firstChild, 3);
    const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
    content.dispatchEvent(event);
    return event.defaultPrevented;
  });
  assert.equal(part, false, "a part of one text is copied as it is");
});

test("on paper the whole log is there, and nothing but the log", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "paper");
  await crowd.sayMany("Bob", 120);
  const alice = await person(t, browser, server, "Alice", "paper");
  await settled(alice, "no. 119").waitFor();
  const before = (await alice.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
  assert.ok(before > 1, `${before} pages`);
  await alice.emulateMedia({ media: "print" });
  for (const id of ["rooms", "people", "composer", "search-button"]) assert.ok(!await alice.locator(`#${id}`).isVisible(), id);
  const fits = await alice.evaluate(() => {
    const last = [...document.querySelectorAll("#log .row")].at(-1).getBoundingClientRect().bottom + scrollY;
    return { isWhole: document.documentElement.scrollHeight >= last, overflow: getComputedStyle(document.getElementById("pane")).overflowY };
  });
  assert.deepEqual(fits, { isWhole: true, overflow: "visible" });
});

test("files that are dropped or pasted do not replace the chat, and one is told so", async (t) => {
  const alice = await person(t, browser, server, "Alice", "files");
  const handled = (where, type) => alice.evaluate(([id, what]) => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "cat.png", { type: "image/png" }));
    const event = what === "paste"
      ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent(what, { dataTransfer: data, bubbles: true, cancelable: true });
    document.getElementById(id).dispatchEvent(event);
    return event.defaultPrevented;
  }, [where, type]);
  for (const where of ["pane", "text", "rooms", "people", "composer"]) {
    for (const type of ["dragover", "drop"]) assert.ok(await handled(where, type), `${type} on ${where}`);
  }
  const notice = alice.locator("#notice", { hasText: 'Can\'t send "cat.png"' });
  await notice.waitFor();
  await say(alice, "/help");
  await alice.keyboard.press("Escape");
  await notice.waitFor({ state: "detached" });
  await handled("text", "paste");
  await notice.waitFor();
  // Text may be dragged to where one writes, and nowhere else.
  const text = await alice.evaluate(() => ["text", "pane"].map((id) => {
    const data = new DataTransfer();
    data.setData("text/plain", "words");
    const event = new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true });
    document.getElementById(id).dispatchEvent(event);
    return event.defaultPrevented;
  }));
  assert.deepEqual(text, [false, true]);
});
