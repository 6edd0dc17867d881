// What happened → what changes and what to do. Pure: it knows neither page nor socket nor clock.

import { resume } from "./chat/acts.js";
import { part, rested, tellMarkers } from "./chat/markers.js";
import { jump, jumpBack, jumpOn, newer } from "./chat/messages/jumping.js";
import { tellTyping, typingEnded } from "./chat/messages/typing.js";
import { again, recalled, takeBack } from "./chat/outbox.js";
import { askAgain, looked, morePeople, nextActive, older, show, step, toBottom } from "./chat/reading.js";
import { received } from "./chat/received.js";
import { bring, comeIn, dialNow, explained, lost, networkChanged, wake } from "./chat/reconnect.js";
import { activeRoom, find, tell } from "./chat/state.js";
import { carryOut, command } from "./commands/intents.js";

/**
 * @typedef {import("./chat/state.js").State} State
 * @typedef {import("./chat/state.js").Room} Room
 *
 * @typedef {{type: "message", room: string, content: string, ref: string, reply?: number}
 *   | {type: "edit", room: string, message: number, content: string, ref: string}
 *   | {type: "delete", room: string, message: number, ref: string}
 *   | {type: "react", room: string, message: number, emoji: string, on?: boolean, ref: string}
 *   | {type: "typing", room: string}
 *   | {type: "read", room: string, upto: number}
 *   | {type: "join", room: string, since?: number, history?: number}
 *   | {type: "leave", room: string}
 *   | {type: "history", room: string, before?: number, after?: number, around?: number, limit: number, ref?: string}
 *   | {type: "presence", room: string, after: string}
 *   | Asked & {ref: string}} ToServer
 * @typedef {{type: "kick" | "ban" | "unban" | "mute" | "unmute", user: string, room?: string, seconds?: number, reason?: string}} Sanction
 * @typedef {{type: string, room?: string, user?: string, [field: string]: string | number | boolean | string[] | undefined}} Asked by a command or a button
 *
 * @typedef {{type: "start" | "wake" | "resume" | "connected" | "stable" | "held" | "older" | "nearTop" | "newer" | "back" | "morePeople" | "escape" | "active" | "connect" | "parting"}
 *   | {type: "waits", at: number}
 *   | {type: "network", isThere: boolean}
 *   | {type: "reason", reason: string, afterMs?: number}
 *   | {type: "lost", code: number, reason: string, why?: string}
 *   | {type: "received", envelope: import("./protocol/envelopes.js").Envelope, at?: number}
 *   | {type: "draft" | "say" | "notice" | "copy", text: string}
 *   | {type: "show", place: number}
 *   | {type: "step", by: number, unread?: boolean}
 *   | {type: "join" | "nick", name: string}
 *   | {type: "retry" | "edit" | "drop", room: string, ref: string}
 *   | {type: "again", room: string, ref?: string | undefined, on: number}
 *   | {type: "typed", room: string, number: number}
 *   | {type: "typing", room: string, on: number}
 *   | {type: "rested", room: string, what: "isReadHeld" | "isCountHeld", on: number}
 *   | {type: "recalled", added: string[]}
 *   | {type: "leave"}
 *   | {type: "jump", id: number, room?: string, from?: number}
 *   | {type: "does", intent: import("./commands/commands.js").Intent}
 *   | {type: "ask", envelope: Asked}
 *   | {type: "bring", brings: import("./chat/state.js").Brings}
 *   | {type: "looked", atBottom: boolean, focused: boolean}} Event
 *
 * @typedef {"devices" | "invites" | "browser" | "inbox" | "search"} Dialog
 *
 * @typedef {{do: "dial", server: string, hello: import("./protocol/envelopes.js").Hello, afterMs: number, leastMs?: number}
 *   | {do: "send", envelope: ToServer}
 *   | {do: "probe", because?: "offline" | "online"}
 *   | {do: "later", event: Event, afterMs: number}
 *   | {do: "announce" | "notify", room: string, where: string, sender: string, content: string, answers?: string, calls?: boolean}
 *   | {do: "theme" | "width", text: string}
 *   | {do: "plain", isOn: boolean}
 *   | {do: "highlight", words: string[]}
 *   | {do: "copy", text: string}
 *   | {do: "permalink", id: number}
 *   | {do: "edit", which: import("./chat/messages/changing.js").Which}
 *   | {do: "follow", href: string}
 *   | {do: "emoji", code: string, id: number}
 *   | {do: "reveal", room: string, id: number}
 *   | {do: "open", what: Dialog, text?: string}
 *   | {do: "confirm", question: string, yes: string, then: Event}
 *   | {do: "help"}} Action
 */

