// Several servers: the page goes on at another one, and says how its own stands among them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { online, pageOf, person, redial, row, say, settled, stage, startNetwork, startServer, texts } from "../harness.js";

const { server, browser } = await stage();
const originOf = ({ address }) => new URL(address).origin;

/** A page that can be told what only a server of several nodes tells. The policy that comes with a page names the other
 * nodes, of which a server of one machine has none. */
async function pageOfNode(test, name, options = { bypassCSP: true }) {
  const page = await pageOf(test, browser, name, options);
  await page.addInitScript(() => {
    window.dialled = [];
    window.WebSocket = class extends WebSocket {
      constructor(address, protocols) {
        super(address, protocols);
        window.dialled.push(String(address));
        window.socket = this;
      }
    };
  });
  page.tell = (standing, ...servers) => page.evaluate((data) => {
    window.socket.dispatchEvent(new MessageEvent("message", { data }));
  }, JSON.stringify({ type: "cluster", standing, ...(servers.length > 0 && { servers: servers.map(originOf) }) }));
  page.dialled = () => page.evaluate(() => window.dialled.splice(0));
  return page;
}

const says = (page, words) => page.locator("#link", { hasText: words }).waitFor();

test("when its server stops or is killed, the page goes on at another one, and knows it when it is loaded again", async (t) => {
  const other = await startServer("--allow-origin", originOf(server));
  t.after(() => other.stop());
  const alice = await pageOfNode(t, "Alice");
  await alice.goto(`${server.address}?room=nodes&username=Alice`);
  await online(alice);
  await alice.tell("current", server, other);
  await say(alice, "at the first");
  await settled(alice, "at the first").waitFor();
  await alice.dialled();
  await server.term();
  const bob = await person(t, browser, other, "Bob", "nodes");
  await say(alice, "at the second");
  await row(bob, "at the second").waitFor();
  await online(alice);
  const [address, ...more] = await alice.dialled();
  assert.deepEqual([new URL(address).host, more], [new URL(other.address).host, []], "at once, and once");
  await server.start();
  await other.kill();
  await alice.waitForFunction((host) => window.dialled.some((each) => new URL(each).host === host), new URL(server.address).host);
  await online(alice);
  await other.start();
  // The page can be loaded, as from behind a proxy, and its own server takes no connection.
  await alice.routeWebSocket((url) => url.host === new URL(server.address).host, (socket) => socket.close({ code: 1013 }));
  await alice.reload();
  await online(alice);
  await say(alice, "still known");
  await row(bob, "still known").waitFor();
});

test("at another server it comes back to where it was: nothing is missing, and nothing is there twice", async (t) => {
  const far = { address: server.address };
  const network = await startNetwork(t, far);
  const own = await startServer("--allow-origin", originOf(network));
  t.after(() => own.stop());
  far.address = own.address;
  const bob = await person(t, browser, own, "Bob", "place");
  const alice = await pageOfNode(t, "Alice");
  await alice.goto(`${network.address}?room=place&username=Alice`);
  await online(alice);
  await alice.tell("current", network, own);
  await say(bob, "one");
  await settled(alice, "one").waitFor();
  await alice.dialled();
  network.stall(true);
  await say(alice, "two");
  await say(bob, "meanwhile");
  await settled(bob, "meanwhile").waitFor();
  network.down(true);
  await settled(alice, "two").waitFor();
  await online(alice);
  assert.deepEqual(await texts(alice), ["one", "meanwhile", "two"]);
  assert.deepEqual(await texts(bob), ["one", "meanwhile", "two"]);
  const [address] = (await alice.dialled()).map((each) => new URL(each));
  const last = await settled(alice, "one").getAttribute("data-id");
  assert.deepEqual([address.host, address.searchParams.get("since")], [new URL(own.address).host, last]);
});

test("a server that the policy of the page does not name, since it is newer, is passed over at once", async (t) => {
  const alice = await pageOfNode(t, "Alice", {});
  await alice.goto(`${server.address}?room=newer&username=Alice`);
  await online(alice);
  await alice.tell("current", server, { address: "http://127.0.0.1:9" }, { address: "http://127.0.0.1:8081" });
  const began = Date.now();
  await server.kill();
  await says(alice, /^Not connected: no server at 127\.0\.0\.1:8081\.$/);
  // Who waits for an answer waits for 25 s at each.
  assert.ok(Date.now() - began < 20_000);
  await server.start();
  await redial(alice);
  await online(alice);
  assert.ok((await alice.evaluate(() => window.reports)).length >= 2);
});

test("it says that messages wait for the other servers, or are refused, until they are not or it is connected anew", async (t) => {
  const alice = await pageOfNode(t, "Alice");
  await alice.goto(`${server.address}?room=standing&username=Alice`);
  await online(alice);
  const strip = alice.locator("#strip");
  assert.equal(await alice.locator("#link").getAttribute("role"), "status");
  await alice.tell("waiting");
  await says(alice, /^Waiting for the other servers: messages are sent when they answer\.$/);
  await strip.and(alice.locator(".broken")).waitFor();
  assert.ok(await alice.getByRole("button", { name: "Connect now" }).isHidden());
  await alice.tell("cut");
  await says(alice, /^Cut off from the other servers: new messages are refused, reading works\.$/);
  await alice.tell("current");
  await online(alice);
  await alice.tell("cut");
  await says(alice, /^Cut off/);
  await server.kill();
  await says(alice, /^Not connected/);
  await server.start();
  await online(alice);
});
