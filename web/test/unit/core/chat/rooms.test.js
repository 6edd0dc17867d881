// Several rooms over one connection.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activeRoom, newState } from "../../../../core/chat/state.js";
import { mentioned, unread } from "../../../../core/chat/unread.js";
import { update } from "../../../../core/update.js";

function alice() {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  const actions = [];
  const happens = (event) => actions.push(...update(state, event));
  const hears = (envelope) => happens({ type: "received", envelope });
  const says = (room, id, sender, content) => hears({ type: "message", room, sender, content, id, at: id });
  const enters = (room) => hears({ type: "join", room, sender: "Alice" });
  const types = (text) => happens({ type: "say", text });
  const did = () => actions.splice(0);
  happens({ type: "start" });
  happens({ type: "connected" });
  enters("dev");
  did();
  return { state, happens, hears, says, enters, types, did };
}

test("a second room is joined over the same connection, and shown", () => {
  const { state, types, enters, did } = alice();
  types("/join #ops");
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "join", room: "ops", history: 100 } }]);
  enters("ops");
  assert.equal(activeRoom(state).name, "ops");
  types("/join DEV");
  assert.deepEqual([did(), activeRoom(state).name], [[], "dev"]);
});

test("what comes in a room that is not shown is unread, and marked where one is named", () => {
  const { state, types, enters, says, happens } = alice();
  types("/join ops");
  enters("ops");
  says("dev", 1, "Bob", "hello");
  says("dev", 2, "Bob", "alice: look");
  const [dev] = state.rooms;
  assert.deepEqual([unread(state, dev), mentioned(state, dev)], [2, 1]);
  happens({ type: "draft", text: "half" });
  happens({ type: "show", place: 0 });
  assert.deepEqual([unread(state, dev), state.rooms[1].draft], [0, "half"]);
});

test("after a cut all rooms are entered again, each from where it was", () => {
  const { types, enters, says, happens, did } = alice();
  types("/join ops");
  enters("ops");
  says("dev", 7, "Bob", "hello");
  did();
  happens({ type: "lost", code: 1006, reason: "cut" });
  assert.equal(did().at(-1).hello.room, "ops");
  happens({ type: "connected" });
  enters("ops");
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "join", room: "dev", since: 7 } }]);
  enters("dev");
  assert.deepEqual(did(), []);
});

test("the last room cannot be left, any other can", () => {
  const { state, types, enters, did } = alice();
  types("/leave");
  assert.match(state.notice, /only room/);
  types("/join ops");
  enters("ops");
  did();
  types("/leave");
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "leave", room: "ops" } }]);
  assert.deepEqual(state.rooms.map((room) => room.name), ["dev"]);
});

test("a room with unsent messages is left only when one insists", () => {
  const { state, types, enters, happens, did, hears } = alice();
  types("/join ops");
  enters("ops");
  types("one");
  did();
  types("/leave");
  assert.deepEqual([did(), activeRoom(state).name, state.answered], [[], "ops", false]);
  assert.match(state.notice, /unsent messages here/);
  types("two");
  happens({ type: "leave" });
  assert.deepEqual([did(), activeRoom(state).name], [[], "ops"], "there is another one");
  hears({ type: "message", room: "ops", sender: "Alice", content: "one", id: 1, at: 1, ref: "s-1" });
  did();
  types("/leave");
  assert.deepEqual(did(), [{ do: "send", envelope: { type: "leave", room: "ops" } }]);
});

test("what a command has no use for is a fault, and stays where it was typed", () => {
  const { state, types, enters, happens, did } = alice();
  types("/join ops");
  enters("ops");
  did();
  happens({ type: "draft", text: "/leave dev" });
  types("/leave dev");
  assert.deepEqual([did(), state.rooms.length, activeRoom(state).draft], [[], 2, "/leave dev"]);
});

test("another name needs another connection", () => {
  const { state, types, did } = alice();
  types("/nick Alicia");
  assert.deepEqual([did().at(-1).hello.username, state.rooms[0].joined], ["Alicia", false]);
  types(`/nick ${"x".repeat(33)}`);
  assert.match(state.notice, /at most 32/);
});

test("a name that cannot be had: back to the old one, with the reason", () => {
  const { state, types, did, happens } = alice();
  types("/nick Bob");
  did();
  happens({ type: "lost", code: 4001, reason: "this name is in use" });
  assert.deepEqual([did().at(-1).hello.username, state.notice, state.me], ["Alice", "this name is in use", "Alice"]);
  happens({ type: "lost", code: 4001, reason: "in use" });
  assert.equal(state.link.is, "refused", "but not for ever");
});

