// What may be typed instead of text.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { COMMANDS, parse } from "../../../../core/commands/commands.js";
import { completions } from "../../../../core/commands/complete.js";
import { duration } from "../../../../core/commands/moderation.js";

test("text is text, two slashes are one, and what is done is said", () => {
  for (const [typed, text] of [["hello /join", "hello /join"], ["//etc", "/etc"], ["/me  waves ", "/me waves"]]) {
    assert.deepEqual(parse(typed), { is: "text", text });
  }
});

test("commands are understood in any case, and as an input method for wide letters writes them", () => {
  for (const [typed, expected] of [
    ["/Join ops", { is: "join", room: "ops" }],
    ["／join ops", { is: "join", room: "ops" }],
    ["／ＪＯＩＮ　＃ops", { is: "join", room: "ops" }],
    ["/J ops", { is: "join", room: "ops" }],
    ["/ME waves", { is: "text", text: "/me waves" }],
    ["／／etc", { is: "text", text: "／etc" }],
    ["/／etc", { is: "text", text: "／etc" }],
    ["/HELP ／Join", parse("/help join")],
  ]) assert.deepEqual(parse(typed), expected, typed);
  assert.match(parse("/JION ops").words, /Did you mean \/join/);
  assert.deepEqual(completions("／Jo", 3, []).options, ["/join "]);
  assert.deepEqual([duration("10M"), duration("3D")], [600, 259_200]);
});

test("an invite has a room, uses, a time and a note, each of which may be left out", () => {
  for (const [typed, inRoom, wanted] of [
    ["-R", true, {}],
    ["-r 25 2d the new team", true, { uses: 25, seconds: 172_800, note: "the new team" }],
    ["2h the new team", false, { seconds: 7200, note: "the new team" }],
    ["the new team", false, { note: "the new team" }],
    ["10000", false, { uses: 10_000 }],
  ]) assert.deepEqual(parse(`/invite ${typed}`), { is: "invite", inRoom, wanted }, typed);
  for (const typed of ["0", "10001", "x".repeat(101)]) assert.equal(parse(`/invite ${typed}`).is, "fault", typed);
});

test("what a room notifies of, and words that are highlighted, are set and told", () => {
  for (const [typed, intent] of [
    ["/notify", { is: "notify" }],
    ["/notify Everything", { is: "notify", level: "everything" }],
    ["/highlight", { is: "highlight" }],
    ["/highlight deploy  Nebula deploy", { is: "highlight", words: ["deploy", "Nebula"] }],
    ["/highlight -", { is: "highlight", words: [] }],
    ["/mentions", { is: "mentions" }],
    ["/unmute", { is: "unmute" }],
  ]) assert.deepEqual(parse(typed), intent, typed);
  assert.deepEqual(parse("/notify loud"), { is: "fault", words: "Choose one of: everything, mentions, nothing, default" });
});

test("the code of a link is taken as it is shown, read aloud or in an address", () => {
  for (const typed of ["7K3MQ01D", "7k3m-qoid", "7K3M Q0LD", "https://chat.example/#link=7K3MQ01D"]) {
    assert.deepEqual(parse(`/link ${typed}`), { is: "bring", brings: { link: "7K3MQ01D" } }, typed);
  }
  for (const typed of ["/link 7K3M", "/link 9V5TQ2M80KXDB3HN", "/revoke", "/revoke x", "/uninvite -1"]) assert.equal(parse(typed).is, "fault", typed);
});

test("rooms that belong to people are made and changed by commands", () => {
  for (const [typed, intent] of [
    ["/create qa", { is: "create", name: "qa", isPrivate: false }],
    ["/create #Ops team PRIVATE", { is: "create", name: "#Ops team", isPrivate: true }],
    ["/create private", { is: "create", name: "private", isPrivate: false }],
    ["/msg Bob", { is: "msg", users: ["Bob"], text: "" }],
    ['/msg "Ann Lee" hi there', { is: "msg", users: ["Ann Lee"], text: "hi there" }],
    ["/msg @Bob: hi", { is: "msg", users: ["Bob"], text: "hi" }],
    ['/msg Bob,"Ann Lee",Cy see you', { is: "msg", users: ["Bob", "Ann Lee", "Cy"], text: "see you" }],
    ["/list", { is: "list", text: "" }],
    ["/list ship it", { is: "list", text: "ship it" }],
    ["/move 3", { is: "move", to: 2 }],
    ["/add Ann Lee", { is: "add", user: "Ann Lee" }],
    ['/remove "Ann Lee"', { is: "remove", user: "Ann Lee" }],
    ["/role Ann Lee Moderator", { is: "role", user: "Ann Lee", role: "moderator" }],
  ]) assert.deepEqual(parse(typed), intent, typed);
  for (const typed of ["/create", `/create ${"x".repeat(65)}`, `/create ${"x".repeat(65)} private`, "/role Bob", "/role Bob king", "/role owner", "/move x", "/msg ,", `/msg ${"x".repeat(33)}`]) {
    assert.equal(parse(typed).is, "fault", typed);
  }
});

test("commands are understood, and what is none is a fault", () => {
  assert.deepEqual(parse("/join  #ops "), { is: "join", room: "ops" });
  assert.deepEqual(parse("/leave"), { is: "leave" });
  assert.deepEqual(parse("/copy 12"), { is: "copy", number: 12 });
  for (const typed of ["/jion ops", "/join", "/me", "/", "/nick \n", "/copy x", "/url 0", "/leave #ops", "/connect ws://x", "/mute bob"]) assert.equal(parse(typed).is, "fault", typed);
  assert.match(parse("/jion ops").words, /Did you mean \/join/);
  assert.match(parse("/xyzzy").words, /\/help/);
});

/** The text of a file of the terminal client, wherever it lives there. */
function terminals(...names) {
  const folder = new URL("../../../../../tui-client/src/", import.meta.url);
  const path = readdirSync(folder, { recursive: true }).find((each) => names.some((name) => each.endsWith(`/${name}`)));
  return readFileSync(new URL(path, folder), "utf8");
}

test("every command of the table exists, and has the name and the arguments of the terminal's", () => {
  const rust = terminals("commands.rs", "commands/mod.rs");
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
    const given = { "": "", "[N]": "2", "N": "2", "[CODE]": "7K3M-Q0ZD", "[COMMAND]": "join", "[LEVEL]": "Mentions", "EMOJI [N]": "👍 2" }[rest] ?? rest.replace(/^\[-s\] /, "").replace("[USES] [TIME]", "5 2d").replace("TIME", "10m").replace(/owner\|.*/, "owner").replace("[,NAME]", ",Bob");
    for (const called of [name, ...aliases]) assert.notEqual(parse(`/${called} ${given}`).is, "fault", called);
  }
});

test("the words about one command can be asked for", () => {
  assert.deepEqual(parse("/help /leave"), { is: "words", words: "/leave: leave this room; you stay a member of a private one, also /part, also /close" });
  assert.deepEqual(parse("/names"), { is: "who" });
  assert.match(parse("/help jion").words, /\/join/);
});
