// What a moderator asks for, besides what the scenarios say of every client.

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
  happens({ type: "start" });
  happens({ type: "connected" });
  hears({ type: "history", messages: [], more: false, head: 0 });
  hears({ type: "join", sender: "Ann", role: "moderator" });
  actions = [];
  return {
    state, happens, hears,
    sent: () => take("send").map(({ envelope }) => envelope),
    waits: () => take("later"),
    types: (text) => happens({ type: "say", text }),
    tooFast: (ref, retry_ms = 100) => hears({ type: "error", code: "too_fast", content: "too fast", ref, retry_ms }),
  };
}

test("many at once follow one another, none is lost and none is done twice", () => {
  const ann = moderator();
  for (let id = 1; id <= 30; id += 1) ann.happens({ type: "does", intent: { is: "ask", envelope: { type: "kick", user: `P${id}` } } });
  const done = [];
  let tokens = 20;
  const serve = () => {
    for (let sent = ann.sent(); sent.length > 0; sent = ann.sent()) {
      for (const { user, ref } of sent) {
        if (tokens-- <= 0) {
          ann.tooFast(ref);
          continue;
        }
        done.push(user);
        ann.hears({ type: "moderated", action: "kick", user, by: "Ann", ref });
      }
    }
  };
  serve();
  for (let round = 0; round < 20 && ann.state.acts.open.length > 0; round += 1) {
    tokens = 1;
    const waits = ann.waits();
    assert.equal(waits.length, 1, "one timer for all");
    ann.happens(waits[0].event);
    serve();
  }
  assert.deepEqual([done, ann.state.notice], [Array.from({ length: 30 }, (_, i) => `P${i + 1}`), ""]);
});

test("another moderator's ref settles nothing", () => {
  const ann = moderator();
  ann.types("/kick Eve");
  const [{ ref }] = ann.sent();
  ann.hears({ type: "moderated", action: "kick", user: "Eve", by: "Bob", ref });
  assert.equal(ann.state.acts.open.length, 1);
});

test("what was to be said to somebody who is not there stays in the box, for them alone", () => {
  const ann = moderator();
  ann.types('/msg Bob,"Cy Lee" our secret');
  const [{ ref, users }] = ann.sent();
  assert.deepEqual(users, ["Bob", "Cy Lee"]);
  ann.hears({ type: "error", code: "not_found", content: "there is nobody of that name", ref });
  assert.equal(ann.state.rooms[0].draft, '/msg Bob,"Cy Lee" our secret');
});

test("what is asked without a connection goes out with the next one, in order", () => {
  const ann = moderator();
  ann.state.rooms[0].listed = true;
  ann.happens({ type: "lost", code: 1006, reason: "cut" });
  ann.happens({ type: "does", intent: { is: "mute" } });
  ann.happens({ type: "does", intent: { is: "browse", query: "ops" } });
  ann.happens({ type: "connected" });
  assert.deepEqual(ann.sent(), []);
  ann.hears({ type: "join", sender: "Ann" });
  assert.deepEqual(ann.sent(), [{ type: "setting", room: "dev", muted: true, ref: "s-1" }]);
  ann.hears({ type: "setting", joined: true, muted: true, id: 9, ref: "s-1" });
  assert.deepEqual(ann.sent(), [{ type: "rooms", query: "ops", ref: "s-2" }]);
});