test("a room that lets nobody in is left again, with the reason", () => {
  const { state, types, hears } = alice();
  types("/join secret");
  hears({ type: "error", code: "bad_room", content: "members only", room: "secret" });
  assert.deepEqual([state.rooms.map((r) => r.name), activeRoom(state).name], [["dev"], "dev"]);
  assert.match(state.notice, /#secret: members only/);
});

test("a room whose name none may have is not there, typed or refused", () => {
  const { state, types, hears, did, happens } = alice();
  types("/join ops\u200b");
  assert.deepEqual([did(), state.rooms.length], [[], 1]);
  assert.match(state.notice, /^A name cannot contain invisible/);
  types("/join secret");
  happens({ type: "step", by: 1 });
  hears({ type: "error", code: "bad_room", content: "a name cannot hold the character U+0378" });
  assert.deepEqual(state.rooms.map((r) => r.name), ["dev"]);
  assert.match(state.notice, /#secret: a name cannot hold/);
  hears({ type: "error", code: "bad_room", content: "no" });
  assert.equal(state.rooms.length, 1);
});

test("one goes to the next room, to the next with anything new, to where one is named", () => {
  const { state, types, enters, says, happens } = alice();
  for (const room of ["ops", "qa", "zoo"]) {
    types(`/join ${room}`);
    enters(room);
  }
  const shown = (event) => {
    happens(event);
    return activeRoom(state).name;
  };
  assert.equal(shown({ type: "step", by: 1 }), "dev");
  assert.equal(shown({ type: "step", by: -1 }), "zoo");
  says("ops", 1, "Bob", "hello");
  says("qa", 2, "Bob", "Alice?");
  assert.equal(shown({ type: "active" }), "qa");
  assert.equal(shown({ type: "step", by: 1, unread: true }), "ops");
  assert.equal(shown({ type: "step", by: 1, unread: true }), "ops");
  assert.match(state.notice, /No unread messages/);
});

test("commands answer, copy, list, mute and clear", () => {
  const { state, types, says, did } = alice();
  says("dev", 1, "Bob", "see https://a.example and https://b.example.");
  says("dev", 2, "Bob", "bye");
  did();
  const types_ = (text) => {
    types(text);
    return did();
  };
  assert.deepEqual(types_("/copy 2"), [{ do: "copy", text: "see https://a.example and https://b.example." }]);
  assert.deepEqual(types_("/url 2"), [{ do: "copy", text: "https://a.example" }]);
  types_("/url");
  assert.equal(state.notice, "1  https://b.example\n2  https://a.example");
  assert.deepEqual(types_("/url 3"), []);
  assert.deepEqual([state.notice, state.answered], ["No such link", false]);
  assert.deepEqual(types_("/theme dark"), [{ do: "theme", text: "dark" }]);
  types_("/theme pink");
  assert.equal(state.notice, "Choose one of: system, dark, light");
  assert.deepEqual(types_("/width full"), [{ do: "width", text: "full" }]);
  assert.deepEqual(types_("/search"), [{ do: "open", what: "search" }]);
  assert.deepEqual(types_("/help"), [{ do: "help" }]);
  types_("/mute");
  assert.equal(activeRoom(state).notify, "nothing");
  types_("/clear");
  assert.deepEqual([activeRoom(state).entries, activeRoom(state).more], [[], true]);
  assert.equal(activeRoom(state).draft, "");
});

test("a screen that was cleared stays so until one asks for older messages, or scrolls up", () => {
  const { happens, says, types, did, hears } = alice();
  const asked = (event) => {
    happens(event);
    return did().map(({ envelope }) => envelope.before);
  };
  says("dev", 1, "Bob", "one");
  types("/clear");
  did();
  assert.deepEqual(asked({ type: "nearTop" }), []);
  says("dev", 2, "Bob", "two");
  did();
  assert.deepEqual(asked({ type: "nearTop" }), []);
  assert.deepEqual(asked({ type: "older" }), [2]);
  hears({ type: "history", room: "dev", messages: [], more: true, head: 2 });
  types("/clear");
  happens({ type: "looked", atBottom: false, focused: true });
  assert.deepEqual(asked({ type: "nearTop" }), [3]);
});

test("only so many rooms", () => {
  const { state, types } = alice();
  for (let i = 0; i < 210; i += 1) types(`/join r${i}`);
  assert.equal(state.rooms.length, 200);
  assert.match(state.notice, /200 rooms/);
});

test("the list of rooms says what each notifies, where that was chosen", () => {
  const { state, types, enters } = alice();
  for (const [room, level] of [["ops", "nothing"], ["qa", "everything"], ["web", "mentions"]]) {
    types(`/join #${room}`);
    enters(room);
    types(`/notify ${level}`);
  }
  types("/rooms");
  assert.deepEqual(state.notice.split("\n").map((line) => line.replace(/.* unread/, "")), ["", ", muted", ", notifies you of everything", ", notifies you of mentions"]);
});
