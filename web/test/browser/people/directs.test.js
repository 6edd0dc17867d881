// Direct messages with several people: chosen with the mouse and with the keyboard, and found again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inRoom, newPage, online, person, redial, say, settled, stage, startNetwork } from "../harness.js";

const { server, browser } = await stage();

const directs = (page, name) => page.locator("#direct-list li", { hasText: name });
const offered = (page, name) => page.locator("#write-list li", { hasText: name });
const chosen = (page) => page.locator("#write-chosen button").allTextContents();
const opener = (page) => page.getByRole("button", { name: "Write to one or several people" });
const focus = (page) => page.evaluate(() => document.activeElement?.id);

test("several people are chosen with the mouse, one is taken back, and all have the conversation in their list", async (t) => {
  const [ann, bob, cleo] = [await person(t, browser, server, "Ann", "yard"), await person(t, browser, server, "Bob", "yard"), await person(t, browser, server, "Cleo", "yard")];
  await person(t, browser, server, "Dan", "yard");
  await opener(ann).click();
  assert.ok(await ann.getByRole("button", { name: "Start the conversation" }).isDisabled());
  for (const name of ["Bob", "Dan", "Cleo"]) await offered(ann, name).click();
  await ann.getByRole("button", { name: "Remove Dan" }).click();
  assert.deepEqual(await chosen(ann), ["Bob", "Cleo"]);
  await offered(ann, "Dan").waitFor();
  await ann.getByRole("button", { name: "Start the conversation" }).click();
  await inRoom(ann, "Bob, Cleo");
  assert.ok(await ann.locator("#write").isHidden());
  assert.equal(await focus(ann), "text");
  await say(ann, "lunch?");
  await settled(ann, "lunch?").waitFor();
  await directs(bob, /Ann, Cleo.*1 unread/).waitFor();
  assert.deepEqual(await directs(bob, /Ann, Cleo/).locator(".badge.calls").allTextContents(), ["@1"]);
  await directs(cleo, /Ann, Bob.*1 unread/).getByRole("button").click();
  await settled(cleo, "lunch?").waitFor();
  assert.deepEqual([ann.faults, bob.faults, cleo.faults], [[], [], []]);
});

test("with the keyboard: letters and Enter choose, Backspace takes back, Enter starts, Esc closes", async (t) => {
  const eve = await person(t, browser, server, "Eve", "hall");
  for (const name of ["Fay", "Frank", "Gus"]) await person(t, browser, server, name, "hall");
  await eve.locator("#people-list", { hasText: "Gus" }).waitFor();
  await opener(eve).focus();
  await eve.keyboard.press("Enter");
  assert.equal(await focus(eve), "write-text");
  for (const typed of ["gu", "f", "fr"]) {
    await eve.keyboard.type(typed);
    await eve.keyboard.press("Enter");
  }
  assert.deepEqual(await chosen(eve), ["Gus", "Fay", "Frank"]);
  await eve.keyboard.press("Backspace");
  assert.deepEqual(await chosen(eve), ["Gus", "Fay"]);
  await eve.keyboard.press("Enter");
  await inRoom(eve, "Fay, Gus");
  assert.equal(await focus(eve), "text");
  await say(eve, "hello");
  await settled(eve, "hello").waitFor();
  // The same people have the same conversation, in whatever order they are chosen.
  await say(eve, "/room hall");
  await inRoom(eve, "hall");
  await opener(eve).focus();
  await eve.keyboard.press("Enter");
  await offered(eve, "Fay").click();
  await eve.keyboard.press("ArrowUp");
  await eve.keyboard.press("Enter");
  assert.deepEqual(await chosen(eve), ["Fay", "Gus"]);
  await eve.keyboard.press("Enter");
  await inRoom(eve, "Fay, Gus");
  assert.equal(await directs(eve, "Fay").count(), 1);
  await opener(eve).focus();
  await eve.keyboard.press("Enter");
  await eve.keyboard.press("Escape");
  assert.equal(await focus(eve), "write-button");
  assert.deepEqual(eve.faults, []);
});

test("nine others and no more; a name that nobody has is told in the dialog; guests have no such button", async (t) => {
  const hal = await person(t, browser, server, "Hal", "attic");
  await opener(hal).click();
  for (let number = 1; number <= 9; number += 1) {
    await hal.keyboard.type(`Nobody ${number}`);
    await hal.keyboard.press("Enter");
  }
  assert.equal((await chosen(hal)).length, 9);
  await hal.locator("#write-left", { hasText: "at most 10 people" }).waitFor();
  await hal.keyboard.type("Somebody");
  assert.equal(await hal.locator("#write-list li").count(), 0);
  await hal.locator("#write-text").fill("");
  await hal.keyboard.press("Enter");
  await hal.locator("#write-fault", { hasText: /name/ }).waitFor();
  const guest = await newPage(t, browser);
  await guest.goto(server.address);
  await guest.getByRole("button", { name: "Join" }).click();
  await online(guest);
  assert.ok(await opener(guest).isHidden());
  assert.deepEqual([hal.faults, guest.faults], [[], []]);
});

test("without a connection it is not known who is there", async (t) => {
  const network = await startNetwork(t, server);
  const ivy = await person(t, browser, network, "Ivy", "den");
  await person(t, browser, server, "Jay", "den");
  await say(ivy, "/msg Jay hello");
  await inRoom(ivy, "Jay");
  const shown = async () => ({
    counts: await ivy.locator("#count, #people-count").allTextContents(),
    green: await ivy.evaluate(() => {
      const [first] = document.querySelectorAll("#people-list .dot");
      return [first, document.querySelector("#direct-list .dot")].map((dot) => getComputedStyle(dot).backgroundColor === "rgba(0, 0, 0, 0)" && getComputedStyle(dot).borderTopWidth === "2px" ? "unknown" : "green");
    }),
    said: await ivy.locator("#direct-list li", { hasText: "Jay" }).textContent(),
  });
  await ivy.locator("#direct-list li", { hasText: "Jay, online" }).waitFor();
  await ivy.locator("#people-count", { hasText: "2" }).waitFor();
  network.down(true);
  await ivy.locator("#link", { hasText: "Not connected" }).waitFor();
  const offline = await shown();
  assert.deepEqual(offline.counts, ["–", "–"]);
  assert.deepEqual(offline.green, ["unknown", "unknown"]);
  assert.doesNotMatch(offline.said, /online|offline/);
  network.down(false);
  await redial(ivy);
  await online(ivy);
  await ivy.locator("#people-count", { hasText: "2" }).waitFor();
  await ivy.locator("#direct-list li", { hasText: "Jay, online" }).waitFor();
  assert.equal((await shown()).green[1], "green");
});
