// What one reads stays where it is, however much there is and comes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, inRoom, message, newCrowd, online, person, row, say, settled, stage } from "../harness.js";

const ROWS_MAX = 1500;

const { server, browser } = await stage();

/** The first message in sight, and where it stands. */
const firstInSight = (page) => page.evaluate(() => {
  const top = document.getElementById("pane").getBoundingClientRect().top;
  const first = [...document.querySelectorAll("#log li[data-id]")].find((li) => li.getBoundingClientRect().bottom > top);
  return { id: first.dataset.id, y: first.getBoundingClientRect().top };
});
const placeOf = (page, id) => page.evaluate((which) => document.querySelector(`#log li[data-id="${which}"]`).getBoundingClientRect().top, id);

async function stays(page, change, what = "it") {
  const { id, y } = await firstInSight(page);
  await change();
  const now = await placeOf(page, id);
  assert.ok(Math.abs(now - y) <= 1, `${what} moved from ${y} to ${now}`);
}

async function scrollTo(page, top) {
  await page.evaluate((to) => { document.getElementById("pane").scrollTop = to; }, top);
  await drawn(page);
}

test("the place is kept through arrivals, other sizes and a growing box, at the very top too", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "place");
  await crowd.sayMany("Bob", 90);
  const alice = await person(t, browser, server, "Alice", "place");
  await settled(alice, "no. 89").waitFor();
  for (const top of [700, 0]) {
    await scrollTo(alice, top);
    await alice.locator("#newer").waitFor();
    await stays(alice, async () => {
      await crowd.sayMany("Bob", 250, `at ${top}`);
      await alice.locator("#newer", { hasText: /\d+ newer/ }).waitFor();
    });
    const sizes = Array.from({ length: 9 }, (_, i) => [360 + 113 * i, 500 + 31 * (i % 4)]);
    for (const [width, height] of [...sizes, [1280, 720]]) {
      await stays(alice, async () => {
        await alice.setViewportSize({ width, height });
        await alice.waitForFunction(([w, h]) => innerWidth === w && innerHeight === h, [width, height]);
        await drawn(alice);
      }, `at ${top}, ${width} by ${height}:`);
    }
    await stays(alice, () => message(alice).fill("a\n".repeat(5)));
    await stays(alice, () => message(alice).fill(""));
  }
  await alice.locator("#newer").click();
  await alice.locator("#newer").waitFor({ state: "hidden" });
  await settled(alice, "at 0 249").waitFor();
  await message(alice).fill("a\n".repeat(5));
  // The end stays in sight while the box grows.
  await alice.waitForFunction(() => {
    const { scrollHeight, scrollTop, clientHeight } = document.getElementById("pane");
    return document.getElementById("text").clientHeight > 100 && scrollHeight - scrollTop - clientHeight <= 1;
  });
  assert.deepEqual(alice.faults, []);
});

test("who goes to the end or to another room is there, though the log was just scrolled", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "late");
  await crowd.sayMany("Bob", 90);
  const alice = await person(t, browser, server, "Alice", "late");
  await settled(alice, "no. 89").waitFor();
  await say(alice, "/join later");
  await inRoom(alice, "later");
  await say(alice, "/room late");
  await inRoom(alice, "late");
  await scrollTo(alice, 700);
  await alice.locator("#newer").waitFor();
  // The browser tells of the scrolling with its next frame, which is after the key.
  const scrolledAndPressed = (more) => alice.evaluate((key) => {
    document.getElementById("pane").scrollTop += 1;
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...key }));
  }, more);
  await scrolledAndPressed({ key: "Escape" });
  await drawn(alice);
  assert.ok(await alice.locator("#newer").isHidden());
  await scrollTo(alice, 700);
  await alice.locator("#newer").waitFor();
  await scrolledAndPressed({ key: "ArrowDown", altKey: true });
  await inRoom(alice, "later");
  await drawn(alice);
  assert.ok(await alice.locator("#newer").isHidden());
});

