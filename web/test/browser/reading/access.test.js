// The page for everybody: no violations, no sideways scrolling, and one announcer that says what it
// should and no more.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import { joining, message, newCrowd, newPage, online, pageOf, person, REFUSED, say, settled, stage, startClosedServer, startNetwork, withRefusals } from "../harness.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = [[360, 640], [768, 1024], [1440, 900]];
const LOOKS = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, forced: { forcedColors: "active" }, contrast: { colorScheme: "dark", contrast: "more" } };

const { server, browser } = await stage();

async function violations(page, what) {
  const found = await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ["violations"] })`);
  return found.violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

/** The same in each of the looks. */
async function violationsInAll(page, what) {
  const found = [];
  for (const [look, media] of Object.entries(LOOKS)) {
    await page.emulateMedia({ colorScheme: null, forcedColors: null, contrast: null, ...media });
    found.push(...await violations(page, `${what}, ${look}`));
  }
  return found;
}

/** A page with all there is to see: rooms with news, a mention, a line, links, something failed. */
async function scene(t, width, height) {
  const room = `scene-${width}`;
  const crowd = await newCrowd(t, browser, server);
  for (const name of ["Zoë", "a person with a name of thirty-2", "李小龙"]) await crowd.enter(name, room);
  await crowd.enter("pager", `${room}-ops`);
  await crowd.say("Zoë", "see https://a.example/a/long/way/to/go?and=more#too (and mailto:zoe@a.example)", "again");
  await crowd.say("李小龙", "你好", "/me waves");
  const alice = await person(t, browser, server, "Alice", room, { viewport: { width, height } });
  await say(alice, `/join ${room}-ops`);
  await alice.keyboard.press("Alt+ArrowUp");
  await alice.look(false);
  await crowd.say("a person with a name of thirty-2", "Alice: look at this", "and this");
  await crowd.say("pager", "Alice!");
  await settled(alice, "and this").waitFor();
  await alice.look(true);
  await message(alice).focus();
  await withRefusals(alice);
  await say(alice, REFUSED);
  await alice.locator("#log .failed").waitFor();
  return alice;
}

for (const [width, height] of SIZES) {
  test(`no violation at ${width} by ${height}, in any colours, whatever is open`, async (t) => {
    const alice = await scene(t, width, height);
    const found = await violationsInAll(alice, "the room");
    await alice.emulateMedia({ colorScheme: "dark", forcedColors: null, contrast: null, reducedMotion: "reduce" });
    for (const drawer of width < 768 ? ["rooms", "people"] : width < 1024 ? ["people"] : []) {
      await alice.locator(`#${drawer}-button`).click();
      found.push(...await violations(alice, drawer));
      await alice.keyboard.press("Escape");
    }
    await alice.keyboard.press("Control+K");
    await alice.locator("#switcher-text").fill("o");
    found.push(...await violations(alice, "switcher"));
    await alice.keyboard.press("Escape");
    for (const command of ["/link", "/invites", "/list"]) {
      await say(alice, command);
      await alice.locator("dialog[open]").waitFor();
      found.push(...await violations(alice, command));
      await alice.keyboard.press("Escape");
    }
    await alice.keyboard.press("Control+/");
    found.push(...await violations(alice, "help"));
    await alice.keyboard.press("Escape");
    await alice.keyboard.press("Control+F");
    await alice.locator("#search-text").fill("from:z");
    await alice.locator("#search-filters").waitFor();
    found.push(...await violations(alice, "search"));
    await alice.keyboard.press("Escape");
    await alice.keyboard.press("Escape");
    await message(alice).fill("");
    await message(alice).pressSequentially("@");
    await alice.keyboard.press("ArrowDown");
    found.push(...await violations(alice, "completion"));
    await say(alice, "mine");
    await settled(alice, "mine").waitFor();
    await message(alice).press("ArrowUp");
    await alice.getByLabel("Edit message").pressSequentially(" @");
    await alice.keyboard.press("ArrowDown");
    await alice.locator(".editor [aria-selected=true]").waitFor();
    found.push(...await violationsInAll(alice, "an edit"));
    const first = await newPage(t, browser, { viewport: { width, height } });
    await first.goto(server.address);
    await first.locator("#enter-name").waitFor();
    found.push(...await violationsInAll(first, "first screen"));
    await first.getByRole("button", { name: "I have this name on another device" }).click();
    found.push(...await violationsInAll(first, "a code is asked for"));
    assert.deepEqual(found, []);
  });
}

