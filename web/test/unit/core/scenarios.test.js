// The scenarios that every client follows, against the core alone. Their form is described beside them, in
// `protocol/tests/golden/clients/scenarios/README.md`.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { changesOf, isOwn, quoteOf, shownOf, waitingText } from "../../../core/chat/messages/shown.js";
import { foundNow, shownHit } from "../../../core/chat/found.js";
import { wordsAboutTyping } from "../../../core/chat/messages/typing.js";
import { labelOf } from "../../../core/chat/label.js";
import { codeNow } from "../../../core/chat/person.js";
import { activeRoom, find, messages, newRoom, newState } from "../../../core/chat/state.js";
import { callsMe, isMuted, meant, mentioned, newLine, unread } from "../../../core/chat/unread.js";
import { addressOf, bareCode, grouped } from "../../../core/protocol/people.js";
import { update } from "../../../core/update.js";

const FOLDER = new URL("../../../../protocol/tests/golden/clients/scenarios/", import.meta.url);

/** A client without anything around it; its time is a number. */
class Client {
  #now = 0;
  #timers = [];
  #sent = [];
  #dialled = [];
  #notified = [];
  #notice = null;
  /** What was said last on this connection that is no. */
  #refusal = { code: "", content: "" };

  #server;
  /** What was told before, of which nothing is new. */
  #seen = {};

  #asked = null;

  constructor({ me, rooms, server, code, list = false }, session) {
    this.#server = server;
    this.state = newState({ room: rooms[0].room, username: me ?? null, session, brings: code, follows: list, own: server });
    for (const { room } of rooms.slice(1)) this.state.rooms.push(newRoom(room));
    for (const { room, read, listed = false, muted = false, default: isDefault = false } of rooms) {
      Object.assign(find(this.state, room), { read, mark: read > 0 ? read : null, listed, notify: muted ? "nothing" : "default", isDefault });
    }
    const dialled = update(this.state, { type: "start" });
    // Who comes by a code has not been let in yet.
    if (code) this.#dialled.push(...dialled);
    else this.#happens({ type: "connected" });
  }

