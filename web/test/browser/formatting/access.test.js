// Formatted texts for everybody: no violation in any colours, no sideways scrolling, and a tree that says what is meant.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import { drawn, message, newCrowd, person, row, settled, stage } from "../harness.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, forced: { forcedColors: "active" }, contrast: { colorScheme: "dark", contrast: "more" } };
const TEXTS = [
  `\`\`\`rust\nfn main() { // ${"long ".repeat(60)}\n    let x = 42 + "1";\n}\n\`\`\`\nAlice: \`inline\``,
  "**b** *i* ~~s~~ `c` ||a *spoiler*|| [the docs](https://docs.example/)",
  "> a quote\n> - with an item\n> > and another quote\nno quote",
  "- one\n  - two\n    - three\n1000000. a large number\n/me is no action here",
  `/me \`is\` **one**\n> with a quote ${"x".repeat(300)}`,
];

const { server, browser } = await stage();

/** As all in a message, code that scrolls is reached from its message, and not by Tab alone, as this rule wants it:
 * `drawn.test.js` goes there by keyboard. */
const RULES = { "scrollable-region-focusable": { enabled: false } };

async function violations(page, what) {
  const found = await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ["violations"], rules: ${JSON.stringify(RULES)} })`);
  return found.violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

for (const [width, height] of [[360, 640], [1440, 900]]) {
  test(`no violation at ${width} by ${height}, and only code scrolls sideways`, async (t) => {
    const room = `seen-${width}`;
    const crowd = await newCrowd(t, browser, server);
    await crowd.enter("Bob", room);
    await crowd.say("Bob", ...TEXTS);
    const alice = await person(t, browser, server, "Alice", room, { viewport: { width, height } });
    await settled(alice, "is one").waitFor();
    await row(alice, "a spoiler").getByRole("button").click();
    const found = [];
    for (const [look, media] of Object.entries(LOOKS)) {
      await alice.emulateMedia({ colorScheme: null, forcedColors: null, contrast: null, ...media });
      await drawn(alice);
      found.push(...await violations(alice, look));
    }
    assert.deepEqual(found, []);
    const wide = await alice.evaluate(() => [...document.querySelectorAll("html, #pane, #log, .row, pre")].filter((each) => each.scrollWidth > each.clientWidth).map(({ localName }) => localName));
    assert.deepEqual(wide, ["pre"]);
    const colours = await alice.evaluate(() => [...document.querySelectorAll("pre span")].map((each) => getComputedStyle(each).color));
    assert.ok(new Set(colours).size >= 4, "each kind of token has a colour");
  });
}

test("what is heard is what is meant", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "heard");
  await crowd.say("Bob", ...TEXTS);
  const alice = await person(t, browser, server, "Alice", "heard");
  await settled(alice, "is one").waitFor();
  for (const [text, parts] of [
    ["fn main", [/group "Code, rust"/, /button "Copy the code"/, /code: inline/]],
    ["the docs", [/strong: b/, /emphasis: i/, /deletion: s/, /code: c/, /button "Show the spoiler"/, /link "the docs"/]],
    ["a quote", [/blockquote:/, /list:\n\s+- listitem: with an item/]],
    ["a large number", [/text: one/, /listitem: three/, /listitem: a large/]],
  ]) {
    const tree = await row(alice, text).first().ariaSnapshot();
    for (const part of parts) assert.match(tree, part, text);
  }
  await message(alice).focus();
  assert.deepEqual(alice.faults, []);
});
