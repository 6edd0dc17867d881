// Why a page is not let in.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newHealth } from "../../health.js";

test("it asks beside the page, and tells a server that refuses from one that is not there", async () => {
  const asked = [];
  const of = (status) => newHealth("https://h.example:8443/chat/?room=x", async (url) => {
    asked.push(String(url));
    if (status === 0) throw new TypeError("nobody");
    return { status };
  })();
  assert.equal(await of(0), null);
  for (const [status, words] of [[200, /h.example:8443 answers, but refuses.*Host and Upgrade.*--allow-origin https:\/\/h.example:8443$/], [429, /too many connections/], [503, /full or restarting/], [502, /behind it does not/], [404, /status 404, so no chat server/]]) {
    assert.match(await of(status), words);
  }
  assert.equal(new Set(asked).size, 1);
  assert.equal(asked[0], "https://h.example:8443/chat/healthz");
});
