// What was searched for, beyond what the scenarios say.

import assert from "node:assert/strict";
import { test } from "node:test";

import { foundNow, shownHit } from "../../../../core/chat/found.js";
import { termsOf } from "../../../../core/protocol/search/query.js";
import { client } from "../client.js";

const hit = (id, content = `plum ${id}`) => ({ type: "message", room: "dev", sender: "Bob", content, id, at: id });

/** Somebody in a room who searched. */
function searching(query = "plum") {
  const one = client();
  const does = (is, more = {}) => one.happens({ type: "does", intent: { is, ...more } });
  one.happens({ type: "connected" });
  one.hears({ type: "history", messages: [], more: false, head: 9 });
  one.hears({ type: "join", sender: "Alice" });
  one.did();
  one.happens({ type: "say", text: `/search ${query}` });
  const found = (ref, more, ...messages) => one.hears({ type: "found", messages, more, ref });
  return { ...one, does, found };
}

test("behind the last hit the next page is asked for once, and gone on with when it comes", () => {
  const { state, does, found, sent, did } = searching();
  found("s-1", true, hit(9), hit(8));
  does("goToFound", { id: 8 });
  sent();
  does("nextFound");
  does("nextFound");
  assert.deepEqual(sent(), [{ type: "search", query: "plum", before: 8, ref: "s-2" }]);
  found("s-2", false, hit(7));
  const [goesOn] = did();
  assert.deepEqual(goesOn, { do: "later", afterMs: 0, event: { type: "does", intent: { is: "nextFound" } } });
  does("nextFound");
  assert.equal(state.search.at, 7);
  does("nextFound");
  assert.deepEqual([state.search.at, state.notice, state.answered], [7, "No older results", true]);
});

test("who does something else while older ones are loaded is not pulled away when they come", () => {
  for (const [is, more, at] of [["previousFound", {}, 9], ["goToFound", { id: 9 }, 9], ["search", { query: "" }, 8]]) {
    const { state, does, found, did } = searching();
    found("s-1", true, hit(9), hit(8));
    does("goToFound", { id: 8 });
    does("nextFound");
    assert.deepEqual([state.notice, state.answered], ["Loading older results …", true]);
    does(is, more);
    assert.equal(state.notice, "", is);
    did();
    found("s-2", true, hit(7));
    assert.deepEqual([did(), state.search.at], [[], at], is);
  }
});

test("what cannot be asked for is not waited for", () => {
  const { state, happens, does, found } = searching();
  found("s-1", true, hit(9));
  does("goToFound", { id: 9 });
  happens({ type: "lost", code: 1006, reason: "cut" });
  does("nextFound");
  assert.deepEqual([state.notice, state.search.goesOn], ["You are not connected right now", false]);
});

test("the way back leads to where one read before the first of them", () => {
  const { state, does, found } = searching();
  found("s-1", false, hit(9), hit(8));
  does("goToFound", { id: 9, from: 5 });
  does("nextFound");
  assert.equal(state.rooms[0].back, 5);
});

test("a question that was cut off goes out again; one that is old is not told of", () => {
  const { state, happens, hears, found, sent } = searching();
  happens({ type: "lost", code: 1006, reason: "cut" });
  happens({ type: "connected" });
  sent();
  hears({ type: "history", messages: [], more: false, head: 9 });
  hears({ type: "join", sender: "Alice" });
  assert.deepEqual(sent().filter(({ type }) => type === "search"), [{ type: "search", query: "plum", ref: "s-1" }]);
  happens({ type: "say", text: "/search pear" });
  hears({ type: "error", code: "search_too_long", content: "this search takes too long", ref: "s-1" });
  assert.deepEqual([state.notice, state.search.query], ["", "pear"]);
  found("s-2", true, hit(4, "pear"));
  happens({ type: "does", intent: { is: "foundMore" } });
  hears({ type: "error", code: "search_too_long", content: "this search takes too long", ref: "s-3" });
  assert.deepEqual([state.notice, foundNow(state).length, state.search.ref], ["this search takes too long", 1, null], "what was found stays");
});

test("without a connection it is told, and what was typed stays", () => {
  const one = client();
  one.happens({ type: "draft", text: "/search plum" });
  one.happens({ type: "say", text: "/search plum" });
  assert.deepEqual([one.state.search, one.state.notice, one.state.rooms[0].draft], [null, "You are not connected right now", "/search plum"]);
});

test("a list that is shut ends a search of which nothing was gone to", () => {
  const { state, does, found } = searching();
  found("s-1", false, hit(9));
  does("goToFound", { id: 9 });
  does("foundShut");
  assert.equal(state.search.at, 9);
  state.search.at = null;
  does("foundShut");
  assert.equal(state.search, null);
});

test("what was changed while one was away is told with the messages of its room", () => {
  const { state, hears, found } = searching();
  found("s-1", false, hit(9), hit(8));
  hears({ type: "history", messages: [], more: false, head: 12, changed: [{ ...hit(9, "my plum"), change: 11 }, { ...hit(8, "(deleted)"), change: 12, deleted: true }] });
  assert.deepEqual(foundNow(state).map(({ content }) => content), ["my plum"]);
});

test("what was found is as it is here, if that is newer, and as pages of its room tell it", () => {
  const { state, hears, found } = searching();
  hears(hit(8));
  hears({ type: "edited", message: 8, content: "my plum", sender: "Bob", id: 10, at: 10 });
  found("s-1", false, hit(9), hit(8), hit(7));
  hears({ type: "deleted", message: 9, by: "Bob", id: 11 });
  assert.deepEqual(foundNow(state).map(({ content }) => content), ["my plum", "plum 7"]);
  hears({ type: "history", messages: [{ ...hit(7, "no pear"), change: 12 }], more: false, head: 12 });
  assert.deepEqual(foundNow(state).map(({ content }) => content), ["my plum", "no pear"]);
});

test("a long text is shown from near the first mark on, and marked there", () => {
  const shown = (query, content, isPlain = false) => {
    const { text, ranges } = shownHit({ isPlain, search: { terms: termsOf(query) } }, { content });
    return [text, ranges.map(([begin, end]) => text.slice(begin, end))];
  };
  assert.deepEqual(shown("plum", "/me eats\n**a plum**"), ["eats a plum", ["plum"]]);
  assert.deepEqual(shown("plum", "**a plum**", true), ["**a plum**", ["plum"]]);
  const [far, marked] = shown("plum", `${"word ".repeat(100)}a plum ${"🚀".repeat(300)}`);
  assert.match(far, /^…word (word )+a plum 🚀+…$/u);
  assert.ok(far.length <= 242 && far.isWellFormed(), far);
  assert.deepEqual(marked, ["plum"]);
  assert.deepEqual(shown("花", `${"海".repeat(200)}花`), ["…花", ["花"]]);
  assert.deepEqual(shown("plum", "x".repeat(400))[0], `${"x".repeat(240)}…`);
});
