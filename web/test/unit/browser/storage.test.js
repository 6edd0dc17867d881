// What is kept belongs to a folder, and to nobody else.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { folderOf, readObject, storage } from "../../../browser/storage.js";

function browser(full = () => false) {
  const methods = {
    getItem(name) { return Object.hasOwn(this, name) ? this[name] : null; },
    setItem(name, value) {
      if (full()) throw new Error("full");
      this[name] = value;
    },
    removeItem(name) { delete this[name]; },
  };
  return Object.create(Object.defineProperties({}, Object.fromEntries(Object.entries(methods).map(([name, value]) => [name, { value }]))));
}

let isFull;
beforeEach(() => {
  isFull = false;
  Object.defineProperty(globalThis, "localStorage", { configurable: true, value: browser(() => isFull) });
});
afterEach(() => { delete globalThis.localStorage; });

test("a page's folder is where its files are", () => {
  for (const [address, folder] of [["http://h/", "/"], ["http://h/?room=a/b", "/"], ["https://h/chat/?room=x#y/z", "/chat/"], ["http://h/a/b/index.html", "/a/b/"], ["http://h/a%20b/", "/a%20b/"]]) {
    assert.equal(folderOf(address), folder);
  }
});

test("two folders of one site never see each other's things, and the root keeps the names of before", () => {
  const all = ["/", "/a/", "/a/b/", "/b/"].map((folder) => storage("localStorage", folder));
  all.forEach((store, i) => store.setItem("nebula.key", `key ${i}`));
  assert.deepEqual(all.map((store) => store.getItem("nebula.key")), ["key 0", "key 1", "key 2", "key 3"]);
  assert.deepEqual(all.map((store) => store.names()), Array(4).fill(["nebula.key"]));
  assert.equal(localStorage.getItem("nebula.key"), "key 0");
  all[0].removeItem("nebula.key");
  assert.deepEqual(all.map((store) => store.getItem("nebula.key")), [null, "key 1", "key 2", "key 3"]);
});

test("where nothing more can be kept, it is kept for this visit, newer than what was kept before", () => {
  const store = storage("localStorage", "/");
  assert.equal(store.setItem("nebula.a", "old"), true);
  isFull = true;
  assert.equal(store.setItem("nebula.a", "new"), false);
  assert.equal(store.getItem("nebula.a"), "new");
  assert.equal(storage("localStorage", "/").getItem("nebula.a"), "old");
  isFull = false;
  assert.equal(store.setItem("nebula.a", "newest"), true);
  assert.equal(storage("localStorage", "/").getItem("nebula.a"), "newest");
});

test("a browser that gives no storage away has one that forgets", () => {
  delete globalThis.localStorage;
  const kept = storage("sessionStorage", "/");
  assert.equal(kept.setItem("nebula.a", "1"), false);
  assert.deepEqual([kept.getItem("nebula.a"), kept.names()], ["1", ["nebula.a"]]);
  kept.removeItem("nebula.a");
  assert.equal(kept.getItem("nebula.a"), null);
});

test("what cannot be read is put aside and told, never written over", () => {
  const store = storage("localStorage", "/a/");
  for (const bad of ["{", "null", "5", "[1]", '"x"']) {
    store.setItem("nebula.x", bad);
    const told = [];
    assert.deepEqual(readObject(store, "nebula.x", (aside) => told.push(aside)), {});
    assert.deepEqual([told, store.getItem(told[0]), store.getItem("nebula.x")], [["nebula.broken nebula.x"], bad, null]);
  }
  store.setItem("nebula.x", '{"a":1}');
  assert.deepEqual(readObject(store, "nebula.x", assert.fail), { a: 1 });
});
