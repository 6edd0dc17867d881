// What may be typed instead of text.

import assert from "node:assert/strict";
import { test } from "node:test";

import { COMMANDS, help, parse } from "../../commands.js";

test("text is text, two slashes are one, and what is done is said", () => {
  for (const [typed, text] of [["hello /join", "hello /join"], ["//etc", "/etc"], ["/me  waves ", "/me waves"]]) {
    assert.deepEqual(parse(typed), { is: "text", text });
  }
});

test("commands are understood, and what is none is a fault", () => {
  assert.deepEqual(parse("/join  #ops "), { is: "join", rest: "#ops" });
  assert.deepEqual(parse("/leave"), { is: "leave", rest: "" });
  for (const typed of ["/jion ops", "/join", "/me", "/", "/nick \n"]) assert.equal(parse(typed).is, "fault", typed);
});

test("the help lists every command", () => {
  for (const [name] of COMMANDS) assert.match(help(), new RegExp(`/${name}\\b`));
});
