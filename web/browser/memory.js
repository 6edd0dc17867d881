// What outlives a reload, a closed tab and a killed browser: for each person the rooms, how far each was
// read and what each notifies of; and what each tab has written and not sent. It knows no page; the storage is
// given to it.

import { PENDING_MAX } from "../core/chat/outbox.js";
import { inOrder } from "../core/chat/rooms.js";
import { find, newRoom, ownerOf } from "../core/chat/state.js";
import { ROOMS_MAX } from "../core/protocol/limits.js";
import { fold } from "../core/protocol/names.js";
import { levelOf } from "../core/protocol/rooms.js";
import { readObject } from "./storage.js";

/**
 * @typedef {import("../core/chat/state.js").State} State
 * @typedef {import("../core/chat/state.js").Room} Room
 * @typedef {import("./storage.js").Store} Store
 * @typedef {Partial<Pick<Room, "draft" | "pending" | "reply" | "editing">> & {name: string}} Unsent
 * @typedef {{name: string, read: number, epoch: string | null, notify: import("../core/protocol/rooms.js").Notify, listed?: boolean, place?: number, title?: string, users?: string[]}} Outline
 * `title` and `users`: what it is called, until the server tells
 */

/** Of this tab: its id, who was here in which room, and the lines above what is new. */
const HERE = "nebula.tab";
/** Of a person: the rooms. Behind it stands who it is. */
const PERSON = "nebula.person ";
/** Of a tab and a person: drafts, and messages and changes of messages on their way. Behind it stand its id and who it is. */
const UNSENT = "nebula.unsent ";
/** The one person of former versions. */
const FORMERLY = "nebula.rooms";
/** People that a browser remembers; then the one who was here longest ago is forgotten. */
const PERSONS_MAX = 32;
/** A longer draft is kept by its tab alone, so that it leaves room for what is on its way. */
const DRAFT_UNITS_MAX = 100_000;

export const NOT_KEPT = "This browser's storage is full. Unsent messages will be lost if you close this tab";

export class Memory {
  /** @type {Store} */
  #tab;
  /** @type {Store} */
  #browser;
  #id = "";
  #fresh = "";
  /** @type {() => number} */
  #now;
  /** What this tab had when it was loaded.
   * @type {Record<string, any>} */
  #here;
  /** What has to be told, once. */
  #fault = "";
  #outline = "";
  #unsent = "";
  #unsentName = "";
  #isKept = true;
  /** Of whom that is.
   * @type {State | null} */
  #keptOf = null;
  /** What this tab wrote of its rooms: one that it has no more was left, any other is of another tab.
   * @type {{person: string, rooms: Map<string, Outline>}} */
  #own = { person: "", rooms: new Map() };

