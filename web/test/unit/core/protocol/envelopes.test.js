// Envelopes: the golden files of the protocol, and what is none.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { helloQuery, parse } from "../../../../core/protocol/envelopes.js";
import { isPassedOver, isVirama, joinsBefore, joinsBehind } from "../../../../core/protocol/joining.js";
import { fold, hue, nameFault, userFault } from "../../../../core/protocol/names.js";
import { contentFault } from "../../../../core/protocol/text.js";

const golden = new URL("../../../../../protocol/tests/golden/", import.meta.url);

// The page asks for no hooks, and passes over their envelopes.
const UNASKED = ["to_client.hook.json", "to_client.hooks.json"];

test("every golden frame to clients is understood as it stands", () => {
  const files = readdirSync(golden).filter((name) => name.startsWith("to_client") && !UNASKED.includes(name));
  assert.ok(files.length >= 4);
  for (const file of files) {
    for (const frame of JSON.parse(readFileSync(new URL(file, golden), "utf8")).frames) {
      assert.deepEqual(parse(JSON.stringify(frame)), frame, file);
    }
  }
});

test("what is no known envelope is ignored", () => {
  const message = { type: "message", room: "a", sender: "b", content: "c", id: 1, at: 2 };
  const bad = ["", "{", "null", "[]", '"message"', "5", '{"type":"new"}', '{"type":"join","room":1,"sender":"a"}'];
  bad.push(JSON.stringify({ ...message, id: "1" }), JSON.stringify({ ...message, content: undefined }));
  bad.push(JSON.stringify({ type: "presence", room: "a", users: [1] }));
  bad.push(JSON.stringify({ type: "history", room: "a", head: 0, messages: [{ ...message, type: "join" }] }));
  const topic = { type: "topic", room: "a", content: "🚀".repeat(250), sender: "b", id: 1, at: 2 };
  assert.deepEqual(parse(JSON.stringify(topic)), topic);
  bad.push(JSON.stringify({ ...topic, content: "x".repeat(251) }), JSON.stringify({ ...topic, at: undefined }));
  bad.push(JSON.stringify({ type: "room", room: "a", kind: "open", topic: "x".repeat(251) }));
  const devices = (device, count = 1) => JSON.stringify({ type: "devices", devices: Array(count).fill({ device: 1, added: 1, used: 1, ...device }) });
  assert.notEqual(parse(devices({}, 10)), null);
  bad.push(devices({}, 11), devices({ device: "1" }), devices({ label: "x".repeat(65) }), devices({ used: undefined }));
  const invites = (invite) => JSON.stringify({ type: "invites", invites: [{ invite: 1, uses: 1, expires: 1, ...invite }] });
  assert.notEqual(parse(invites({ rooms: Array(20).fill("a"), came: Array(20).fill("b"), note: "x".repeat(100) })), null);
  bad.push(invites({ rooms: Array(21).fill("a") }), invites({ came: Array(21).fill("b") }), invites({ note: "x".repeat(101) }), invites({ uses: -1 }));
  bad.push(JSON.stringify({ type: "link", code: "x".repeat(65), expires_ms: 1 }), JSON.stringify({ type: "link", code: "A", expires_ms: "1" }));
  const rooms = (room, count = 1) => JSON.stringify({ type: "rooms", rooms: Array(count).fill({ room: "a", kind: "open", people: 0, ...room }), more: false });
  assert.notEqual(parse(rooms({ title: "x".repeat(64), users: Array(10).fill("a"), place: 999_999 }, 100)), null);
  bad.push(rooms({}, 101), rooms({ title: "x".repeat(65) }), rooms({ users: Array(11).fill("a") }), rooms({ place: 1_000_000 }), rooms({ role: "king" }), rooms({ joined: 1 }));
  const info = (members) => JSON.stringify({ type: "room", room: "a", kind: "private", members });
  assert.notEqual(parse(info(Array(200).fill({ user: "a", role: "member" }))), null);
  bad.push(info(Array(201).fill({ user: "a", role: "member" })), info([{ user: "a" }]));
  bad.push(JSON.stringify({ type: "added", room: "a", user: "b", id: 1, at: 1 }), JSON.stringify({ type: "role", room: "a", user: "b", by: "c", role: "king", id: 1, at: 1 }), JSON.stringify({ type: "setting", room: "a", place: -1, id: 1 }));
  assert.notEqual(parse(JSON.stringify({ ...message, mentions: Array(50).fill("a"), everybody: "here" })), null);
  bad.push(JSON.stringify({ ...message, mentions: Array(51).fill("a") }), JSON.stringify({ ...message, everybody: true }), rooms({ unread: -1 }), rooms({ read: "1" }));
  for (const type of ["mentions", "found"]) {
    const told = (message, count = 1) => JSON.stringify({ type, messages: Array(count).fill(message), more: false });
    assert.equal(parse(told({ ...message, content: "a\r\nb" }, 200)).messages[0].content, "a\nb");
    bad.push(told(message, 201), told({ ...message, type: "join" }), told({ ...message, at: undefined }));
  }
  bad.push(JSON.stringify({ type: "read", room: "a" }));
  for (const frame of bad) assert.equal(parse(frame), null, frame);
});

