// Completing a word.

import assert from "node:assert/strict";
import { test } from "node:test";

import { completions, everybodyIn, likeliest, shownOption } from "../../../../core/commands/complete.js";

const names = ["Bob", "Bea", "Zoë"];
const rooms = ["dev", "design", "ops"];
const found = (text, caret = text.length) => completions(text, caret, names, rooms);

test("a word becomes the names that begin like it", () => {
  assert.deepEqual(found("b"), { start: 0, options: ["Bob: ", "Bea: "], offered: false });
  assert.deepEqual(found("hello zo"), { start: 6, options: ["Zoë "], offered: false });
  assert.deepEqual(found("hi @be you", 6), { start: 3, options: ["@Bea "], offered: true });
  assert.deepEqual(found("@").options, ["@Bob: ", "@Bea: ", "@Zoë: "]);
});

test("rooms and commands are completed too", () => {
  assert.deepEqual(found("see #de"), { start: 4, options: ["#dev ", "#design "], offered: true });
  assert.deepEqual(found("/le").options, ["/leave"]);
  assert.deepEqual(found("/leave").options, [], "there is nothing left to complete");
  assert.deepEqual(found("/jo").options, ["/join "]);
  assert.deepEqual(found("and /jo").options, [], "a command stands at the beginning");
});

test("what begins no name stays, so that Tab goes on to the next control", () => {
  for (const text of ["", "hello ", "xyz"]) assert.deepEqual(found(text).options, [], text);
});

test("who spoke last comes first, and oneself last", () => {
  const says = (sender, id) => ({ type: "message", sender, id });
  const entries = [says("Zoë", 1), says("Gone", 2), says("Bob", 3), { type: "join", sender: "Bea" }];
  const room = { members: [{ user: "Cy", role: "member" }, { user: "Bob", role: "owner" }], users: [], people: { known: ["Alice", "Bea", "Bob", "Zoë"] }, entries };
  assert.deepEqual(likeliest(room, "alice"), ["Bob", "Zoë", "Bea", "alice", "Cy"], "also who is away");
});

test("everybody can be called behind an @, where that is allowed, with what it does", () => {
  const calls = ["@all", "@here"];
  assert.deepEqual(completions("@a", 2, ["Ann"], [], calls).options, ["@Ann: ", "@all: "]);
  assert.deepEqual(completions("hi @h", 5, names, [], calls).options, ["@here "]);
  assert.deepEqual(completions("al", 2, names, [], calls).options, [], "without the sign it is a word");
  assert.deepEqual(["@all: ", "@here ", "@Bob "].map(shownOption), ["@all: everybody in this room", "@here: everybody who is online in this room", "@Bob "]);
  const room = { kind: "open", people: { known: ["Ann"], count: 15 }, users: [], members: [], hasMoreMembers: false, role: null, moderates: false };
  const member = { user: "x", role: "member" };
  for (const [fields, wanted] of [
    [{}, calls],
    [{ people: { known: ["Ann"], count: 16 } }, []],
    [{ people: { known: ["Ann"], count: 16 }, role: "moderator" }, calls],
    [{ people: { known: ["Ann"], count: 16 }, moderates: true }, calls],
    [{ kind: "private", members: Array(16).fill(member) }, ["@here"]],
    [{ kind: "private", members: Array(15).fill(member), people: { known: [], count: 16 } }, ["@all"]],
    [{ kind: "private", members: [member], hasMoreMembers: true }, ["@here"]],
    [{ kind: "direct", users: ["Ann", "Bob"] }, calls],
    [{ people: { known: ["All"], count: 1 } }, ["@here"]],
  ]) assert.deepEqual(everybodyIn({ ...room, ...fields }), wanted, JSON.stringify(fields));
});
