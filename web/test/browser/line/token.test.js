// Tokens: how one comes into a closed server, what is said when one does not, and where a token never is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newPage, online, say, settled, stage, startClosedServer } from "../harness.js";

const { server, browser } = await stage(startClosedServer());

const alert = (page, text) => page.getByRole("alert").filter({ hasText: text }).waitFor();
const advice = (page, text) => page.locator("#enter-advice", { hasText: text }).waitFor();

test("a link with a token lets in under its name, and the token stays in this tab alone", async (t) => {
  const token = server.token("Alice", "dev,general");
  const page = await newPage(t, browser);
  const lines = [];
  page.on("console", (line) => lines.push(line.text()));
  const addresses = [];
  page.on("request", (request) => addresses.push(request.url(), ...Object.values(request.headers())));
  page.on("websocket", (socket) => addresses.push(socket.url()));
  await page.goto(`${server.address}?room=dev#token=${token}`);
  await online(page);
  assert.equal(await page.locator("#me").textContent(), "Alice");
  await say(page, "hello");
  await settled(page, "hello").waitFor();
  const found = await page.evaluate((secret) => ({
    address: location.href, title: document.title, page: document.documentElement.outerHTML.includes(secret),
    local: JSON.stringify(localStorage).includes(secret), tab: sessionStorage.getItem("nebula.token") === secret,
    entries: performance.getEntries().some(({ name }) => name.includes(secret) && !name.includes("#")),
  }), token);
  assert.deepEqual(found, { address: `${server.address}?room=dev`, title: "#dev · Nebula", page: false, local: false, tab: true, entries: false });
  for (const line of [...lines, ...addresses]) assert.ok(!line.includes(token));
  await page.reload();
  await online(page);
  await settled(page, "hello").waitFor();
  // Another tab has no token.
  const other = await page.context().newPage();
  await other.goto(server.address);
  await other.getByRole("button", { name: "Join" }).click();
  await alert(other, "this server needs a token");
});

test("without a token it says what to do, and takes one that is put in", async (t) => {
  const page = await newPage(t, browser);
  await page.goto(`${server.address}?room=dev&username=Alice`);
  await alert(page, "this server needs a token");
  await advice(page, "ends in #token=");
  await page.getByLabel("Token").fill("eyJ.not.good");
  await page.getByRole("button", { name: "Join" }).click();
  await alert(page, "this server does not accept your token");
  await advice(page, "Ask the operator");
  await page.getByLabel("Token").fill(` ${server.token("Bob", "dev")}\n`);
  await page.getByRole("button", { name: "Join" }).click();
  await online(page);
  assert.equal(await page.locator("#me").textContent(), "Bob");
});

test("what is no token at all harms nothing", async (t) => {
  const page = await newPage(t, browser);
  await page.goto(`${server.address}?username=Alice#token=${encodeURIComponent("a b,\"<script>\u202e")}`);
  await alert(page, "this server needs a token");
  assert.equal(new URL(page.url()).hash, "");
  assert.deepEqual([page.faults, await page.evaluate(() => window.reports)], [[], []]);
});

test("a token that has expired, or does while one is connected, asks for another, which its link brings", async (t) => {
  const page = await newPage(t, browser);
  await page.goto(`${server.address}?room=dev#token=${server.shortToken("Carol", ["dev"], -60)}`);
  await alert(page, "this token has expired");
  await page.goto(`${server.address}?room=dev#token=${server.shortToken("Carol", ["dev"], 12)}`);
  await online(page);
  await alert(page, "this token has expired");
  await advice(page, "Open the link");
  assert.equal(await page.evaluate(() => sessionStorage.getItem("nebula.token")), null, "it is of no use any more");
  await page.goto(`${page.url()}#token=${server.token("Carol", "dev")}`);
  await online(page);
  assert.equal(new URL(page.url()).hash, "");
});

test("a room that the token does not open is told: when one comes, and when one is inside", async (t) => {
  const page = await newPage(t, browser);
  await page.goto(`${server.address}?room=secret#token=${server.token("Dora", "dev,ops-*")}`);
  await alert(page, "your token doesn't include this room");
  await advice(page, "Choose a room that your token includes");
  await page.locator("#enter-room").fill("ops-1");
  await page.getByRole("button", { name: "Join" }).click();
  await online(page);
  await say(page, "/join secret");
  await page.locator("#notice", { hasText: "#secret: your token doesn't include this room" }).waitFor();
  await page.locator("#link", { hasText: "You can't join this room: your token doesn't include this room." }).waitFor();
  await say(page, "/leave");
  await page.locator("#room", { hasText: /^ops-1$/ }).waitFor();
  await online(page);
  assert.deepEqual(page.faults, []);
});
