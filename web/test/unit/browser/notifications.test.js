// Notifications: asked for with a click, and told honestly why there are none.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newBell } from "../../../browser/notifications.js";
import { signed } from "../../../core/protocol/text.js";

function world({ permission = "default", answer = "granted", isSecureContext = true, broken = false } = {}) {
  const shown = [];
  const opened = [];
  let asked = 0;
  class Notification {
    static permission = permission;
    static async requestPermission() {
      asked += 1;
      Notification.permission = answer;
      return answer;
    }
    constructor(title, options) {
      if (broken) throw new TypeError("Illegal constructor");
      Object.assign(this, { title, ...options });
      shown.push(this);
    }
    close() { this.closed = true; }
  }
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const window = { Notification, isSecureContext, focus() { opened.push("focus"); } };
  return { bell: newBell(window, storage, (room) => opened.push(room)), shown, opened, asked: () => asked, window };
}
const said = { room: "dev", where: "#dev", sender: "Bob", content: "alice:\nlook" };

test("nothing is asked or shown before a click", async () => {
  const { bell, shown, asked, opened } = world();
  bell.ring(said);
  assert.deepEqual([shown, asked(), bell.isOn()], [[], 0, false]);
  assert.match(await bell.toggle(), /^Notifications on/);
  bell.ring(said);
  assert.deepEqual(shown.map(({ title, body, tag }) => [title, body, tag]), [["Bob in #dev", "alice: look", "nebula-dev"]]);
  shown[0].onclick();
  assert.deepEqual([opened, shown[0].closed], [["focus", "dev"], true]);
  assert.match(await bell.toggle(), /^Notifications off/);
  bell.ring(said);
  assert.equal(shown.length, 1);
});

test("a name does not reorder the sentence that it stands in, and is cut out of none", async () => {
  const { bell, shown } = world();
  await bell.toggle();
  const [sender, room] = ["שלום", "מ".repeat(64)];
  bell.ring({ room, where: signed(room), sender, content: "/me waves" });
  bell.ring({ room: "dev", where: "#dev", sender, content: `x\u202e${"y".repeat(300)}` });
  assert.deepEqual([shown[0].title, shown[0].body], [`\u2068${sender}\u2069 in #\u2068${room}\u2069`, `\u2068${sender}\u2069 waves`]);
  assert.match(shown[1].body, /^x\[U\+202E\]y+…$/);
  assert.equal([...shown[1].body].length, 200);
});

test("when one looks, what was shown goes away", async () => {
  const { bell, shown } = world();
  await bell.toggle();
  bell.ring(said);
  bell.quiet();
  assert.ok(shown[0].closed);
});

test("what stands in the way is told", async () => {
  const { bell: blocked, shown } = world({ answer: "denied" });
  assert.match(await blocked.toggle(), /blocks/);
  blocked.ring(said);
  assert.deepEqual(shown, []);
  assert.match(await world({ isSecureContext: false }).bell.toggle(), /HTTPS/);
  const none = world();
  delete none.window.Notification;
  assert.match(await none.bell.toggle(), /does not support notifications/);
  const phone = world({ broken: true });
  await phone.bell.toggle();
  phone.bell.ring(said);
});
