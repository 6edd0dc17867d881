// Title, icon, badge and notifications: what asks for attention, and when it stops.

import assert from "node:assert/strict";
import { test } from "node:test";

import { message, newCrowd, online, pageOf, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();

/** A page whose notifications and badge are only written down. Who comes again has the unread messages of their other rooms. */
async function watched(t, room, name = "Alice", permission = "default") {
  const page = await pageOf(t, browser, name);
  await page.addInitScript((is) => {
    window.told = [];
    window.Notification = class {
      static permission = is;
      static async requestPermission() {
        window.told.push("asked");
        window.Notification.permission = is === "denied" ? "denied" : "granted";
        return window.Notification.permission;
      }
      constructor(title, { body, tag }) {
        window.told.push(`${title}: ${body} (${tag})`);
        window.last = this;
      }
      close() { window.told.push("closed"); }
    };
    navigator.setAppBadge = async (count) => { window.badge = count; };
    navigator.clearAppBadge = async () => { window.badge = 0; };
  }, permission);
  await page.goto(`${server.address}?room=${room}&username=${name}`);
  await online(page);
  page.told = () => page.evaluate(() => window.told.splice(0));
  page.titled = (title) => page.waitForFunction((wanted) => document.title === wanted, title, { polling: 50 });
  return page;
}

test("the title, the icon and the badge say what is unread, also of a page behind others, and no longer than it is", async (t) => {
  const alice = await watched(t, "title");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "title");
  const icon = () => alice.locator("link[rel=icon]").getAttribute("href");
  await alice.titled("#title · Nebula");
  await alice.look(false);
  await alice.hide(true);
  await crowd.say("Bob", "one", "two");
  await alice.titled("(2) #title · Nebula");
  assert.deepEqual([await icon(), await alice.evaluate(() => window.badge)], ["icon-unread.svg", 2]);
  await crowd.say("Bob", "@Alice?");
  await alice.titled("(!1) #title · Nebula");
  assert.deepEqual([await icon(), await alice.evaluate(() => window.badge)], ["icon-mention.svg", 3]);
  await alice.hide(false);
  await alice.look(true);
  await alice.titled("#title · Nebula");
  assert.deepEqual([await icon(), await alice.evaluate(() => window.badge)], ["icon.svg", 0]);
  // Looked at, but not at its end: what comes below is not read.
  await crowd.sayMany("Bob", 60);
  await settled(alice, "no. 59").waitFor();
  await alice.evaluate(() => { document.getElementById("pane").scrollTop = 0; });
  await alice.locator("#newer").waitFor();
  await crowd.say("Bob", "below");
  await alice.titled("(1) #title · Nebula");
  await alice.locator("#newer").click();
  await alice.titled("#title · Nebula");
});

test("a page counts on when its frames stop while one is awaited", async (t) => {
  const alice = await watched(t, "frames", "Anna");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "frames");
  await alice.evaluate(() => { window.requestAnimationFrame = () => 0; });
  await alice.look(false);
  await alice.hide(true);
  await crowd.say("Bob", "one");
  await alice.titled("(1) #frames · Nebula");
  await crowd.say("Bob", "two");
  await alice.titled("(2) #frames · Nebula");
});

test("after a reload all is said to be unread that is, loaded or not", async (t) => {
  const alice = await watched(t, "long", "Ada");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "long");
  await crowd.say("Bob", "seen");
  await settled(alice, "seen").waitFor();
  await say(alice, "/join short");
  await crowd.sayMany("Bob", 150);
  await alice.titled("(150) #short · Nebula");
  await alice.reload();
  await alice.titled("(150) #short · Nebula");
  const [long] = await alice.locator("#room-list button", { hasText: "long" }).all();
  assert.match(await long.textContent(), /150.*, 150 unread/);
  await long.click();
  await alice.titled("#long · Nebula");
});

test("notifications are asked for with a click, come where one is named and does not look, and go when one looks", async (t) => {
  const alice = await watched(t, "bell");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "bell");
  await alice.look(false);
  await crowd.say("Bob", "Alice!");
  await settled(alice, "Alice!").waitFor();
  assert.deepEqual(await alice.told(), [], "nobody asked");
  await alice.look(true);
  const bell = alice.getByRole("button", { name: "Notify me when I am mentioned" });
  await bell.click();
  await alice.locator("#bell[aria-pressed=true]").waitFor();
  assert.deepEqual(await alice.told(), ["asked"]);
  await crowd.say("Bob", "alice, this is being read");
  await settled(alice, "being read").waitFor();
  assert.deepEqual(await alice.told(), []);
  await say(alice, "/join elsewhere");
  await alice.look(false);
  await crowd.say("Bob", "alice, where are you?", "just talk");
  await alice.locator("#room-list", { hasText: ", 2 unread" }).waitFor();
  assert.deepEqual(await alice.told(), ["Bob in #bell: alice, where are you? (nebula-bell)"]);
  await alice.keyboard.press("Control+k");
  await alice.locator("#switcher").waitFor();
  await alice.evaluate(() => window.last.onclick());
  await alice.locator("#room", { hasText: /^bell$/ }).waitFor();
  assert.ok(await alice.locator("#switcher").isHidden());
  assert.deepEqual(await alice.told(), ["closed"]);
  await crowd.say("Bob", "alice, once more");
  await settled(alice, "once more").waitFor();
  await alice.look(true);
  assert.deepEqual(await alice.told(), ["Bob in #bell: alice, once more (nebula-bell)", "closed", "closed"].slice(0, 2));
  await say(alice, "/mute");
  await alice.look(false);
  await crowd.say("Bob", "alice, do you hear?");
  await settled(alice, "do you hear").waitFor();
  assert.deepEqual(await alice.told(), []);
  await alice.look(true);
  await alice.reload();
  await online(alice);
  assert.equal(await bell.getAttribute("aria-pressed"), "false", "the stub forgot its permission, and the bell says so");
});

test("where notifications are blocked, the bell says what to do", async (t) => {
  const alice = await watched(t, "blocked", "Alice", "denied");
  await alice.getByRole("button", { name: "Notify me when I am mentioned" }).click();
  await alice.locator("#notice", { hasText: "Allow them in its settings for this site" }).waitFor();
  assert.equal(await alice.locator("#bell").getAttribute("aria-pressed"), "false");
  await message(alice).fill("x");
});
