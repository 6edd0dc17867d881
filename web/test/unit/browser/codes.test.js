// Codes to come in by, as an address or a person gives them, and what a device is called.

import assert from "node:assert/strict";
import { test } from "node:test";

import { codeOf, takeCode } from "../../../browser/codes.js";
import { labelOf, packed } from "../../../browser/label.js";

function taken(href) {
  const replaced = [];
  return [takeCode(new URL(href), (address) => replaced.push(address)), ...replaced];
}

test("a code is taken out of the address, and the rest of that stays", () => {
  assert.deepEqual(taken("https://chat.example/#link=7K3MQ0ZD"), [{ link: "7K3MQ0ZD" }, "https://chat.example/"]);
  assert.deepEqual(taken("https://chat.example/a/?room=dev#invite=9V5TQ2M80KXDB3HN"), [{ invite: "9V5TQ2M80KXDB3HN" }, "https://chat.example/a/?room=dev"]);
});

test("an address without one is left alone, and what is no code goes out of it", () => {
  assert.deepEqual(taken("https://chat.example/?room=dev#token=a.b"), [null]);
  assert.deepEqual(taken("https://chat.example/#link="), [null, "https://chat.example/"]);
  assert.deepEqual(taken(`https://chat.example/#link=${"A".repeat(65)}`), [null, "https://chat.example/"]);
  assert.deepEqual(taken("https://chat.example/#invite=%3Cscript%3E"), [null, "https://chat.example/"]);
});

test("a code may be typed as it is shown, or as it was heard", () => {
  for (const typed of ["7K3M-Q01D", " 7k3m qoid ", "7k3mqold", "７Ｋ３ＭＱ０１Ｄ"]) assert.deepEqual(codeOf("link", typed), { link: "7K3MQ01D" }, typed);
  for (const typed of ["", " - ", "7K3M,Q0ZD"]) assert.equal(codeOf("link", typed), null, typed);
});

test("a device is called by its browser and system", () => {
  for (const [agent, label] of [
    ["Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox on Android"],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Chrome on Linux"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0", "Edge on Windows"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on macOS"],
    ["something else", "Browser"],
  ]) assert.equal(labelOf(agent), label);
});

test("a label travels as base64url without padding", () => {
  for (const label of ["Firefox on Android", "Zoë's 📱 ~~>>??"]) {
    assert.match(packed(label), /^[\w-]+$/);
    assert.equal(Buffer.from(packed(label), "base64url").toString(), label);
  }
});
