// The box one writes in: input methods, completion, pastes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { message, newCrowd, person, say, settled, stage, texts } from "../harness.js";

const { server, browser } = await stage();

test("the Enter that ends a composition never sends, as Chromium tells it", async (t) => {
  const alice = await person(t, browser, server, "Alice", "ime");
  const cdp = await alice.context().newCDPSession(alice);
  await message(alice).focus();
  await cdp.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  // The key goes to the input method first, which the browser tells with this code.
  for (const [key, code] of [["Process", 229], ["Enter", 229], ["Enter", 13]]) {
    await cdp.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key, code: "Enter", windowsVirtualKeyCode: code });
    await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", key, code: "Enter", windowsVirtualKeyCode: code });
  }
  assert.equal(await message(alice).inputValue(), "にほん");
  await cdp.send("Input.insertText", { text: "日本" });
  assert.equal(await message(alice).inputValue(), "日本");
  // The next key is one of another tick.
  await alice.evaluate(() => new Promise((resolve) => { setTimeout(resolve); }));
  await alice.keyboard.press("Enter");
  await settled(alice, "日本").waitFor();
  assert.deepEqual(await texts(alice), ["日本"]);
});

test("nor as Safari tells it: first that the composition ended, then its Enter", async (t) => {
  const alice = await person(t, browser, server, "Alice", "safari");
  await message(alice).fill("日本");
  const sent = await message(alice).evaluate((box) => {
    const key = (more) => box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }));
    box.dispatchEvent(new CompositionEvent("compositionstart"));
    box.dispatchEvent(new CompositionEvent("compositionend", { data: "日本" }));
    key({ keyCode: 229 });
    key({});
    const { value } = box;
    // The next key is one of another tick.
    return new Promise((resolve) => { setTimeout(() => resolve(value)); });
  });
  assert.equal(sent, "日本", "it is still there");
  await alice.keyboard.press("Enter");
  await settled(alice, "日本").waitFor();
  assert.deepEqual(await texts(alice), ["日本"]);
});

test("Tab completes where there is something to complete, and else goes on", async (t) => {
  const alice = await person(t, browser, server, "Alice", "tab");
  const crowd = await newCrowd(t, browser, server);
  for (const name of ["Bob", "Bea", "Zoë"]) await crowd.enter(name, "tab");
  await crowd.say("Bea", "hello");
  await settled(alice, "hello").waitFor();
  const text = message(alice);
  const popup = alice.getByRole("listbox", { name: "Completions" });
  await text.pressSequentially("b");
  assert.equal(await popup.count(), 0, "an ordinary word is left alone");
  await text.press("Tab");
  assert.equal(await text.inputValue(), "Bea: ", "who spoke last");
  assert.deepEqual(await popup.getByRole("option").allTextContents(), ["Bea: ", "Bob: "]);
  assert.equal(await popup.locator("[aria-selected=true]").getAttribute("id"), await text.getAttribute("aria-activedescendant"));
  await text.press("Tab");
  assert.equal(await text.inputValue(), "Bob: ");
  await text.press("Shift+Tab");
  assert.equal(await text.inputValue(), "Bea: ");
  await text.pressSequentially("see #t");
  await popup.getByRole("option", { name: "#tab" }).waitFor();
  await text.press("ArrowDown");
  assert.equal(await text.inputValue(), "Bea: see #tab ");
  await text.press("Escape");
  assert.equal(await popup.count(), 0);
  await text.fill("");
  await text.pressSequentially("/jo");
  await text.press("Tab");
  assert.equal(await text.inputValue(), "/join ");
  await text.fill("");
  await text.pressSequentially("@z");
  await popup.getByRole("option", { name: "@Zoë" }).click();
  assert.equal(await text.inputValue(), "@Zoë: ");
  await text.pressSequentially("hi");
  await text.press("Enter");
  await settled(alice, "@Zoë: hi").waitFor();
  for (const [what, typed] of [["nothing", ""], ["no name", "xyz"], ["a space", "hi "]]) {
    await text.fill("");
    await text.pressSequentially(typed);
    await text.press("Tab");
    assert.equal(await alice.evaluate(() => document.activeElement.getAttribute("aria-label")), "Send", what);
    await text.focus();
  }
  assert.deepEqual(alice.faults, []);
});

