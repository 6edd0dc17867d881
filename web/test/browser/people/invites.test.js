// Closed doors: invites are made, sent, used and ended, and what is said to who has none.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { inRoom, keyOf, newPage, online, pageOf, person, say, stage, startServer } from "../harness.js";

const { server: open, browser } = await stage();

/** A server for members, with a moderator who can come in. */
async function startForMembers(t, ...flags) {
  const folder = mkdtempSync(join(tmpdir(), "nebula-"));
  const file = join(folder, "moderators");
  writeFileSync(file, createHash("sha256").update(Buffer.from(keyOf("Mod"), "base64url")).digest("hex"));
  const server = await startServer("--members", "--moderators", file, ...flags);
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  return server;
}

/** The moderator, who came by an invite of the operator. */
async function moderator(t, server) {
  const code = (await server.command("invite")).stdout.trim();
  const mod = await pageOf(t, browser, "Mod");
  await mod.goto(`${server.address}#invite=${code}`);
  await mod.locator("#enter-what", { hasText: "You are invited to" }).waitFor();
  assert.ok(!mod.url().includes("invite"));
  await mod.getByLabel("Your name").fill("Mod");
  await mod.keyboard.press("Enter");
  await online(mod);
  return mod;
}

const alert = (page, text) => page.getByRole("alert").filter({ hasText: text }).waitFor();
const invites = (page) => page.locator("#invite-list li");

/** Makes an invite by the dialog; gives its address. */
async function invite(page, people, note) {
  await say(page, "/invites");
  await page.getByLabel("People", { exact: true }).fill(String(people));
  await page.getByLabel("Note for yourself").fill(note);
  await page.getByRole("button", { name: "Make an invite" }).click();
  await invites(page).filter({ hasText: note }).waitFor();
  const address = await page.getByLabel("Invite link").inputValue();
  await page.keyboard.press("Escape");
  return address;
}

test("who is sent a link chooses a name and is in; it works for so many, and the list says who came", async (t) => {
  const server = await startForMembers(t);
  const stranger = await newPage(t, browser);
  await stranger.goto(`${server.address}?room=dev&username=Bob`);
  await alert(stranger, "invite");
  await stranger.getByLabel("Invite code").waitFor();
  assert.match(await stranger.locator("#enter-what").textContent(), /^Chat in rooms on/, "nobody invited them");
  const mod = await moderator(t, server);
  const address = await invite(mod, 1, "the new team");
  const bob = await newPage(t, browser);
  await bob.goto(address);
  await bob.getByLabel("Your name").fill("Bob");
  await bob.keyboard.press("Enter");
  await online(bob);
  // Opening a link uses up nothing; a name does.
  const late = await newPage(t, browser);
  await late.goto(address);
  await late.getByLabel("Your name").fill("Late");
  await late.keyboard.press("Enter");
  await alert(late, "code");
  await bob.reload();
  await online(bob);
  assert.deepEqual([mod.faults, bob.faults, late.faults], [[], [], []]);
});

test("the list says who made an invite and who came by it, and ends it", async (t) => {
  const server = await startForMembers(t);
  const mod = await moderator(t, server);
  const address = await invite(mod, 3, "everybody");
  const bob = await newPage(t, browser);
  await bob.goto(address);
  await bob.getByLabel("Your name").fill("Bob");
  await bob.keyboard.press("Enter");
  await online(bob);
  await say(mod, "/invites");
  await invites(mod).filter({ hasText: "came: Bob" }).waitFor();
  assert.match(await invites(mod).filter({ hasText: "everybody" }).textContent(), /2 left until .* by Mod/);
  await invites(mod).filter({ hasText: "everybody" }).getByRole("button", { name: "End" }).click();
  await mod.locator("#invite-none", { hasText: "No invites are open" }).waitFor();
  assert.ok(await mod.locator("#invite-card").isHidden(), "its code is good for nothing now");
  const late = await newPage(t, browser);
  await late.goto(address);
  await late.getByLabel("Your name").fill("Late");
  await late.keyboard.press("Enter");
  await alert(late, "code");
});

test("where there are no guests, one is asked for a name", async (t) => {
  const server = await startServer("--guests", "off");
  t.after(() => server.stop());
  const guest = await newPage(t, browser);
  await guest.addInitScript(() => Object.defineProperty(window, "localStorage", { get() { throw new Error("denied"); } }));
  await guest.goto(`${server.address}?username=Ann`);
  await alert(guest, "key");
  await guest.locator("#enter-advice", { hasText: "allowed to store data" }).waitFor();
});

test("the owner of a private room invites to it, by its title", async (t) => {
  const bea = await person(t, browser, open, "Bea", "inviting");
  await say(bea, "/create Ops team private");
  await inRoom(bea, "Ops team");
  await invite(bea, 2, "welcome");
  await say(bea, "/invites");
  assert.equal(await bea.getByLabel("Note for yourself").inputValue(), "");
  assert.equal(await bea.locator("#invite-where option:checked").textContent(), "Only +Ops team");
  assert.match(await invites(bea).textContent(), /2 left until .* · for \+Ops team · by Bea/);
  assert.deepEqual(bea.faults, []);
});

test("who may not invite is told so in the dialog", async (t) => {
  const ann = await person(t, browser, open, "Ann", "inviting");
  await say(ann, "/invites");
  await ann.getByRole("button", { name: "Make an invite" }).click();
  await ann.locator("#invites-fault", { hasText: /moderator/ }).waitFor();
});
