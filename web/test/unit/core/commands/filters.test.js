// Completing the filters of a search.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newRoom, newState } from "../../../../core/chat/state.js";
import { filtersAt, filtersInDraft } from "../../../../core/commands/filters.js";

const state = newState({ room: "dev", username: "Alice", session: "s" });
state.rooms[0].people.known = ["Alice", "Ann Lee", "Bob"];
state.rooms.push(Object.assign(newRoom("+k3v9x0q2m7p1z8ab"), { title: "Big plans" }), Object.assign(newRoom("@x"), { users: ["Alice", "Bob"] }));
const days = [["today", "2026-12-02"], ["yesterday", "2026-12-01"]];
const found = (text, caret = text.length) => filtersAt(text, caret, state, days);
const texts = (text) => found(text).options.map((option) => option.text);

test("names of filters are offered as they are typed", () => {
  assert.deepEqual(texts("coffee f"), ["from:"]);
  assert.deepEqual(texts("-b"), ["before:"]);
  assert.deepEqual(texts("ha"), ["has:link "]);
  for (const nothing of ["", "coffee", "coffee ", "x:f"]) assert.deepEqual(texts(nothing), [], nothing);
  assert.equal(found("coffee f").start, 7);
});

test("who is known, one's rooms by name and title, days and links are offered behind them", () => {
  assert.deepEqual(texts("from:"), ["\"Ann Lee\" ", "Bob ", "Alice "]);
  assert.deepEqual(texts("-FROM:@b"), ["Bob "]);
  assert.deepEqual(found("x from:\"ann l"), { start: 7, options: [{ text: "\"Ann Lee\" ", shown: "Ann Lee", called: ["Ann Lee"] }], offered: true });
  assert.deepEqual(texts("from:\"Ann Lee\""), [], "it is whole");
  assert.deepEqual(texts("in:"), ["dev ", "\"Big plans\" "]);
  assert.deepEqual(texts("in:#d"), ["dev "]);
  assert.deepEqual(found("after:y").options.map(({ shown }) => shown), ["2026-12-01: yesterday"]);
  assert.deepEqual(texts("before:2026-12-0"), ["2026-12-02 ", "2026-12-01 "]);
  assert.deepEqual(texts("has:l"), ["link "]);
  assert.deepEqual(found("from:b later", 6).options.map(({ text }) => text), ["Bob "], "where the caret is");
});

test("nothing is offered within a phrase, nor what a query cannot hold", () => {
  for (const phrase of ["\"blue f", "\"blue from:", "-\"blue from:b", "\"blue bird\"", "from:\"Ann Lee\"*"]) assert.deepEqual(texts(phrase), [], phrase);
  assert.deepEqual(texts("\"blue bird\" f"), ["from:"]);
  assert.deepEqual(texts("\"blue bird\" from:\"a"), ["\"Ann Lee\" ", "Alice "]);
  const odd = newState({ room: "dev", username: "Alice", session: "s" });
  odd.rooms[0].people.known = ["Al \"Ace\"", "Al\"s"];
  odd.rooms.push(Object.assign(newRoom("+k3v9x0q2m7p1z8ab"), { title: "The \"plan\"" }));
  assert.deepEqual(["from:", "in:"].map((text) => filtersAt(text, text.length, odd, days).options.map(({ shown }) => shown)), [["Alice"], ["dev"]]);
});

test("in a draft they are offered behind /search alone", () => {
  assert.deepEqual(filtersInDraft("/search from:b", 14, state, days)?.options.map(({ text }) => text), ["Bob "]);
  assert.deepEqual(filtersInDraft("/lastlog in:d", 13, state, days)?.options.length, 1);
  assert.deepEqual(filtersInDraft("／ＳＥＡＲＣＨ in:d", 12, state, days)?.options.length, 1);
  for (const other of ["from:b", "/search", "//search from:b", "/me from:b", "say /search from:b"]) assert.equal(filtersInDraft(other, other.length, state, days), null, other);
});
