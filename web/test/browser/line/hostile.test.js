// A server that means harm, or is broken: the page stays whole, bounded and usable.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";

import { newPage, online, row, say, settled, stage, texts } from "../harness.js";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const ROWS_MAX = 1_500;
const PEOPLE_MAX = 1_000;

const { server, browser } = await stage();

/** A frame of a server: text, or what else the first byte says. */
function frame(text, first = 0x81) {
  const body = Buffer.from(text);
  const { length } = body;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, body]);
}

/** The real page, and behind it a socket that says what a test wants. `accept` hears of each one. */
async function startHostile(t) {
  const sockets = [];
  const waiting = [];
  const front = createServer(async ({ url, method, headers }, answer) => {
    const page = await fetch(new URL(url, server.address), { method, headers: { "if-none-match": headers["if-none-match"] ?? "" } });
    for (const name of ["content-type", "content-security-policy", "etag"]) if (page.headers.has(name)) answer.setHeader(name, page.headers.get(name));
    answer.writeHead(page.status);
    answer.end(Buffer.from(await page.arrayBuffer()));
  });
  front.on("upgrade", ({ headers }, socket) => {
    const accept = createHash("sha1").update(headers["sec-websocket-key"] + GUID).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: nebula.v1\r\n\r\n`);
    socket.on("error", () => socket.destroy());
    socket.resume();
    sockets.push(socket);
    const raw = async (bytes) => { if (!socket.write(bytes)) await new Promise((resolve) => socket.once("drain", resolve)); };
    waiting.shift()?.({ raw, hears: (...envelopes) => raw(Buffer.concat(envelopes.map((each) => frame(typeof each === "string" ? each : JSON.stringify(each))))) });
  });
  await new Promise((resolve) => front.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    sockets.forEach((socket) => socket.destroy());
    front.close();
    front.closeAllConnections();
  });
  return { address: `http://127.0.0.1:${front.address().port}/`, next: () => new Promise((resolve) => waiting.push(resolve)) };
}

const room = "dev";
const message = (id, content, more = {}) => ({ type: "message", room, sender: "Mallory", content, id, at: 1_764_000_000_000 + id, ...more });
const welcome = [
  { type: "history", room, messages: [], more: false, head: 0 }, { type: "join", room, sender: "Alice" }, { type: "presence", room, users: ["Alice"] },
];

/** Alice's page at such a server, which has let her in. */
async function entered(t) {
  const hostile = await startHostile(t);
  const came = hostile.next();
  const page = await newPage(t, browser);
  await page.goto(`${hostile.address}?room=${room}&username=Alice`);
  const line = await came;
  await line.hears(...welcome);
  await online(page);
  return { page, line, hostile };
}

/** It shows what comes after all of that, and nothing went wrong. */
async function isWhole(page, line, id) {
  await line.hears(message(id, `still here ${id}`));
  await settled(page, `still here ${id}`).waitFor();
  assert.deepEqual([page.faults, await page.evaluate(() => window.reports)], [[], []]);
}

test("garbage, unknown types, wrong fields and bad ids are passed over", async (t) => {
  const { page, line } = await entered(t);
  const wrong = [null, -1, 1.5, 2 ** 53, "1", {}, [], true, 1e300];
  const list = (field, type) => wrong.map((value) => ({ ...type, [field]: value }));
  const ids = wrong.filter((value) => value !== null);
  const texts = wrong.filter((value) => typeof value !== "string");
  await line.hears(
    "", " ", "{", "}", "null", "[]", "5", '"x"', "\u0000", "[".repeat(100_000), `{"a":${"[".repeat(50_000)}`, '{"type":"message"}', '{"__proto__":{"type":"join"},"type":"x"}',
    ...["new", "constructor", "__proto__", "toString", 5, null, {}, []].map((type) => ({ type, room, sender: "x", content: "x", id: 1, at: 1 })),
    ...list("id", message(1, "bad id")), ...list("at", message(1, "bad time")).filter(({ at }) => at !== 1.5),
    ...texts.flatMap((value) => [message(1, value), { ...message(1, "bad sender"), sender: value }, { ...message(1, "bad room"), room: value }]),
    ...list("head", welcome[0]), ...list("messages", welcome[0]), { ...welcome[0], messages: wrong }, { ...welcome[0], messages: [message(1, "x", { id: "1" })] },
    ...list("users", welcome[2]).filter(({ users }) => !Array.isArray(users)), { ...welcome[2], users: wrong }, ...ids.map((count) => ({ ...welcome[2], users: ["Alice"], count })),
    ...ids.map((id) => ({ type: "deleted", room, by: "Mallory", message: id, id })), { ...welcome[0], changed: wrong }, { ...welcome[0], changed: 5 }, ...wrong.map((change) => message(1, "bad change", { change })),
    ...["constructor", "__proto__", 5].map((action) => ({ type: "moderated", room, action, user: "Alice", by: "Mallory" })),
    ...wrong.map((value) => ({ type: "error", room, code: "too_fast", content: "x", ref: value, retry_ms: value })), { type: "leave", room: "nowhere", sender: "Alice" },
  );
  await isWhole(page, line, 5);
  assert.deepEqual(await page.locator("#log li[data-id] .content").allTextContents(), ["still here 5"]);
});

test("huge frames, binary ones and huge fields are passed over", async (t) => {
  const { page, line } = await entered(t);
  const long = "x".repeat(100_000);
  await line.raw(frame(JSON.stringify(message(1, "x")), 0x82));
  await line.hears(
    "x".repeat(16_000_000), message(2, long), { ...message(3, "x"), sender: long }, { ...message(4, "x"), ref: long }, { ...welcome[2], users: [long] },
    { type: "error", code: "x", content: long }, { type: "moderated", room, action: "kick", user: "Alice", by: long }, { type: "join", room, sender: long },
    { ...welcome[0], messages: Array.from({ length: 10_000 }, (_, i) => message(10 + i, "too many")) }, { ...welcome[2], users: Array.from({ length: 100_000 }, (_, i) => `p${i}`) },
  );
  await isWhole(page, line, 50_000);
  assert.equal(await page.locator("#log li[data-id]").count(), 1);
  assert.ok(await page.locator("#people-list li").count() <= PEOPLE_MAX);
});

test("30,000 people who come and go, and messages without end, leave bounded rows and memory", async (t) => {
  const { page, line } = await entered(t);
  const cdp = await page.context().newCDPSession(page);
  const used = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    return (await cdp.send("Runtime.getHeapUsage")).usedSize;
  };
  const before = await used();
  // A part, and then word that the page has come so far.
  let id = 0;
  const part = async (count, made) => {
    await line.hears(...Array.from({ length: count }, (_, i) => made(i)));
    id += 1;
    await line.hears(message(id, `part ${id} is over`));
    await settled(page, `part ${id} is over`).waitFor();
  };
  const traffic = (type, from) => (i) => ({ type, room, sender: `${(from + i) * 7919 % 30_000} p` });
  for (let from = 0; from < 30_000; from += 5_000) await part(5_000, traffic("join", from));
  await part(5_000, traffic("leave", 0));
  for (let n = 0; n < 3; n += 1) await part(4_000, () => message(id += 1, "spam ".repeat(20)));
  await isWhole(page, line, 60_000);
  const [rows, people] = [await page.locator("#log li").count(), await page.locator("#people-list li").count()];
  assert.ok(rows <= ROWS_MAX && people <= PEOPLE_MAX, `${rows} rows, ${people} people`);
  const grown = await used() - before;
  t.diagnostic(`${rows} rows, ${people} people, ${grown} bytes more`);
  assert.ok(grown < 12_000_000, `${grown} bytes more`);
});

test("control and bidirectional characters stay where they are: no row, name or notice turns another", async (t) => {
  const { page, line } = await entered(t);
  const bad = `a\u0000\u0007\u001b[31m\u202e\u2066\u200f\ufeff${"e" + "\u0301".repeat(50)}b`;
  await line.hears(
    message(1, bad), message(2, bad, { sender: `\u202e${bad.slice(0, 10)}` }), { type: "join", room, sender: "\u202eEve\u0007" },
    { type: "moderated", room, action: "kick", user: "\u202eEve", by: "\u2067Mallory", reason: bad }, { type: "error", code: "x", content: bad },
  );
  await page.locator("#notice", { hasText: "[31m" }).waitFor();
  const shown = await page.evaluate(() => [document.getElementById("notice").textContent, document.querySelector("#log .told").textContent]);
  for (const text of shown) assert.doesNotMatch(text, /[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
  const turns = await page.locator("#log .content, #log .sender").evaluateAll((all) => all.map((each) => getComputedStyle(each).unicodeBidi));
  for (const each of turns) assert.match(each, /plaintext|isolate/);
  await isWhole(page, line, 5);
});

test("a history without an end is not followed without one", async (t) => {
  const { page, line, hostile } = await entered(t);
  await line.hears(message(1_000_000, "seen"));
  await settled(page, "seen").waitFor();
  const again = hostile.next();
  await line.raw(Buffer.from([0x83, 0x00]));
  const second = await again;
  await second.hears(welcome[1], welcome[2]);
  // Each page says that there is more, and is all new.
  for (let id = 89_000_000; id > 74_000_000; id -= 200_000) {
    await second.hears({ type: "history", room, more: true, head: 90_000_000, messages: Array.from({ length: 200 }, (_, i) => message(id + i * 1000, "more")) });
  }
  await second.hears(message(100_000_000, "the end"));
  // What came while the line was down is new: one is not taken to its end.
  await page.locator("#newer").click();
  await settled(page, "the end").waitFor();
  assert.ok(await page.locator("#log li").count() <= ROWS_MAX);
  // What the browser itself says of the broken frame is no fault of the page.
  page.faults = page.faults.filter((fault) => !fault.includes("WebSocket connection to"));
  await isWhole(page, second, 100_000_001);
  await say(page, "/who");
  await row(page, "the end").waitFor();
  assert.ok((await texts(page)).length > 0);
});
