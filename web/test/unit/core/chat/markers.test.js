// What is unread on all devices of a person: whatever comes in whatever order, they agree with who counts again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activeRoom, find, newRoom, newState } from "../../../../core/chat/state.js";
import { mentioned, newLine, shownCount, unread } from "../../../../core/chat/unread.js";
import { update } from "../../../../core/update.js";

/** Numbers that only seem to be random. */
function chance(seed) {
  let state = seed;
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

/** A server with one person on two devices, in two rooms of which somebody else writes in one. */
class World {
  id = 10;
  messages = [];
  marker = 0;
  marked = 0;
  devices = [0, 1].map((number) => this.#device(number));

  constructor() {
    for (const device of this.devices) this.connect(device);
  }

  #device(number) {
    const state = newState({ room: "dev", username: "Alice", session: `d${number}` });
    state.list.follows = true;
    state.rooms.push(newRoom("ops"));
    return { state, now: 0, timers: [], toServer: [], toClient: [], isOn: false };
  }

  happens(device, event) {
    for (const action of update(device.state, event)) {
      if (action.do === "send" && device.isOn) device.toServer.push(action.envelope);
      if (action.do === "later") device.timers.push({ due: device.now + action.afterMs, event: action.event });
    }
  }

  connect(device) {
    device.isOn = true;
    this.happens(device, { type: "start" });
    this.happens(device, { type: "connected" });
    const { room } = device.state.link;
    const { gapAfter, head } = find(device.state, room);
    device.toServer.push({ type: "join", room, since: gapAfter ?? (head || undefined) });
  }

  cut(device) {
    Object.assign(device, { isOn: false, toServer: [], toClient: [] });
    this.happens(device, { type: "lost", code: 1006, reason: "cut" });
    this.connect(device);
  }

  tell(...envelopes) {
    for (const { toClient } of this.devices) toClient.push(...envelopes);
  }

  say(sender, more = {}) {
    this.id += 1;
    const message = { type: "message", room: "dev", sender, content: `m${this.id}`, id: this.id, at: this.id, ...more };
    this.messages.push(message);
    if (sender === "Alice") this.marker = this.id;
    this.tell(message);
  }

  count() {
    const from = this.marked > 0 ? Math.min(this.marker, this.marked - 1) : this.marker;
    const counted = this.messages.filter(({ id, sender, deleted }) => id > from && sender !== "Alice" && !deleted);
    return { unread: counted.length, mentions: counted.filter(({ mentions }) => mentions).length };
  }

  entry(room) {
    const about = { room, kind: "open", people: 1, joined: true, place: room === "dev" ? 1000 : 2000 };
    if (room !== "dev") return { ...about, read: 1, head: 1 };
    return { ...about, read: this.marker, ...(this.marked > 0 && { marked: this.marked }), ...this.count(), head: this.messages.at(-1)?.id ?? 0 };
  }

  /** The server takes the next frame of a device. */
  serve(device) {
    const envelope = device.toServer.shift();
    const answer = (...envelopes) => device.toClient.push(...envelopes);
    switch (envelope?.type) {
      case "join": {
        const { room, since = 0 } = envelope;
        const all = room === "dev" ? this.messages : [];
        answer(
          { type: "history", room, messages: all.filter(({ id }) => id > since), changed: all.filter(({ id, change = 0 }) => id <= since && change > since), more: false, head: room === "dev" ? this.id : 1 },
          { type: "join", room, sender: "Alice" },
        );
        break;
      }
      case "rooms":
        answer({ type: "rooms", rooms: envelope.room ? [this.entry(envelope.room)] : ["dev", "ops"].map((room) => this.entry(room)), more: false, ref: envelope.ref });
        break;
      case "message":
        if (!this.messages.some(({ ref }) => ref === envelope.ref)) this.say("Alice", { ref: envelope.ref });
        break;
      case "read":
        if (envelope.upto > this.marker) this.devices.find((each) => each !== device).toClient.push({ type: "read", room: "dev", upto: envelope.upto });
        this.marker = Math.max(this.marker, envelope.upto);
        break;
      case "setting":
        this.id += 1;
        this.marked = envelope.marked ?? this.marked;
        this.tell({ type: "setting", room: "dev", joined: true, place: 1000, ...(this.marked > 0 && { marked: this.marked }), id: this.id, ref: envelope.ref });
    }
  }

  hear(device) {
    const envelope = device.toClient.shift();
    if (envelope) this.happens(device, { type: "received", envelope: structuredClone(envelope), at: device.now });
  }

  pass(device, ms) {
    device.now += ms;
    for (const { event } of device.timers.splice(0)) this.happens(device, event);
  }

  change(message, type, more = {}) {
    if (!message || message.deleted || message.sender === "Alice") return;
    this.id += 1;
    Object.assign(message, { change: this.id, ...(type === "deleted" ? { deleted: true, content: "(deleted)" } : more) });
    if (!more.mentions) delete message.mentions;
    this.tell({ type, room: "dev", message: message.id, ...(type === "deleted" ? { by: "Bob" } : { sender: "Bob", content: message.content, at: this.id }), ...more, id: this.id });
  }

  /** Until nothing is on its way. */
  settle() {
    for (let round = 0; round < 8; round += 1) {
      for (const device of this.devices) {
        while (device.toServer.length > 0 || device.toClient.length > 0) {
          while (device.toServer.length > 0) this.serve(device);
          while (device.toClient.length > 0) this.hear(device);
        }
        this.pass(device, 2000);
      }
    }
  }
}

test("whatever comes in whatever order, two devices and who counts again agree", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = chance(seed);
    const world = new World();
    const any = (list) => list[random(list.length)];
    const did = [];
    for (let step = 0; step < 60; step += 1) {
      const device = any(world.devices);
      const { state } = device;
      const acts = {
        "Bob says": () => world.say("Bob", random(3) === 0 ? { mentions: ["Alice"] } : {}),
        "says": () => activeRoom(state).name === "dev" && world.happens(device, { type: "say", text: "mine" }),
        "shows": () => world.happens(device, { type: "show", place: random(2) }),
        "looks": () => world.happens(device, { type: "looked", atBottom: random(3) > 0, focused: random(2) === 0 }),
        "escapes": () => world.happens(device, { type: "escape" }),
        "deletes": () => world.change(any(world.messages), "deleted"),
        "edits": () => world.change(any(world.messages), "edited", random(2) === 0 ? { mentions: ["Alice"] } : {}),
        "marks": () => activeRoom(state).name === "dev" && world.happens(device, { type: "does", intent: { is: "markUnread", id: any(world.messages)?.id ?? 11 } }),
        "passes": () => world.pass(device, 2000),
        "cuts": () => random(4) === 0 && world.cut(device),
        "serves": () => world.serve(device),
        "hears": () => world.hear(device),
      };
      const name = any([...Object.keys(acts), "Bob says", "serves", "hears", "hears", "hears", "serves"]);
      acts[name]();
      did.push(`${world.devices.indexOf(device)} ${name}`);
      if (random(12) === 0) world.settle();
    }
    world.settle();
    const shown = world.devices.map(({ state }) => ({ unread: unread(state, find(state, "dev")), mentions: mentioned(state, find(state, "dev")) }));
    assert.deepEqual(shown, [world.count(), world.count()], `seed ${seed}: ${did.join(", ")}`);
  }
});

test("a room that is marked as unread shows from where on at once, and says so", () => {
  const world = new World();
  world.settle();
  for (let count = 0; count < 3; count += 1) world.say("Bob");
  world.settle();
  const [{ state }] = world.devices;
  const lineOf = () => newLine(state, find(state, "dev"));
  world.happens(world.devices[0], { type: "escape" });
  assert.equal(lineOf(), null);
  const [, { id }] = world.messages;
  world.happens(world.devices[0], { type: "does", intent: { is: "markUnread", id } });
  assert.deepEqual([state.notice, state.answered], ["Marked as unread from here", true]);
  world.settle();
  assert.equal(lineOf(), id);
  // Who comes back reads it, and the line stays until they have seen it.
  world.happens(world.devices[0], { type: "show", place: 1 });
  world.happens(world.devices[0], { type: "show", place: 0 });
  world.settle();
  assert.deepEqual([lineOf(), world.marked], [id, 0]);
});

test("a thousand unread messages are shown as 999 and more", () => {
  assert.deepEqual([shownCount(0), shownCount(999), shownCount(1000), shownCount(1000, "+"), shownCount(100, "+")], ["0", "999", "999+", "999+", "100+"]);
});
