// The replay that all clients are held to: the same steps show the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { find, mentioned, messages, newLine, newRoom, newState, unread } from "../../../core/chat/state.js";
import { update } from "../../../core/update.js";

/** What is shown, what is sent again, and who is told of. */
const FILES = ["replay.json", "retries.json", "comings.json"].map((name) => {
  const file = new URL(`../../../../protocol/tests/golden/clients/${name}`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
});
const cases = FILES.flatMap(({ session, cases: those }) => those.map((one) => ({ ...one, session })));

function begin({ me, rooms, session }) {
  const state = newState({ room: rooms[0].room, username: me, session });
  for (const { room } of rooms.slice(1)) state.rooms.push(newRoom(room));
  for (const { room: name, read } of rooms) {
    const room = find(state, name);
    room.read = read;
    if (read > 0) room.mark = read;
  }
  update(state, { type: "start" });
  update(state, { type: "connected" });
  return state;
}

/** What was to be done since the connection was opened, and not looked at yet. */
let actions = [];

/** Sends, in the file's own order of fields. */
function sent() {
  const envelopes = actions.filter((action) => action.do === "send").map(({ envelope }) => envelope);
  actions = actions.filter((action) => action.do !== "send");
  return envelopes;
}

/** Who came and left, as it stands among the messages. */
function told({ rooms }) {
  const traffic = ({ entries }) => entries.filter(({ type }) => type === "join" || type === "leave");
  return Object.fromEntries(rooms.map((room) => [room.name, traffic(room).map(({ type, sender }) => `${type} ${sender}`)]));
}

/** What a step of the file is here. */
const STEPS = {
  hears: (state, envelope) => update(state, { type: "received", envelope }),
  focus: (state, focused) => update(state, { type: "looked", atBottom: state.rooms[state.active].atBottom, focused }),
  show: (state, name) => update(state, { type: "show", place: state.rooms.indexOf(find(state, name)) }),
  scroll: (state) => update(state, { type: "looked", atBottom: false, focused: state.focused }),
  escape: (state) => update(state, { type: "escape" }),
  says: (state, text) => update(state, { type: "say", text }),
  later(state) {
    const due = actions.filter((action) => action.do === "again");
    actions = actions.filter((action) => action.do !== "again");
    return due.flatMap(({ room, ref }) => update(state, { type: "again", room, ref }));
  },
  reconnect(state) {
    update(state, { type: "lost", code: 1006, reason: "cut" });
    actions = [];
    return update(state, { type: "connected" });
  },
};

function shown(state, room) {
  return {
    messages: messages(room).map(({ id }) => id),
    unread: unread(state, room),
    mentions: mentioned(state, room),
    people: room.people.known,
    count: room.people.count,
    line: newLine(state, room),
  };
}

for (const one of cases) {
  test(one.about, () => {
    const state = begin(one);
    actions = [];
    one.steps.forEach((step, i) => {
      const [[does, what]] = Object.entries(step);
      if (does === "told") return assert.deepEqual(told(state), what, `step ${i}`);
      if (does === "sent") return assert.deepEqual(sent(), what, `step ${i}`);
      if (does !== "expect") {
        const done = STEPS[does](state, what) ?? [];
        return void actions.push(...done);
      }
      const rooms = Object.fromEntries(state.rooms.map((room) => [room.name, shown(state, room)]));
      assert.deepEqual(rooms, what, `step ${i}`);
    });
  });
}
