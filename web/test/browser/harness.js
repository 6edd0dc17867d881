// A real server, a real browser and people in it, for the tests. What it starts, it ends.

import { createHmac, randomBytes } from "node:crypto";
import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, request as ask } from "node:http";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { chromium } from "playwright-core";

const built = (name) => fileURLToPath(new URL(`../../../target/debug/${name}`, import.meta.url));
const SERVER = process.env.NEBULA_SERVER_BIN ?? built("nebula-server");
/** The terminal client. */
export const TERMINAL = process.env.NEBULA_BIN ?? built("nebula");
const CHROMIUM = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";
const PATIENCE_MS = 60_000;

/** A server with a database of its own, which can be killed and started again on the same port. */
export async function startServer(...flags) {
  const folder = mkdtempSync(join(tmpdir(), "nebula-"));
  const server = { address: "", child: null };
  server.start = async () => {
    const listen = server.address ? new URL(server.address).host : "127.0.0.1:0";
    server.child = spawn(SERVER, ["--listen", listen, "--db", join(folder, "test.db"), "--message-rate", "0", ...flags], { stdio: ["ignore", "ignore", "pipe"] });
    const lines = createInterface({ input: server.child.stderr });
    server.address = await new Promise((resolve, reject) => {
      const seen = [];
      lines.on("line", (line) => {
        seen.push(line);
        const found = line.match(/http:\/\/[0-9.]+:\d+\//);
        if (found) resolve(found[0]);
      });
      server.child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${seen.join("\n")}`)));
    });
  };
  const end = async (signal) => {
    if (server.child.exitCode !== null || server.child.signalCode !== null) return;
    const ended = new Promise((resolve) => server.child.once("exit", resolve));
    server.child.kill(signal);
    await ended;
  };
  /** A command about its database, running or not. */
  server.command = (...words) => promisify(execFile)(SERVER, [...words, "--db", join(folder, "test.db")]);
  /** For files of the test's own. */
  server.folder = folder;
  server.kill = () => end("SIGKILL");
  server.term = () => end("SIGTERM");
  server.stop = async () => {
    await server.kill();
    rmSync(folder, { recursive: true });
  };
  await server.start();
  return server;
}

/** A server that lets in only who has a token, and the tokens. */
export async function startClosedServer() {
  const folder = mkdtempSync(join(tmpdir(), "nebula-"));
  const [file, secret] = [join(folder, "key"), randomBytes(48)];
  writeFileSync(file, secret);
  const server = await startServer("--token-key", file);
  const stop = server.stop;
  server.stop = async () => {
    await stop();
    rmSync(folder, { recursive: true });
  };
  /** As an operator makes it. */
  server.token = (user, rooms, ...flags) => execFileSync(SERVER, ["token", "--token-key", file, "--user", user, "--rooms", rooms, ...flags], { encoding: "utf8" }).trim();
  /** One that is good for so many seconds. */
  server.shortToken = (sub, rooms, seconds) => {
    const part = (what) => Buffer.from(JSON.stringify(what)).toString("base64url");
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub, rooms, exp: Math.floor(Date.now() / 1000) + seconds })}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  };
  return server;
}

/** A network between a page and a server: it can swallow everything, or be down; `forget` swallows everything of the
 * connections that there are, and lets new ones through. */
export async function startNetwork(test, server) {
  const sockets = new Set();
  const forgotten = new WeakSet();
  let [stalled, isDown] = [false, false];
  const proxy = createServer((near) => {
    if (isDown) return void near.destroy();
    const { hostname, port } = new URL(server.address);
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (bytes) => stalled || forgotten.has(near) || far.write(bytes));
    far.on("data", (bytes) => stalled || forgotten.has(far) || near.write(bytes));
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const cut = () => sockets.forEach((socket) => socket.destroy());
  test.after(() => {
    cut();
    proxy.close();
  });
  const down = (is) => {
    isDown = is;
    if (is) cut();
  };
  const stall = (is) => { stalled = is; };
  return { address: `http://127.0.0.1:${proxy.address().port}/`, down, stall, forget: () => sockets.forEach((socket) => forgotten.add(socket)) };
}

/** A proxy that has several servers in folders of one site, as nginx and Caddy do: `{ "/a/": server }`; `more` are
 * headers that it sets. */
export async function startSite(test, folders, more = {}) {
  const targetOf = (url) => {
    const folder = Object.keys(folders).find((each) => url.startsWith(each));
    return folder && { host: new URL(folders[folder].address).hostname, port: new URL(folders[folder].address).port, path: `/${url.slice(folder.length)}` };
  };
  const site = createHttpServer((near, answer) => {
    const target = targetOf(near.url);
    if (!target) return void answer.writeHead(404).end();
    const far = ask({ ...target, method: near.method, headers: { ...near.headers, ...more } }, (found) => {
      answer.writeHead(found.statusCode, found.headers);
      found.pipe(answer);
    });
    far.on("error", () => answer.writeHead(502).end());
    near.pipe(far);
  });
  site.on("upgrade", (near, socket, head) => {
    const target = targetOf(near.url);
    if (!target) return void socket.destroy();
    const far = connect(Number(target.port), target.host, () => {
      const lines = Object.entries({ ...near.headers, ...more }).map(([name, value]) => `${name}: ${value}`);
      far.write(`GET ${target.path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      far.write(head);
      socket.pipe(far).pipe(socket);
    });
    for (const each of [socket, far]) {
      each.on("error", () => each.destroy());
      each.on("close", () => [socket, far].forEach((one) => one.destroy()));
    }
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return { address: `http://127.0.0.1:${site.address().port}` };
}

/** A browser that can be killed as a whole, with a profile that outlives it. */
export async function startProfile(test) {
  const folder = mkdtempSync(join(tmpdir(), "nebula-profile-"));
  let child = null;
  const profile = {
    async start() {
      child = spawn(CHROMIUM, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", `--user-data-dir=${folder}`, "--remote-debugging-port=0", "about:blank"], { stdio: ["ignore", "ignore", "pipe"], detached: true });
      const address = await new Promise((resolve) => {
        createInterface({ input: child.stderr }).on("line", (line) => {
          const found = line.match(/DevTools listening on (\S+)/);
          if (found) resolve(found[1]);
        });
      });
      const [context] = (await chromium.connectOverCDP(address)).contexts();
      context.setDefaultTimeout(PATIENCE_MS);
      return context;
    },
    async kill() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      // All its processes: it leads a group of its own.
      process.kill(-child.pid, "SIGKILL");
      await ended;
    },
  };
  test.after(async () => {
    if (child.exitCode === null && child.signalCode === null) await profile.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return profile;
}

export function startBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A server and a browser for the tests of one file, which end with them.
 * @param starting another server than a usual one */
export async function stage(starting = startServer()) {
  const [server, browser] = await Promise.all([starting, startBrowser()]);
  after(async () => {
    await browser.close();
    await server.stop();
  });
  return { server, browser };
}

/** Keys by name: a name is its first owner's for good, so who comes again brings the same key. */
const keys = new Map();
export function keyOf(name) {
  if (!keys.has(name)) keys.set(name, randomBytes(32).toString("base64url"));
  return keys.get(name);
}

/** A page of a browser of its own, until the test ends: a stranger's, which has no key yet. Every fault of the page is kept, and each report
 * of a broken policy; `look(false)` makes it one that nobody looks at, `hide(true)` one behind others. */
export async function newPage(test, browser, options = {}) {
  const context = await browser.newContext(options);
  test.after(() => context.close());
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  page.on("dialog", (dialog) => page.faults.push(`dialog: ${dialog.message()}`));
  await page.addInitScript(() => {
    const stage = { focused: true, hidden: false };
    document.hasFocus = () => stage.focused;
    Object.defineProperty(document, "hidden", { get: () => stage.hidden });
    window.look = (focused) => {
      stage.focused = focused;
      window.dispatchEvent(new Event(focused ? "focus" : "blur"));
    };
    window.hide = (hidden) => {
      stage.hidden = hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    };
    window.reports = [];
    addEventListener("securitypolicyviolation", (event) => window.reports.push(`${event.violatedDirective}: ${event.blockedURI}`));
  });
  page.look = (focused) => page.evaluate((is) => window.look(is), focused);
  page.hide = (hidden) => page.evaluate((is) => window.hide(is), hidden);
  return page;
}

/** The address at which somebody joins at once. */
export const joining = (server, name, room) => `${server.address}?${new URLSearchParams({ room, username: name })}`;

/** A page of the browser of somebody who was here before, if under that name. */
export async function pageOf(test, browser, name, options = {}) {
  const page = await newPage(test, browser, options);
  await page.addInitScript((key) => localStorage.setItem("nebula.key", key), keyOf(name));
  return page;
}

/** Somebody who has joined. */
export async function person(test, browser, server, name, room, options = {}) {
  const page = await pageOf(test, browser, name, options);
  await page.goto(joining(server, name, room));
  await online(page);
  return page;
}

export const online = (page) => page.locator("#chat:not([hidden]) #link", { hasText: /^online$/ }).waitFor({ state: "attached" });
/** As when a network is back: a page without a line dials at once. */
export const redial = (page) => page.evaluate(() => window.dispatchEvent(new Event("online")));
/** Until the page has heard of what happened, and drawn it. */
export const drawn = (page) => page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
/** The room that is shown. */
export const inRoom = (page, name) => page.locator("#room", { hasText: new RegExp(`^${name}$`) }).waitFor();
export const message = (page) => page.getByLabel("Message", { exact: true });
/** A row of the log, and one that is stored. */
export const row = (page, text) => page.locator("#log li", { hasText: text });
export const settled = (page, text) => page.locator("#log li[data-id]", { hasText: text });
export const texts = (page) => page.locator("#log li[data-id] .content").allTextContents();

/** What the page takes and the server refuses: it reaches the server as a text without anything to see. */
export const REFUSED = "what the server refuses";
export const withRefusals = (page) => page.evaluate((text) => {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (frame) { send.call(this, frame.replace(text, "\\u200b")); };
}, REFUSED);

export async function say(page, text) {
  await message(page).fill(text);
  await message(page).press("Enter");
}

/** People without a page of their own: they say what they are told, as fast as the server takes it.
 * They live in a page, since Node has no WebSocket. */
export async function newCrowd(test, browser, server) {
  const page = await newPage(test, browser);
  await page.goto(`${server.address}icon.svg`);
  await page.evaluate((url) => {
    const sockets = {};
    const IN_FLIGHT = 200;
    window.enter = (name, room, key) => new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url}ws?${new URLSearchParams({ room, username: name })}`, ["nebula.v1", `nebula.key.${key}`]);
      sockets[name] = { socket, room, waiting: 0, told: () => undefined, found: () => undefined };
      socket.onclose = () => reject(new Error(`${name} is not let in`));
      socket.onmessage = ({ data }) => {
        const envelope = JSON.parse(data);
        if (envelope.type === "presence") resolve();
        if (envelope.type === "found") sockets[name].found(envelope.messages.length);
        if (envelope.type !== "message" || envelope.sender !== name) return;
        sockets[name].waiting -= 1;
        sockets[name].told();
      };
    });
    window.finds = (name, query, count) => new Promise((resolve) => {
      const each = sockets[name];
      const asks = setInterval(() => each.socket.send(JSON.stringify({ type: "search", query, limit: 200 })), 100);
      each.found = (many) => {
        if (many < count) return;
        clearInterval(asks);
        resolve();
      };
    });
    window.leave = (name) => sockets[name].socket.close();
    window.sayAll = async (name, contents) => {
      const each = sockets[name];
      for (const content of contents) {
        while (each.waiting >= IN_FLIGHT) await new Promise((resolve) => { each.told = resolve; });
        each.waiting += 1;
        each.socket.send(JSON.stringify({ type: "message", room: each.room, content }));
      }
      while (each.waiting > 0) await new Promise((resolve) => { each.told = resolve; });
    };
  }, server.address.replace("http", "ws"));
  return {
    enter: (name, room) => page.evaluate(([who, where, key]) => window.enter(who, where, key), [name, room, keyOf(name)]),
    /** Until so many messages are found: the server reads them a moment after they were said. */
    finds: (name, query, count) => page.evaluate(([who, what, many]) => window.finds(who, what, many), [name, query, count]),
    leave: (name) => page.evaluate((who) => window.leave(who), name),
    say: (name, ...contents) => page.evaluate(([who, what]) => window.sayAll(who, what), [name, contents]),
    /** Many messages, told apart by their number. */
    sayMany: (name, count, before = "no.") => page.evaluate(([who, many, begin]) => (
      window.sayAll(who, Array.from({ length: many }, (_, i) => `${begin} ${i} ${"word ".repeat(i * 7 % 40)}`))
    ), [name, count, before]),
  };
}
