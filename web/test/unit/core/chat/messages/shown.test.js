// What is shown of messages, beyond what the scenarios say.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isSameAuthor } from "../../../../../core/chat/messages/shown.js";
import { parse } from "../../../../../core/protocol/envelopes.js";
import { entered } from "../../client.js";

const said = (more = {}) => ({ type: "message", room: "dev", sender: "grafana", content: "disk full", id: 1, at: 1, ...more });
const heard = (more) => parse(JSON.stringify(said(more)));

test("a program is only what the server plainly calls one", () => {
  assert.equal(heard({ bot: true }).bot, true);
  for (const bot of [false, "true", 1, null, {}]) assert.deepEqual(heard({ bot }), said(), JSON.stringify(bot));
  const page = parse(JSON.stringify({ type: "mentions", messages: [said({ bot: true }), said({ bot: "yes" })], more: false }));
  assert.deepEqual(page.messages, [said({ bot: true }), said()]);
});

test("what a program says is announced and notified as said by a bot, and so is what answers it", () => {
  const alice = entered();
  alice.happens({ type: "looked", atBottom: true, focused: false });
  alice.hears(said({ bot: true, mentions: ["Alice"] }));
  alice.hears(said({ id: 2, sender: "Bob", reply: 1 }));
  const told = alice.did().filter(({ do: what }) => what === "announce" || what === "notify");
  assert.deepEqual(told.map(({ do: what, sender, answers }) => [what, sender, answers]), [["announce", "grafana bot", undefined], ["notify", "grafana bot", undefined], ["announce", "Bob", "grafana bot"]]);
});

test("a program and the person of the same name are two authors", () => {
  assert.ok(isSameAuthor(heard({ bot: true }), heard({ bot: true })));
  assert.ok(isSameAuthor(heard(), heard({ bot: false })));
  assert.ok(!isSameAuthor(heard(), heard({ bot: true })));
  assert.ok(!isSameAuthor(heard({ bot: true }), heard()));
  assert.ok(!isSameAuthor(heard(), heard({ sender: "Bob" })));
});
