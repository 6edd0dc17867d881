// Rooms that belong to people: what there is beside the shared scenarios.

import assert from "node:assert/strict";
import { test } from "node:test";

import { labelOf, spoken, whereabouts } from "../../../../core/chat/label.js";
import { mayManage, maySetTopic } from "../../../../core/chat/members.js";
import { roster } from "../../../../core/chat/roster.js";
import { activeRoom, find, newRoom, newState } from "../../../../core/chat/state.js";
import { candidates } from "../../../../core/commands/switcher.js";
import { client, entered } from "../client.js";

const room = (fields) => ({ ...newRoom("dev"), joined: true, ...fields });
const [ANN, BOB, CY] = [{ user: "Ann", role: "owner" }, { user: "Bob", role: "moderator" }, { user: "Cy", role: "member" }];

test("a room is called by its name, its title or the others in it, and never by an address", () => {
  const direct = { room: "@k3x9m2q7t4ab", kind: "direct", users: ["Alice", "Bob", "Cy"] };
  const secret = { room: "+q7x2m9k4t1ab", kind: "private", title: "Ops" };
  assert.deepEqual([{ room: "dev", kind: "open" }, secret, direct].map((each) => labelOf(each, "alice")), ["dev", "Ops", "Bob, Cy"]);
  assert.deepEqual([{ room: "dev", kind: "open" }, secret, direct].map((each) => spoken(each, "Alice")), ["#dev", "+Ops", "Bob, Cy"]);
  assert.deepEqual([newRoom("+q7x2m9k4t1ab"), newRoom("@k3x9m2q7t4ab")].map((each) => labelOf(each, "Alice")), ["Private room", "Direct message"]);
  assert.equal(whereabouts(direct, "Alice"), "a direct message");
});

test("people are listed by role, here or not; without roles, those who are here", () => {
  const people = { known: ["Ann", "Zoe"], count: 2, asked: false };
  const words = (each) => roster(each).map(({ title, name, isHere }) => title ?? `${isHere ? "+" : "-"}${name}`);
  assert.deepEqual(words(room({ people })), ["+Ann", "+Zoe"]);
  assert.deepEqual(words(room({ people, members: [ANN, BOB, CY] })), ["Owner", "+Ann", "Moderators", "-Bob", "Members", "-Cy", "Online", "+Zoe"]);
  assert.deepEqual(words(room({ people, members: [ANN], hasMoreMembers: true })), ["Owner", "+Ann", "Others", "+Zoe"]);
  assert.deepEqual(words(room({ kind: "direct", people, users: ["Ann", "Bob"] })), ["+Ann", "-Bob"]);
});

test("who may set a topic: anybody where nobody owns the room, else owner and moderators", () => {
  for (const [fields, may] of [
    [{}, true],
    [{ joined: false }, false],
    [{ members: [ANN] }, false],
    [{ members: [ANN], role: "moderator" }, true],
    [{ members: [ANN], moderates: true }, true],
    [{ kind: "private", role: "member" }, false],
    [{ kind: "private", role: "owner" }, true],
    [{ kind: "direct" }, false],
  ]) assert.equal(maySetTopic(room(fields)), may, JSON.stringify(fields));
});

test("who may remove whom: moderators members, the owner moderators too, and nobody the owner", () => {
  const may = (own, fields = {}) => ["member", "moderator", "owner"].map((role) => mayManage(room({ kind: "private", role: own, ...fields }), role));
  assert.deepEqual(may("owner"), [true, true, false]);
  assert.deepEqual(may("moderator"), [true, false, false]);
  assert.deepEqual(may("member"), [false, false, false]);
  assert.deepEqual(may("member", { moderates: true }), [true, false, false]);
  assert.deepEqual(may("owner", { kind: "open" }), [false, false, false]);
});

test("direct messages stand behind the rooms, and a room moves among its kind", () => {
  const { state, happens, hears } = entered();
  hears({ type: "room", room: "@k3x9m2q7t4ab", kind: "direct", users: ["Alice", "Bob"] });
  happens({ type: "say", text: "/join ops" });
  const names = () => state.rooms.map(({ name }) => name);
  assert.deepEqual([names(), activeRoom(state).name], [["dev", "ops", "@k3x9m2q7t4ab"], "ops"]);
  happens({ type: "say", text: "/move 9" });
  assert.deepEqual(names(), ["dev", "ops", "@k3x9m2q7t4ab"]);
  happens({ type: "say", text: "/move 1" });
  assert.deepEqual([names(), activeRoom(state).name], [["ops", "dev", "@k3x9m2q7t4ab"], "ops"]);
});