  /** @param {{tab: Store, browser: Store, id: string, now?: () => number}} given id: a new tab's */
  constructor({ tab, browser, id, now = Date.now }) {
    this.#tab = tab;
    this.#browser = browser;
    this.#fresh = id;
    this.#now = now;
    this.#here = readObject(tab, HERE, this.#tell);
    this.#id = typeof this.#here.id === "string" && /^[\w-]+$/.test(this.#here.id) ? this.#here.id : id;
    takeOver(tab, browser, this.#here, this.#id, this.#tell);
  }

  /** Who was here before this tab was loaded again, and in which room. */
  get last() {
    const { me, room } = this.#here;
    return typeof me === "string" ? { me, room: typeof room === "string" ? room : "general" } : null;
  }

  /** A sentence about what was kept, if there is one that was not told yet. */
  fault() {
    const told = this.#fault;
    this.#fault = "";
    return told;
  }

  /** A copied tab has its id with everything else: from now on it has one of its own. */
  renew() {
    this.#id = this.#fresh;
  }

  /** Under which name this tab writes down what is not sent.
   * @param {State} state */
  ownName(state) {
    return `${UNSENT}${this.#id} ${ownerOf(state)}`;
  }

  /** Writes down what is different from last time. False if something that was written and not sent would
   * be lost with this tab.
   * @param {State} state */
  keep(state) {
    const marks = Object.fromEntries(state.rooms.map(({ name, mark }) => [fold(name), mark]));
    const text = JSON.stringify({ id: this.#id, me: state.me, room: state.rooms[state.active]?.name, marks });
    if (this.#tab.getItem(HERE) !== text) this.#tab.setItem(HERE, text);
    this.#keepOutline(state);
    this.#keepUnsent(state);
    return this.#isKept;
  }

  /** Brings back what belongs to this person; the names of rooms that the state did not have.
   * @param {State} state */
  recall(state) {
    const person = ownerOf(state);
    const added = outlines(this.#read(PERSON + person).rooms).flatMap((room) => bringBack(state, room, this.#here.marks));
    inOrder(state);
    // They are of this person only.
    delete this.#here.marks;
    this.#own = { person, rooms: new Map(state.rooms.map((room) => [fold(room.name), outline(room)])) };
    const found = unsentOf(this.#read(this.ownName(state)).rooms).map((room) => takeIn(state, room));
    // What there is no room for waits as if another tab had left it.
    this.#leave(`${UNSENT}${this.#fresh}-rest ${person}`, found);
    return [...added, ...found.flatMap((each) => each.added)];
  }

  /** What other tabs of this person have, open or not.
   * @param {State} state */
  others(state) {
    const end = ` ${ownerOf(state)}`;
    const own = this.ownName(state);
    return this.#browser.names().filter((name) => /^nebula\.unsent [\w-]+ /.test(name) && name.replace(/^nebula\.unsent [\w-]+/, "") === end && name !== own);
  }

  /** Takes what a tab has left behind; the names of rooms that the state did not have.
   * @param {State} state
   * @param {string} name */
  take(state, name) {
    const found = unsentOf(this.#read(name).rooms).map((room) => takeIn(state, room));
    // What is in two places goes out once, by its ref; what is in none is lost.
    if (this.keep(state) && !this.#leave(name, found)) this.#browser.removeItem(name);
    return found.flatMap(({ added }) => added);
  }

  /** @param {State} state */
  #keepOutline(state) {
    const person = ownerOf(state);
    const rooms = state.rooms.map(outline);
    const text = JSON.stringify([person, rooms]);
    if (text === this.#outline) return;
    this.#outline = text;
    const own = this.#own.person === person ? this.#own.rooms : new Map();
    const name = PERSON + person;
    const kept = outlines(this.#read(name).rooms);
    const merged = rooms.map((room) => merge(room, own.get(fold(room.name)), kept.find((each) => fold(each.name) === fold(room.name))));
    const present = new Set(rooms.map((room) => fold(room.name)));
    const others = kept.filter((room) => !present.has(fold(room.name)) && !own.has(fold(room.name)));
    if (this.#browser.getItem(name) === null) forgetOldest(this.#browser, this.#tell);
    this.#browser.setItem(name, JSON.stringify({ me: state.me, at: this.#now(), rooms: [...merged, ...others].slice(0, ROOMS_MAX) }));
    this.#own = { person, rooms: new Map(rooms.map((room) => [fold(room.name), room])) };
  }

  /** @param {State} state */
  #keepUnsent(state) {
    const rooms = state.rooms.filter(isUnsent).map(({ name, draft, pending, reply, editing }) => ({ name, draft, pending, ...(reply !== null && { reply }), ...(editing && { editing }) }));
    const name = this.ownName(state);
    const text = rooms.length > 0 ? JSON.stringify(rooms) : "";
    if (name + text === this.#unsent) return;
    // A guest who takes a name takes along what they wrote.
    const guests = `${UNSENT}${this.#id} `;
    if (state === this.#keptOf && name !== guests && this.#browser.getItem(guests) !== null) this.#browser.removeItem(guests);
    if (state === this.#keptOf && name !== this.#unsentName) this.#dropChanges(this.#unsentName);
    [this.#keptOf, this.#unsentName, this.#unsent] = [state, name, name + text];
    const wasKept = this.#isKept;
    const short = rooms.map((room) => (room.draft.length > DRAFT_UNITS_MAX ? { ...room, draft: "" } : room));
    if (rooms.length === 0) this.#browser.removeItem(name);
    this.#isKept = rooms.length === 0 || (this.#write(name, short) && short.every((room, i) => room === rooms[i]));
    if (wasKept && !this.#isKept && rooms.some(({ pending }) => pending.length > 0)) this.#fault = NOT_KEPT;
  }

  /** What somebody did to messages is undone when they take another name; what they said waits for them.
   * @param {string} name */
  #dropChanges(name) {
    if (this.#browser.getItem(name) === null) return;
    const rooms = unsentOf(this.#read(name).rooms).map((room) => ({ ...room, pending: room.pending.filter(({ does }) => does === undefined), editing: null }));
    const left = rooms.filter(isUnsent);
    if (left.length > 0) this.#write(name, left);
    else this.#browser.removeItem(name);
  }

  /** Leaves under a name what the state had no room for; false if there is no such thing.
   * @param {string} name
   * @param {{left: Unsent[]}[]} found */
  #leave(name, found) {
    const left = found.flatMap((each) => each.left);
    if (left.length > 0) this.#write(name, left);
    return left.length > 0;
  }

  /** @param {string} name
   * @param {Unsent[]} rooms */
  #write(name, rooms) {
    return this.#browser.setItem(name, JSON.stringify({ at: this.#now(), rooms }));
  }

  /** @param {string} name */
  #read(name) {
    return readObject(this.#browser, name, this.#tell);
  }

  #tell = (/** @type {string} */ aside) => {
    this.#fault = `What this browser had stored could not be read. It was set aside in this site's storage, as “${aside}”`;
  };
}

/** What former versions kept becomes what this one keeps.
 * @param {Store} tab
 * @param {Store} browser
 * @param {Record<string, any>} here
 * @param {string} id
 * @param {(aside: string) => void} tell */
function takeOver(tab, browser, here, id, tell) {
  const ownerNamed = (/** @type {unknown} */ me) => ownerOf({ me: typeof me === "string" ? me : null, formerly: null });
  if (Array.isArray(here.rooms)) {
    const rooms = unsentOf(here.rooms).filter(isUnsent);
    if (rooms.length > 0) browser.setItem(`${UNSENT}${id} ${ownerNamed(here.me)}`, JSON.stringify({ at: 0, rooms }));
    here.marks = Object.fromEntries(here.rooms.filter((room) => typeof room?.name === "string").map(({ name, mark }) => [fold(name), mark]));
    tab.setItem(HERE, JSON.stringify({ id, me: here.me, room: here.room, marks: here.marks }));
  }
  if (browser.getItem(FORMERLY) === null) return;
  const { me, rooms } = readObject(browser, FORMERLY, tell);
  const name = PERSON + ownerNamed(me);
  if (browser.getItem(name) === null) browser.setItem(name, JSON.stringify({ me, at: 0, rooms: outlines(rooms) }));
  browser.removeItem(FORMERLY);
}

/** What is kept of a room, beside what is not sent. How far it was read is so of one log.
 * @param {Room} room
 * @returns {Outline} */
const outline = ({ name, read, epoch, notify, listed, place, title, users }) => ({
  name, read, epoch, notify, ...(listed && { listed }), ...(place !== null && { place }), ...(title && { title }), ...(users.length > 0 && { users }),
});

/** What another tab changed of a room since this one wrote it down stays changed.
 * @param {Outline} room
 * @param {Outline | undefined} before
 * @param {Outline | undefined} kept
 * @returns {Outline} */
function merge(room, before, kept) {
  if (!kept) return room;
  const isBack = before !== undefined && room.read < before.read;
  const notify = before?.notify === room.notify ? kept.notify : room.notify;
  const [one, other] = [room.epoch ?? kept.epoch, kept.epoch ?? room.epoch];
  if (one === other) return { ...room, read: isBack ? room.read : Math.max(room.read, kept.read), epoch: one, notify };
  // Of two tabs, one heard that it is another log.
  const { read, epoch } = room.epoch === before?.epoch ? kept : room;
  return { ...room, read, epoch, notify };
}

/** @param {Store} browser
 * @param {(aside: string) => void} tell */
function forgetOldest(browser, tell) {
  const persons = browser.names().filter((name) => name.startsWith(PERSON));
  if (persons.length < PERSONS_MAX) return;
  const ages = persons.map((name) => ({ name, at: Number(readObject(browser, name, tell).at) || 0 }));
  browser.removeItem(ages.reduce((oldest, each) => (each.at < oldest.at ? each : oldest)).name);
}

/** @param {unknown} rooms
 * @returns {Outline[]} */
function outlines(rooms) {
  return named(rooms).map(({ name, read, epoch, muted, notify, listed, place, title, users }) => ({
    ...(listed === true && { listed }),
    ...(Number.isSafeInteger(place) && { place }),
    ...(typeof title === "string" && { title }),
    ...(Array.isArray(users) && users.every((user) => typeof user === "string") && { users }),
    name,
    read: Number.isSafeInteger(read) ? Number(read) : 0,
    epoch: typeof epoch === "string" ? epoch : null,
    // Former versions kept no more than that.
    notify: levelOf({ notify, muted: muted === true }),
  }));
}

/** @param {unknown} rooms
 * @returns {Required<Unsent>[]} */
function unsentOf(rooms) {
  return named(rooms).map(({ name, draft, pending, reply, editing }) => ({
    name,
    draft: typeof draft === "string" ? draft : "",
    reply: Number.isSafeInteger(reply) ? reply : null,
    editing: typeof editing?.text === "string" && isWhich(editing.which) ? { which: editing.which, text: editing.text } : null,
    // Their refs stay: what the server has stored already comes back as what it was, and only once.
    pending: Array.isArray(pending) ? pending.filter(isPending) : [],
  }));
}

/** Something of it would be lost with the tab.
 * @param {Pick<Required<Unsent>, "draft" | "pending" | "editing">} room */
const isUnsent = ({ draft, pending, editing }) => draft !== "" || pending.length > 0 || editing !== null;

/** An own message on its way, or what was done to one.
 * @param {any} p */
function isPending(p) {
  if (![p?.ref, p?.content, p?.failed].every((text) => typeof text === "string")) return false;
  return p.does === undefined || (["edit", "delete", "react"].includes(p.does) && isWhich(p.of ?? p.message) && (p.does !== "react" || typeof p.emoji === "string"));
}

/** A message by its id, or by its ref.
 * @param {unknown} which */
const isWhich = (which) => Number.isSafeInteger(which) || typeof which === "string";

/** @param {unknown} rooms
 * @returns {any[]} */
const named = (rooms) => (Array.isArray(rooms) ? rooms.filter((room) => typeof room?.name === "string") : []);

/** The room of this name, a new one if there is none; null if there may be no more.
 * @param {State} state
 * @param {string} name
 * @returns {{room: Room, added: string[]} | null} */
function findOrAdd(state, name) {
  const known = find(state, name);
  if (known) return { room: known, added: [] };
  if (state.rooms.length >= ROOMS_MAX) return null;
  const room = newRoom(name);
  state.rooms.push(room);
  return { room, added: [name] };
}

/** @param {State} state
 * @param {Outline} kept
 * @param {any} marks */
function bringBack(state, kept, marks) {
  const found = findOrAdd(state, kept.name);
  if (!found) return [];
  const { room, added } = found;
  room.epoch ??= kept.epoch;
  if (kept.read > room.read) {
    room.read = kept.read;
    room.mark = room.read;
  }
  const mark = marks?.[fold(kept.name)];
  if (Number.isSafeInteger(mark)) room.mark = mark;
  room.notify = kept.notify;
  room.listed ||= kept.listed ?? false;
  room.place ??= kept.place ?? null;
  // What the server has told is newer.
  if (room.title === "" && room.users.length === 0) Object.assign(room, { title: kept.title ?? "", users: kept.users ?? [] });
  return added;
}

/** What does not fit is left: a second draft, a second edit, and more than may wait.
 * @param {State} state
 * @param {Required<Unsent>} unsent
 * @returns {{added: string[], left: Unsent[]}} */
function takeIn(state, unsent) {
  const found = findOrAdd(state, unsent.name);
  if (!found) return { added: [], left: [unsent] };
  const { room, added } = found;
  const known = new Set(room.pending.map(({ ref }) => ref));
  const more = unsent.pending.filter(({ ref }) => !known.has(ref));
  const pending = more.splice(Math.max(0, PENDING_MAX - room.pending.length));
  room.pending.push(...more);
  const left = { ...unsent, pending };
  if (room.draft === "" || room.draft === unsent.draft) {
    Object.assign(room, { draft: unsent.draft, reply: unsent.reply ?? room.reply });
    Object.assign(left, { draft: "", reply: null });
  }
  room.editing ??= unsent.editing;
  if (JSON.stringify(room.editing) === JSON.stringify(unsent.editing)) left.editing = null;
  return { added, left: isUnsent(left) ? [left] : [] };
}
