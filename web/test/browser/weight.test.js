// What the page weighs, how soon one can use it, and that it can be installed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { newPage, online, pageOf, startBrowser, startServer } from "./harness.js";

/** Two seconds on a slow phone line (0.5 Mbit/s). */
const BYTES_MAX = 130 * 1024;
/** What the yardstick takes on the processor of a usual laptop. */
const YARD_MS = 120;

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

test("all that is loaded, with its headers, is under 130 KiB, and comes from this server", async (t) => {
  const page = await pageOf(t, browser, "Alice");
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  let bytes = 0;
  const addresses = new Set();
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  cdp.on("Network.requestWillBeSent", ({ request }) => addresses.add(new URL(request.url).origin));
  await page.goto(`${server.address}?room=weight&username=Alice`, { waitUntil: "networkidle" });
  await online(page);
  t.diagnostic(`${bytes} bytes`);
  assert.ok(bytes > 20_000 && bytes < BYTES_MAX, `${bytes} bytes`);
  assert.deepEqual([...addresses], [new URL(server.address).origin]);
  assert.deepEqual(page.faults, []);
});

test("every module is loaded ahead, so that none waits for another", async (t) => {
  const page = await newPage(t, browser);
  const late = [];
  await page.goto(server.address, { waitUntil: "networkidle" });
  const ahead = new Set(await page.locator("link[rel=modulepreload]").evaluateAll((links) => links.map((link) => link.href)));
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.endsWith(".js")));
  for (const name of loaded) if (!ahead.has(name) && !name.endsWith("/main.js")) late.push(name);
  assert.deepEqual(late, []);
  assert.equal(ahead.size + 1, new Set(loaded).size, "none is loaded in vain");
});

test("one can write within a second where the processor is six times slower", async (t) => {
  const [yards, starts] = [[], []];
  for (let i = 0; i < 3; i += 1) {
    const page = await pageOf(t, browser, "Alice");
    await page.goto(`${server.address}icon.svg`);
    const cdp = await page.context().newCDPSession(page);
    // The time that the page's thread works, not that of a clock, which other programs share.
    await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
    const worked = async () => {
      const { metrics } = await cdp.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
    };
    await page.goto(`${server.address}?room=soon&username=Alice`);
    await page.waitForFunction(() => document.activeElement?.id === "text");
    const start = await worked();
    starts.push(start);
    await page.evaluate(() => {
      let x = 0;
      for (let n = 0; n < 20_000_000; n += 1) x = Math.imul(x, 31) + n | 0;
      return x;
    });
    yards.push(await worked() - start);
  }
  t.diagnostic(`${starts.map(Math.round)} ms, the yardstick ${yards.map(Math.round)} ms`);
  const [yard, start] = [Math.min(...yards), Math.min(...starts)];
  const ms = start / Math.max(1, yard / YARD_MS) * 6;
  assert.ok(ms > 0 && ms < 1_000, `${ms} ms`);
});

test("it can be installed: a manifest, with icons that are there and as large as they say", async (t) => {
  const page = await newPage(t, browser);
  await page.goto(server.address);
  const cdp = await page.context().newCDPSession(page);
  const { errors, data } = await cdp.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  assert.equal(manifest.display, "standalone");
  for (const { src, sizes, type } of manifest.icons) {
    const answer = await page.request.get(`${server.address}${src}`);
    assert.equal(answer.headers()["content-type"], type);
    if (type === "image/png") assert.equal(sizes, `${(await answer.body()).readUInt32BE(16)}x${(await answer.body()).readUInt32BE(20)}`);
  }
  const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito"), []);
  const icon = readFileSync(new URL("../../icon-180.png", import.meta.url));
  assert.equal(icon.readUInt32BE(16), 180);
});