test("what comes while the list is on its way is not undone by it", () => {
  const { state, hears, sent } = client();
  state.list.follows = true;
  hears({ type: "join", sender: "Alice" });
  hears({ type: "room", room: "@k3x9m2q7t4ab", kind: "direct", users: ["Alice", "Bob"] });
  hears({ type: "setting", room: "ops", joined: true, place: 500, id: 4 });
  hears({ type: "rooms", room: undefined, rooms: [{ room: "dev", kind: "open", people: 1, joined: true, place: 1000 }], more: false, ref: "s-1" });
  assert.deepEqual(state.rooms.map(({ name }) => name), ["ops", "dev", "@k3x9m2q7t4ab"]);
  assert.ok(!sent().some(({ type }) => type === "leave"));
});

test("a room that one was removed from and added to again is joined again", () => {
  const { state, hears, sent } = client();
  state.list.follows = true;
  state.rooms.push({ ...newRoom("+q7x2m9k4t1ab"), listed: true, excluded: "Bob removed you" });
  hears({ type: "join", sender: "Alice" });
  hears({ type: "rooms", room: undefined, rooms: [{ room: "+q7x2m9k4t1ab", kind: "private", title: "Ops", people: 1, role: "member", joined: true }], more: false, ref: "s-1" });
  assert.deepEqual([find(state, "+q7x2m9k4t1ab").excluded, sent().filter(({ type }) => type === "join").map(({ room: name }) => name)], ["", ["+q7x2m9k4t1ab"]]);
});

test("where no place is left behind the last, all rooms get new ones", () => {
  const { state, hears, sent } = client();
  state.list.follows = true;
  hears({ type: "join", sender: "Alice" });
  hears({ type: "rooms", room: undefined, rooms: [{ room: "ops", kind: "open", people: 1, joined: true, place: 999_500 }], more: false, ref: "s-1" });
  assert.deepEqual(sent().filter(({ type }) => type === "setting"), [
    { type: "setting", room: "dev", joined: true, ref: "s-2" },
    { type: "setting", room: "ops", place: 1000, ref: "s-3" },
    { type: "setting", room: "dev", place: 2000, ref: "s-4" },
  ]);
});

test("who has no list moves rooms for themselves alone", () => {
  const { state, happens, sent } = entered();
  state.rooms.push(newRoom("ops"));
  happens({ type: "does", intent: { is: "move", to: 1 } });
  assert.deepEqual([state.rooms.map(({ name }) => name), activeRoom(state).name, sent()], [["ops", "dev"], "dev", []]);
});

test("the switcher finds people, and rooms that the server told of", () => {
  const { state, happens, hears } = entered();
  hears({ type: "presence", users: ["Alice", "Bob", "Dora", "guest-abcd"] });
  state.rooms.push({ ...newRoom("@k3x9m2q7t4ab"), users: ["Alice", "Bob"] });
  happens({ type: "does", intent: { is: "browse", query: "d" } });
  hears({ type: "rooms", room: undefined, rooms: [{ room: "docs", kind: "open", people: 1, topic: "drafts" }, { room: "dev", kind: "open", people: 1 }], more: false, ref: "s-1" });
  const found = (typed) => candidates(state, typed).map(({ label, user, room: name, about = "" }) => [label, user ?? name ?? "here", about]);
  assert.deepEqual(found("d"), [["dev", "here", ""], ["Dora", "Dora", ""], ["docs", "docs", "drafts"], ["d", "d", ""]]);
  assert.deepEqual(found("bob").slice(0, 1), [["Bob", "here", ""]], "whom one writes with has a room");
  assert.deepEqual(found("@dora").slice(0, 1), [["Dora", "Dora", ""]]);
  assert.ok(!found("guest").some(([label]) => label === "guest-abcd"));
});

