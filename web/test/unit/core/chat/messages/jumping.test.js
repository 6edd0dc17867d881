// Going to a message that is far back: what is asked, what is shown, and how one comes back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { shownEntries } from "../../../../../core/chat/messages/place.js";
import { activeRoom } from "../../../../../core/chat/state.js";
import { unread } from "../../../../../core/chat/unread.js";
import { entered, page } from "../../client.js";

/** Somebody who has 100 and 101, and goes to 10. */
function gone() {
  const ann = entered();
  for (const id of [100, 101]) ann.says(id, "Bob", "new");
  ann.did();
  ann.happens({ type: "jump", id: 10, from: 0 });
  assert.deepEqual(ann.sent(), [{ type: "history", room: "dev", around: 10, limit: 100, ref: "jump" }]);
  return ann;
}
const shown = ({ state }) => shownEntries(activeRoom(state)).filter(({ type }) => type === "message").map(({ id }) => id);
const around = (ids, more, newer) => ({ ...page(ids, more, 101), newer, ref: "jump" });

test("a message that is here is gone to at once", () => {
  const ann = entered();
  ann.says(5, "Bob", "five");
  ann.did();
  ann.happens({ type: "jump", id: 5 });
  assert.deepEqual(ann.did(), [{ do: "reveal", room: "dev", id: 5 }]);
});

test("what is around one that is not here stands in place of the newest, which go on", () => {
  const ann = gone();
  ann.hears(around([9, 10, 11], true, true));
  assert.deepEqual(ann.did(), [{ do: "reveal", room: "dev", id: 10 }]);
  ann.says(102, "Bob", "newer");
  assert.deepEqual([shown(ann), ann.ids(), unread(ann.state, activeRoom(ann.state))], [[9, 10, 11], [100, 101, 102], 1]);
  ann.hears({ type: "edited", message: 10, content: "ten", sender: "Bob", id: 103, at: 5 });
  assert.equal(shownEntries(activeRoom(ann.state))[1].content, "ten");
  ann.happens({ type: "back" });
  assert.deepEqual(shown(ann), [100, 101, 102]);
});

test("reading on leads to the newest, and further back", () => {
  const ann = gone();
  ann.hears(around([9, 10, 11], true, true));
  ann.did();
  ann.happens({ type: "newer" });
  assert.deepEqual(ann.sent(), [{ type: "history", room: "dev", after: 11, limit: 200 }]);
  ann.hears({ type: "reacted", message: 12, emoji: "👍", on: true, sender: "Bob", id: 104 });
  ann.hears(page([12, 100], true, 101));
  assert.deepEqual([shown(ann), activeRoom(ann.state).past], [[9, 10, 11, 12, 100, 101], null]);
  assert.equal(activeRoom(ann.state).entries[3].reactions[0].count, 1);
  ann.happens({ type: "older" });
  assert.deepEqual(ann.sent(), [{ type: "history", room: "dev", before: 9, limit: 200 }]);
});

test("a message that is not there is told of, and one stays where one is", () => {
  const ann = gone();
  ann.hears({ type: "error", code: "not_found", content: "no such message", ref: "jump" });
  assert.match(ann.state.notice, /isn't in this room/);
  assert.deepEqual([shown(ann), activeRoom(ann.state).awaited], [[100, 101], null]);
});

test("who goes somewhere without a line goes there when it is back", () => {
  const ann = entered();
  ann.happens({ type: "lost", code: 1006, reason: "cut" });
  ann.happens({ type: "jump", id: 10 });
  assert.deepEqual(ann.sent(), []);
  ann.happens({ type: "connected" });
  ann.hears({ type: "history", messages: [], more: false, head: 101 });
  ann.hears({ type: "join", sender: "Alice" });
  assert.deepEqual(ann.sent().map(({ around: id }) => id).filter((id) => id), [10]);
});
