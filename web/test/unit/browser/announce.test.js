// What a screen reader is told of.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { newAnnouncer, sentence } from "../../../browser/announce.js";
import { signed } from "../../../core/protocol/text.js";

const said = (content, sender = "Bob", room = "dev") => ({ room, where: signed(room), sender, content });

test("one message is read, several are counted", () => {
  assert.equal(sentence([said("hi")], "dev"), "Bob: hi");
  assert.equal(sentence([said("/me waves")], "dev"), "Bob waves");
  assert.equal(sentence([said("hi")], "ops"), "#dev, Bob: hi");
  assert.equal(sentence([said("a"), said("b"), said("c", "Zoë", "ops")], "dev"), "2 new messages in #dev, 1 new message in #ops");
  assert.equal(sentence([said("a\n\u202e b")], "dev"), "Bob: a [U+202E] b");
  assert.ok(sentence([said("x".repeat(4_000))], "dev").length <= 300);
  assert.equal(sentence(["a", "b", "c", "d", "e"].map((room) => said("x", "Bob", room)), "dev"), "1 new message in #a, 1 new message in #b, 1 new message in #c, and more in 2 other rooms");
  assert.equal(sentence([said("hi", `${"x".repeat(32)} bot`)], "dev"), `${"x".repeat(32)} bot: hi`, "the longest name of a program");
  assert.equal(sentence([said("hi", "שלום")], "dev"), "\u2068שלום\u2069: hi");
  assert.equal(sentence([said("/me waves", "שלום", "مجموعة")], "dev"), "#\u2068مجموعة\u2069, \u2068שלום\u2069 waves");
  assert.equal(sentence([said("a", "x", "مجموعة"), said("b", "x", "مجموعة")], "dev"), "2 new messages in #\u2068مجموعة\u2069");
});

test("a reply is read as one", () => {
  assert.equal(sentence([{ ...said("gladly"), answers: "Ann" }], "dev"), "Bob replied to Ann: gladly");
  assert.equal(sentence([{ ...said("/me nods"), answers: "you" }], "ops"), "#dev, Bob replied to you: Bob nods");
});

test("a mention is heard as one, also in a burst", () => {
  const calls = { ...said("@Ann hi"), calls: true };
  assert.equal(sentence([calls], "dev"), "Bob mentioned you: @Ann hi");
  assert.equal(sentence([{ ...calls, answers: "you" }], "dev"), "Bob replied to you and mentioned you: @Ann hi");
  assert.equal(sentence([{ ...said("/me waves"), calls: true }], "dev"), "Bob mentioned you: Bob waves");
  assert.equal(sentence([calls, said("more"), said("x", "Bob", "ops")], "dev"), "2 new messages, 1 mention, in #dev, 1 new message in #ops");
});

test("a burst is one sentence, no one waits long for it, and it is taken away again", () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const told = [];
  const announcer = newAnnouncer((text) => told.push(text), () => "dev");
  for (let i = 0; i < 30; i += 1) {
    announcer.hear(said("x"));
    mock.timers.tick(100);
  }
  mock.timers.tick(600);
  assert.deepEqual(told, ["20 new messages in #dev", "10 new messages in #dev"]);
  mock.timers.tick(5_000);
  assert.equal(told.at(-1), "");
  announcer.hear(said("hello"));
  mock.timers.tick(500);
  assert.equal(told.at(-1), "Bob: hello");
  mock.timers.reset();
});