test("10,000 messages are paged through, to the first and back, and the place is kept within a pixel", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "long");
  await crowd.sayMany("Bob", 10_000);
  const alice = await person(t, browser, server, "Alice", "long");
  await settled(alice, "no. 9999").waitFor();
  const seen = await alice.evaluate(async () => {
    const pane = document.getElementById("pane");
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve()));
    const first = () => [...document.querySelectorAll("#log li[data-id]")].find((li) => li.getBoundingClientRect().bottom > pane.getBoundingClientRect().top);
    const result = { rowsMax: 0, movedMax: 0, pages: 0 };
    // Up a little, and then as far as it goes, whatever is loaded above meanwhile.
    for (let [still, steps] = [0, 0]; still < 60 && steps < 3_000; steps += 1) {
      pane.scrollTop -= 4_000;
      const row = first();
      const before = row.getBoundingClientRect().top;
      const was = document.getElementById("log").firstElementChild;
      await frame();
      await frame();
      result.rowsMax = Math.max(result.rowsMax, document.querySelectorAll("#log li").length);
      if (row.isConnected) result.movedMax = Math.max(result.movedMax, Math.abs(row.getBoundingClientRect().top - before));
      if (document.getElementById("log").firstElementChild !== was) result.pages += 1;
      still = pane.scrollTop === 0 && document.getElementById("older").hidden ? still + 20 : 0;
    }
    result.first = first().querySelector(".content").textContent;
    for (let i = 0; i < 20; i += 1) {
      pane.scrollTop += 2_000;
      const row = first();
      const before = row.getBoundingClientRect().top;
      await frame();
      await frame();
      result.rowsMax = Math.max(result.rowsMax, document.querySelectorAll("#log li").length);
      if (row.isConnected) result.movedMax = Math.max(result.movedMax, Math.abs(row.getBoundingClientRect().top - before));
    }
    return result;
  });
  assert.match(seen.first, /^no\. 0/);
  assert.ok(seen.pages >= 49, `only ${seen.pages} times rows were added above`);
  assert.ok(seen.movedMax <= 1, `a row moved by ${seen.movedMax} pixels`);
  assert.ok(seen.rowsMax <= ROWS_MAX, `${seen.rowsMax} rows`);
  await alice.locator("#newer").click();
  await settled(alice, "no. 9999").waitFor();
  assert.deepEqual(alice.faults, []);
});

test("10,000 messages that arrive leave a bounded number of rows and no more memory than the first thousands", async (t) => {
  const alice = await person(t, browser, server, "Alice", "flood");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "flood");
  const cdp = await alice.context().newCDPSession(alice);
  const used = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    return (await cdp.send("Runtime.getHeapUsage")).usedSize;
  };
  /** As fast as the page takes them: one that is too slow is disconnected, and shows then what it missed. */
  const flood = async (count, name) => {
    for (let done = 0; done < count; done += 500) {
      await crowd.sayMany("Bob", 500, `${name} ${done / 500}:`);
      await settled(alice, `${name} ${done / 500}: 499 `).first().waitFor();
    }
  };
  await flood(10_000, "first");
  const before = await used();
  assert.ok((await alice.locator("#log li").count()) <= ROWS_MAX);
  await flood(10_000, "second");
  assert.ok((await alice.locator("#log li").count()) <= ROWS_MAX);
  const grown = (await used()) - before;
  assert.ok(grown < 5_000_000, `${grown} bytes more`);
  assert.deepEqual(alice.faults, []);
});

test("the line above what is new stands still through arrivals, a reconnect and a reload", async (t) => {
  const alice = await person(t, browser, server, "Lina", "line");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Bob", "line");
  await crowd.say("Bob", "seen");
  await settled(alice, "seen").waitFor();
  await alice.look(false);
  await crowd.say("Bob", "first new one");
  await crowd.sayMany("Bob", 50);
  await settled(alice, "no. 49").waitFor();
  const below = () => alice.evaluate(() => document.querySelector("#log .new-line")?.nextElementSibling.querySelector(".content").textContent);
  assert.equal(await below(), "first new one");
  await alice.locator("#room-list", { hasText: ", 51 unread" }).waitFor();
  await server.kill();
  await alice.locator("#link", { hasText: "Not connected" }).waitFor();
  await server.start();
  await crowd.enter("Bob", "line");
  await crowd.say("Bob", "after the cut");
  await settled(alice, "after the cut").waitFor();
  assert.equal(await below(), "first new one");
  await alice.locator("#room-list", { hasText: ", 52 unread" }).waitFor();
  await alice.look(true);
  await alice.locator("#room-list", { hasText: "unread" }).waitFor({ state: "detached" });
  assert.equal(await below(), "first new one");
  await alice.reload();
  await settled(alice, "after the cut").waitFor();
  assert.equal(await below(), "first new one");
  await alice.keyboard.press("Shift+PageUp");
  await row(alice, "first new one").waitFor();
  assert.ok(await alice.evaluate(() => {
    const { top, bottom } = document.querySelector("#log .new-line").getBoundingClientRect();
    const pane = document.getElementById("pane").getBoundingClientRect();
    return top >= pane.top && bottom <= pane.bottom;
  }), "the line is in sight");
  await say(alice, "answered");
  await alice.locator("#log .new-line").waitFor({ state: "detached" });
});

