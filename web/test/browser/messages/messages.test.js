// What becomes of messages, as people see it: edited, deleted, answered, reacted to, and who is writing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, message, newPage, online, person, row, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();
const SHOTS = process.env.SHOTS;
const shot = async (page, name) => SHOTS && page.screenshot({ path: `${SHOTS}/${name}.png` });
const tool = (page, text, name) => settled(page, text).first().getByRole("button", { name });

test("people edit, answer and react to messages, and everybody sees it", async (t) => {
  const [ann, bob] = [await person(t, browser, server, "Ann", "life"), await person(t, browser, server, "Bob", "life")];
  await say(ann, "shall we meat?");
  await settled(bob, "shall we meat?").waitFor();
  await message(ann).press("ArrowUp");
  const box = ann.getByLabel("Edit message");
  assert.equal(await box.inputValue(), "shall we meat?");
  await box.fill("shall we meet?");
  await shot(ann, "editing");
  await box.press("Enter");
  await settled(bob, "shall we meet?").locator(".edited").waitFor();
  assert.match(await settled(bob, "shall we meet?").locator(".edited").getAttribute("title"), /^Edited /);
  await ann.waitForFunction(() => document.activeElement.id === "text");
  await settled(bob, "shall we meet?").first().hover();
  await tool(bob, "shall we meet?", "Reply").click();
  await bob.locator("#replying-words", { hasText: "Replying to Ann: shall we meet?" }).waitFor();
  await shot(bob, "replying");
  await say(bob, "gladly");
  await settled(ann, "gladly").locator(".quote", { hasText: "Ann shall we meet?" }).waitFor();
  await settled(bob, "shall we meet?").first().hover();
  await tool(bob, "shall we meet?", "React").click();
  await bob.getByRole("combobox", { name: "Search by name" }).fill("tada");
  await bob.locator("#picker-list li", { hasText: "🎉" }).waitFor();
  await shot(bob, "picker");
  await bob.keyboard.press("Enter");
  const kind = settled(ann, "shall we meet?").first().locator(".kind");
  await kind.filter({ hasText: "🎉 1" }).waitFor();
  assert.deepEqual([await kind.getAttribute("title"), await kind.getAttribute("aria-pressed")], ["Bob", "false"]);
  await kind.click();
  await settled(bob, "shall we meet?").first().locator(".kind", { hasText: "🎉 2" }).waitFor();
  assert.equal(await settled(bob, "shall we meet?").first().locator(".kind").getAttribute("title"), "Bob and Ann");
  await shot(ann, "reacted");
  assert.deepEqual([...ann.faults, ...bob.faults, ...await bob.evaluate(() => window.reports)], []);
});