/** Changes the state, and says what to do about it.
 * @param {State} state
 * @param {Event} event
 * @returns {Action[]} */
export function update(state, event) {
  const before = activeRoom(state);
  const actions = happened(state, event);
  const shown = activeRoom(state);
  return [...actions, ...(shown === before ? [] : jumpOn(state, shown)), ...tellMarkers(state)];
}

/** @param {State} state
 * @param {Event} event
 * @returns {Action[]} */
function happened(state, event) {
  switch (event.type) {
    case "start":
      return dialNow(state);
    case "wake":
      return wake(state);
    case "network":
      return networkChanged(state, event.isThere);
    case "reason":
      return explained(state, event.reason, event.afterMs);
    case "connected":
      state.link.is = "online";
      return [];
    case "stable":
      Object.assign(state.link, { failures: 0, tried: 0 });
      return [];
    case "held":
      state.link.is = "held";
      return [];
    case "waits":
      state.link.at = event.at;
      return [];
    case "lost":
      return lost(state, event.code, event.reason, event.why);
    case "received":
      return received(state, event.envelope, event.at ?? 0);
    case "looked":
      looked(state, event);
      return [];
    case "resume":
      return resume(state);
    case "again":
      if (event.on !== state.link.number) return [];
      return event.ref === undefined ? askAgain(state, event.room) : again(find(state, event.room), event.ref);
    case "typed":
      typingEnded(find(state, event.room), event.number);
      return [];
    case "typing": {
      const typed = find(state, event.room);
      if (typed && event.on === state.link.number) typed.tellsTyping = false;
      return [];
    }
    case "recalled":
      return recalled(state, event.added);
    case "parting":
      for (const room of state.rooms) part(room);
      return [];
    case "rested":
      rested(state, event);
      return [];
    default:
      return personDid(state, event);
  }
}

/** What the person did.
 * @param {State} state
 * @param {Event} event
 * @returns {Action[]} */
function personDid(state, event) {
  const room = activeRoom(state);
  switch (event.type) {
    case "draft":
      if (event.text !== room.draft) state.notice = "";
      room.draft = event.text;
      return tellTyping(state, room, event.text);
    case "say":
      return command(state, event.text);
    case "notice":
      tell(state, event.text, true);
      return [];
    case "copy":
      return [{ do: "copy", text: event.text }];
    case "show":
      show(state, event.place);
      return [];
    case "step":
      step(state, event.by, event.unread ?? false);
      return [];
    case "active":
      nextActive(state);
      return [];
    case "join":
      return carryOut(state, { is: "join", room: event.name });
    case "nick":
      return carryOut(state, { is: "nick", name: event.name });
    case "leave":
      return carryOut(state, { is: "leave" });
    case "connect":
      return state.link.is === "online" ? comeIn(state, room) : dialNow(state);
    case "ask":
      return carryOut(state, { is: "ask", everywhere: true, envelope: event.envelope });
    case "bring":
      return bring(state, event.brings);
    case "does":
      return carryOut(state, event.intent);
    case "retry":
      return again(find(state, event.room), event.ref);
    case "edit":
    case "drop":
      takeOut(state, event.type === "edit", event);
      return [];
    case "older":
    case "nearTop":
      return older(room, event.type === "older");
    case "newer":
      return newer(room);
    case "jump": {
      // Where one may not join it, there is no such room.
      const where = event.room === undefined ? room : find(state, event.room);
      return where ? jump(state, where, event.id, event.from) : [];
    }
    case "back":
      return jumpBack(state, room) ?? personDid(state, { type: "escape" });
    case "morePeople":
      return morePeople(room);
    case "escape":
      if (room.atBottom) room.mark = null;
      toBottom(room);
      return [];
    default:
      return [];
  }
}

/** Removes a refused message, or puts it back into the message box.
 * @param {State} state
 * @param {boolean} toEdit
 * @param {{room: string, ref: string}} which */
function takeOut(state, toEdit, { room: name, ref }) {
  const room = find(state, name);
  const taken = takeBack(room, ref);
  if (!room || !taken || !toEdit) return;
  const { content, reply = null } = taken;
  Object.assign(room, { draft: room.draft.trim() ? `${content}\n${room.draft}` : content, reply: room.reply ?? reply });
}
