// One socket at a time, when to open the next, and whether the open one is still alive. It knows no page
// and no rooms.

import { SUBPROTOCOL, helloQuery, parse } from "../core/protocol/envelopes.js";
import { packed, packedBytes } from "./label.js";

/** A page does not hear the server's pings. So it asks a question of its own when it heard nothing for
 * this long; the server then has no need to ping. */
const SILENCE_MS = 20_000;
/** And gives up when the answer takes this long: 45 s of silence in all. */
const ANSWER_MS = 25_000;
/** After a sleep, or a change of networks, a connection is dead more often than not. */
const ANSWER_WAKING_MS = 5_000;
/** Where the browser says that there is no network, the wait is short; but a server on this very machine still
 * answers. */
const ANSWER_OFFLINE_MS = 800;
/** A connection that lasted this long was a good one: the next wait is the shortest again. */
const STABLE_MS = 30_000;
const KEY = "nebula.key";

/**
 * @typedef {import("../core/protocol/envelopes.js").Hello} Hello
 * @typedef {import("../core/update.js").ToServer} ToServer
 *
 * @typedef {object} Needs
 * @property {string} address where the page came from
 * @property {string | null} key
 * @property {string} [label] what this device is called in the list of the person's devices
 * @property {() => string | null} [token] opens a closed server
 * @property {(event: import("../core/update.js").Event) => void} tell hears of events as update.js takes them
 * @property {() => ToServer} question what to ask for a sign of life
 * @property {() => boolean} isHeld now is no time to dial
 * @property {() => boolean} [isOffline] the browser knows of no network
 * @property {() => Promise<import("./health.js").Answer | null>} [health] why one is not let in, if somebody answers there
 * @property {() => number} [random]
 * @property {() => number} [now]
 */

