// How searching reads texts: the same as the server.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { marks } from "../../../../core/protocol/search/marks.js";
import { termsOf } from "../../../../core/protocol/search/query.js";
import { words } from "../../../../core/protocol/search/words.js";

const golden = JSON.parse(readFileSync(new URL("../../../../../protocol/tests/golden/clients/search.json", import.meta.url), "utf8"));

test("texts have the words of the golden file", () => {
  for (const [text, wanted] of golden.words) assert.deepEqual(words(text).map(({ folded }) => folded), wanted, text);
});

test("queries ask for the words and phrases of the golden file", () => {
  const written = ({ words: each, isPrefix, isExcluded }) => [...(isExcluded ? ["-"] : []), ...each, ...(isPrefix ? ["*"] : [])];
  for (const [query, wanted] of golden.queries) assert.deepEqual(termsOf(query).map(written), wanted, query);
});

test("what a query finds is marked as in the golden file", () => {
  for (const [query, text, wanted] of golden.marks) assert.deepEqual(marks(text, termsOf(query)).map(([begin, end]) => text.slice(begin, end)), wanted, `${query} in ${text}`);
});

test("a mark has the diacritics of its last letter", () => {
  assert.deepEqual(marks("cafe\u0301!", termsOf("cafe")), [[0, 5]]);
});
