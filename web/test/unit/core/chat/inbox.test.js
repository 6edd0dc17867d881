// The list of mentions while it is open, besides what the scenarios say of every client.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inboxMessages } from "../../../../core/chat/inbox.js";
import { entered } from "../client.js";

const mention = (id, more = {}) => ({ type: "message", room: "dev", sender: "Bob", content: `m${id}`, id, at: id, mentions: ["Alice"], ...more });
const opens = (alice) => alice.happens({ type: "does", intent: { is: "mentions" } });
const more = (alice) => alice.happens({ type: "does", intent: { is: "inboxMore" } });
const shown = ({ state }) => inboxMessages(state).map(({ id, content }) => `${id} ${content}`);

/** One who looks at the list of what has come so far. */
function looking() {
  const alice = entered();
  for (const id of [3, 4]) alice.hears(mention(id));
  opens(alice);
  const [{ ref }] = alice.sent();
  alice.hears({ type: "mentions", messages: [mention(4), mention(3)], more: true, ref });
  alice.did();
  return alice;
}

test("an open list has what comes meanwhile, and its messages as they are now", () => {
  const alice = looking();
  alice.hears(mention(5));
  alice.hears(mention(6, { mentions: ["Cy"] }));
  alice.hears(mention(7, { mentions: undefined, everybody: "here" }));
  alice.hears({ type: "edited", message: 4, content: "new", sender: "Bob", id: 8, at: 8, mentions: ["Alice"] });
  alice.hears({ type: "deleted", message: 3, by: "Bob", id: 9 });
  assert.deepEqual(shown(alice), ["7 m7", "5 m5", "4 new"]);
  more(alice);
  assert.equal(alice.sent()[0].before, 3, "the next page follows what the server told");
  alice.happens({ type: "does", intent: { is: "goToMention", id: 7 } });
  assert.deepEqual([alice.did(), shown(alice)], [[{ do: "reveal", room: "dev", id: 7 }], []]);
});

test("a list that is closed and opened again begins anew, whatever was still asked for", () => {
  const alice = looking();
  more(alice);
  const [older] = alice.sent();
  alice.happens({ type: "does", intent: { is: "inboxEnd" } });
  opens(alice);
  const [{ ref, before }] = alice.sent();
  assert.equal(before, undefined);
  opens(alice);
  assert.deepEqual(alice.sent(), [], "one question at a time");
  alice.hears({ type: "mentions", messages: [mention(2)], more: false, ref: older.ref });
  assert.deepEqual(shown(alice), []);
  alice.hears({ type: "mentions", messages: [mention(4)], more: true, ref });
  assert.deepEqual([shown(alice), alice.did()], [["4 m4"], [{ do: "open", what: "inbox" }]]);
});

test("without a connection there is no list, and it is said", () => {
  const alice = entered();
  alice.happens({ type: "lost", code: 1006, reason: "cut" });
  alice.did();
  opens(alice);
  assert.deepEqual([alice.sent(), alice.state.notice], [[], "You are not connected right now"]);
});
