// One socket at a time, when to open the next, and whether the open one still lives. It knows no page
// and no rooms.

import { SUBPROTOCOL, helloQuery, parse } from "./protocol.js";

/** A page does not hear the server's pings. So it asks a question of its own when it heard nothing for
 * this long; the server then has no need to ping. */
const SILENCE_MS = 20_000;
/** And gives up when the answer takes this long: 45 s of silence in all. */
const ANSWER_MS = 25_000;
/** After a sleep, or a change of networks, a line is dead more often than not. */
const ANSWER_WAKING_MS = 5_000;
/** A line that held this long was a good one: the next wait is the shortest again. */
const STABLE_MS = 30_000;

/**
 * @typedef {import("./update.js").Event} Event
 * @typedef {object} Needs
 * @property {string} address where the page came from
 * @property {string} key
 * @property {(event: Event) => void} tell hears of events as update.js takes them
 * @property {() => import("./update.js").ToServer} question what to ask for a sign of life
 * @property {() => boolean} isHeld now is no time to dial
 * @property {() => number} [random]
 * @property {() => number} [now]
 */

/** @param {Needs} needs */
export function newConnection({ address, key, tell, question, isHeld, random = Math.random, now = Date.now }) {
  /** @type {WebSocket | null} */
  let socket = null;
  /** What an earlier socket still has to say is not for us. */
  let generation = 0;
  let heardAt = 0;
  /** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
  const timers = {};

  /** Full jitter: a thousand pages that lost the same server do not come back as one. A server that
   * says when it wants them has spread them itself.
   * @param {import("./protocol.js").Hello} hello
   * @param {number} afterMs
   * @param {boolean} exactly */
  function dial(hello, afterMs, exactly = false) {
    drop();
    const waitMs = exactly ? afterMs : afterMs * random();
    if (waitMs > 0) tell({ type: "waits", at: now() + waitMs });
    timers.dial = setTimeout(() => (isHeld() ? tell({ type: "held" }) : open(hello)), waitMs);
  }

  /** @param {import("./protocol.js").Hello} hello */
  function open(hello) {
    const mine = generation;
    let lastError = "";
    const url = new URL(address);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.pathname = "/ws";
    url.search = helloQuery(hello);
    url.hash = "";
    socket = new WebSocket(url, [SUBPROTOCOL, `nebula.key.${key}`]);
    socket.onopen = () => {
      if (mine !== generation) return;
      tell({ type: "connected" });
      timers.stable = setTimeout(() => tell({ type: "stable" }), STABLE_MS);
      heard();
    };
    socket.onmessage = ({ data }) => {
      if (mine !== generation) return;
      heard();
      const envelope = parse(data);
      if (envelope?.type === "error") lastError = envelope.content;
      if (envelope) tell({ type: "received", envelope, at: heardAt });
    };
    socket.onclose = ({ code, reason }) => {
      if (mine === generation) end(code, lastError || reason || "the server cannot be reached");
    };
    // One that neither opens nor fails, as behind a network that swallows everything.
    timers.answer = setTimeout(() => end(1006, "the server does not answer"), ANSWER_MS);
  }

  /** @param {number} code
   * @param {string} reason */
  function end(code, reason) {
    drop();
    tell({ type: "lost", code, reason });
  }

  function drop() {
    generation += 1;
    for (const timer of Object.values(timers)) clearTimeout(timer);
    socket?.close();
    socket = null;
  }

  /** Hearing costs a note of the time; the timer looks at it when it fires. */
  function heard() {
    heardAt = now();
    clearTimeout(timers.answer);
    timers.answer = undefined;
    timers.silence ??= setTimeout(listen, SILENCE_MS);
  }

  function listen() {
    const leftMs = heardAt + SILENCE_MS - now();
    timers.silence = leftMs > 0 ? setTimeout(listen, leftMs) : undefined;
    if (leftMs <= 0) ask(ANSWER_MS);
  }

  /** @param {number} patienceMs */
  function ask(patienceMs) {
    if (socket?.readyState !== WebSocket.OPEN) return;
    send(question());
    clearTimeout(timers.answer);
    timers.answer = setTimeout(() => end(1006, "the server fell silent"), patienceMs);
  }

  /** What cannot be sent now is sent after the next join: the state keeps it until it is stored.
   * @param {import("./update.js").ToServer} envelope */
  function send(envelope) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(envelope));
  }

  /** A line that spoke just now lives. */
  function probe() {
    if (now() - heardAt > ANSWER_WAKING_MS) ask(ANSWER_WAKING_MS);
  }

  return { dial, send, probe };
}

/** The key of this person in this browser: made once and kept, so that a name stays one's own.
 * @param {Pick<Storage, "getItem" | "setItem">} storage */
export function ownKey(storage) {
  const kept = storage.getItem("nebula.key");
  if (kept && /^[A-Za-z0-9_-]{22,86}$/.test(kept)) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const key = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  storage.setItem("nebula.key", key);
  return key;
}
