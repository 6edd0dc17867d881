// What may be typed instead of text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { COMMANDS, parse } from "../../commands.js";

test("text is text, two slashes are one, and what is done is said", () => {
  for (const [typed, rest] of [["hello /join", "hello /join"], ["//etc", "/etc"], ["/me  waves ", "/me waves"]]) {
    assert.deepEqual(parse(typed), { is: "text", rest });
  }
});

test("commands are understood, and what is none is a fault", () => {
  assert.deepEqual(parse("/join  #ops "), { is: "join", rest: "#ops" });
  assert.deepEqual(parse("/leave"), { is: "leave", rest: "" });
  assert.deepEqual(parse("/copy 12"), { is: "copy", rest: "12" });
  for (const typed of ["/jion ops", "/join", "/me", "/", "/nick \n", "/copy x", "/url 0"]) assert.equal(parse(typed).is, "fault", typed);
  assert.match(parse("/jion ops").rest, /did you mean \/join/);
  assert.match(parse("/xyzzy").rest, /\/help/);
});

test("every command of the table exists, and has the name and the arguments of the terminal's", () => {
  const rust = readFileSync(new URL("../../../tui-client/src/commands.rs", import.meta.url), "utf8");
  for (const [name, rest] of COMMANDS) {
    const given = { "": "", "[N]": "2" }[rest] ?? rest;
    assert.notEqual(parse(`/${name} ${given}`).is, "fault", name);
    assert.ok(rust.includes(`("${name}", "${rest}",`), `/${name} is another one in the terminal`);
  }
});
