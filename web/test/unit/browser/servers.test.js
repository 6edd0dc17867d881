// What a browser remembers of the servers of a cluster.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newServers } from "../../../browser/servers.js";

function store(kept = null) {
  const it = { kept, writes: 0, getItem: () => it.kept, setItem: (_, value) => (it.writes += 1, it.kept = value, true) };
  return it;
}

test("the others are remembered, and the newest that were told alone", () => {
  const here = store();
  const servers = newServers(here, "https://a");
  assert.deepEqual(servers.known(), []);
  servers.keep(servers.known());
  assert.equal(here.writes, 0);
  servers.keep(["https://b", "https://c"]);
  servers.keep(servers.known());
  assert.equal(here.writes, 1);
  assert.deepEqual(newServers(here, "https://a").known(), ["https://b", "https://c"]);
  servers.keep(["https://c"]);
  assert.deepEqual(newServers(here, "https://a").known(), ["https://c"]);
});

test("what stands in the storage is looked at like what a server tells", () => {
  for (const kept of ["", "{", "{}", "null", "7", '"https://b"', '[7, null, {"a": 1}]', '["http://b", "https://b/x", "https://a"]']) assert.deepEqual(newServers(store(kept), "https://a").known(), [], kept);
  const many = JSON.stringify(Array.from({ length: 100 }, (_, i) => `https://b${i}`));
  assert.equal(newServers(store(many), "https://a").known().length, 32);
});
