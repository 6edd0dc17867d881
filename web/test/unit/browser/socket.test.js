// One socket at a time, with a socket that is none.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Connection, ownKey } from "../../../browser/socket.js";

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
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});
afterEach(() => {
  mock.timers.reset();
  delete globalThis.WebSocket;
});

function connection(isHeld = () => false, key = "K") {
  const told = [];
  const question = () => ({ type: "history", room: "dev", before: 1, limit: 1, ref: "probe" });
  const made = new Connection({ address: "https://chat.example/?x#y", key, tell: (e) => told.push(e), question, isHeld, random: () => 0.5 });
  return { told, dial: (...args) => made.dial(...args), send: (e) => made.send(e), probe: () => made.probe() };
}

function opened() {
  const made = connection();
  made.dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  sockets[0].readyState = FakeSocket.OPEN;
  sockets[0].onopen();
  made.told.length = 0;
  return { ...made, socket: sockets[0], ends: () => made.told.filter((e) => e.type === "lost") };
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

test("a code to come in by and the label of the device are brought beside the key, and never without it", () => {
  const dialled = (key, hello, token = () => null) => {
    const made = new Connection({ address: "https://chat.example/", key, label: "Firefox on Android", token, tell: () => {}, question: () => ({}), isHeld: () => false });
    made.dial({ room: "dev", ...hello }, 0);
    mock.timers.tick(0);
    return sockets.at(-1).protocols;
  };
  const label = "nebula.label.RmlyZWZveCBvbiBBbmRyb2lk";
  assert.deepEqual(dialled("K", { link: "7K3MQ0ZD" }), ["nebula.v1", "nebula.key.K", "nebula.link.7K3MQ0ZD", label]);
  assert.deepEqual(dialled("K", { invite: "9V5TQ2M80KXDB3HN" }), ["nebula.v1", "nebula.key.K", "nebula.invite.9V5TQ2M80KXDB3HN", label]);
  assert.deepEqual(dialled(null, { link: "7K3MQ0ZD" }), ["nebula.v1"]);
  assert.deepEqual(dialled("K", { invite: "9V5TQ2M80KXDB3HN" }, () => "a.b.c"), ["nebula.v1", "nebula.token.a.b.c"]);
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
  assert.deepEqual(told[2], { type: "lost", code: 4001, reason: "in use", why: "name_taken" });
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

/** A storage as storage.js gives it. */
function store(isFull = false) {
  const kept = new Map();
  return { kept, getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => !isFull && Boolean(kept.set(name, value)), removeItem: (name) => kept.delete(name) };
}

test("a key is made once and kept, and what stands in its place is set aside", () => {
  const storage = store();
  const key = ownKey(storage);
  assert.match(key, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(ownKey(storage), key);
  storage.setItem("nebula.key", "not a key");
  assert.notEqual(ownKey(storage), "not a key");
  assert.equal(storage.getItem("nebula.broken nebula.key"), "not a key");
});

test("where a key is not kept, one comes without", () => {
  assert.equal(ownKey(store(true)), null);
  connection(() => false, null).dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  assert.deepEqual(sockets[0].protocols, ["nebula.v1"]);
});

test("it dials in the page's own folder", () => {
  for (const [address, url] of [["http://h/chat/?room=x", "ws://h/chat/ws?room=dev"], ["https://h:8443/a/b/index.html#z", "wss://h:8443/a/b/ws?room=dev"]]) {
    new Connection({ address, key: null, tell: () => {}, question: () => ({}), isHeld: () => false }).dial({ room: "dev" }, 0);
    mock.timers.tick(0);
    assert.equal(sockets.at(-1).url, url);
  }
});

test("the wait is what the server asked for, or a random part of the growing one if that is longer", () => {
  const { dial, told } = connection();
  dial({ room: "dev" }, 1000, 700);
  mock.timers.tick(699);
  assert.equal(sockets.length, 0);
  mock.timers.tick(1);
  assert.equal(sockets.length, 1);
  dial({ room: "dev" }, 1000, 400);
  assert.deepEqual(told, [{ type: "waits", at: 700 }, { type: "waits", at: 1200 }]);
});

test("where one does not look, nothing is dialled", () => {
  const { dial, told } = connection(() => true);
  dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  assert.deepEqual([sockets.length, told], [0, [{ type: "held" }]]);
});

test("after 20 s of silence it asks, and after 45 s it gives up", () => {
  const { ends, socket } = opened();
  mock.timers.tick(19_999);
  assert.deepEqual(socket.sent, []);
  mock.timers.tick(1);
  assert.deepEqual(socket.sent.map((frame) => JSON.parse(frame).ref), ["probe"]);
  mock.timers.tick(24_999);
  assert.deepEqual(ends(), []);
  mock.timers.tick(1);
  assert.deepEqual(ends(), [{ type: "lost", code: 1006, reason: "the server stopped responding" }]);
  assert.ok(socket.closed);
});

test("who hears something has no need to ask, and an answer is enough", () => {
  const { ends, socket } = opened();
  for (let i = 0; i < 10; i += 1) {
    mock.timers.tick(15_000);
    socket.onmessage({ data: "{}" });
  }
  assert.deepEqual(socket.sent, []);
  for (let i = 1; i <= 3; i += 1) {
    mock.timers.tick(20_000);
    assert.equal(socket.sent.length, i);
    socket.onmessage({ data: "{}" });
  }
  assert.deepEqual(ends(), []);
});

test("on waking it asks at once, with less patience, unless it heard something just now", () => {
  const { told, socket, probe } = opened();
  probe();
  assert.deepEqual(socket.sent, []);
  mock.timers.tick(6_000);
  probe();
  assert.equal(socket.sent.length, 1);
  mock.timers.tick(5_000);
  assert.equal(told[0].type, "lost");
});

test("a line that held for half a minute is a good one, and one that does not open is none", () => {
  const { told, socket } = opened();
  for (let i = 0; i < 3; i += 1) {
    mock.timers.tick(10_000);
    socket.onmessage({ data: "{}" });
  }
  assert.deepEqual(told, [{ type: "stable" }]);
  const other = connection();
  other.dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  mock.timers.tick(25_000);
  assert.deepEqual(other.told, [{ type: "lost", code: 1006, reason: "the server is not responding" }]);
});

test("where the browser knows of no network, the line has less than a second to answer, and that is the reason", () => {
  sockets = [];
  const told = [];
  let offline = true;
  const made = new Connection({ address: "http://h/", key: null, tell: (e) => told.push(e), question: () => ({}), isHeld: () => false, isOffline: () => offline });
  made.dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  sockets[0].readyState = FakeSocket.OPEN;
  sockets[0].onopen();
  sockets[0].onmessage({ data: "{}" });
  made.probe("offline");
  assert.equal(sockets[0].sent.length, 1, "though it spoke just now");
  mock.timers.tick(999);
  assert.deepEqual(told.at(-1), { type: "lost", code: 1006, reason: "this device is offline" });
  offline = false;
  made.dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  sockets[1].readyState = FakeSocket.OPEN;
  sockets[1].onopen();
  made.probe("offline");
  sockets[1].onmessage({ data: "{}" });
  mock.timers.tick(5_000);
  assert.equal(told.at(-1).type, "connected", "it answers: a server on this machine");
});

test("an attempt that fails is looked into; a line that was open and ends is not", async () => {
  const told = [];
  let asked = 0;
  const health = async () => {
    asked += 1;
    return { reason: "h is full", afterMs: 5_000 };
  };
  const made = new Connection({ address: "http://h/", key: null, tell: (e) => told.push(e), question: () => ({}), isHeld: () => false, health });
  made.dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  sockets[0].onclose({ code: 1006, reason: "" });
  await null;
  await null;
  assert.deepEqual(told, [{ type: "lost", code: 1006, reason: "no server at h" }, { type: "reason", reason: "h is full", afterMs: 5_000 }]);
  made.dial({ room: "dev" }, 0);
  mock.timers.tick(0);
  sockets[1].onopen();
  sockets[1].onclose({ code: 1006, reason: "" });
  await null;
  assert.deepEqual([told.at(-1), asked], [{ type: "lost", code: 1006, reason: "the connection was lost" }, 1]);
});

test("another server is dialled at its own address, named where it is away, and not looked into", async () => {
  const told = [];
  let asked = 0;
  const health = async () => {
    asked += 1;
    return { reason: "h is full", afterMs: 5_000 };
  };
  const made = new Connection({ address: "https://h/chat/", key: "K", tell: (e) => told.push(e), question: () => ({}), isHeld: () => false, health });
  const tries = (server) => {
    made.dial({ room: "dev" }, 0, 0, server);
    mock.timers.tick(0);
  };
  tries("https://h");
  assert.equal(sockets[0].url, "wss://h/chat/ws?room=dev");
  sockets[0].onclose({ code: 1006, reason: "" });
  tries("https://b:8443");
  assert.deepEqual([sockets[1].url, sockets[1].protocols], ["wss://b:8443/ws?room=dev", ["nebula.v1", "nebula.key.K"]]);
  await null;
  await null;
  assert.deepEqual(told.at(-1), { type: "reason", reason: "h is full", afterMs: 5_000 }, "while another is tried");
  sockets[1].onclose({ code: 1006, reason: "" });
  assert.deepEqual([told.at(-1), asked], [{ type: "lost", code: 1006, reason: "no server at b:8443" }, 1]);
});

test("what the policy of the page forbids fails at once, and is told once", () => {
  const { told, dial } = connection();
  dial({ room: "dev" }, 0, 0, "https://b");
  mock.timers.tick(0);
  sockets[0].onerror();
  sockets[0].onclose({ code: 1006, reason: "" });
  assert.deepEqual(told, [{ type: "lost", code: 1006, reason: "no server at b" }]);
  const { told: of, socket } = opened();
  socket.onerror();
  assert.deepEqual(of, [], "what was open is told of by its close");
});

test("an address that the browser does not dial is one where there is no server", () => {
  globalThis.WebSocket = class {
    constructor() { throw new DOMException("The port 25 is not allowed", "SecurityError"); }
  };
  const { told, dial } = connection();
  dial({ room: "dev" }, 0, 0, "https://b:25");
  mock.timers.tick(0);
  assert.deepEqual(told, [{ type: "lost", code: 1006, reason: "no server at b:25" }]);
});
