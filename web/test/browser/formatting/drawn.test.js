// Formatted texts on the page: elements that say what is meant, and nothing of a text is markup.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, newCrowd, person, row, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();

/** What the texts of a room are made of: tags with what they hold. */
const shapes = (page) => page.locator("#log li[data-id] .content").evaluateAll((all) => {
  const shape = (node) => (node.nodeType === Node.TEXT_NODE ? node.data : [node.localName, ...[...node.childNodes].map(shape)]);
  return all.map((each) => shape(each).slice(1));
});

test("each part of a text is the element that it means", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "shapes");
  const alice = await person(t, browser, server, "Alice", "shapes");
  await crowd.say("Bob", "as before\non two lines", "**b** *i* ***bi*** ~~s~~ `<b>*c*</b>`", "see [the **docs**](https://docs.example/a)", "> said\n> - so\n\nno", "- a\n  below\n  - b\n- c\n7. d", "/me *waves*\n> at all", "<img src=x onerror=alert(1)> **<b>**", "007. bond", "last");
  await settled(alice, "last").waitFor();
  assert.deepEqual(await shapes(alice), [
    ["as before", "\n", "on two lines"],
    [["strong", "b"], " ", ["em", "i"], " ", ["em", ["strong", "bi"]], " ", ["del", "s"], " ", ["code", "<b>*c*</b>"]],
    ["see ", ["a", "the ", ["strong", "docs"]], ["span", " (docs.example)"]],
    [["blockquote", ["p", "said"], ["ul", ["li", "so"]]], ["p", "no"]],
    [["ul", ["li", "a", "\n", "below", ["ul", ["li", "b"]]], ["li", "c"]], ["ol", ["li", "d"]]],
    [["em", "waves"], ["blockquote", ["p", "at all"]]],
    ["<img src=x onerror=alert(1)> ", ["strong", "<b>"]],
    [["ol", ["li", "bond"]]],
    ["last"],
  ]);
  const link = row(alice, "the docs").locator("a");
  assert.deepEqual(await link.evaluate(({ href, rel, target }) => [href, rel, target]), ["https://docs.example/a", "noopener noreferrer nofollow", "_blank"]);
  assert.equal(await row(alice, "below").locator("ol li").evaluate((li) => li.value), 7);
  // A number is shown as it was typed.
  assert.equal(await row(alice, "bond").locator("ol li").evaluate((li) => getComputedStyle(li, "::marker").content), '"007. "');
  assert.deepEqual([alice.faults, await alice.evaluate(() => window.reports)], [[], []]);
});

test("code is highlighted, scrolls by itself, and is copied by mouse and by keyboard", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "code");
  const code = `fn main() { // ${"long ".repeat(60)}\n    let x = "1";\n}`;
  await crowd.say("Bob", `\`\`\`rust\n${code}\n\`\`\``, "```nothing-known\nlet x = 1;\n```");
  const alice = await person(t, browser, server, "Alice", "code", { viewport: { width: 360, height: 640 } });
  await alice.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await settled(alice, "let x = 1;").waitFor();
  const block = row(alice, "fn main").getByRole("group", { name: "Code, rust" });
  const kinds = await block.locator("pre span").evaluateAll((all) => all.map((each) => `${each.className} ${each.textContent}`.slice(0, 12)));
  assert.deepEqual(kinds, ["keyword fn", "comment // l", "keyword let", 'string "1"']);
  assert.equal(await row(alice, "let x = 1;").locator("pre span").count(), 0);
  const widths = await alice.evaluate(() => [document.documentElement, document.getElementById("pane"), document.querySelector("pre")].map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth));
  assert.deepEqual(widths, [false, false, true], "only the code scrolls sideways");
  const copied = () => alice.evaluate(() => navigator.clipboard.readText());
  await block.hover();
  await block.getByRole("button", { name: "Copy the code" }).click();
  await block.getByText("Copied").waitFor();
  assert.equal(await copied(), code);
  await alice.locator("#announcer", { hasText: "Copied" }).waitFor({ state: "attached" });
  // By keyboard: to the next message, to its code, and to the button.
  await alice.keyboard.press("ArrowDown");
  await alice.keyboard.press("Tab");
  assert.equal(await alice.evaluate(() => document.activeElement.localName), "pre");
  await alice.keyboard.press("Tab");
  assert.equal(await alice.evaluate(() => getComputedStyle(document.activeElement).opacity), "1");
  await alice.keyboard.press("Enter");
  await row(alice, "let x = 1;").getByText("Copied").waitFor();
  assert.equal(await copied(), "let x = 1;");
});

