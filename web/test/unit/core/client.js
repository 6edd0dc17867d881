// A client without a page, driven by events, for the tests.

import { activeRoom, newState } from "../../../core/chat/state.js";
import { update } from "../../../core/update.js";

export function client() {
  const state = newState({ room: "dev", username: "Alice", session: "s" });
  const actions = [];
  const happens = (event) => actions.push(...update(state, event));
  const hears = (envelope) => happens({ type: "received", envelope: { room: "dev", ...envelope } });
  const says = (id, sender, content, ref) => hears({ type: "message", sender, content, id, at: id, ref });
  const sent = () => actions.splice(0).filter((a) => a.do === "send").map((a) => a.envelope);
  const did = () => actions.splice(0);
  const ids = () => activeRoom(state).entries.filter((e) => e.type === "message").map((e) => e.id);
  return { state, happens, hears, says, sent, did, ids };
}

/** One that is in its room. */
export function entered() {
  const alice = client();
  alice.happens({ type: "start" });
  alice.happens({ type: "connected" });
  alice.hears({ type: "history", messages: [], more: false, head: 0 });
  alice.hears({ type: "join", sender: "Alice" });
  alice.hears({ type: "presence", users: ["Alice", "Bob"] });
  alice.did();
  return alice;
}

/** An answer to a question about history. */
export const page = (ids, more, head = 20) => ({
  type: "history", more, head,
  messages: ids.map((id) => ({ type: "message", room: "dev", sender: "Bob", content: `m${id}`, id, at: 0 })),
});
