// What an address says, and what it is made to say.

import assert from "node:assert/strict";
import { test } from "node:test";

import { linkInto, newAddress, whoComes } from "../../../browser/address.js";
import { newRoom, newState } from "../../../core/chat/state.js";

test("a link chooses the room, and a name only where nobody has one", () => {
  const link = { username: "Mallory", room: "ops" };
  const zoe = { me: "Zoe", room: "dev" };
  const cases = [
    [link, null, null, { username: "Mallory", room: "ops", other: "", enters: true }],
    [link, zoe, null, { username: "Zoe", room: "ops", other: "Mallory", enters: true }],
    [link, null, "Zoe", { username: "Zoe", room: "ops", other: "Mallory", enters: false }],
    [link, null, "", { username: "", room: "ops", other: "Mallory", enters: false }],
    [{ username: "zoe", room: "ops" }, zoe, "x", { username: "Zoe", room: "ops", other: "", enters: true }],
    [{ username: "zoe", room: "" }, null, "Zoe", { username: "zoe", room: "", other: "", enters: true }],
    [{ username: "", room: "" }, zoe, null, { username: "Zoe", room: "dev", other: "", enters: true }],
    [{ username: "", room: "ops" }, null, "Zoe", { username: "Zoe", room: "ops", other: "", enters: false }],
    [{ username: "", room: "" }, null, null, { username: "", room: "", other: "", enters: false }],
  ];
  for (const [asked, last, remembered, expected] of cases) assert.deepEqual(whoComes(asked, last, remembered), expected);
});

test("a link into this chat is told from others", () => {
  const here = "https://h.example/chat/?room=dev";
  assert.deepEqual(linkInto("https://h.example/chat/?room=ops&username=M", here), { room: "ops", username: "M", message: null });
  assert.deepEqual(linkInto("https://h.example/chat/index.html?room=ops", here), { room: "ops", username: "", message: null });
  assert.deepEqual(linkInto("https://h.example/chat/?room=ops#m=42", here), { room: "ops", username: "", message: 42 });
  for (const other of ["https://h.example/?room=ops", "https://h.example/chat/b/?room=ops", "http://h.example/chat/?room=ops", "https://h.example/chat/", "https://h.example/chat/main.js?room=ops", "https://h.example/chat/?room=ops#token=x", "https://h.example/chat/?room=ops#m=4x", "x"]) {
    assert.equal(linkInto(other, here), null, other);
  }
});

function browser(search) {
  const location = { search, hash: "" };
  const entries = [{ state: null, search }];
  const go = (state, _, address) => {
    location.search = address.slice(address.indexOf("?"));
    history.state = state;
    return { state, search: location.search };
  };
  const history = {
    state: null,
    pushState: (...what) => entries.push(go(...what)),
    replaceState: (...what) => entries.splice(-1, 1, go(...what)),
  };
  return { address: newAddress(location, history), entries: () => entries.map((each) => each.search), location };
}

test("each room is an entry to come back to, no name is in it, and a room that was left is none", () => {
  const { address, entries } = browser("?room=dev&username=Zoe");
  const state = newState({ room: "dev", username: "Zoe", session: "s" });
  state.rooms.push(newRoom("ops"), newRoom("qa"));
  const show = (place) => {
    state.active = place;
    address.keep(state);
    return entries();
  };
  address.hideName("dev");
  assert.deepEqual(entries(), ["?room=dev"]);
  assert.deepEqual(show(0), ["?room=dev"]);
  assert.deepEqual(show(1), ["?room=dev", "?room=ops"]);
  assert.deepEqual(show(1), ["?room=dev", "?room=ops"]);
  state.rooms[1].name = "OPS";
  assert.deepEqual(show(1), ["?room=dev", "?room=OPS"], "only spelt otherwise");
  assert.deepEqual(show(2), ["?room=dev", "?room=OPS", "?room=qa"]);
  state.rooms.splice(2, 1);
  assert.deepEqual(show(0), ["?room=dev", "?room=OPS", "?room=dev"]);
});
