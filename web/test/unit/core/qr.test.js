// QR codes, compared with those of another encoder.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { qr } from "../../../core/qr.js";

const LETTER = [
  "111111100101101111111",
  "100000101011001000001",
  "101110101101001011101",
  "101110101011001011101",
  "101110100100101011101",
  "100000100011001000001",
  "111111101010101111111",
  "000000001100000000000",
  "100000101011011001110",
  "100110000001110111001",
  "001011100110101100000",
  "010101011001111101010",
  "110100111101111111111",
  "000000001100100000101",
  "111111100111010011110",
  "100000100010001000111",
  "101110100111010011100",
  "101110100101111101000",
  "101110100101110111011",
  "100000100011111101000",
  "111111101010100100110",
];
/** A text of each version, modules of a side, and the hash of its rows. */
const KNOWN = [
  ["https://chat.example/#link=7K3MQ0ZD", 29, "7140d91826136258"],
  ["a", 21, "e8ab680854e4019c"],
  ["x".repeat(26), 25, "6b3c728f6da5c737"],
  ["https://chat.example/team/?room=dev#invite=9V5TQ2M80KXDB3HN", 33, "f302f1d947c683c5"],
  [" ü中🚀".repeat(6), 33, "2da1a6e153874e17"],
  ["y".repeat(84), 37, "ff067133357e328c"],
  ["y".repeat(100), 41, "7e493e4d3583ecb3"],
  ["y".repeat(120), 45, "f4007e005ff93ebf"],
  ["z".repeat(150), 49, "dc814b4d22965968"],
  ["w".repeat(180), 53, "17fbfea48a37b81d"],
  ["v".repeat(213), 57, "fab98ac44d7635fe"],
];

const rows = (text) => qr(text).map((row) => row.map(Number).join(""));

test("a letter is the square that it is everywhere", () => {
  assert.deepEqual(rows("a"), LETTER);
});

test("each version has its blocks, patterns and best mask", () => {
  for (const [text, side, hash] of KNOWN) {
    const made = rows(text);
    assert.equal(made.length, side, text);
    assert.equal(createHash("sha256").update(made.join("\n")).digest("hex").slice(0, 16), hash, text);
  }
});

test("a text that no version has room for has no code", () => {
  assert.equal(qr("x".repeat(214)), null);
  assert.notEqual(qr("x".repeat(213)), null);
});
