// Formatting off and on, and names in code, in the state.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activeRoom, mentioned } from "../../../../core/chat/state.js";
import { entered } from "../client.js";

test("/plain shows texts as typed, and formatted again", () => {
  const { state, happens, did } = entered();
  const seen = [1, 2].map(() => {
    happens({ type: "say", text: "/plain" });
    return [did(), state.isPlain, state.notice, state.answered];
  });
  assert.deepEqual(seen, [
    [[{ do: "plain", isOn: true }], true, "Texts are shown as typed", true],
    [[{ do: "plain", isOn: false }], false, "Texts are shown formatted", true],
  ]);
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
