// What strangers write stays in its own row, and reads as what it is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, newCrowd, person, row, settled, stage } from "../harness.js";

const { server, browser } = await stage();

test("marks that are stacked on a letter are not drawn over other rows", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "marks");
  const page = await person(t, browser, server, "Alice", "marks", { viewport: { width: 700, height: 500 } });
  await crowd.say("Bob", "the row above");
  await settled(page, "the row above").waitFor();
  await drawn(page);
  const above = () => settled(page, "the row above").screenshot({ animations: "disabled" });
  const before = await above();
  const marks = Array.from({ length: 9 }, (_, i) => String.fromCharCode(0x300 + i)).join("");
  await crowd.say("Bob", `${`e${marks}`.repeat(30)} the row below`, `o${"\u0335\u0316".repeat(2000)}`);
  await settled(page, "the row below").waitFor();
  await page.locator("#log li[data-id]").nth(2).waitFor();
  await drawn(page);
  assert.ok(before.equals(await above()), "the row above was drawn over");
  const shown = await page.locator("#log .content").nth(2).textContent();
  assert.equal(shown, `o${"\u0335\u0316".repeat(4)}`);
});

test("a text reads as what it is", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "reads");
  const page = await person(t, browser, server, "Alice", "reads");
  await crowd.say("Bob", "see \u202egnp.exe", "rm -rf ./build\r/etc is safe\u2028so", "https://аррӏе.com/ is look-alike", "https://例え.テスト/、と");
  await settled(page, "テスト").waitFor();
  const texts = await page.locator("#log .content").evaluateAll((all) => all.map((each) => each.innerText));
  assert.deepEqual(texts, ["see [U+202E]gnp.exe", "rm -rf ./build\n/etc is safe\nso", "https://аррӏе.com/ (xn--80ak6aa92e.com) is look-alike", "https://例え.テスト/、と"]);
  assert.deepEqual(await page.locator("#log a").allTextContents(), ["https://аррӏе.com/", "https://例え.テスト/"]);
});

test("a name that is written from the right does not reorder what is told of others", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  const page = await person(t, browser, server, "Alice", "bidi");
  await crowd.enter("אבג", "bidi");
  await crowd.enter("דהו", "bidi");
  await row(page, "joined").filter({ hasText: "דהו" }).waitFor();
  const told = await row(page, "joined").textContent();
  assert.equal(told, "\u2068אבג\u2069 and \u2068דהו\u2069 joined");
});
