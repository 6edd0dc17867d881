// Strangers' words are only text, and the page's policy has nothing to report.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { newCrowd, newPage, person, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();

const HOSTILE = [
  "<img src=x onerror=alert(1)>", "<script>alert(2)</script>", "javascript:alert(3)", "\u202eevil", "'\"><svg onload=alert(4)>",
  "<a href='javascript:alert(5)'>x</a>", "https://a.example/\"onmouseover=\"alert(6)", "https://a.example/'><script>alert(7)</script>",
  "data:text/html,<script>alert(8)</script>", "[x](javascript:alert(9))", "java\nscript:alert(10)", "&lt;img src=x onerror=alert(11)&gt;",
  "<iframe srcdoc='<script>alert(12)</script>'>", "<style>*{display:none}</style>", "{{constructor.constructor('alert(13)')()}}", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(14)>",
  "https://user:pass@a.example/javascript:alert(15)", "mailto:a@b.example?subject=<script>alert(16)</script>", "/me <b onclick=alert(17)>x</b>", "<!--<img src=\"--><img src=x onerror=alert(18)>",
];

test("hostile names, rooms and texts do nothing: no dialog, no report, no element, no bad link", async (t) => {
  const room = "<img src=x onerror=alert(99)>";
  const alice = await person(t, browser, server, "Alice", room);
  const crowd = await newCrowd(t, browser, server);
  for (const name of ["<b>Mallory</b>", "\"><script>", "javascript:x"]) await crowd.enter(name, room);
  for (const text of HOSTILE) await crowd.say("<b>Mallory</b>", text);
  await crowd.say("\"><script>", "<i>Alice</i> javascript:alert(1)");
  await settled(alice, "<i>Alice</i>").waitFor();
  const shown = HOSTILE.map((text) => text.replace(/^\/me /, "").replace("\u202e", "[U+202E]").replace(/^https:\/\/user.*/, "$& (a.example)"));
  assert.deepEqual((await alice.locator("#log li[data-id] .content").allTextContents()).slice(0, HOSTILE.length), shown);
  assert.equal(await alice.locator("#log :is(img, script, svg, b, i, iframe, style, math, form)").count(), 0);
  assert.equal(await alice.locator("#people-list :is(b, script, img)").count(), 0);
  const hrefs = await alice.locator("#log a").evaluateAll((links) => links.map((a) => [a.protocol, a.rel, a.target]));
  assert.ok(hrefs.length >= 3);
  for (const [protocol, rel, target] of hrefs) {
    assert.match(protocol, /^(https?|mailto):$/);
    assert.deepEqual([rel, target], ["noopener noreferrer nofollow", "_blank"]);
  }
  // The same in all that shows strangers' words besides the log.
  await alice.keyboard.press("Control+K");
  await alice.keyboard.press("Escape");
  await say(alice, "/who");
  await say(alice, "/url");
  await crowd.finds("<b>Mallory</b>", "img alert", 3);
  await say(alice, "/search <img alert");
  await alice.locator("#search-list mark", { hasText: "img" }).first().waitFor();
  assert.equal(await alice.locator("#search-list :is(img, script, svg, b, i, iframe, style, math, form)").count(), 0);
  assert.equal(await alice.title(), `#${room} · Nebula`);
  assert.deepEqual([alice.faults, await alice.evaluate(() => window.reports)], [[], []]);
});

test("an address with hostile words is only words, too", async (t) => {
  const page = await newPage(t, browser);
  await page.goto(`${server.address}?${new URLSearchParams({ room: "\"><script>alert(1)</script>" })}#<img src=x onerror=alert(2)>`);
  await page.locator("#enter-room").waitFor();
  assert.equal(await page.locator("#enter-room").inputValue(), "\"><script>alert(1)</script>");
  assert.deepEqual([page.faults, await page.evaluate(() => window.reports)], [[], []]);
});

test("the policy bites: markup from a text, inline script and strange addresses are refused", async (t) => {
  const page = await newPage(t, browser);
  await page.goto(server.address);
  await page.locator("#enter-room").waitFor();
  const refused = await page.evaluate(async () => {
    const attempts = {
      markup: () => { document.body["inner" + "HTML"] = "<p>x</p>"; },
      policy: () => window.trustedTypes.createPolicy("x", {}),
      script: () => { document.createElement("script").text = "alert(1)"; },
    };
    const found = Object.entries(attempts).map(([name, attempt]) => {
      try {
        attempt();
        return `${name} was allowed`;
      } catch {
        return "refused";
      }
    });
    const fetched = await fetch("http://other.example/").then(() => "fetch was allowed", () => "refused");
    const image = new Image();
    const loaded = new Promise((resolve) => Object.assign(image, { onload: () => resolve("image was allowed"), onerror: () => resolve("refused") }));
    image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
    return [...found, fetched, await loaded];
  });
  assert.deepEqual([...new Set(refused)], ["refused"]);
  for (const directive of ["require-trusted-types-for", "trusted-types", "connect-src", "img-src"]) {
    await page.waitForFunction((name) => window.reports.some((report) => report.startsWith(`${name}:`)), directive);
  }
});

test("no file of the page makes markup from text, or code from text", () => {
  const web = new URL("../../../", import.meta.url);
  const files = readdirSync(web, { recursive: true }).filter((name) => /\.(js|html)$/.test(name) && !name.startsWith("test"));
  assert.ok(files.length > 30);
  const bad = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|\beval\b|new Function|\.style\b|\bstyle=|\son\w+="|srcdoc/;
  for (const name of files) assert.doesNotMatch(readFileSync(new URL(name, web), "utf8"), bad, name);
});
