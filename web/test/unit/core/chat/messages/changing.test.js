// What somebody does to messages: edits, deletions, reactions and replies, and what becomes of them when something goes wrong.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activeRoom, find } from "../../../../../core/chat/state.js";
import { entered } from "../../client.js";

const does = (who, intent) => who.happens({ type: "does", intent });
const say = (who, text) => who.happens({ type: "say", text });
const roomOf = ({ state }) => activeRoom(state);
const pendingOf = (who) => roomOf(who).pending.map(({ does: what = "say", content }) => `${what} ${content}`.trim());

/** Somebody who has said "mine" as 5, behind what Bob said as 4. */
function spoken() {
  const alice = entered();
  alice.says(4, "Bob", "his");
  alice.says(5, "Alice", "mine");
  alice.did();
  return alice;
}

test("what is written in an edit stays when it is begun again", () => {
  const alice = spoken();
  does(alice, { is: "editing", which: 5 });
  does(alice, { is: "editing", which: 5, text: "mine, better" });
  say(alice, "/edit");
  assert.deepEqual(roomOf(alice).editing, { which: 5, text: "mine, better" });
  assert.deepEqual(alice.did(), [{ do: "edit", which: 5 }, { do: "edit", which: 5 }]);
  assert.equal(roomOf(alice).draft, "");
});

test("blank lines around a text are neither sent nor make an edit", () => {
  const alice = spoken();
  say(alice, "\n  one\n\ntwo\n \n\n");
  assert.deepEqual(alice.sent().map(({ content }) => content), ["  one\n\ntwo"]);
  does(alice, { is: "editing", which: 5, text: "mine\n\n" });
  does(alice, { is: "edited" });
  assert.deepEqual(pendingOf(alice), ["say   one\n\ntwo"]);
  does(alice, { is: "editing", which: 5, text: "better\n\n" });
  does(alice, { is: "edited" });
  assert.deepEqual(pendingOf(alice), ["say   one\n\ntwo", "edit better"]);
  say(alice, "\n \n");
  assert.match(alice.state.notice, /visible text/);
});

test("what is edited is shown, wherever one reads", () => {
  const alice = spoken();
  Object.assign(roomOf(alice), { past: { entries: [], more: false, newer: true }, atBottom: false });
  say(alice, "/edit");
  assert.equal(roomOf(alice).past, null);
  say(alice, "waits");
  Object.assign(roomOf(alice), { past: { entries: [], more: false, newer: true }, atBottom: false });
  say(alice, "/edit");
  assert.deepEqual([roomOf(alice).past, roomOf(alice).atBottom], [null, true]);
});

test("a device that is revoked changes nothing, and what is written there stays", () => {
  const alice = spoken();
  does(alice, { is: "editing", which: 5, text: "better" });
  alice.happens({ type: "lost", code: 4000, reason: "revoked", why: "revoked" });
  for (const intent of [{ is: "react", id: 4, emoji: "👍" }, { is: "erase", which: 5 }, { is: "edited" }]) {
    does(alice, intent);
    assert.match(alice.state.notice, /no longer yours/);
  }
  assert.deepEqual([pendingOf(alice), roomOf(alice).editing?.text], [[], "better"]);
});

test("an edit of a message that was refused meanwhile gives that another text, and asks the server for nothing", () => {
  const alice = entered();
  say(alice, "no");
  const [{ ref }] = alice.sent();
  does(alice, { is: "editing", which: ref, text: "yes" });
  alice.hears({ type: "error", code: "muted", content: "you are muted", ref });
  does(alice, { is: "edited" });
  assert.deepEqual([alice.sent(), pendingOf(alice)], [[], ["say yes"]]);
  does(alice, { is: "erase", which: ref });
  assert.deepEqual([alice.sent(), pendingOf(alice)], [[], []]);
});

test("an edit of a message on its way follows it, under the message's id", () => {
  const alice = entered();
  say(alice, "meat");
  const [{ ref }] = alice.sent();
  does(alice, { is: "editing", which: ref, text: "meet" });
  does(alice, { is: "edited" });
  assert.deepEqual(alice.sent(), []);
  alice.says(7, "Alice", "meat", ref);
  assert.deepEqual(alice.sent().map(({ type, message, content }) => [type, message, content]), [["edit", 7, "meet"]]);
});

