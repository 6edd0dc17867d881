// One socket at a time, with a socket that is none.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { newConnection, ownKey } from "../../connection.js";

let sockets;
class FakeSocket {
  static OPEN = 1;
  constructor(url, protocols) {
    Object.assign(this, { url: String(url), protocols, readyState: 0, sent: [] });
    sockets.push(this);
  }
  send(frame) { this.sent.push(frame); }
  close() { this.closed = true; }
}

beforeEach(() => {
  sockets = [];
  globalThis.WebSocket = FakeSocket;
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => {
  mock.timers.reset();
  delete globalThis.WebSocket;
});

function connection() {
  const told = [];
  const made = newConnection({ address: "https://chat.example/?x#y", key: "K", tell: (e) => told.push(e), random: () => 0.5 });
  return { ...made, told };
}

test("it dials after a part of the wait, at the page's own address, with the key", () => {
  const { dial } = connection();
  dial({ room: "dev", username: "Alice" }, 1000);
  mock.timers.tick(499);
  assert.equal(sockets.length, 0);
  mock.timers.tick(1);
  assert.equal(sockets[0].url, "wss://chat.example/ws?room=dev&username=Alice");
  assert.deepEqual(sockets[0].protocols, ["nebula.v1", "nebula.key.K"]);
});

test("it tells of envelopes, and of the end with the reason that came before it", () => {
  const { dial, told } = connection();
  dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  const [socket] = sockets;
  socket.onopen();
  socket.onmessage({ data: '{"type":"nonsense"}' });
  socket.onmessage({ data: '{"type":"error","code":"name_taken","content":"in use"}' });
  socket.onclose({ code: 4001, reason: "" });
  assert.deepEqual(told.map((e) => e.type), ["connected", "received", "lost"]);
  assert.deepEqual(told[2], { type: "lost", code: 4001, reason: "in use" });
});

test("an earlier socket has nothing more to say", () => {
  const { dial, told } = connection();
  dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  assert.ok(sockets[0].closed);
  sockets[0].onopen();
  sockets[0].onmessage({ data: '{"type":"join","room":"dev","sender":"A"}' });
  sockets[0].onclose({ code: 1006, reason: "" });
  assert.deepEqual(told, []);
});

test("only an open socket is spoken to", () => {
  const { dial, send } = connection();
  send({ type: "leave", room: "dev" });
  dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  send({ type: "leave", room: "dev" });
  assert.deepEqual(sockets[0].sent, []);
  sockets[0].readyState = FakeSocket.OPEN;
  send({ type: "leave", room: "dev" });
  assert.deepEqual(sockets[0].sent, ['{"type":"leave","room":"dev"}']);
});

test("a key is made once and kept", () => {
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const key = ownKey(storage);
  assert.match(key, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(ownKey(storage), key);
});
