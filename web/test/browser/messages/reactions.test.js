// Reactions, where many people react, and however an emoji is typed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { keyOf, newPage, online, person, say, settled, stage } from "../harness.js";

const { server, browser } = await stage();

/** So many people put a thumb on a message, one after another, and leave. */
async function react(t, room, message, count) {
  const page = await newPage(t, browser);
  await page.goto(`${server.address}icon.svg`);
  const people = Array.from({ length: count }, (_, i) => [`u${i}`, keyOf(`u${i}`)]);
  await page.evaluate(async ([url, where, id, all]) => {
    for (const [name, key] of all) {
      await new Promise((resolve, reject) => {
        const socket = new WebSocket(`${url}ws?${new URLSearchParams({ room: where, username: name })}`, ["nebula.v1", `nebula.key.${key}`]);
        socket.onclose = () => reject(new Error(`${name} is not let in`));
        socket.onmessage = ({ data }) => {
          const { type, sender } = JSON.parse(data);
          if (type === "presence") socket.send(JSON.stringify({ type: "react", room: where, message: id, emoji: "👍" }));
          if (type !== "reacted" || sender !== name) return;
          resolve();
          socket.close();
        };
      });
    }
  }, [server.address.replace("http", "ws"), room, message, people]);
}

test("who reacts behind the twenty who are told takes that back with one press, also after a reload", async (t) => {
  const ann = await person(t, browser, server, "Ann", "many");
  await say(ann, "well?");
  await settled(ann, "well?").waitFor();
  await react(t, "many", Number(await settled(ann, "well?").getAttribute("data-id")), 20);
  const kind = settled(ann, "well?").locator(".kind");
  const counts = async (count) => {
    await ann.locator("#log li:not(.changing)", { has: ann.locator(".kind", { hasText: `👍 ${count}` }) }).waitFor();
    assert.equal(await kind.textContent(), `👍 ${count}`);
  };
  for (const count of [21, 20, 21]) {
    await kind.click();
    await counts(count);
  }
  await ann.reload();
  await online(ann);
  await counts(21);
  await kind.click();
  await counts(20);
  await ann.reload();
  await counts(20);
  assert.deepEqual(ann.faults, []);
});

test("the picker begins with common emoji, then with the latest, and Enter takes the first", async (t) => {
  const ann = await person(t, browser, server, "Ann", "picks");
  await say(ann, "well?");
  await settled(ann, "well?").waitFor();
  const open = async () => {
    await settled(ann, "well?").focus();
    await ann.keyboard.press("Tab");
    await ann.keyboard.press("Enter");
    await ann.locator("#picker-list li").first().waitFor();
    return (await ann.locator("#picker-list .emoji").allTextContents()).join(" ");
  };
  assert.equal(await open(), "👍 ❤️ 😂 🎉 👀 ✅");
  await ann.keyboard.type("crab");
  await ann.locator("#picker-list li", { hasText: "🦀" }).waitFor();
  await ann.keyboard.press("Enter");
  await settled(ann, "well?").locator(".kind", { hasText: "🦀 1" }).waitFor();
  assert.equal(await open(), "🦀 👍 ❤️ 😂 🎉 👀");
  await ann.keyboard.press("Enter");
  await settled(ann, "well?").locator(".kind").waitFor({ state: "detached" });
  assert.deepEqual(ann.faults, []);
});

test("an emoji that is typed as text is put there, and taken away again", async (t) => {
  const ann = await person(t, browser, server, "Ann", "typed");
  await say(ann, "well?");
  await settled(ann, "well?").waitFor();
  await say(ann, "/react ❤");
  const kind = settled(ann, "well?").locator(".kind");
  await kind.filter({ hasText: "❤️ 1" }).waitFor();
  await say(ann, "/react ❤");
  await kind.waitFor({ state: "detached" });
});
