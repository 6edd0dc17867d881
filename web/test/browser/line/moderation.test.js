// What a moderator does, as everybody sees it: put out, silenced, deleted.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inRoom, message, newPage, online, redial, row, say, settled, stage, startClosedServer, startNetwork, texts } from "../harness.js";

const { server, browser } = await stage(startClosedServer());

/** Somebody with a token, in a room. */
async function member(t, name, room, { moderates = false, address = server.address, options = {} } = {}) {
  const page = await newPage(t, browser, options);
  await page.goto(`${address}?room=${room}#token=${server.token(name, "*", ...(moderates ? ["--moderator"] : []))}`);
  await online(page);
  return page;
}

const notice = (page, text) => page.locator("#notice", { hasText: text }).waitFor();
const outside = (page, text) => page.locator("#link", { hasText: text }).waitFor();

/** Deletes a message by a command, which asks first. */
async function deletes(page, command) {
  await say(page, command);
  await page.locator("#ask-yes").click();
}

test("who is put out sees why, reads on, and may come in again", async (t) => {
  const mod = await member(t, "Mod", "kick", { moderates: true });
  const eve = await member(t, "Eve", "kick");
  await say(eve, "noise");
  await settled(mod, "noise").waitFor();
  await say(mod, "/kick Eve please calm down");
  await row(mod, "Mod kicked Eve: please calm down").waitFor();
  await row(mod, "Eve left").waitFor();
  await outside(eve, "Mod removed you from #kick: please calm down.");
  assert.deepEqual(await texts(eve), ["noise"], "what was there is there");
  // What one writes meanwhile waits.
  await say(eve, "sorry");
  await eve.locator("#log .pending", { hasText: "will be sent when you rejoin this room" }).waitFor();
  await eve.getByRole("button", { name: "Join again" }).click();
  await online(eve);
  await settled(mod, "sorry").waitFor();
  assert.deepEqual([mod.faults, eve.faults], [[], []]);
});

test("who is banned cannot come in, also after a cut, until the ban is lifted", async (t) => {
  const network = await startNetwork(t, server);
  const mod = await member(t, "Mod", "ban", { moderates: true });
  const eve = await member(t, "Eve", "ban", { address: network.address });
  await say(eve, "/join elsewhere");
  await inRoom(eve, "elsewhere");
  await online(eve);
  await say(eve, "/room ban");
  await say(mod, "/ban Eve 2h spam");
  await row(mod, "Mod banned Eve for 2h: spam").waitFor();
  await outside(eve, "Mod banned you from #ban for 2h: spam.");
  await eve.getByRole("button", { name: "Join again" }).click();
  await outside(eve, "you are banned from this room");
  network.down(true);
  await outside(eve, "Not connected");
  network.down(false);
  await redial(eve);
  await outside(eve, "You can't join this room");
  assert.ok(await eve.locator("#chat").isVisible(), "the other room is there");
  await say(mod, "/unban Eve");
  await row(mod, "Mod unbanned Eve").waitFor();
  await eve.getByRole("button", { name: "Join again" }).click();
  await online(eve);
  await say(mod, "/ban -s Eve");
  await eve.getByRole("alert").filter({ hasText: "you are banned from this server" }).waitFor();
  await eve.locator("#enter-advice", { hasText: "Ask a moderator" }).waitFor();
  await eve.keyboard.press("Control+k");
  assert.ok(await eve.locator("#switcher").isHidden(), "there is no room to go to");
  await say(mod, "/unban -s Eve");
  await row(mod, "Mod unbanned Eve on the whole server").waitFor();
  await eve.getByRole("button", { name: "Join" }).click();
  await online(eve);
});

test("who is silenced is told with the message, and can send it when the time is over", async (t) => {
  const mod = await member(t, "Mod", "mute", { moderates: true });
  const eve = await member(t, "Eve", "mute");
  await say(mod, "/silence Eve: 10m too loud");
  await row(eve, "Mod silenced Eve for 10m: too loud").waitFor();
  await say(eve, "but");
  await eve.locator("#log .failed", { hasText: "not sent: you are muted in this room" }).waitFor();
  await say(mod, "/unsilence Eve");
  await row(eve, "Mod unsilenced Eve").waitFor();
  await say(eve, "/retry");
  await settled(mod, "but").waitFor();
});