test("an edit that was begun under one name is not saved under another", () => {
  const alice = spoken();
  does(alice, { is: "editing", which: 5, text: "better" });
  alice.happens({ type: "nick", name: "Cy" });
  alice.happens({ type: "connected" });
  alice.hears({ type: "join", sender: "Cy" });
  assert.equal(roomOf(alice).editing, null);
});

test("a refused reply that is taken back to be written anew is still a reply", () => {
  for (const takenBack of [(who, ref) => who.happens({ type: "edit", room: "dev", ref }), (who) => say(who, "/edit")]) {
    const alice = spoken();
    does(alice, { is: "replying", id: 4 });
    say(alice, "gladly");
    const [{ ref, reply }] = alice.sent();
    assert.equal(reply, 4);
    alice.hears({ type: "error", code: "muted", content: "you are muted", ref });
    takenBack(alice, ref);
    assert.deepEqual([roomOf(alice).draft, roomOf(alice).reply], ["gladly", 4]);
  }
});

test("/delete takes one's own messages alone, unless one moderates, and asks first", () => {
  const alice = spoken();
  alice.says(6, "Bob", "his **second**");
  alice.did();
  say(alice, "/delete");
  const asked = { do: "confirm", yes: "Delete" };
  assert.deepEqual(alice.did(), [{ ...asked, question: "Delete your message “mine”? This can't be undone.", then: { type: "does", intent: { is: "erase", which: 5 } } }]);
  say(alice, "/delete 2");
  assert.deepEqual([alice.did(), alice.state.notice, roomOf(alice).draft], [[], "No such message here", ""]);
  roomOf(alice).moderates = true;
  say(alice, "/delete");
  assert.deepEqual(alice.did(), [{ ...asked, question: "Delete Bob's message “his second”? This can't be undone.", then: { type: "does", intent: { is: "erase", which: 6 } } }]);
});

test("commands count the messages that are there, and take them as they are shown", () => {
  const alice = spoken();
  alice.says(6, "Alice", "gone");
  alice.happens({ type: "lost", code: 1006, reason: "cut" });
  does(alice, { is: "erase", which: 6 });
  does(alice, { is: "editing", which: 5, text: "mine, better" });
  does(alice, { is: "edited" });
  alice.did();
  say(alice, "/copy");
  say(alice, "/reply 2");
  say(alice, "/copy 3");
  assert.deepEqual([alice.did(), roomOf(alice).reply, alice.state.notice], [[{ do: "copy", text: "mine, better" }], 4, "No such message"]);
});

test("of another log, the ids name other messages: what was meant for those here before is not done there", () => {
  const alice = entered();
  alice.hears({ type: "history", messages: [], more: false, head: 0, epoch: "one" });
  alice.says(4, "Bob", "his");
  alice.says(5, "Alice", "mine");
  does(alice, { is: "replying", id: 4 });
  does(alice, { is: "editing", which: 5, text: "half an edit" });
  alice.happens({ type: "lost", code: 1006, reason: "cut" });
  does(alice, { is: "erase", which: 5 });
  does(alice, { is: "replying", id: 4 });
  say(alice, "an answer");
  does(alice, { is: "replying", id: 4 });
  alice.happens({ type: "jump", id: 2 });
  alice.did();
  alice.happens({ type: "connected" });
  alice.hears({ type: "history", messages: [], more: false, head: 9, epoch: "two" });
  alice.hears({ type: "join", sender: "Alice" });
  const { pending, reply, jumping, editing, draft } = roomOf(alice);
  assert.deepEqual([pendingOf(alice), pending[0].reply, reply, jumping, editing, draft], [["say an answer"], undefined, null, null, null, "half an edit"]);
  assert.deepEqual(alice.sent().filter(({ type }) => ["delete", "message"].includes(type)).map(({ type, reply: to }) => [type, to]), [["message", undefined]]);
});