export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  /** When something was heard last. */
  #heardAt = 0;
  /** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
  #timers = {};
  #isAtOnce = false;
  #needs;
  #now;
  #own;

  /** @param {Needs} needs */
  constructor(needs) {
    this.#needs = needs;
    this.#now = needs.now ?? Date.now;
    this.#own = new URL(needs.address).origin;
  }

  /** Opens another socket after a random part of a time, so that a thousand pages that lost the same server do not
   * come back at once; and not before the time that the server asked for.
   * @param {Hello} hello
   * @param {number} afterMs
   * @param {number} leastMs
   * @param {string} server an origin: another than the page's has it in no folder */
  dial(hello, afterMs, leastMs = 0, server = this.#own) {
    const { tell, isHeld, random = Math.random } = this.#needs;
    this.#drop();
    const waitMs = Math.max(leastMs, afterMs * random());
    this.#isAtOnce = waitMs === 0;
    if (waitMs > 0) tell({ type: "waits", at: this.#now() + waitMs });
    this.#timers.dial = setTimeout(() => (isHeld() ? tell({ type: "held" }) : this.#open(hello, server)), waitMs);
  }

  /** What cannot be sent now is sent after the next join: the state keeps it until it is stored.
   * @param {ToServer} envelope */
  send(envelope) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(envelope));
  }

  /** Asks whether the connection is alive; unless something was heard just now and nothing says otherwise.
   * @param {"woken" | "offline" | "online"} because */
  probe(because = "woken") {
    if (because === "offline") this.#ask(ANSWER_OFFLINE_MS);
    else if (because === "online" || this.#now() - this.#heardAt > ANSWER_WAKING_MS) this.#ask(ANSWER_WAKING_MS);
  }

  /** @param {Hello} hello
   * @param {string} server */
  #open(hello, server) {
    const { tell } = this.#needs;
    const isOwn = server === this.#own;
    const address = isOwn ? this.#needs.address : server;
    const noServer = `no server at ${new URL(address).host}`;
    const socket = this.#newSocket(socketAddress(address, hello), hello);
    this.#socket = socket;
    if (!socket) return this.#end(1006, noServer);
    let lastError = { code: "", content: "" };
    let isOpened = false;
    // Events of an earlier socket are ignored.
    const isMine = () => this.#socket === socket;
    socket.onopen = () => {
      if (!isMine()) return;
      isOpened = true;
      tell({ type: "connected" });
      this.#timers.stable = setTimeout(() => tell({ type: "stable" }), STABLE_MS);
      this.#heard();
    };
    socket.onmessage = ({ data }) => {
      if (!isMine()) return;
      this.#heard();
      const envelope = parse(data);
      if (envelope?.type === "error") lastError = envelope;
      if (envelope) tell({ type: "received", envelope, at: this.#heardAt });
    };
    const ends = (/** @type {number} */ code, /** @type {string} */ reason) => {
      if (!isMine()) return;
      this.#end(code, lastError.content || reason || this.#lostBecause(isOpened ? "the connection was lost" : noServer), lastError.code);
      if (!isOpened && isOwn) void this.#explain();
    };
    socket.onclose = ({ code, reason }) => ends(code, reason);
    // Chromium tells of no close where the policy of the page forbids the address.
    socket.onerror = () => isOpened || ends(1006, "");
    // One that neither opens nor fails, as behind a network that swallows everything.
    this.#timers.answer = setTimeout(() => this.#end(1006, this.#lostBecause("the server is not responding")), ANSWER_MS);
  }

  /** Null where the browser dials no such address: some ports are closed to every page.
   * @param {URL} address
   * @param {Hello} hello */
  #newSocket(address, hello) {
    const { token = () => null } = this.#needs;
    const opener = token();
    try {
      return new WebSocket(address, [SUBPROTOCOL, ...(opener === null ? this.#proofs(hello) : [`nebula.token.${opener}`])]);
    } catch {
      return null;
    }
  }

  /** Who one is, or becomes.
   * @param {Hello} hello */
  #proofs({ link, invite }) {
    const { key, label } = this.#needs;
    if (!key) return [];
    return [`nebula.key.${key}`, ...(link ? [`nebula.link.${link}`] : []), ...(invite ? [`nebula.invite.${invite}`] : []), ...(label ? [`nebula.label.${packed(label)}`] : [])];
  }

  /** @param {number} code
   * @param {string} reason
   * @param {string} why */
  #end(code, reason, why = "") {
    this.#drop();
    this.#needs.tell({ type: "lost", code, reason, ...(why && { why }) });
  }

  /** Why a connection ended that the server did not end: where there is no network, that is why.
   * @param {string} otherwise */
  #lostBecause(otherwise) {
    return this.#needs.isOffline?.() ? "this device is offline" : otherwise;
  }

  /** Asks why the socket did not open: a server that answers and refuses is told apart from none. Meanwhile another may
   * be tried. */
  async #explain() {
    const { health, tell } = this.#needs;
    const answer = await health?.();
    if (answer && (this.#socket === null || this.#isAtOnce)) tell({ type: "reason", ...answer });
  }

  #drop() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** A frame only updates the time; the timer compares when it fires. */
  #heard() {
    this.#heardAt = this.#now();
    clearTimeout(this.#timers.answer);
    this.#timers.silence ??= setTimeout(() => this.#listen(), SILENCE_MS);
  }

  #listen() {
    const leftMs = this.#heardAt + SILENCE_MS - this.#now();
    this.#timers.silence = leftMs > 0 ? setTimeout(() => this.#listen(), leftMs) : undefined;
    if (leftMs <= 0) this.#ask(ANSWER_MS);
  }

  /** @param {number} patienceMs */
  #ask(patienceMs) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.send(this.#needs.question());
    clearTimeout(this.#timers.answer);
    this.#timers.answer = setTimeout(() => this.#end(1006, this.#lostBecause("the server stopped responding")), patienceMs);
  }
}

/** @param {string} page
 * @param {Hello} hello */
function socketAddress(page, hello) {
  const url = new URL("./ws", page);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = helloQuery(hello);
  url.hash = "";
  return url;
}

/** The key of this person in this browser: made once and kept, so that a name stays one's own. None where
 * the browser does not keep it: a name taken with it would be lost with it.
 * @param {Pick<import("./storage.js").Store, "getItem" | "setItem" | "removeItem">} store */
export function ownKey(store) {
  const kept = store.getItem(KEY);
  if (kept !== null && /^[A-Za-z0-9_-]{22,86}$/.test(kept)) return kept;
  // Whatever stands there may be of use to somebody who can read it.
  if (kept !== null) store.setItem(`nebula.broken ${KEY}`, kept);
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const key = packedBytes(bytes);
  if (store.setItem(KEY, key)) return key;
  store.removeItem(KEY);
  return null;
}
