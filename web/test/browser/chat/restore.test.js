// A backup that was taken under load takes the place of the log, under pages that stay open.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { online, person, redial, row, say, settled, stage, texts } from "../harness.js";

const { server, browser } = await stage();

test("pages forget what a restored backup does not have, and send once what still waits", async (t) => {
  const file = join(server.folder, "backup.db");
  const alice = await person(t, browser, server, "Alice", "dev");
  const bob = await person(t, browser, server, "Bob", "dev");
  await say(alice, "before the backup");
  await settled(bob, "before the backup").waitFor();
  let isDone = false;
  const backup = server.command("backup", file).then(() => { isDone = true; });
  for (let n = 0; !isDone; n += 1) {
    await say(bob, `under load ${n}`);
    await settled(alice, `under load ${n}`).waitFor();
  }
  await backup;
  await say(alice, "lost with the log");
  await settled(bob, "lost with the log").waitFor();
  await server.term();
  await alice.locator("#link", { hasText: "Not connected" }).waitFor();
  await say(alice, "still to be sent");
  const { stdout } = await server.command("restore", file);
  assert.match(stdout, /restored from .*backup\.db/);
  await server.start();
  await Promise.all([redial(alice), redial(bob)]);
  for (const page of [alice, bob]) {
    await online(page);
    await settled(page, "still to be sent").waitFor();
    await row(page, "lost with the log").waitFor({ state: "detached" });
    assert.equal(await page.locator("#log .pending, #log .failed").count(), 0);
  }
  const carol = await person(t, browser, server, "Carol", "dev");
  await settled(carol, "still to be sent").waitFor();
  const there = await texts(carol);
  assert.equal(there[0], "before the backup");
  assert.equal(there.filter((text) => text === "still to be sent").length, 1);
  for (const page of [alice, bob]) {
    await settled(page, "before the backup").waitFor();
    assert.deepEqual(await texts(page), there);
    assert.deepEqual(page.faults.filter((fault) => !/WebSocket|ERR_CONNECTION_REFUSED/.test(fault)), []);
  }
});
