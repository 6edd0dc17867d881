// One person on several devices: linked by a code, listed, and revoked.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inRoom, joining, message, newPage, online, person, row, say, settled, stage, startNetwork } from "../harness.js";

const { server, browser } = await stage();

const PHONE = { viewport: { width: 360, height: 740 }, userAgent: "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0" };
const alert = (page, text) => page.getByRole("alert").filter({ hasText: text }).waitFor();
const me = (page, name) => page.locator("#me", { hasText: new RegExp(`^${name}$`) }).waitFor({ state: "attached" });
const devices = (page) => page.locator("#device-list li");

/** The code as it is shown, and the address. */
async function linkOf(page) {
  await say(page, "/link");
  await page.locator("#device-card .qr svg").waitFor();
  return { code: await page.locator("#device-card .code").textContent(), address: await page.getByLabel("Address to open on the other device").inputValue() };
}

test("who opens the address on a phone is there the same person, in the same rooms, and the code is in no address", async (t) => {
  const alice = await person(t, browser, server, "Alice", "dev");
  await say(alice, "/join ops");
  await inRoom(alice, "ops");
  await say(alice, "from the desk");
  await settled(alice, "from the desk").waitFor();
  const { code, address } = await linkOf(alice);
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.equal(address, `${server.address}#link=${code.replace("-", "")}`);
  const phone = await newPage(t, browser, PHONE);
  const asked = [];
  phone.on("request", (request) => asked.push(request.url(), ...Object.values(request.headers())));
  await phone.goto(address);
  await online(phone);
  await me(phone, "Alice");
  await phone.locator("#room-list li", { hasText: "dev" }).waitFor({ state: "attached" });
  await phone.locator("#room-list li", { hasText: "ops" }).waitFor({ state: "attached" });
  assert.ok(!phone.url().includes("link"));
  for (const each of asked) assert.ok(!each.includes(code.replace("-", "")), each);
  await say(phone, "/room ops");
  await settled(phone, "from the desk").waitFor();
  await say(phone, "from the phone");
  await settled(alice, "from the phone").waitFor();
  // The dialog is still open: what was linked comes into its list, and the code, which is used up, goes.
  await devices(alice).nth(1).waitFor({ timeout: 10_000 });
  await alice.locator("#device-card").waitFor({ state: "hidden" });
  assert.match(await devices(alice).nth(0).textContent(), /Chrome on Linux this device/);
  assert.match(await devices(alice).nth(1).textContent(), /Firefox on Android/);
  // Also after the phone was away.
  await phone.reload();
  await online(phone);
  await me(phone, "Alice");
  assert.deepEqual([alice.faults, phone.faults], [[], []]);
});

test("a code may be typed on the first screen; one that is wrong is told, and can be typed again", async (t) => {
  const bea = await person(t, browser, server, "Bea", "typed");
  const { code } = await linkOf(bea);
  const other = await newPage(t, browser);
  await other.goto(`${server.address}?room=typed`);
  await other.getByRole("button", { name: "I have this name on another device" }).click();
  assert.ok(await other.getByLabel("Your name").isHidden());
  await other.getByLabel("Code from the other device").fill("0000-0000");
  await other.getByRole("button", { name: "Link this device" }).click();
  await alert(other, "code");
  assert.match(await other.locator("#enter-fault").textContent(), /^This code is wrong/);
  assert.equal(await other.locator("#enter-advice").textContent(), "", "nothing is said twice");
  await other.getByLabel("Code from the other device").fill(code.toLowerCase().replace("-", " "));
  await other.keyboard.press("Enter");
  await online(other);
  await me(other, "Bea");
  assert.deepEqual(other.faults, []);
});

test("who has a name in this browser is asked before it becomes a device of somebody else", async (t) => {
  const cleo = await person(t, browser, server, "Cleo", "asked");
  const dora = await person(t, browser, server, "Dora", "asked");
  const { address } = await linkOf(cleo);
  const tab = await dora.context().newPage();
  await tab.goto(address);
  await tab.locator("#enter-advice", { hasText: "You are “Dora” in this browser" }).waitFor();
  await tab.getByRole("button", { name: "Go on as “Dora”" }).click();
  await tab.getByRole("button", { name: "Join" }).click();
  await me(tab, "Dora");
  // In a page that is open, too.
  await dora.evaluate((hash) => { location.hash = hash; }, new URL(address).hash);
  await dora.locator("#ask-question", { hasText: "You are “Dora” here" }).waitFor();
  assert.ok(!dora.url().includes("link"));
  await dora.getByRole("button", { name: "Link this device" }).click();
  await me(dora, "Cleo");
  await online(dora);
  assert.deepEqual(dora.faults, []);
});

