// Searching in what is loaded.

import assert from "node:assert/strict";
import { test } from "node:test";

import { marks, search } from "../../../../core/commands/search.js";

const says = (id, sender, content) => ({ type: "message", id, sender, content });
const entries = [says(1, "Alice", "the Build is green"), says(2, "Bob", "a green build?"), { type: "join", sender: "Carol", id: 2 }, says(3, "Carol", "ÉTÉ")];

test("all words are found, in any case and order, newest first", () => {
  assert.deepEqual(search(entries, "build"), [2, 1]);
  assert.deepEqual(search(entries, " GREEN  build "), [2, 1]);
  assert.deepEqual(search(entries, "alice build"), [1], "who said it counts too");
  assert.deepEqual(search(entries, "été"), [3]);
  for (const nothing of ["", "  ", "red"]) assert.deepEqual(search(entries, nothing), [], nothing);
});

test("where the words stand", () => {
  assert.deepEqual(marks("Build, rebuild", "build"), [[0, 5], [9, 14]]);
  assert.deepEqual(marks("abcabc", "ab bc"), [[0, 2], [3, 5]], "none over another");
  assert.deepEqual(marks("İstanbul", "stan"), [], "where lower case is longer, none is better than a wrong one");
});