test("names are folded as the server folds them", () => {
  for (const [one, other] of [["STRASSE", "straße"], ["ẞ", "SS"], ["ﬁx", "FIX"], ["ΣΑΣ", "σασ"], ["\u212a", "k"], ["İ", "i\u0307"], ["ϐ", "Β"], ["ŉa", "ʼNA"], ["Ꭰ", "ꭰ"]]) {
    assert.equal(fold(one), fold(other), one);
  }
  for (const [one, other] of [["ı", "i"], ["ırk", "IRK"], ["å", "a"]]) assert.notEqual(fold(one), fold(other), one);
  assert.equal(fold("ZOE\u0308"), fold("zoë"));
});

test("names are those that the server takes, and are the same as there", () => {
  const names = JSON.parse(readFileSync(new URL("clients/names.json", golden), "utf8"));
  for (const name of [...names.taken, ...Object.keys(names.spelled)]) assert.equal(userFault(name), null, escape(name));
  for (const [name, why] of names.refused) assert.match(nameFault(name, 64) ?? "", new RegExp(why), escape(name));
  for (const name of names.signs_alone) {
    assert.match(userFault(name) ?? "", /a letter, a digit or an emoji/, name);
    assert.equal(nameFault(name, 64), null, name);
  }
  for (const [one, other] of names.same) assert.equal(fold(one), fold(other), escape(one));
  for (const [one, other] of names.differ) assert.notEqual(fold(one), fold(other), escape(one));
  assert.match(nameFault("x".repeat(65), 64), /at most 64/);
  assert.match(nameFault("a\ud800b", 64), /invisible/);
});

test("what shows nothing is no message", () => {
  const { blank, visible } = JSON.parse(readFileSync(new URL("clients/names.json", golden), "utf8"));
  for (const text of blank) assert.match(contentFault(text) ?? "", /visible/, escape(text));
  for (const text of visible) assert.equal(contentFault(text), null, escape(text));
});

test("a name has the same hue as in the terminal client", () => {
  const { names } = JSON.parse(readFileSync(new URL("clients/nick_colours.json", golden), "utf8"));
  for (const [name, index] of Object.entries(names)) assert.equal(hue(name), index, name);
});

test("a query says where to begin", () => {
  assert.equal(helloQuery({ room: "a b&c", username: "Zoë", since: 7 }), "room=a+b%26c&username=Zo%C3%AB&since=7");
  assert.equal(helloQuery({ room: "a", username: "", history: 5 }), "room=a&history=5");
});

test("a text is counted in characters, not in units", () => {
  assert.equal(contentFault("👋".repeat(4096)), null);
  assert.match(contentFault("👋".repeat(4097)), /4,097/);
  assert.match(contentFault(" \n"), /visible/);
});

test("the letters that a joiner stands between are those of the server", () => {
  const { joining } = JSON.parse(readFileSync(new URL("clients/names.json", golden), "utf8"));
  const sets = Object.fromEntries(Object.entries(joining).map(([name, ranges]) => [name, new Set(ranges.split(" ").flatMap((range) => {
    const [first, last = first] = range.split("-").map((digits) => parseInt(digits, 16));
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }))]));
  const isMark = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
  const faults = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const letter = String.fromCodePoint(code);
    if (/^\p{Cs}$/u.test(letter)) continue;
    const is = [isVirama(letter), joinsBehind(letter), joinsBefore(letter), isPassedOver(letter)];
    const wanted = [sets.virama.has(code), sets.before.has(code), sets.after.has(code), isMark.test(letter) !== sets.other_marks.has(code)];
    if (is.join() !== wanted.join()) faults.push(code.toString(16));
  }
  assert.deepEqual(faults, []);
});