test("a spoiler is neither seen, heard nor copied until its button is pressed", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "spoiler");
  await crowd.say("Bob", "he is ||the *murderer*|| of us");
  const alice = await person(t, browser, server, "Alice", "spoiler");
  const at = settled(alice, "he is");
  const secret = at.getByText("murderer");
  await at.waitFor();
  assert.doesNotMatch(await at.ariaSnapshot(), /murderer/);
  assert.doesNotMatch(await at.locator(".content").evaluate((content) => content.innerText), /murderer/);
  await at.getByRole("button", { name: "Show the spoiler" }).click();
  await secret.waitFor();
  assert.match(await at.ariaSnapshot(), /murderer/);
  assert.equal(await alice.evaluate(() => document.activeElement.textContent), "the murderer", "the focus is where the button was");
  // Nothing that is drawn again hides it again.
  await crowd.finds("Bob", "murder*", 1);
  await say(alice, "/search murder*");
  const hit = alice.getByRole("list", { name: "Results" }).getByRole("button");
  await hit.waitFor();
  assert.doesNotMatch(await hit.textContent(), /murderer/);
  await hit.click();
  await at.locator("mark", { hasText: "murderer" }).waitFor();
});

test("/plain shows what was typed, also after a reload", async (t) => {
  const alice = await person(t, browser, server, "Alice", "plain");
  await say(alice, "**b** `c` https://a.example");
  await settled(alice, "a.example").waitFor();
  const bold = alice.locator("#log strong");
  await bold.waitFor();
  await say(alice, "/plain");
  await bold.waitFor({ state: "detached" });
  assert.deepEqual(await shapes(alice), [["**b** `c` ", ["a", "https://a.example"]]]);
  await alice.reload();
  await settled(alice, "a.example").waitFor();
  assert.equal(await bold.count(), 0);
  await say(alice, "/plain");
  await bold.waitFor();
});

test("a message is copied as it was typed, a part of one as it is seen", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "copy");
  await crowd.say("Bob", "**one**\n- a\n- b", "`two`");
  const alice = await person(t, browser, server, "Alice", "copy");
  await settled(alice, "two").waitFor();
  const copied = (isPart) => alice.evaluate((part) => {
    const all = [...document.querySelectorAll("#log .row")];
    const range = document.createRange();
    if (part) range.setStart(all[0].querySelector("strong").firstChild, 1);
    else range.setStartBefore(all[0]);
    range.setEndAfter(all[1]);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const data = new DataTransfer();
    all[0].dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
    return data.getData("text/plain").replaceAll(/\[\d[^\]]+\] /g, "");
  }, isPart);
  assert.equal(await copied(false), "<Bob> **one**\n  - a\n  - b\n<Bob> `two`");
  assert.equal(await copied(true), "<Bob> ne\n  a\n  b\n<Bob> `two`");
});

test("a text of many items is folded, and opening it moves nothing above", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "folds");
  await crowd.say("Bob", "above", Array.from({ length: 60 }, (_, i) => `- item ${i}`).join("\n"), `\`\`\`\n${"code\n".repeat(80)}\`\`\``);
  const alice = await person(t, browser, server, "Alice", "folds");
  const list = settled(alice, "item 0");
  await settled(alice, "code").waitFor();
  await list.scrollIntoViewIfNeeded();
  await drawn(alice);
  const top = () => list.evaluate((li) => li.getBoundingClientRect().top);
  const [before, height] = [await top(), await list.evaluate((li) => li.offsetHeight)];
  // Without the mouse, for which the button would be scrolled into sight.
  await list.getByRole("button", { name: "Show all" }).dispatchEvent("click");
  await list.locator(".unfold").waitFor({ state: "hidden" });
  await drawn(alice);
  assert.ok(Math.abs(await top() - before) <= 1, "it stays where it is");
  assert.ok(await list.evaluate((li) => li.offsetHeight) > height + 300);
});