test("eight people are offered at most, and no more is looked for than the server takes", () => {
  const { state, happens, hears, sent } = entered();
  const crowd = Array.from({ length: 12 }, (_, i) => `zoe${i}`);
  hears({ type: "presence", users: ["Alice", ...crowd] });
  assert.equal(candidates(state, "zoe").filter(({ user }) => user !== undefined).length, 8);
  happens({ type: "does", intent: { is: "browse", query: "🚀".repeat(251) } });
  assert.equal([...sent()[0].query].length, 250);
});

test("a list that has no end is read so far and no further", () => {
  const page = (from) => Array.from({ length: 100 }, (_, i) => ({ room: `r${from * 100 + i}`, kind: "open", people: 0 }));
  const answered = (hears, sent, pages) => {
    let asked = 0;
    for (let refs = sent(); refs.length > 0 && asked < 50; refs = sent()) {
      hears({ type: "rooms", room: undefined, rooms: page(asked), more: true, ref: refs.at(-1).ref });
      asked += 1;
      pages?.();
    }
    return asked;
  };
  const own = client();
  own.state.list.follows = true;
  own.hears({ type: "join", sender: "Alice" });
  assert.equal(answered(own.hears, () => own.sent().filter(({ type }) => type === "rooms")), 10);
  const all = entered();
  all.happens({ type: "does", intent: { is: "browse", query: "" } });
  assert.equal(answered(all.hears, all.sent, () => all.happens({ type: "does", intent: { is: "browseMore" } })), 20);
  assert.equal(all.state.browse.more, false);
});

test("a room that is picked from the list is called by its title at once", () => {
  const { state, happens, hears } = entered();
  happens({ type: "does", intent: { is: "browse", query: "" } });
  hears({ type: "rooms", room: undefined, rooms: [{ room: "+q7x2m9k4t1ab", kind: "private", title: "Ops", people: 1, role: "member" }], more: false, ref: "s-1" });
  happens({ type: "does", intent: { is: "pick", room: "+q7x2m9k4t1ab" } });
  assert.equal(labelOf(activeRoom(state), "Alice"), "Ops");
});

test("a direct message is notified as a mention is, unless it is muted or one looks", () => {
  const { state, happens, hears, did } = entered();
  const direct = "@k3x9m2q7t4ab";
  hears({ type: "room", room: direct, kind: "direct", users: ["Alice", "Bob"] });
  hears({ type: "join", room: direct, sender: "Alice" });
  happens({ type: "looked", atBottom: true, focused: false });
  did();
  const say = (id) => {
    hears({ type: "message", room: direct, sender: "Bob", content: "hi", id, at: id });
    return did().filter((action) => action.do === "notify").map(({ where }) => where);
  };
  assert.deepEqual(say(1), ["a direct message"]);
  for (const level of ["mentions", "nothing"]) {
    find(state, direct).notify = level;
    assert.deepEqual(say(2 + level.length), [], level);
  }
  find(state, direct).notify = "default";
  happens({ type: "looked", atBottom: true, focused: true });
  assert.deepEqual(say(30), []);
});

test("a direct message is for ten people at most, and not for oneself", () => {
  const { state, happens, sent } = entered();
  for (const [users, why] of [[["alice"], /somebody else/], [Array.from({ length: 10 }, (_, i) => `p${i}`), /at most 10/]]) {
    happens({ type: "does", intent: { is: "msg", users, text: "" } });
    assert.match(state.notice, why);
  }
  assert.deepEqual(sent(), []);
});

test("who has another name takes no private and direct rooms along", () => {
  const { state, happens, hears } = entered();
  state.rooms.push(newRoom("ops"), newRoom("+q7x2m9k4t1ab"), newRoom("@k3x9m2q7t4ab"));
  happens({ type: "nick", name: "Bob" });
  happens({ type: "connected" });
  hears({ type: "join", sender: "Bob" });
  assert.deepEqual(state.rooms.map(({ name }) => name), ["dev", "ops"]);
});

test("a room that is not there any more does not end the connection for the others", () => {
  const { state, happens, did } = client();
  state.rooms.push(newRoom("ops"));
  happens({ type: "start" });
  did();
  happens({ type: "lost", code: 4003, reason: "there is no such room", why: "no_such_room" });
  assert.deepEqual(did().map(({ do: is, hello }) => [is, hello.room]), [["dial", "ops"]]);
  assert.match(activeRoom(state).excluded, /no such room/);
});
