// What becomes of messages, as people see it: edited, deleted, answered, reacted to, and who is writing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawn, inRoom, joining, message, newCrowd, newPage, online, pageOf, person, redial, row, say, settled, stage, startNetwork, texts } from "../harness.js";

const { server, browser } = await stage();
const tool = (page, text, name) => settled(page, text).first().getByRole("button", { name });

test("people edit, answer and react to messages, and everybody sees it", async (t) => {
  const [ann, bob] = [await person(t, browser, server, "Ann", "life"), await person(t, browser, server, "Bob", "life")];
  await say(ann, "shall we meat?");
  await settled(bob, "shall we meat?").waitFor();
  await message(ann).press("ArrowUp");
  const box = ann.getByLabel("Edit message");
  assert.equal(await box.inputValue(), "shall we meat?");
  await box.fill("shall we meet?");
  await box.press("Enter");
  await settled(bob, "shall we meet?").locator(".edited").waitFor();
  assert.match(await settled(bob, "shall we meet?").locator(".edited").getAttribute("title"), /^Edited /);
  await ann.waitForFunction(() => document.activeElement.id === "text");
  await settled(bob, "shall we meet?").first().hover();
  await tool(bob, "shall we meet?", "Reply").click();
  await bob.locator("#replying-words", { hasText: "Replying to Ann: shall we meet?" }).waitFor();
  await say(bob, "gladly");
  await settled(ann, "gladly").locator(".quote", { hasText: "Ann shall we meet?" }).waitFor();
  await settled(bob, "shall we meet?").first().hover();
  await tool(bob, "shall we meet?", "React").click();
  await bob.getByRole("combobox", { name: "Search by name" }).fill("tada");
  await bob.locator("#picker-list li", { hasText: "🎉" }).waitFor();
  await bob.keyboard.press("Enter");
  const kind = settled(ann, "shall we meet?").first().locator(".kind");
  await kind.filter({ hasText: "🎉 1" }).waitFor();
  assert.deepEqual([await kind.getAttribute("title"), await kind.getAttribute("aria-pressed")], ["Bob", "false"]);
  await kind.click();
  await settled(bob, "shall we meet?").first().locator(".kind", { hasText: "🎉 2" }).waitFor();
  assert.equal(await settled(bob, "shall we meet?").first().locator(".kind").getAttribute("title"), "Bob and Ann");
  assert.deepEqual([...ann.faults, ...bob.faults, ...await bob.evaluate(() => window.reports)], []);
});

test("what one does without a line is shown at once, is kept over a reload, and is done once", async (t) => {
  const network = await startNetwork(t, server);
  const bob = await person(t, browser, server, "Bob", "offline");
  const ann = await person(t, browser, network, "Ann", "offline");
  for (const text of ["one", "two"]) await say(ann, text);
  await say(bob, "three");
  await settled(ann, "three").waitFor();
  network.down(true);
  await ann.locator("#link", { hasText: "Not connected" }).waitFor();
  await settled(ann, "one").hover();
  await tool(ann, "one", "Edit").click();
  await ann.getByLabel("Edit message").fill("uno");
  await ann.keyboard.press("Enter");
  await ann.locator("#log .changing", { hasText: "uno" }).waitFor();
  await settled(ann, "two").hover();
  await tool(ann, "two", "Delete").click();
  await ann.locator("#ask-yes").click();
  await ann.locator("#log .changing.gone").waitFor();
  await settled(ann, "three").hover();
  await tool(ann, "three", "React").click();
  await ann.locator(".latest button").first().click();
  await settled(ann, "three").locator(".kind", { hasText: "👍 1" }).waitFor();
  await say(ann, "four");
  network.down(false);
  await ann.reload();
  await online(ann);
  await settled(bob, "four").waitFor();
  await settled(ann, "four").waitFor();
  for (const page of [ann, bob]) {
    await settled(page, "three").locator(".kind", { hasText: "👍 1" }).waitFor();
    assert.deepEqual(await texts(page), ["uno", "(deleted)", "three", "four"]);
    assert.equal(await page.locator(".changing, .pending").count(), 0);
  }
});