test("a device that is revoked is out at once, stays out, and keeps what it did not send", async (t) => {
  const network = await startNetwork(t, server);
  const eve = await person(t, browser, server, "Eve", "lost");
  const { address } = await linkOf(eve);
  const phone = await newPage(t, browser, PHONE);
  await phone.goto(`${network.address}?room=lost${new URL(address).hash}`);
  await online(phone);
  await me(phone, "Eve");
  network.down(true);
  await phone.locator("#link", { hasText: "Not connected" }).waitFor();
  await say(phone, "too late");
  await eve.keyboard.press("Escape");
  await say(eve, "/devices");
  await devices(eve).filter({ hasText: "Firefox on Android" }).getByRole("button", { name: "Revoke" }).click();
  await eve.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await devices(eve).count(), 2);
  await devices(eve).filter({ hasText: "Firefox on Android" }).getByRole("button", { name: "Revoke" }).click();
  await eve.locator("#ask-yes").click();
  await devices(eve).nth(1).waitFor({ state: "detached" });
  network.down(false);
  await phone.evaluate(() => window.dispatchEvent(new Event("online")));
  await phone.locator("#link", { hasText: "Nothing is sent or received here any more" }).waitFor();
  await phone.locator("#log .failed", { hasText: "Not sent from this device" }).waitFor();
  await phone.evaluate(() => window.dispatchEvent(new Event("online")));
  await say(phone, "more");
  await phone.locator("#notice", { hasText: "link it again" }).waitFor();
  assert.equal(await message(phone).inputValue(), "more");
  // Linked anew, it is sent when the person wants it.
  await phone.getByRole("button", { name: "Link again" }).click();
  await eve.keyboard.press("Escape");
  const again = await linkOf(eve);
  await phone.getByLabel("Code from the other device").fill(again.code);
  await phone.getByRole("button", { name: "Link this device" }).click();
  await online(phone);
  await phone.locator("#log .failed").getByRole("button", { name: "Retry" }).click();
  await row(eve, "too late").waitFor();
});

test("one that is open hears of it within a second", async (t) => {
  const fay = await person(t, browser, server, "Fay", "open");
  const { address } = await linkOf(fay);
  const phone = await newPage(t, browser, PHONE);
  await phone.goto(address);
  await online(phone);
  await me(phone, "Fay");
  await fay.keyboard.press("Escape");
  await say(phone, "/devices");
  await say(fay, "/devices");
  await devices(fay).nth(1).getByRole("button", { name: "Revoke" }).click();
  await fay.locator("#ask-yes").click();
  await phone.locator("#devices").waitFor({ state: "hidden" });
  await phone.locator("#link", { hasText: "Nothing is sent or received here any more" }).waitFor({ timeout: 5_000 });
  // This one is the only one now.
  await devices(fay).nth(1).waitFor({ state: "detached" });
  await devices(fay).nth(0).getByRole("button", { name: "Revoke" }).click();
  await fay.locator("#ask-yes").click();
  await fay.locator("#devices-fault", { hasText: /\w/ }).waitFor();
  await phone.reload();
  await phone.locator("#link, #enter-fault", { hasText: /revoked|no longer|any more/ }).first().waitFor();
  assert.deepEqual(fay.faults, []);
});

test("a guest is told that a device needs a name", async (t) => {
  const guest = await newPage(t, browser);
  await guest.goto(server.address);
  await guest.getByRole("button", { name: "Join" }).click();
  await online(guest);
  await guest.locator("#me-button").click();
  await guest.getByRole("button", { name: "Your devices" }).click();
  await guest.locator("#devices-fault", { hasText: "name" }).waitFor();
  await guest.keyboard.press("Escape");
  assert.ok(await guest.locator("#devices").isHidden());
  await guest.locator("#notice", { hasText: /^$/ }).waitFor({ state: "attached" });
  await guest.locator("#me-button").click();
  await guest.getByRole("button", { name: "Take another name" }).click();
  await guest.keyboard.type("Hedy");
  await guest.keyboard.press("Enter");
  await me(guest, "Hedy");
  await online(guest);
  await say(guest, "/devices");
  await devices(guest).first().waitFor();
  assert.deepEqual(guest.faults, []);
});

test("by keyboard: the menu, the dialog, its list and the question, and back", async (t) => {
  const gil = await person(t, browser, server, "Gil", "keys");
  const focus = () => gil.evaluate(() => document.activeElement?.id);
  await gil.locator("#me-button").focus();
  await gil.keyboard.press("Enter");
  assert.equal(await focus(), "mentions-button");
  await gil.keyboard.press("Tab");
  assert.equal(await focus(), "devices-button");
  await gil.keyboard.press("Enter");
  await devices(gil).first().waitFor();
  assert.equal(await focus(), "link-button");
  await gil.keyboard.press("Enter");
  await gil.locator("#device-card .qr svg").waitFor();
  await gil.keyboard.press("Tab");
  await gil.keyboard.press("Enter");
  await gil.locator("#ask-question", { hasText: "Revoke this device?" }).waitFor();
  await gil.keyboard.press("Escape");
  assert.ok(await gil.locator("#devices").isVisible());
  await gil.keyboard.press("Escape");
  assert.ok(await gil.locator("#devices").isHidden());
  await gil.goto(joining(server, "Gil", "keys"));
  await online(gil);
});