test("who is no moderator is told so, and has no button", async (t) => {
  const eve = await member(t, "Eve", "plain");
  await say(eve, "mine");
  await settled(eve, "mine").waitFor();
  await say(await member(t, "Mod", "plain", { moderates: true }), "not hers");
  await settled(eve, "not hers").hover();
  assert.equal(await settled(eve, "not hers").getByRole("button", { name: "Delete" }).count(), 0);
  for (const [command, words] of [["/kick Eve", /only a moderator/i], ["/delete 2", /No such message/], ["/ban -s Eve", /only a moderator/i]]) {
    await say(eve, command);
    await notice(eve, words);
    await message(eve).fill("x");
    await eve.locator("#notice", { hasText: /^$/ }).waitFor({ state: "attached" });
  }
  await say(eve, "/silence Eve");
  await notice(eve, "/silence needs a duration: 10m, 2h or 3d");
  assert.equal(await message(eve).inputValue(), "/silence Eve", "what is wrong stays to be mended");
});

test("a deleted message is a quiet tombstone: for who is here, for who was away, and for who comes", async (t) => {
  const network = await startNetwork(t, server);
  const mod = await member(t, "Mod", "delete", { moderates: true });
  const eve = await member(t, "Eve", "delete", { address: network.address });
  for (const text of ["one https://a.example/", "two", "/me three"]) await say(eve, text);
  await row(mod, "Eve three").waitFor();
  await deletes(mod, "/delete 2");
  await settled(eve, "(deleted)").waitFor();
  assert.deepEqual(await texts(eve), ["one https://a.example/", "(deleted)", "three"]);
  assert.match(await settled(eve, "(deleted)").getAttribute("class"), /gone/);
  await settled(mod, "(deleted)").waitFor();
  network.down(true);
  await outside(eve, "Not connected");
  await deletes(mod, "/delete 2");
  await mod.locator("#log .gone").nth(1).waitFor();
  network.down(false);
  await redial(eve);
  await eve.locator("#log .gone").nth(1).waitFor();
  assert.deepEqual(await texts(eve), ["(deleted)", "(deleted)", "three"]);
  await deletes(mod, "/delete");
  await eve.locator("#log .gone").nth(2).waitFor();
  const late = await member(t, "Late", "delete");
  await late.locator("#log .gone").nth(2).waitFor();
  assert.deepEqual(await texts(late), ["(deleted)", "(deleted)", "(deleted)"]);
  assert.equal(await late.locator("#log .act, #log a").count(), 0);
  await say(mod, "/delete");
  await notice(mod, "No such message");
});

test("a moderator deletes with a button, by keyboard, after a question", async (t) => {
  const mod = await member(t, "Mod", "button", { moderates: true });
  const eve = await member(t, "Eve", "button");
  for (const text of ["keep", "remove"]) await say(eve, text);
  await settled(mod, "remove").waitFor();
  await mod.locator("#pane").focus();
  await mod.keyboard.press("ArrowUp");
  for (const _ of ["React", "Reply", "Delete"]) await mod.keyboard.press("Tab");
  assert.equal(await mod.evaluate(() => document.activeElement.getAttribute("aria-label")), "Delete Eve's message");
  await mod.keyboard.press("Enter");
  await mod.locator("#ask", { hasText: "Delete Eve's message? This can't be undone." }).waitFor();
  await mod.keyboard.press("Escape");
  // The focus is back at the message.
  await mod.waitForFunction(() => document.activeElement.matches("#log .row") && document.activeElement.textContent.includes("remove"));
  await settled(mod, "remove").hover();
  await settled(mod, "remove").getByRole("button", { name: "Delete" }).click();
  await mod.keyboard.press("Enter");
  await settled(eve, "(deleted)").waitFor();
  assert.deepEqual(await texts(eve), ["keep", "(deleted)"]);
  await settled(mod, "(deleted)").waitFor();
  assert.equal(await settled(mod, "(deleted)").getByRole("button").count(), 0);
  assert.deepEqual([mod.faults, eve.faults], [[], []]);
});

test("a touch of a message does not press the button that it shows", async (t) => {
  const mod = await member(t, "Mod", "touch", { moderates: true, options: { hasTouch: true, isMobile: true, viewport: { width: 800, height: 640 } } });
  await say(mod, "keep");
  const row = settled(mod, "keep");
  await row.waitFor();
  const middle = async (found) => {
    const { x, y, width, height } = await found.boundingBox();
    return [x + width / 2, y + height / 2];
  };
  const remover = row.getByRole("button", { name: "Delete your message" });
  const place = await middle(row);
  await mod.touchscreen.tap(...place);
  await mod.waitForFunction(() => document.activeElement.matches(".row"));
  assert.ok(await mod.locator("#ask").isHidden());
  await mod.touchscreen.tap(...await middle(remover));
  await mod.locator("#ask", { hasText: "Delete your message?" }).waitFor();
});
