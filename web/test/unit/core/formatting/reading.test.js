// Formatting off and on, and names in code, in the state.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activeRoom } from "../../../../core/chat/state.js";
import { mentioned } from "../../../../core/chat/unread.js";
import { aloud } from "../../../../core/formatting/aloud.js";
import { entered } from "../client.js";

test("/plain shows texts as typed, and formatted again", () => {
  const { state, happens, did } = entered();
  const seen = [1, 2].map(() => {
    happens({ type: "say", text: "/plain" });
    return [did(), state.isPlain, state.notice, state.answered];
  });
  assert.deepEqual(seen, [
    [[{ do: "plain", isOn: true }], true, "Messages are shown as they were typed. /plain formats them again", true],
    [[{ do: "plain", isOn: false }], false, "Messages are formatted", true],
  ]);
});

test("what is read out has no signs, and nothing of a spoiler", () => {
  for (const [text, said] of [
    ["hello", "hello"],
    ["**b** *i* ~~s~~ `c`\nso", "b i s c\nso"],
    ["he is ||the *murderer*||", "he is (spoiler)"],
    ["[the docs](https://docs.example/a) https://a.example", "the docs (docs.example) https://a.example"],
    ["> said\n- one\n```\nx\n```", "Quote: said\n- one\nCode: x"],
    ["/me **waves**\n> at", "/me waves\nQuote: at"],
  ]) assert.equal(aloud(text), said);
  const { state, says, did } = entered();
  const heard = () => did().map(({ content }) => content);
  says(11, "Bob", "||x|| **y**");
  assert.deepEqual(heard(), ["(spoiler) y"]);
  state.isPlain = true;
  says(12, "Bob", "||x|| **y**");
  assert.deepEqual(heard(), ["||x|| **y**"]);
});

test("a name in code mentions nobody", () => {
  const { state, says, happens } = entered();
  happens({ type: "looked", atBottom: false, focused: false });
  const count = () => mentioned(state, activeRoom(state));
  says(11, "Bob", "`@Alice` and\n```\nAlice: x\n```");
  assert.equal(count(), 0);
  says(12, "Bob", "`code` for @Alice");
  assert.equal(count(), 1);
  says(13, "Bob", "```\n@Alice, in a fence that is not closed");
  assert.equal(count(), 2);
});