test("a quote leads to what it answers, however far back, and back again; an address to any message", async (t) => {
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Cy", "far");
  const ann = await person(t, browser, server, "Ann", "far");
  await say(ann, "the very first");
  await settled(ann, "the very first").waitFor();
  await crowd.sayMany("Cy", 900);
  await row(ann, "no. 899").waitFor();
  await ann.locator("#pane").focus();
  await ann.evaluate(() => document.getElementById("pane").scrollTo(0, 0));
  await settled(ann, "the very first").waitFor();
  await settled(ann, "the very first").hover();
  const id = await settled(ann, "the very first").getAttribute("data-id");
  await tool(ann, "the very first", "Reply").click();
  await say(ann, "long ago");
  const bob = await person(t, browser, server, "Bob", "far");
  const quote = settled(bob, "long ago").locator(".quote");
  await quote.filter({ hasText: "an earlier message" }).waitFor();
  await quote.click();
  await bob.waitForFunction((first) => document.activeElement.dataset.id === first, id);
  assert.match(await bob.evaluate(() => document.activeElement.className), /target/);
  assert.equal(await settled(bob, "long ago").count(), 0);
  await bob.locator("#back").click();
  await quote.filter({ hasText: "Ann the very first" }).or(quote.filter({ hasText: "an earlier message" })).waitFor();
  const late = await pageOf(t, browser, "Late");
  await late.goto(`${joining(server, "Late", "far")}#m=${id}`);
  await online(late);
  await late.waitForFunction((first) => document.activeElement.dataset.id === first, id);
  assert.ok(!late.url().includes("#m"));
  await late.locator("#newer").click();
  await settled(late, "long ago").waitFor();
  await late.evaluate(() => { location.hash = "#m=12345"; });
  await late.locator("#notice", { hasText: "That message isn't in this room" }).waitFor();
  assert.deepEqual([bob.faults, late.faults], [[], []]);
});

test("the button that deletes has the colour of danger, and one that does no harm has not", async (t) => {
  const ann = await person(t, browser, server, "Ann", "danger");
  await say(ann, "hers");
  await settled(ann, "hers").hover();
  await tool(ann, "hers", "Delete").click();
  const colours = () => ann.locator("#ask-yes").evaluate((at) => {
    const probe = document.body.appendChild(document.createElement("i"));
    const [accent, fault] = ["--accent", "--fault"].map((name) => Object.assign(probe, { style: `color: var(${name})` }) && getComputedStyle(probe).color);
    probe.remove();
    return { [accent]: "accent", [fault]: "fault" }[getComputedStyle(at).backgroundColor];
  });
  await ann.mouse.move(0, 0);
  assert.equal(await colours(), "fault");
  await ann.keyboard.press("Escape");
  await say(ann, "/delete");
  await ann.locator("#ask-yes:visible").waitFor();
  assert.equal(await colours(), "fault");
  await ann.keyboard.press("Escape");
  await message(ann).evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "a line\n".repeat(30));
    text.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  });
  await ann.locator("#ask-yes:visible", { hasText: "Paste" }).waitFor();
  assert.equal(await colours(), "accent");
  assert.deepEqual(ann.faults, []);
});

test("who is writing is told, and no longer with their message", async (t) => {
  const [ann, bob] = [await person(t, browser, server, "Ann", "writing"), await person(t, browser, server, "Bob", "writing")];
  await message(bob).pressSequentially("he");
  await ann.locator("#typing", { hasText: "Bob is writing" }).waitFor();
  await say(bob, "hello");
  await settled(ann, "hello").waitFor();
  assert.equal(await ann.locator("#typing").textContent(), "");
});

test("a guest answers, and is not offered what a guest may not do", async (t) => {
  const ann = await person(t, browser, server, "Ann", "guests");
  await say(ann, "welcome");
  await settled(ann, "welcome").hover();
  await tool(ann, "welcome", "React").click();
  await ann.locator(".latest button").first().click();
  const guest = await newPage(t, browser);
  await guest.goto(`${server.address}?room=guests`);
  await guest.getByRole("button", { name: "Join" }).click();
  await online(guest);
  await settled(guest, "welcome").hover();
  assert.deepEqual(await settled(guest, "welcome").locator(".tools button:visible").evaluateAll((all) => all.map((each) => each.title)), ["Reply", "More actions"]);
  await settled(guest, "welcome").locator(".kind").click({ force: true });
  await drawn(guest);
  assert.equal(await settled(guest, "welcome").locator(".kind").textContent(), "👍 1");
});

for (const [name, width, colorScheme] of [["wide-light", 1440, "light"], ["narrow-dark", 360, "dark"], ["narrow-light", 360, "light"], ["wide-dark", 1440, "dark"]]) {
  test(`all of it can be reached by touch and keys: ${name}`, async (t) => {
    const room = `reach-${name}`;
    const ann = await person(t, browser, server, "Ann", room, { viewport: { width, height: 740 }, colorScheme, hasTouch: width < 500 });
    await say(ann, "Shall we meet on Thursday, or is Friday better for all of you?");
    await say(ann, "I mean the third of December");
    await settled(ann, "I mean").waitFor();
    await message(ann).press("ArrowUp");
    await ann.getByLabel("Edit message").fill("I mean the fourth of December");
    await ann.keyboard.press("Enter");
    await settled(ann, "the fourth").locator(".edited").waitFor();
    await settled(ann, "Shall we").focus();
    await ann.keyboard.press("Tab");
    await ann.keyboard.press("Enter");
    await ann.locator(".latest button").nth(1).click();
    await settled(ann, "Shall we").first().locator(".kind").waitFor();
    await settled(ann, "Shall we").first().focus();
    await ann.keyboard.press("Tab");
    await ann.keyboard.press("Tab");
    await settled(ann, "Shall we").first().getByRole("button", { name: "Reply" }).click();
    await say(ann, "Friday it is");
    await settled(ann, "Friday it is").focus();
    if (width < 500) {
      await settled(ann, "Friday it is").locator(".content").tap();
      await settled(ann, "Friday it is").getByRole("button", { name: "More actions" }).tap();
    } else {
      for (const _ of ["quote", "React", "Reply", "Edit", "Delete", "More actions"]) await ann.keyboard.press("Tab");
      await ann.keyboard.press("Enter");
    }
    await ann.locator(".acts").waitFor();
    assert.deepEqual(await ann.locator(".acts .entry").allTextContents(), ["React", "Reply", "Edit", "Copy text", "Copy link", "Mark unread from here", "Delete"]);
    await ann.keyboard.press("Escape");
    await ann.waitForFunction(() => document.activeElement.closest("#log .row"));
    assert.deepEqual(ann.faults, []);
  });
}

