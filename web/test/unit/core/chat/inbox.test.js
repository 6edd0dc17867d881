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

const edited = (message, id, mentions, more = {}) => ({ type: "edited", message, content: `e${message}`, sender: "Bob", id, at: id, mentions, ...more });

test("an edit takes a message out of the list, or puts it in where it belongs, whether it is loaded or not", () => {
  const alice = entered();
  alice.hears(mention(5, { mentions: undefined }));
  for (const id of [6, 7]) alice.hears(mention(id));
  opens(alice);
  const [{ ref }] = alice.sent();
  // 4 and 2 are not loaded here.
  alice.hears({ type: "mentions", messages: [mention(7), mention(6), mention(4), mention(2)], more: true, ref });
  alice.hears(edited(6, 20, undefined));
  alice.hears(edited(5, 21, ["Alice"]));
  alice.hears(edited(4, 22, undefined));
  alice.hears(edited(3, 23, ["Alice"]));
  alice.hears(edited(1, 24, ["Alice"]));
  assert.deepEqual(shown(alice), ["7 m7", "5 e5", "3 e3", "2 m2"], "what is older comes with its page");
  alice.hears(edited(4, 25, ["Alice"]));
  alice.hears(edited(2, 26, undefined));
  alice.hears({ type: "deleted", message: 3, by: "Bob", id: 27 });
  assert.deepEqual(shown(alice), ["7 m7", "5 e5", "4 e4"]);
  more(alice);
  assert.equal(alice.sent()[0].before, 2, "the next page follows what the server told");
});

test("a page is shown with what was said and edited since it was read", () => {
  const alice = entered();
  for (const id of [3, 4]) alice.hears(mention(id));
  opens(alice);
  const [{ ref }] = alice.sent();
  alice.hears(edited(4, 8, ["Alice"]));
  alice.hears(edited(3, 9, undefined));
  alice.hears(mention(10));
  alice.hears({ type: "mentions", messages: [mention(4), mention(3)], more: false, ref });
  assert.deepEqual(shown(alice), ["10 m10", "4 e4"]);
});

test("what is told after a cut, and with pages of a room, is told to the list", () => {
  const alice = looking();
  alice.hears({ type: "history", messages: [mention(8), mention(9, { mentions: undefined })], changed: [mention(3, { mentions: undefined, change: 10 }), mention(4, { content: "new", change: 11 })], more: false, head: 11 });
  assert.deepEqual(shown(alice), ["8 m8", "4 new"]);
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
