// Writing formatted texts: keys and a toolbar for styles, emoji by name, the offer to make a block of pasted code.

import assert from "node:assert/strict";
import { test } from "node:test";

import { message, pageOf, joining, online, person, settled, stage } from "../harness.js";

const { server, browser } = await stage();

const draft = (page) => message(page).inputValue();
/** As from the clipboard of another program. */
async function paste(page, text) {
  await page.evaluate((what) => navigator.clipboard.writeText(what), text);
  await page.keyboard.press("Control+V");
}

test("keys set what is selected in a style, and it can be undone", async (t) => {
  const alice = await person(t, browser, server, "Alice", "keys");
  await message(alice).focus();
  await alice.keyboard.type("a word");
  await alice.keyboard.press("Control+Shift+ArrowLeft");
  await alice.keyboard.press("Control+B");
  assert.equal(await draft(alice), "a **word**");
  await alice.keyboard.press("Control+I");
  assert.equal(await draft(alice), "a ***word***");
  await alice.keyboard.press("Control+B");
  assert.equal(await draft(alice), "a *word*");
  await alice.keyboard.press("Control+Z");
  assert.equal(await draft(alice), "a ***word***");
  await alice.keyboard.press("Control+A");
  await alice.keyboard.press("Control+Shift+C");
  await alice.keyboard.press("Enter");
  await settled(alice, "***word***").locator("code").waitFor();
  assert.deepEqual(alice.faults, []);
});

test("pastes of several lines into the middle of a line can be undone, and done again, however long they are", async (t) => {
  const alice = await person(t, browser, server, "Alice", "undone");
  for (const lines of [20, 21, 300]) {
    const pasted = Array.from({ length: lines }, (_, line) => `line ${line}`).join("\n");
    await message(alice).fill("");
    await alice.keyboard.type("before after");
    for (let letter = 0; letter < "after".length; letter += 1) await alice.keyboard.press("ArrowLeft");
    await paste(alice, pasted);
    if (lines > 20) await alice.getByRole("button", { name: "Paste", exact: true }).click();
    await alice.waitForFunction((whole) => document.getElementById("text").value === whole, `before ${pasted}after`);
    await alice.keyboard.press("Control+Z");
    assert.equal(await draft(alice), "before after", `${lines} lines`);
    await alice.keyboard.press("Control+Shift+Z");
    assert.equal(await draft(alice), `before ${pasted}after`, `${lines} lines`);
  }
  assert.deepEqual(alice.faults, []);
});

test("the toolbar is there for who wants it, with a mouse and with arrow keys", async (t) => {
  const alice = await person(t, browser, server, "Alice", "toolbar");
  const bar = alice.getByRole("toolbar", { name: "Formatting" });
  assert.equal(await bar.count(), 0, "nobody has to see it");
  const choose = async () => {
    await alice.locator("#me-button").click();
    await alice.getByRole("button", { name: "Formatting toolbar" }).click();
  };
  await choose();
  await bar.waitFor();
  await alice.keyboard.type("one");
  await alice.keyboard.press("Control+A");
  await bar.getByRole("button", { name: "Strikethrough" }).click();
  assert.equal(await draft(alice), "~~one~~");
  await alice.keyboard.press("Shift+Tab");
  await alice.keyboard.press("ArrowLeft");
  assert.equal(await alice.evaluate(() => document.activeElement.getAttribute("aria-label")), "Spoiler");
  await alice.keyboard.press("Enter");
  assert.equal(await draft(alice), "~~||one||~~");
  await alice.reload();
  await bar.waitFor();
  await choose();
  await bar.waitFor({ state: "hidden" });
});

test("emoji are offered by name and take the place of a whole one, never in code", async (t) => {
  const alice = await pageOf(t, browser, "Alice");
  const asked = [];
  alice.on("request", (request) => request.url().includes("emoji.js") && asked.push(request.url()));
  await alice.goto(joining(server, "Alice", "emoji"));
  await online(alice);
  await message(alice).focus();
  assert.deepEqual(asked, [], "who names none loads none");
  await alice.keyboard.type("so :smi");
  const options = alice.locator("#completions li");
  await options.filter({ hasText: "😄 :smile:" }).waitFor();
  await alice.keyboard.type("le");
  await options.first().filter({ hasText: "😄 :smile:" }).waitFor();
  await alice.keyboard.press("Tab");
  assert.equal(await draft(alice), "so 😄 ");
  await alice.keyboard.type(":tada:");
  await alice.waitForFunction(() => document.getElementById("text").value === "so 😄 🎉");
  await alice.keyboard.type(" `:tada:` :no_such: 10:30:");
  assert.equal(await draft(alice), "so 😄 🎉 `:tada:` :no_such: 10:30:");
  await message(alice).fill("");
  await alice.keyboard.type("```");
  await alice.keyboard.press("Shift+Enter");
  await alice.keyboard.type(":tada: :smi");
  assert.equal(await draft(alice), "```\n:tada: :smi");
  assert.equal(await alice.locator("#completions").isVisible(), false);
  assert.equal(asked.length, 1);
  assert.deepEqual([alice.faults, await alice.evaluate(() => window.reports)], [[], []]);
});

test("pasted code can become a block, and stays as it is otherwise", async (t) => {
  const alice = await person(t, browser, server, "Alice", "paste");
  await alice.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const offer = alice.getByRole("button", { name: "Make it a code block" });
  await message(alice).focus();
  await alice.keyboard.type("see: ");
  await paste(alice, "fn main() {\n    go();\n}");
  await offer.waitFor();
  const place = () => alice.evaluate(() => document.getElementById("pane").clientHeight);
  const height = await place();
  await offer.click();
  assert.equal(await draft(alice), "see: \n```\nfn main() {\n    go();\n}\n```\n");
  await offer.waitFor({ state: "hidden" });
  await alice.keyboard.press("Control+Z");
  assert.equal(await draft(alice), "see: fn main() {\n    go();\n}");
  await alice.keyboard.press("Control+Y");
  assert.equal(await draft(alice), "see: \n```\nfn main() {\n    go();\n}\n```\n", "done again");
  await alice.keyboard.press("Control+Z");
  assert.equal(await draft(alice), "see: fn main() {\n    go();\n}");
  // At the begin of a line, too.
  await message(alice).fill("");
  await paste(alice, "fn main() {\n    go();\n}");
  await offer.click();
  const block = "```\nfn main() {\n    go();\n}\n```\n";
  const seen = [await draft(alice)];
  for (const key of ["Z", "Y", "Z", "Z", "Y", "Y"]) {
    await alice.keyboard.press(`Control+${key}`);
    seen.push(await draft(alice));
  }
  assert.deepEqual(seen, [block, "fn main() {\n    go();\n}", block, "fn main() {\n    go();\n}", "", "fn main() {\n    go();\n}", block]);
  await message(alice).fill("");
  await paste(alice, "fn main() {\n    go();\n}");
  await offer.waitFor();
  await alice.keyboard.press("Escape");
  await offer.waitFor({ state: "hidden" });
  await message(alice).fill("");
  await paste(alice, "Hello Bob,\nthis is no code at all.\nAlice");
  await alice.keyboard.press("Enter");
  await settled(alice, "no code at all").waitFor();
  assert.equal(await offer.count(), 0);
  assert.ok(height <= await place(), "the offer takes no room from the messages");
});