test("a long paste asks first, a short one does not, and neither sends", async (t) => {
  const alice = await person(t, browser, server, "Alice", "paste");
  const paste = (text) => message(alice).evaluate((box, pasted) => {
    box.focus();
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    // What the page leaves alone the browser puts in; a made-up event needs help with that.
    if (box.dispatchEvent(event)) document.execCommand("insertText", false, pasted);
  }, text);
  const lines = (count) => Array.from({ length: count }, (_, i) => `line ${i}`);
  const question = alice.locator("#ask");
  await paste(lines(20).join("\n"));
  assert.equal(await message(alice).inputValue(), lines(20).join("\n"));
  assert.ok(!await question.isVisible());
  await message(alice).fill("");
  await paste(lines(21).join("\r\n"));
  await question.filter({ hasText: "Paste 21 lines (157 characters)?" }).waitFor();
  await alice.keyboard.press("Escape");
  await alice.waitForFunction(() => document.activeElement.id === "text");
  assert.equal(await message(alice).inputValue(), "");
  await paste(lines(500).join("\r"));
  await question.filter({ hasText: "Paste 500 lines" }).waitFor();
  await alice.keyboard.press("Enter");
  await alice.waitForFunction(() => document.getElementById("text").value !== "");
  assert.equal(await message(alice).inputValue(), lines(500).join("\n"));
  assert.deepEqual(await texts(alice), []);
  await message(alice).press("Enter");
  await alice.locator("#notice", { hasText: "at most 4,096 characters" }).waitFor();
  assert.equal(await message(alice).inputValue(), lines(500).join("\n"), "what cannot be sent stays");
});

test("a press of Send leaves the focus where one writes, and a telephone its keyboard", async (t) => {
  for (const [does, options] of [["click", {}], ["tap", { hasTouch: true, isMobile: true, viewport: { width: 360, height: 640 } }]]) {
    const alice = await person(t, browser, server, "Alice", `send-${does}`, options);
    await message(alice).focus();
    await message(alice).evaluate((box) => box.addEventListener("blur", () => { window.blurred = true; }));
    await message(alice).pressSequentially("hello");
    await alice.getByRole("button", { name: "Send", exact: true })[does]();
    await settled(alice, "hello").waitFor();
    assert.deepEqual(await alice.evaluate(() => [document.activeElement.id, window.blurred]), ["text", undefined], does);
  }
});

test("the box grows also where the style does not let it, and the end of the log stays in sight", async (t) => {
  const alice = await person(t, browser, server, "Alice", "grows");
  await say(alice, "a\n".repeat(60));
  await settled(alice, "a").waitFor();
  await message(alice).evaluate((box) => { box.style.fieldSizing = "fixed"; });
  const height = () => message(alice).evaluate((box) => box.clientHeight);
  const grown = (least) => alice.waitForFunction((wanted) => {
    const { scrollHeight, scrollTop, clientHeight } = document.getElementById("pane");
    return document.getElementById("text").clientHeight > wanted && scrollHeight - scrollTop - clientHeight <= 1;
  }, least);
  const one = await height();
  await message(alice).fill("a\nb\nc");
  await grown(2 * one);
  await message(alice).fill("word ".repeat(500));
  await grown(3 * one);
  assert.ok(await height() <= 160);
  await message(alice).press("Enter");
  await alice.waitForFunction((wanted) => document.getElementById("text").clientHeight === wanted, one);
});

test("Enter takes the completion that is highlighted, and the next one sends", async (t) => {
  const alice = await person(t, browser, server, "Alice", "takes");
  const crowd = await newCrowd(t, browser, server);
  for (const name of ["Bob", "Bea"]) await crowd.enter(name, "takes");
  const text = message(alice);
  const popup = alice.getByRole("listbox", { name: "Completions" });
  for (const key of ["ArrowDown", "ArrowUp", "Tab"]) {
    await text.fill("");
    await text.pressSequentially("hello @b");
    await popup.getByRole("option", { name: "@Bob" }).waitFor();
    await text.press(key);
    await text.press("Enter");
    await popup.waitFor({ state: "hidden" });
    assert.match(await text.inputValue(), /^hello @B(ob|ea) $/, key);
    assert.deepEqual(await texts(alice), [], "nothing was sent");
  }
  await text.pressSequentially("there");
  await text.press("Enter");
  await settled(alice, /^.*hello @B(ob|ea) there/).waitFor();
  // Where nothing is highlighted, Enter sends what was typed.
  await text.pressSequentially("hello @b");
  await popup.getByRole("option", { name: "@Bob" }).waitFor();
  await text.press("Enter");
  await settled(alice, /hello @b$/).waitFor();
});
