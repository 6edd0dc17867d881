// How code is told apart: the golden file that all clients are held to. Its form is described beside it, in
// `protocol/tests/golden/README.md`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { LANGUAGES, tokens } from "../../../../core/formatting/code.js";

const golden = JSON.parse(readFileSync(new URL("../../../../../protocol/tests/golden/clients/code.json", import.meta.url), "utf8"));
const names = LANGUAGES.map((line) => /^[^ |]+/.exec(line)?.[0]);

test("the table is that of every client", () => assert.deepEqual(LANGUAGES, golden.languages));

test("code is told apart as in every client", () => {
  for (const [language, code, wanted] of golden.cases) {
    const found = tokens(language, code)?.map(({ kind, text }) => (kind === "plain" ? text : [kind, text])) ?? null;
    assert.deepEqual(found, wanted, `${language}: ${code}`);
  }
});

test("the tokens are the code, and cost no more than its length", () => {
  for (const part of ["'\\", "\"\\\"", "/*", "'''", "`", "a", "1.", "\"\"\"\\", "'a", "# ; -- \" ' ` \\\n", "é😀'"]) {
    // At its square, this would take minutes.
    const code = part.repeat(8_192 / part.length);
    for (const name of names) {
      const found = tokens(name, code);
      if (name === "curly") assert.equal(found, null);
      else assert.equal(found.map(({ text }) => text).join(""), code, name);
    }
  }
});

test("the words of so many languages are light", () => {
  const file = (name) => readFileSync(new URL(`../../../../core/formatting/${name}.js`, import.meta.url));
  const others = ["formatting", "blocks", "atoms", "inline", "emphasis"].map(file);
  const bytes = gzipSync(Buffer.concat([...others, file("code")])).length - gzipSync(Buffer.concat(others)).length;
  assert.ok(bytes <= 3 * 1024, `${bytes} bytes`);
});
