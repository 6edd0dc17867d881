// A real server and a real browser for the tests. What it starts, it ends.

import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const BINARY = process.env.NEBULA_SERVER_BIN
  ?? fileURLToPath(new URL("../../../target/debug/nebula-server", import.meta.url));
const CHROMIUM = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";

/** A server with a database of its own, which can be killed and started again on the same port. */
export async function startServer(...flags) {
  const folder = mkdtempSync(join(tmpdir(), "nebula-"));
  const server = { address: "", child: null };
  server.start = async () => {
    const listen = server.address ? new URL(server.address).host : "127.0.0.1:0";
    server.child = spawn(BINARY, ["--listen", listen, "--db", join(folder, "test.db"), "--message-rate", "0", ...flags], { stdio: ["ignore", "ignore", "pipe"] });
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
  server.kill = async () => {
    const ended = new Promise((resolve) => server.child.once("exit", resolve));
    server.child.kill("SIGKILL");
    await ended;
  };
  server.stop = async () => {
    await server.kill();
    rmSync(folder, { recursive: true });
  };
  await server.start();
  return server;
}

export function startBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** Keys by name: a name is its first owner's for good, so who comes again brings the same key. */
const keys = new Map();
function keyOf(name) {
  if (!keys.has(name)) keys.set(name, randomBytes(32).toString("base64url"));
  return keys.get(name);
}

/** A person in a browser of their own, who has joined, until the test ends. Every fault of the page
 * is kept. */
export async function person(test, browser, server, name, room, options = {}) {
  const context = await browser.newContext(options);
  test.after(() => context.close());
  context.setDefaultTimeout(15_000);
  await context.addInitScript((key) => localStorage.setItem("nebula.key", key), keyOf(name));
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  page.on("dialog", (dialog) => page.faults.push(`dialog: ${dialog.message()}`));
  await page.goto(`${server.address}?${new URLSearchParams({ room, username: name })}`);
  await page.getByRole("status").filter({ hasText: "online" }).waitFor();
  return page;
}

export async function say(page, text) {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}