test("a cleared screen stays empty until its button or the wheel brings it back", async (t) => {
  const alice = await person(t, browser, server, "Alice", "cleared");
  const ways = { button: () => alice.locator("#older").click(), wheel: () => alice.mouse.wheel(0, -100) };
  for (const [way, bring] of Object.entries(ways)) {
    const back = settled(alice, `before the ${way}`);
    await say(alice, `before the ${way}`);
    await back.waitFor();
    await say(alice, "/clear");
    await back.waitFor({ state: "detached" });
    await say(alice, `after it, ${way}`);
    await settled(alice, `after it, ${way}`).waitFor();
    // The server answers in order: what had been asked for before would be here.
    await say(alice, `the last, ${way}`);
    await settled(alice, `the last, ${way}`).waitFor();
    assert.equal(await back.count(), 0);
    await alice.locator("#pane").hover();
    await bring();
    await back.waitFor();
  }
});

test("the list of rooms follows the room that is shown, and a name stands at its sign whichever way it is read", async (t) => {
  const alice = await person(t, browser, server, "Nora", "room0", { viewport: { width: 1024, height: 400 } });
  for (let i = 1; i < 16; i += 1) await say(alice, `/join room${i}`);
  await say(alice, "/join \u0645\u062c");
  await inRoom(alice, "\u0645\u062c");
  await online(alice);
  const inSight = () => alice.waitForFunction(() => {
    const { top, bottom } = document.querySelector("#room-list [aria-current]").getBoundingClientRect();
    return top >= 0 && bottom <= document.querySelector("#rooms .self").getBoundingClientRect().top + 1;
  });
  await inSight();
  const gap = await alice.evaluate(() => {
    const [hash, name] = document.querySelector("#room-list [aria-current]").children;
    const text = document.createRange();
    text.selectNodeContents(name);
    return text.getBoundingClientRect().left - hash.getBoundingClientRect().right;
  });
  assert.ok(gap < 12, `${gap} px`);
  await alice.locator("#rooms").evaluate((rooms) => { rooms.scrollTop = 0; });
  await say(alice, "/room 9");
  await inSight();
  await alice.setViewportSize({ width: 360, height: 400 });
  await say(alice, "/room 1");
  await alice.waitForFunction(() => document.querySelector("#room").textContent === "room0");
  assert.deepEqual(await alice.evaluate(() => [scrollX, document.querySelector("#chat").scrollLeft, document.querySelector("#main").getBoundingClientRect().left]), [0, 0, 0]);
});

test("the time of a further message stands before its text, also with twelve hours", async (t) => {
  for (const width of [1024, 360]) {
    const alice = await person(t, browser, server, "Alice", `hours${width}`, { locale: "en-US", timezoneId: "UTC", viewport: { width, height: 640 } });
    for (const text of ["one", "two"]) await say(alice, text);
    await settled(alice, "two").hover();
    const [left, right, text, isWhole] = await settled(alice, "two").evaluate((row) => {
      const time = row.querySelector("time");
      time.textContent = "12:58 PM";
      const [a, b] = [time.getBoundingClientRect(), row.querySelector(".content").getBoundingClientRect()];
      return [a.left, a.right, b.left, time.scrollWidth <= time.clientWidth];
    });
    assert.ok(left >= 0 && right <= text && isWhole, `${left} to ${right}, text at ${text}, ${isWhole}`);
  }
});

test("what one writes leaves a low window room for what is said, and is read from its own side", async (t) => {
  const alice = await person(t, browser, server, "Alice", "low", { viewport: { width: 640, height: 180 } });
  await message(alice).fill("\u0645\u062c\n".repeat(20));
  assert.ok(await message(alice).evaluate((text) => text.clientHeight <= innerHeight * 0.36));
  assert.equal(await message(alice).evaluate((text) => getComputedStyle(text).direction), "rtl");
});