test("who reacted behind those who are told takes that back with one press, and nobody else's doing does", () => {
  const alice = entered();
  const users = Array.from({ length: 20 }, (_, i) => `u${i}`);
  alice.hears({ type: "message", sender: "Bob", content: "well?", id: 4, at: 4, change: 30, reactions: [{ emoji: "👍", count: 22, users }] });
  alice.did();
  const press = () => {
    does(alice, { is: "react", id: 4, emoji: "👍" });
    return alice.sent()[0];
  };
  const tell = (id, on, ref) => alice.hears({ type: "reacted", message: 4, emoji: "👍", on, sender: "Alice", id, ref });
  const first = press();
  assert.equal(first.on, undefined);
  // It holds already: the event is one from before.
  tell(29, true, first.ref);
  const [{ on, ref }] = alice.sent();
  assert.equal(on, false);
  tell(31, false, ref);
  assert.equal(roomOf(alice).entries[0].reactions[0].count, 21);
  tell(32, true, press().ref);
  assert.deepEqual([alice.sent(), pendingOf(alice), roomOf(alice).entries[0].reactions[0].count], [[], [], 22]);
  // What was done before the line was cut is told as it was done.
  const again = press();
  alice.happens({ type: "lost", code: 1006, reason: "cut" });
  alice.happens({ type: "connected" });
  alice.hears({ type: "history", messages: [], changed: [], more: false, head: 32 });
  alice.hears({ type: "join", sender: "Alice" });
  alice.did();
  tell(32, true, again.ref);
  assert.deepEqual([alice.sent(), pendingOf(alice)], [[], []]);
});

test("of a reply, it is said whom it answers", () => {
  const alice = spoken();
  for (const [reply, answers] of [[5, "you"], [4, "Bob"], [1, "an earlier message"], [undefined, undefined]]) {
    alice.hears({ type: "message", sender: "Cy", content: "so", id: roomOf(alice).head + 1, at: 9, reply });
    assert.equal(alice.did().find((each) => each.do === "announce").answers, answers);
  }
});

test("an emoji that is typed as text is its picture", () => {
  const alice = spoken();
  for (const [typed, sent] of [["❤", "❤️"], ["❤︎", "❤️"], ["❤️", "❤️"], ["👍", "👍"], ["☝🏽", "☝🏽"], ["❤‍🔥", "❤️‍🔥"], ["🏃‍♂", "🏃‍♂️"]]) {
    say(alice, `/react ${typed}`);
    const [{ ref, emoji }] = alice.sent();
    assert.equal(emoji, sent, typed);
    alice.hears({ type: "error", code: "too_many_reactions", content: "no", ref });
  }
});

test("the links of /url and /open are those that are shown as links", () => {
  const alice = entered();
  alice.says(4, "Bob", "||https://a.example/x|| `https://code.example` [words](https://b.example/)");
  alice.did();
  say(alice, "/url");
  assert.equal(alice.state.notice, "1  https://b.example/\n2  https://a.example/x");
  say(alice, "/open 2");
  assert.deepEqual(alice.did(), [{ do: "follow", href: "https://a.example/x" }]);
});

test("who goes to a message and looks elsewhere meanwhile goes there when its room is shown again", () => {
  const alice = spoken();
  say(alice, "/join other");
  alice.did();
  alice.happens({ type: "show", place: 0 });
  alice.happens({ type: "jump", id: 1 });
  alice.happens({ type: "show", place: 1 });
  alice.did();
  const message = { type: "message", room: "dev", sender: "Bob", content: "first", id: 1, at: 1 };
  alice.hears({ type: "history", messages: [message], more: false, newer: true, head: 5, ref: "jump" });
  assert.deepEqual(alice.did(), []);
  alice.happens({ type: "show", place: 0 });
  assert.deepEqual(alice.did(), [{ do: "reveal", room: "dev", id: 1 }]);
});

test("a link to a message of a room that cannot be joined leads nowhere", () => {
  const alice = spoken();
  alice.happens({ type: "join", name: "x".repeat(65) });
  alice.happens({ type: "jump", room: "x".repeat(65), id: 4 });
  assert.deepEqual([alice.did(), roomOf(alice).jumping, find(alice.state, "dev")?.atBottom], [[], null, true]);
});
