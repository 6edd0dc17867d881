// What the page weighs, how soon one can use it, and that it can be installed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { newPage, online, pageOf, stage, startSite } from "../harness.js";

/** A good two seconds on a slow phone line (0.5 Mbit/s). */
const BYTES_MAX = 130 * 1024;
/** What the yardstick takes on the processor of a usual laptop. */
const YARD_MS = 120;

const { server, browser } = await stage();

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

/** Requests of a page in rounds: one that was asked for after the answer to another had come may have had to
 * wait for it. */
async function rounds(page, does) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  const asked = new Map();
  cdp.on("Network.requestWillBeSent", ({ requestId, request, timestamp, initiator }) => asked.set(requestId, { url: request.url, at: timestamp, by: initiator.type }));
  cdp.on("Network.requestServedFromCache", ({ requestId }) => asked.delete(requestId));
  cdp.on("Network.responseReceived", ({ requestId, timestamp, response }) => {
    const one = asked.get(requestId);
    if (response.fromDiskCache) asked.delete(requestId);
    else if (one) one.answeredAt = timestamp;
  });
  // So slow that what waits for an answer is told from what does not.
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 300, downloadThroughput: -1, uploadThroughput: -1 });
  await does();
  await cdp.detach();
  // Nothing waits for an icon.
  const requests = [...asked.values()].filter(({ url }) => !/icon|manifest/.test(url));
  const depth = (one) => 1 + Math.max(0, ...requests.filter((other) => other.answeredAt < one.at).map(depth));
  return { requests: requests.map(({ url, by }) => `${new URL(url).pathname} ${by}`), depth: Math.max(...requests.map(depth)) };
}

test("the form is there after two rounds, and after one when the page is loaded again, also in a folder", async (t) => {
  const site = await startSite(t, { "/chat/": server });
  for (const address of [server.address, `${site.address}/chat/`]) {
    const page = await newPage(t, browser);
    const form = () => page.locator("#enter-form").waitFor();
    const first = await rounds(page, async () => {
      await page.goto(address);
      await form();
    });
    t.diagnostic(first.requests.join(", "));
    assert.equal(first.depth, 2);
    assert.equal(first.requests.length, 3, "the page, a script and a style sheet");
    await page.waitForLoadState("networkidle");
    const again = await rounds(page, async () => {
      await page.reload();
      await form();
    });
    t.diagnostic(again.requests.join(", "));
    assert.deepEqual(again.requests, [`${new URL(address).pathname} other`]);
    assert.deepEqual([page.faults, await page.evaluate(() => window.reports)], [[], []]);
  }
});

test("where its script or its style cannot be loaded, or fails, the page says so and can be tried again", async (t) => {
  const faults = {
    "a script that does not come": ["**/app.*.js", (route) => route.abort()],
    "a script that is not there": ["**/app.*.js", (route) => route.fulfill({ status: 404, body: "there is nothing here" })],
    "a script that does not run": ["**/app.*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "throw new Error('old');" })],
    "a script that is cut off": ["**/app.*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "const a = (" })],
    "neither of both": ["**/app.*", (route) => route.abort()],
  };
  for (const [about, [files, fault]] of Object.entries(faults)) {
    const page = await newPage(t, browser);
    await page.route(files, fault);
    await page.goto(`${server.address}?room=retry`);
    const sentence = page.locator("#loading", { hasText: "could not be loaded" });
    await sentence.waitFor();
    await page.unroute(files);
    await page.getByRole("link", { name: "try again" }).click();
    await page.locator("#enter-form").waitFor();
    assert.equal(await page.locator("#enter-room").inputValue(), "retry", about);
    assert.equal(await sentence.count(), 0, about);
  }
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
  const icon = readFileSync(new URL("../../../icon-180.png", import.meta.url));
  assert.equal(icon.readUInt32BE(16), 180);
});