test("no violation where a token is asked for, and in what moderators see", async (t) => {
  const closed = await startClosedServer();
  t.after(() => closed.stop());
  const stranger = await newPage(t, browser);
  await stranger.goto(joining(closed, "Alice", "dev"));
  await stranger.getByLabel("Token").waitFor();
  const found = await violationsInAll(stranger, "the token");
  const mod = await newPage(t, browser);
  await mod.goto(`${closed.address}?room=dev#token=${closed.token("Mod", "*", "--moderator")}`);
  await online(mod);
  for (const text of ["keep", "remove"]) await say(mod, text);
  await settled(mod, "remove").waitFor();
  await say(mod, "/delete");
  await mod.locator("#ask-yes").click();
  await settled(mod, "(deleted)").waitFor();
  await settled(mod, "keep").hover();
  await settled(mod, "keep").getByRole("button", { name: "Delete" }).waitFor();
  found.push(...await violationsInAll(mod, "a tombstone and a button"));
  await settled(mod, "keep").hover();
  await settled(mod, "keep").getByRole("button", { name: "Delete" }).click();
  await mod.locator("#ask").waitFor();
  found.push(...await violationsInAll(mod, "the question"));
  assert.deepEqual(found, []);
});

// 1280 by 800 at 200 %, the narrowest of all, and the sizes of telephones, tablets and desks.
for (const [width, height] of [[640, 400], [320, 568], ...SIZES]) {
  test(`nothing is cut off at ${width} by ${height}`, async (t) => {
    const alice = await person(t, browser, server, "Alice", `a_room_with_a_long_name_${"x".repeat(30)}${width}`, { viewport: { width, height } });
    await say(alice, "a_long_word_".repeat(40));
    await settled(alice, "a_long_word").waitFor();
    const fits = async (what) => {
      const over = await alice.evaluate(() => [document.documentElement, document.body, document.getElementById("pane")].map((each) => each.scrollWidth - each.clientWidth));
      assert.deepEqual(over, [0, 0, 0], `${what} scrolls sideways`);
    };
    await fits("the page");
    for (const name of ["Send", "Search messages"]) {
      const box = await alice.getByRole("button", { name }).boundingBox();
      assert.ok(box.x >= 0 && box.y >= 0 && box.y + box.height <= height && box.x + box.width <= width, `${name} is cut off`);
    }
    await alice.keyboard.press("Control+F");
    await fits("the search");
    await alice.keyboard.press("Escape");
    await alice.keyboard.press("Control+/");
    const help = await alice.locator("#help").boundingBox();
    assert.ok(help.x >= 0 && help.x + help.width <= width && help.y + help.height <= height);
    assert.equal(await alice.evaluate(() => { const { scrollWidth, clientWidth } = document.getElementById("help-words"); return scrollWidth - clientWidth; }), 0);
  });
}

test("zooming is not forbidden, and the box does not make a telephone zoom", async (t) => {
  const alice = await person(t, browser, server, "Alice", "zoom");
  assert.doesNotMatch(await alice.locator("meta[name=viewport]").getAttribute("content"), /user-scalable|maximum-scale/);
  assert.ok(parseFloat(await message(alice).evaluate((box) => getComputedStyle(box).fontSize)) >= 16);
});

test("motion is reduced where it is unwanted", async (t) => {
  const alice = await person(t, browser, server, "Alice", "motion", { viewport: { width: 360, height: 640 }, reducedMotion: "reduce" });
  assert.equal(await alice.locator("#people").evaluate((side) => getComputedStyle(side).transitionDuration), "0s");
});