  #happens(event) {
    for (const action of update(this.state, event)) {
      if (action.do === "send") this.#sent.push(action.envelope);
      if (action.do === "dial") this.#dialled.push(action);
      if (action.do === "notify") this.#notified.push(action.content);
      if (action.do === "confirm") this.#asked = action;
      if (action.do === "later") this.#timers.push({ due: this.#now + action.afterMs, event: action.event });
    }
    if (this.state.notice) this.#notice = this.state.notice;
    this.state.notice = "";
  }

  /** What a step of a file is here. */
  steps = {
    hears: (envelope) => {
      if (envelope.type === "error") this.#refusal = envelope;
      this.#happens({ type: "received", envelope: structuredClone(envelope), at: this.#now });
    },
    cut: ({ code = 1006, reason = "cut" }) => this.#happens({ type: "lost", code, reason, why: this.#refusal.code }),
    connects: () => {
      this.#refusal = { code: "", content: "" };
      this.#happens({ type: "connected" });
    },
    passes_ms: (ms) => this.#pass(ms),
    says: (text) => this.#happens({ type: "say", text }),
    types: (text) => this.#happens({ type: "say", text }),
    deletes: (which) => this.#happens({ type: "does", intent: { is: "erase", which } }),
    edits: ([which, text]) => {
      this.#happens({ type: "does", intent: { is: "editing", which, text } });
      this.#happens({ type: "does", intent: { is: "edited" } });
    },
    begins_edit: ([which, text]) => this.#happens({ type: "does", intent: { is: "editing", which, text } }),
    reacts: ([id, emoji]) => this.#happens({ type: "does", intent: { is: "react", id, emoji } }),
    replies: ([id, text]) => {
      this.#happens({ type: "does", intent: { is: "replying", id } });
      this.#happens({ type: "say", text });
    },
    begins_reply: (id) => this.#happens({ type: "does", intent: { is: "replying", id } }),
    marks: (id) => this.#happens({ type: "does", intent: { is: "markUnread", id } }),
    mentioned_more: () => this.#happens({ type: "does", intent: { is: "inboxMore" } }),
    goes_to: (id) => this.#happens({ type: "does", intent: { is: "goToMention", id } }),
    mentioned: (wanted) => {
      const { inbox } = this.state;
      assert.deepEqual(inbox && { messages: inbox.messages.map(({ id }) => id), more: inbox.more }, wanted);
    },
    found_more: () => this.#happens({ type: "does", intent: { is: "foundMore" } }),
    goes_to_found: (id) => this.#happens({ type: "does", intent: { is: "goToFound", id } }),
    next_found: () => this.#happens({ type: "does", intent: { is: "nextFound" } }),
    previous_found: () => this.#happens({ type: "does", intent: { is: "previousFound" } }),
    found_ends: () => this.#happens({ type: "does", intent: { is: "foundEnds" } }),
    found: (wanted) => assert.deepEqual(this.#found(wanted), wanted),
    notified: (wanted) => {
      const notified = this.#notified.splice(0);
      assert.ok(notified.length === wanted.length && wanted.every((words, at) => notified[at].includes(words)), `notified: ${JSON.stringify(notified)}`);
    },
    types_text: (text) => this.#happens({ type: "draft", text }),
    asks_older: () => this.#happens({ type: "older" }),
    focus: (focused) => this.#happens({ type: "looked", atBottom: activeRoom(this.state).atBottom, focused }),
    show: (name) => this.#happens({ type: "show", place: this.state.rooms.indexOf(find(this.state, name)) }),
    scroll: () => this.#happens({ type: "looked", atBottom: false, focused: this.state.focused }),
    escape: () => this.#happens({ type: "escape" }),
    asks: (type) => this.#happens({ type: "ask", envelope: { type } }),
    links: (typed) => this.#happens({ type: "bring", brings: { link: bareCode(typed) } }),
    revokes: (device) => this.#happens({ type: "ask", envelope: { type: "revoke", device } }),
    invites: ({ room, ...wanted }) => this.#happens({ type: "ask", envelope: { type: "invite", ...(room && { rooms: [room] }), ...wanted } }),
    uninvites: (invite) => this.#happens({ type: "ask", envelope: { type: "uninvite", invite } }),
    browses: (query) => this.#happens({ type: "does", intent: { is: "browse", query } }),
    browses_more: () => this.#happens({ type: "does", intent: { is: "browseMore" } }),
    picks: (room) => this.#happens({ type: "does", intent: { is: "pick", room } }),
    moves: (n) => this.#happens({ type: "does", intent: { is: "move", to: n - 1 } }),
    asked: (wanted) => assert.ok(this.#asked?.question.includes(wanted), `asked: ${this.#asked?.question}`),
    confirms: () => this.#happens(this.#asked.then),
    rooms: (wanted) => assert.deepEqual(this.state.rooms.map(({ name }) => name), wanted),
    shows: (wanted) => assert.equal(activeRoom(this.state).name, wanted),
    browsed: (wanted) => {
      const { browse } = this.state;
      assert.deepEqual(browse && { rooms: browse.rooms.map(({ room }) => room), more: browse.more }, wanted);
    },
    me: (name) => assert.equal(this.state.me, name),
    link: (wanted) => assert.deepEqual(this.#code("link", codeNow(this.state, this.#now)), wanted),
    devices: (wanted) => assert.deepEqual(this.#news("devices")?.map(({ device }) => device) ?? null, wanted),
    invited: (wanted) => assert.deepEqual(this.#code("invite", this.#news("invited")), wanted),
    invites_shown: (wanted) => assert.deepEqual(this.#news("invites")?.map(({ invite }) => invite) ?? null, wanted),
    refused: (wanted) => {
      const { is, reason } = this.state.link;
      if (wanted === null) assert.notEqual(is, "refused");
      else assert.ok(is === "refused" && reason.includes(wanted), `${is}: ${reason}`);
    },
    sent: (wanted) => assert.deepEqual(this.#sent.splice(0), wanted),
    dialled: (wanted) => assert.deepEqual(this.#attempt(wanted), wanted),
    expect: (wanted) => assert.deepEqual(this.#shown(wanted), wanted),
    standing: (wanted) => assert.equal(["waiting", "cut"].find((each) => each === this.state.link.standing) ?? "current", wanted),
    told: (wanted) => assert.deepEqual(this.#told(), wanted),
    notice: (wanted) => {
      const told = this.#notice;
      this.#notice = null;
      if (wanted === null) assert.equal(told, null);
      else assert.ok(told?.includes(wanted), `told: ${told}`);
    },
  };

  /** Of what was found what the scenario names. */
  #found(wanted) {
    const { search } = this.state;
    if (!search) return null;
    const [hits, { query, more, at }] = [foundNow(this.state), search];
    const shown = hits.map((hit) => shownHit(this.state, hit));
    const marked = shown.flatMap(({ text, ranges }) => ranges.map(([begin, end]) => text.slice(begin, end)));
    const all = { query, messages: hits.map(({ id }) => id), more, at, marked, texts: shown.map(({ text }) => text) };
    return Object.fromEntries(Object.keys(wanted ?? all).map((field) => [field, all[field]]));
  }

  /** What was told since the last time; null if nothing was. */
  #news(what) {
    const now = this.state.person[what];
    const isNew = now !== this.#seen[what];
    this.#seen[what] = now;
    return isNew ? now : null;
  }

  /** As it is shown. */
  #code(by, shown) {
    return shown && { code: grouped(shown.code), address: addressOf(this.#server, by, shown.code) };
  }

  /** What is due happens in its order, and may make more due. */
  #pass(ms) {
    const end = this.#now + ms;
    const next = () => this.#timers.sort((a, b) => a.due - b.due)[0]?.due ?? Infinity;
    while (next() <= end) {
      const { due, event } = this.#timers.shift();
      this.#now = due;
      this.#happens(event);
    }
    this.#now = end;
  }

  /** The one attempt to connect, in the words of the scenario. */
  #attempt(wanted) {
    const attempts = this.#dialled.splice(0);
    if (attempts.length !== 1) return attempts.length === 0 ? null : attempts;
    const [{ server, hello, leastMs = 0 }] = attempts;
    const { room, username, since, history, link, invite } = hello;
    const told = { room, username: username ?? undefined, since, history, link, invite, not_before_ms: wanted?.not_before_ms === undefined ? undefined : leastMs, server: wanted?.server === undefined ? undefined : server };
    return JSON.parse(JSON.stringify(told));
  }

  /** Of each room what the scenario names. */
  #shown(wanted) {
    return Object.fromEntries(Object.entries(wanted).map(([name, fields]) => {
      const room = find(this.state, name);
      const changes = changesOf(room);
      const own = (isFailed) => room.pending.filter(({ does, failed }) => does === undefined && (failed !== "") === isFailed)
        .map((each) => waitingText(each, changes.get(each.ref))).filter((text) => text !== null);
      const shown = messages(room).map((message) => ({ message, id: message.id, ...shownOf(message, this.state.me, changes.get(message.id)) }));
      const quoted = (id) => shown.find((each) => each.id === id);
      const kind = (reactions, { emoji, count }) => `${emoji} ${count}${isOwn(reactions, emoji, this.state.me) ? " own" : ""}`;
      const all = {
        messages: messages(room).map(({ id }) => id),
        unread: unread(this.state, room),
        mentions: mentioned(this.state, room),
        meant: meant(this.state, room) > 0,
        people: room.people.known,
        count: room.people.count,
        line: newLine(this.state, room),
        waiting: own(false),
        failed: own(true),
        reasons: room.pending.filter(({ failed }) => failed).map(({ failed }) => failed),
        joined: room.joined,
        notify: room.notify,
        muted: isMuted(room),
        highlighted: messages(room).filter((message) => callsMe(this.state, message)).map(({ id }) => id),
        label: labelOf(room, this.state.me),
        members: room.members.map(({ user, role }) => `${user} ${role}`),
        role: room.role,
        excluded: room.excluded !== "",
        topic: room.topic,
        texts: shown.map(({ content }) => content),
        edited: shown.filter(({ edited }) => edited !== null).map(({ id }) => id),
        reactions: Object.fromEntries(shown.filter(({ reactions }) => reactions.length > 0).map(({ id, reactions }) => [id, reactions.map((each) => kind(reactions, each))])),
        replies: Object.fromEntries(shown.filter(({ message }) => message.reply !== undefined).map(({ id, message: { reply } }) => [id, quoted(reply) ? `${quoted(reply).message.sender}: ${quoteOf(quoted(reply))}` : null])),
        changing: shown.filter(({ isChanging }) => isChanging).map(({ id }) => id),
        draft: room.draft,
        typing: wordsAboutTyping(room) || null,
      };
      return [name, Object.fromEntries(Object.keys(fields).map((field) => [field, all[field]]))];
    }));
  }

  /** Who came and left, as it stands among the messages. */
  #told() {
    const traffic = ({ entries }) => entries.filter(({ type }) => type === "join" || type === "leave").map(({ type, sender }) => `${type} ${sender}`);
    return Object.fromEntries(this.state.rooms.map((room) => [room.name, traffic(room)]));
  }
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".json"))) {
  const { session, cases } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
  for (const one of cases) {
    test(`${file}: ${one.about}`, () => {
      const client = new Client(one, session);
      for (const [at, step] of one.steps.entries()) {
        const [[name, what]] = Object.entries(step);
        try {
          client.steps[name](what);
        } catch (fault) {
          throw new Error(`step ${at}, ${JSON.stringify(step)}`, { cause: fault });
        }
      }
    });
  }
}
