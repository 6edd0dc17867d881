// Devices, codes and invites: what there is beside the shared scenarios.

import assert from "node:assert/strict";
import { test } from "node:test";

import { codeNow } from "../../../../core/chat/person.js";
import { NOT_FROM_HERE } from "../../../../core/chat/revoked.js";
import { activeRoom } from "../../../../core/chat/state.js";
import { client, entered } from "../client.js";

const DEVICES = { type: "devices", devices: [{ device: 1, label: "nebula on lab-7", added: 1, used: 2, this: true }, { device: 3, added: 1, used: 2 }] };

test("/link asks for a code and shows where it will stand; /devices shows the list", () => {
  const { happens, did } = entered();
  happens({ type: "say", text: "/link" });
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "link", ref: "s-1" } }, { do: "open", what: "devices" }]);
  happens({ type: "say", text: "/devices" });
  assert.deepEqual(did(), [{ do: "open", what: "devices" }]);
});

test("/invite opens the form, and with what it needs the invite is made", () => {
  const { state, happens, did } = entered();
  happens({ type: "say", text: "/invite" });
  assert.deepEqual(did(), [{ do: "open", what: "invites" }]);
  happens({ type: "say", text: "/invite -r 25 2d the new team" });
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "invite", rooms: ["dev"], uses: 25, seconds: 172_800, note: "the new team", ref: "s-1" } }, { do: "open", what: "invites" }]);
  happens({ type: "say", text: "/uninvite 4" });
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "uninvite", invite: 4, ref: "s-2" } }]);
  // In a private room it is to that room.
  state.rooms[0].kind = "private";
  happens({ type: "say", text: "/invite 5" });
  assert.deepEqual(did()[0], { do: "send", envelope: { type: "invite", rooms: ["dev"], uses: 5, ref: "s-3" } });
});

test("a device is revoked only after a question, which names it", () => {
  const { happens, hears, did } = entered();
  hears({ ...DEVICES, room: undefined });
  happens({ type: "say", text: "/revoke 1" });
  happens({ type: "does", intent: { is: "revoke", device: 3 } });
  const asked = did();
  assert.deepEqual(asked.map(({ do: is, question }) => [is, question.match(/Revoke (.*?)\?/)[1]]), [["confirm", "this device"], ["confirm", "device 3"]]);
  happens(asked[1].then);
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "revoke", device: 3, ref: "s-1" } }]);
});

test("a code is over when a device has come by it", () => {
  const { state, hears } = entered();
  hears({ ...DEVICES, room: undefined });
  hears({ type: "link", code: "7K3MQ0ZD", expires_ms: 600_000, room: undefined });
  hears({ ...DEVICES, room: undefined });
  assert.equal(codeNow(state, 1)?.code, "7K3MQ0ZD");
  hears({ type: "devices", devices: [...DEVICES.devices, { device: 4, added: 3, used: 3 }], room: undefined });
  assert.equal(codeNow(state, 1), null);
});

test("nothing of it can be asked for without a connection", () => {
  const { state, happens, did } = client();
  for (const text of ["/link", "/invite 5"]) {
    happens({ type: "say", text });
    assert.match(state.notice, /not connected/, text);
  }
  assert.deepEqual(did(), []);
});

test("what was told under one name is not shown under another", () => {
  const { state, happens, hears } = entered();
  hears({ ...DEVICES, room: undefined });
  happens({ type: "nick", name: "Bob" });
  happens({ type: "connected" });
  hears({ type: "join", sender: "Bob" });
  assert.equal(state.person.devices, null);
});

test("a device that is revoked takes no text, and sends none again, until it is linked and in", () => {
  const { state, happens, hears, sent } = entered();
  happens({ type: "say", text: "one" });
  sent();
  happens({ type: "lost", code: 4003, reason: "this device was revoked", why: "revoked" });
  const room = activeRoom(state);
  room.draft = "two";
  happens({ type: "say", text: "two" });
  assert.match(state.notice, /link it again/);
  assert.equal(room.draft, "two");
  happens({ type: "retry", room: "dev", ref: "s-1" });
  assert.deepEqual([room.pending.map(({ failed }) => failed), sent()], [[NOT_FROM_HERE], []]);
  happens({ type: "bring", brings: { link: "7K3MQ0ZD" } });
  happens({ type: "connected" });
  hears({ type: "join", sender: "Alice" });
  assert.deepEqual(sent(), []);
  happens({ type: "retry", room: "dev", ref: "s-1" });
  assert.deepEqual(sent(), [{ type: "message", room: "dev", content: "one", ref: "s-1" }]);
});