test("colours follow the system until one chooses, and the choice is kept", async (t) => {
  const alice = await person(t, browser, server, "Alice", "theme", { colorScheme: "dark" });
  const isDark = () => alice.evaluate(() => getComputedStyle(document.body).backgroundColor === "rgb(20, 22, 29)");
  assert.ok(await isDark());
  await say(alice, "/theme light");
  await alice.getByRole("button", { name: "Theme: light" }).waitFor();
  assert.ok(!await isDark());
  await alice.reload();
  await online(alice);
  assert.ok(!await isDark());
  await alice.getByRole("button", { name: "Theme: light" }).click();
  assert.ok(await isDark());
});

test("the announcer says what is new and live, once, and nothing else", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "spoken");
  await crowd.say("Bob", "before Alice came");
  const network = await startNetwork(t, server);
  const alice = await pageOf(t, browser, "Alice");
  await alice.addInitScript(() => {
    window.spoken = [];
    addEventListener("DOMContentLoaded", () => {
      new MutationObserver(() => {
        const { textContent } = document.getElementById("announcer");
        if (textContent) window.spoken.push(textContent);
        window.dispatchEvent(new Event("spoken"));
      }).observe(document.getElementById("announcer"), { childList: true, characterData: true, subtree: true });
    });
  });
  const spoken = () => alice.evaluate(() => window.spoken.splice(0));
  const next = () => alice.evaluate(() => new Promise((resolve) => {
    const isOver = () => document.getElementById("announcer").textContent !== "";
    if (isOver()) resolve();
    else addEventListener("spoken", function told() {
      if (!isOver()) return;
      removeEventListener("spoken", told);
      resolve();
    });
  }));
  await alice.goto(`${network.address}?room=spoken&username=Alice`);
  await settled(alice, "before Alice came").waitFor();
  assert.deepEqual(await spoken(), [], "neither the join nor the history");

  await crowd.say("Bob", "hello");
  await next();
  assert.deepEqual(await spoken(), ["Bob: hello"]);
  await alice.locator("#announcer", { hasText: /^$/ }).waitFor({ state: "attached" });

  await crowd.sayMany("Bob", 20);
  // In one sentence, or in few where they come slowly.
  let [heard, sentences] = [0, 0];
  while (heard < 20) {
    await next();
    for (const sentence of await spoken()) {
      const [, many] = /^(\d+) new messages in #spoken$/.exec(sentence) ?? [];
      if (!many) assert.match(sentence, /^Bob: no\. \d+/);
      heard += Number(many ?? 1);
      sentences += 1;
    }
    await alice.locator("#announcer", { hasText: /^$/ }).waitFor({ state: "attached" });
  }
  assert.ok(heard === 20 && sentences < 5, `${heard} in ${sentences}`);

  await say(alice, "my own");
  await settled(alice, "my own").waitFor();
  await crowd.enter("Carol", "spoken");
  await alice.locator("#log", { hasText: "Carol joined" }).waitFor();
  network.down(true);
  await alice.locator("#link", { hasText: "Not connected" }).waitFor();
  await crowd.say("Bob", "while Alice was away");
  network.down(false);
  await settled(alice, "while Alice was away").waitFor();
  // What comes after all of that is the next to be heard, if nothing of it was.
  await crowd.say("Bob", "goodbye");
  await next();
  assert.deepEqual(await spoken(), ["Bob: goodbye"]);
  assert.equal(await alice.locator("#link").getAttribute("role"), "status");
  for (const [id, live] of [["pane", "off"], ["announcer", "polite"]]) assert.equal(await alice.locator(`#${id}`).getAttribute("aria-live"), live);
});

test("without scripts the page says what is missing, and nothing else", async (t) => {
  const page = await newPage(t, browser, { javaScriptEnabled: false });
  await page.goto(server.address);
  const words = page.locator("noscript p");
  await words.waitFor();
  assert.equal(await words.textContent(), "Nebula needs JavaScript to connect to its server. Enable it for this site and reload the page.");
  for (const id of ["loading", "enter", "chat"]) assert.ok(await page.locator(`#${id}`).isHidden(), id);
});
