// One socket at a time, and when to open the next. It knows no page and no rooms.

import { SUBPROTOCOL, helloQuery, parse } from "./protocol.js";

/** `tell` hears of events as update.js takes them. `address` is where the page came from. */
export function newConnection({ address, key, tell, random = Math.random }) {
  let socket = null;
  let timer = null;
  // What an earlier socket still has to say is not for us.
  let generation = 0;

  function dial(hello, afterMs) {
    drop();
    // Full jitter: a thousand pages that lost the same server do not come back as one.
    timer = setTimeout(() => open(hello), afterMs * random());
  }

  function open(hello) {
    timer = null;
    const mine = generation;
    let lastError = "";
    const url = new URL(address);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.pathname = "/ws";
    url.search = helloQuery(hello);
    url.hash = "";
    socket = new WebSocket(url, [SUBPROTOCOL, `nebula.key.${key}`]);
    socket.onopen = () => mine === generation && tell({ type: "connected" });
    socket.onmessage = ({ data }) => {
      const envelope = mine === generation ? parse(data) : null;
      if (envelope?.type === "error") lastError = envelope.content;
      if (envelope) tell({ type: "received", envelope });
    };
    socket.onclose = ({ code, reason }) => {
      if (mine !== generation) return;
      tell({ type: "lost", code, reason: lastError || reason || "the server cannot be reached" });
    };
  }

  function drop() {
    generation += 1;
    clearTimeout(timer);
    timer = null;
    socket?.close();
    socket = null;
  }

  /** What cannot be sent now is sent after the next join: the state keeps it until it is stored. */
  function send(envelope) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(envelope));
  }

  return { dial, send };
}

/** The key of this person in this browser: made once and kept, so that a name stays one's own. */
export function ownKey(storage) {
  const kept = storage.getItem("nebula.key");
  if (kept && /^[A-Za-z0-9_-]{22,86}$/.test(kept)) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const key = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  storage.setItem("nebula.key", key);
  return key;
}