test("the menu of a message opens where the right button is pressed, stays when it is released, and goes with a press elsewhere", async (t) => {
  const ann = await person(t, browser, server, "Ann", "menus");
  await say(ann, "one");
  await say(ann, "two");
  const menu = ann.locator(".acts");
  const at = async (text) => {
    const { x, y, width, height } = await settled(ann, text).locator(".content").boundingBox();
    return [x + Math.min(width / 2, 20), y + height / 2];
  };
  for (const text of ["one", "two"]) {
    await ann.mouse.move(...await at(text));
    await ann.mouse.down({ button: "right" });
    await menu.waitFor();
    await ann.mouse.up({ button: "right" });
    await drawn(ann);
    assert.ok(await menu.isVisible(), text);
    assert.equal(await ann.evaluate(() => document.activeElement.textContent), "React");
  }
  await message(ann).click();
  await menu.waitFor({ state: "hidden" });
  await ann.keyboard.type("three");
  assert.equal(await message(ann).inputValue(), "three");
  for (const leave of ["Escape", "Tab"]) {
    await settled(ann, "one").locator(".content").click({ button: "right" });
    await menu.waitFor();
    for (let times = 0; leave === "Tab" && times < 7; times += 1) await ann.keyboard.press("Tab");
    if (leave === "Escape") await ann.keyboard.press("Escape");
    await menu.waitFor({ state: "hidden" });
  }
  assert.deepEqual(ann.faults, []);
});

test("what a program says through a hook is marked as said by a bot, in the log and in both lists", async (t) => {
  const ivy = await person(t, browser, server, "Ivy", "hooked");
  const crowd = await newCrowd(t, browser, server);
  await crowd.enter("Jo", "hooked");
  const { stdout } = await server.command("hook", "--room", "hooked", "--name", "grafana", "--mentions");
  const posts = async (text) => {
    const answer = await fetch(new URL(stdout.trim(), server.address), { method: "POST", body: JSON.stringify({ text }) });
    assert.equal(await answer.text(), "ok");
    await settled(ivy, text).waitFor();
  };
  await crowd.say("Jo", "by hand");
  await posts("disk full");
  await posts("@Ivy disk mended");
  const heads = await ivy.locator("#log .head .sender").allTextContents();
  assert.deepEqual(heads, ["Jo", "grafana bot", "grafana bot"]);
  const mark = (text) => settled(ivy, text).locator(".head .bot").boundingBox();
  assert.ok((await mark("disk full")).width > 10);
  assert.match(await settled(ivy, "disk mended").getAttribute("class"), /\bfollows\b/);
  assert.doesNotMatch(await settled(ivy, "disk full").getAttribute("class"), /\bfollows\b/);
  await settled(ivy, "disk full").hover();
  await tool(ivy, "disk full", "Reply").click();
  await say(ivy, "which?");
  await settled(ivy, "which?").getByRole("button", { name: "In reply to grafana bot: disk full. Go there" }).waitFor();
  await crowd.finds("Jo", "disk", 2);
  await say(ivy, "/search disk");
  const found = ivy.getByRole("list", { name: "Results" });
  await found.getByRole("button", { name: /^#hooked grafana bot .*: disk full$/ }).waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await ivy.emulateMedia({ colorScheme });
    const [ink, ground] = await found.locator(".bot").first().evaluate((mark) => [mark, mark.closest("dialog")].map((each) => getComputedStyle(each)).map(({ color, backgroundColor }, at) => (at === 0 ? color : backgroundColor)));
    assert.notEqual(ink, ground, colorScheme);
  }
  await ivy.keyboard.press("Escape");
  await say(ivy, "/mentions");
  await ivy.locator("#inbox-list").getByRole("button", { name: /^#hooked grafana bot .*disk mended$/ }).waitFor();
  assert.deepEqual(ivy.faults, []);
});
