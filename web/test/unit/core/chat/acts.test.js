// What a moderator asks for, where the server has no time for it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newState } from "../../../../core/chat/state.js";
import { update } from "../../../../core/update.js";

function moderator() {
  const state = newState({ room: "dev", username: "Ann", session: "s" });
  let actions = [];
  const happens = (event) => actions.push(...update(state, event));
  const hears = (envelope) => happens({ type: "received", envelope: { room: "dev", ...envelope } });
  const take = (does) => {
    const taken = actions.filter((action) => action.do === does);
    actions = actions.filter((action) => action.do !== does);
    return taken;
  };
  const enters = () => {
    happens({ type: "connected" });
    hears({ type: "history", messages: [], more: false, head: 0 });
    hears({ type: "join", sender: "Ann", role: "moderator" });
  };
  happens({ type: "start" });
  enters();
  actions = [];
  return {
    state, happens, hears, enters,
    sent: () => take("send").map(({ envelope }) => envelope),
    waits: () => take("again"),
    types: (text) => happens({ type: "say", text }),
    tooFast: (ref, retry_ms = 100) => hears({ type: "error", code: "too_fast", content: "too fast", ref, retry_ms }),
    done: (ref, action = "kick") => hears({ type: "moderated", action, user: "Eve", by: "Ann", ref }),
  };
}

test("what came too fast is done in a moment, and nobody is told", () => {
  const ann = moderator();
  for (const text of ["/kick Eve rude", "/ban -s Eve 1d", "/silence Eve 10m", "/unban Eve"]) {
    ann.types(text);
    const [envelope] = ann.sent();
    ann.tooFast(envelope.ref);
    const [wait] = ann.waits();
    assert.deepEqual([wait.afterMs, ann.sent()], [100, []], text);
    ann.happens({ type: "again", room: wait.room, ref: wait.ref });
    assert.deepEqual(ann.sent(), [envelope], text);
    ann.done(envelope.ref);
    assert.deepEqual([ann.state.notice, ann.state.acts.open, ann.waits()], ["", [], []], text);
  }
});

test("many at once follow one another, none is lost and none is done twice", () => {
  const ann = moderator();
  for (let id = 1; id <= 30; id += 1) ann.happens({ type: "delete", id });
  const done = [];
  let tokens = 20;
  const serve = () => {
    for (let sent = ann.sent(); sent.length > 0; sent = ann.sent()) {
      for (const { message, ref } of sent) {
        if (tokens-- <= 0) {
          ann.tooFast(ref);
          continue;
        }
        done.push(message);
        ann.hears({ type: "deleted", message, by: "Ann", id: 100 + message, ref });
      }
    }
  };
  serve();
  for (let round = 0; round < 20 && ann.state.acts.open.length > 0; round += 1) {
    tokens = 1;
    const waits = ann.waits();
    assert.equal(waits.length, 1, "one timer for all");
    ann.happens({ type: "again", room: waits[0].room, ref: waits[0].ref });
    serve();
  }
  assert.deepEqual([done, ann.state.notice], [Array.from({ length: 30 }, (_, i) => i + 1), ""]);
});

test("who is refused for good, or again and again, is told", () => {
  const ann = moderator();
  ann.types("/kick Eve");
  const [{ ref }] = ann.sent();
  ann.hears({ type: "error", code: "not_found", content: "nobody of this name is here", ref });
  assert.deepEqual([ann.state.notice, ann.state.acts.open], ["nobody of this name is here", []]);
  ann.types("/kick Eve");
  let rounds = 0;
  for (let sent = ann.sent(); sent.length > 0; sent = ann.sent(), rounds += 1) {
    ann.tooFast(sent[0].ref);
    for (const { room, ref: held } of ann.waits()) ann.happens({ type: "again", room, ref: held });
  }
  assert.deepEqual([rounds, ann.state.notice, ann.state.acts.open], [11, "too fast", []]);
});

test("what the server asked for time for outlives a disconnect; what it was told and did not answer is not told twice", () => {
  const ann = moderator();
  ann.types("/kick Eve");
  ann.types("/kick Mal");
  const [first] = ann.sent();
  ann.tooFast(first.ref);
  const [wait] = ann.waits();
  ann.happens({ type: "lost", code: 1006, reason: "cut" });
  ann.happens({ type: "again", room: wait.room, ref: wait.ref });
  assert.deepEqual(ann.sent(), []);
  ann.enters();
  assert.deepEqual(ann.sent(), [first]);
  ann.done(first.ref);
  assert.deepEqual([ann.sent(), ann.state.acts.open], [[], []]);
});

test("another moderator's ref settles nothing", () => {
  const ann = moderator();
  ann.types("/kick Eve");
  const [{ ref }] = ann.sent();
  ann.hears({ type: "moderated", action: "kick", user: "Eve", by: "Bob", ref });
  assert.equal(ann.state.acts.open.length, 1);
});
