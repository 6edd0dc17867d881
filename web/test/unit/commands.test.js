// What may be typed instead of text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { COMMANDS, parse } from "../../commands.js";
import { completions } from "../../complete.js";
import { time } from "../../moderate.js";

test("text is text, two slashes are one, and what is done is said", () => {
  for (const [typed, rest] of [["hello /join", "hello /join"], ["//etc", "/etc"], ["/me  waves ", "/me waves"]]) {
    assert.deepEqual(parse(typed), { is: "text", rest });
  }
});

test("commands are understood in any case, and as an input method for wide letters writes them", () => {
  for (const [typed, expected] of [
    ["/Join ops", { is: "join", rest: "ops" }],
    ["／join ops", { is: "join", rest: "ops" }],
    ["／ＪＯＩＮ　＃ops", { is: "join", rest: "＃ops" }],
    ["/J ops", { is: "join", rest: "ops" }],
    ["/ME waves", { is: "text", rest: "/me waves" }],
    ["／／etc", { is: "text", rest: "／etc" }],
    ["/／etc", { is: "text", rest: "／etc" }],
    ["/HELP ／Join", parse("/help join")],
  ]) assert.deepEqual(parse(typed), expected, typed);
  assert.match(parse("/JION ops").rest, /did you mean \/join/);
  assert.deepEqual(completions("／Jo", 3, []).options, ["/join "]);
  assert.deepEqual([time("10M"), time("3D")], [600, 259_200]);
});

test("commands are understood, and what is none is a fault", () => {
  assert.deepEqual(parse("/join  #ops "), { is: "join", rest: "#ops" });
  assert.deepEqual(parse("/leave"), { is: "leave", rest: "" });
  assert.deepEqual(parse("/copy 12"), { is: "copy", rest: "12" });
  for (const typed of ["/jion ops", "/join", "/me", "/", "/nick \n", "/copy x", "/url 0", "/leave #ops", "/connect ws://x", "/mute bob"]) assert.equal(parse(typed).is, "fault", typed);
  assert.match(parse("/jion ops").rest, /did you mean \/join/);
  assert.match(parse("/xyzzy").rest, /\/help/);
});

test("every command of the table exists, and has the name and the arguments of the terminal's", () => {
  const rust = readFileSync(new URL("../../../tui-client/src/commands.rs", import.meta.url), "utf8");
  const theirs = new Map();
  for (const [, name, aliases, rest] of rust.matchAll(/\bcommand\(\s*"(\w+)",\s*&\[([^\]]*)\],\s*"([^"]*)",\s*"/g)) {
    theirs.set(name, { aliases: [...aliases.matchAll(/"(\w+)"/g)].map(([, alias]) => alias), rest });
  }
  assert.ok(theirs.size > 20);
  // A page is left as pages are, and a terminal is as wide as it is.
  theirs.delete("quit");
  const ours = COMMANDS.filter(([name]) => name !== "width");
  assert.deepEqual(new Map(ours.map(([name, aliases, rest]) => [name, { aliases, rest }])), theirs);
  for (const [name, aliases, rest] of COMMANDS) {
    const given = { "": "", "[N]": "2", "[COMMAND]": "join" }[rest] ?? rest;
    for (const called of [name, ...aliases]) assert.notEqual(parse(`/${called} ${given}`).is, "fault", called);
  }
});

test("the words about one command can be asked for", () => {
  assert.deepEqual(parse("/help /leave"), { is: "words", rest: "/leave: leave this room, also /part, also /close" });
  assert.deepEqual(parse("/names"), { is: "who", rest: "" });
  assert.match(parse("/help jion").rest, /\/join/);
});
