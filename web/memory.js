// What outlives a reload: the rooms, how far each was read, what was being written, and what was on
// its way. It knows no page; the storage is given to it.

import { fold } from "./protocol.js";
import { ROOMS_MAX, find, newRoom } from "./state.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store
 * @typedef {{name: string, read: number, muted?: boolean, mark?: number | null, draft?: string, pending?: import("./state.js").Pending[]}} KeptRoom
 */

/** Of this tab alone: drafts, and the messages on their way. */
const TAB = "nebula.tab";
/** Of this browser: rooms, and how far each was read. */
const BROWSER = "nebula.rooms";

/** Writes down what is different from last time.
 * @param {Store} tab
 * @param {Store} browser */
export function newMemory(tab, browser) {
  let written = "";
  /** Rooms that this tab wrote down: one that it has no more was left, any other is of another tab.
   * @type {string[]} */
  let own = [];
  return {
    /** @param {State} state */
    keep(state) {
      const rooms = state.rooms.map(({ name, read, mark, draft, pending, muted }) => ({ name, read, mark, draft, pending, muted }));
      const text = JSON.stringify({ me: state.me, room: state.rooms[state.active]?.name, rooms });
      if (text === written) return;
      written = text;
      tab.setItem(TAB, text);
      const outline = rooms.map(({ name, read, muted }) => ({ name, read, muted }));
      own.push(...rooms.map(({ name }) => fold(name)));
      const others = roomsOf(state, browser, BROWSER).filter((room) => typeof room?.name === "string" && !own.includes(fold(room.name)));
      own = rooms.map(({ name }) => fold(name));
      browser.setItem(BROWSER, JSON.stringify({ me: state.me, rooms: [...outline, ...others].slice(0, ROOMS_MAX) }));
    },
    /** Who was here before this tab was loaded again, and in which room. */
    last() {
      const { me, room } = read(tab, TAB);
      return typeof me === "string" ? { me, room: typeof room === "string" ? room : "general" } : null;
    },
    /** Brings back what belongs to this person, behind the room that the state begins with.
     * @param {State} state */
    recall(state) {
      for (const room of [...roomsOf(state, tab, TAB), ...roomsOf(state, browser, BROWSER)]) bringBack(state, room);
    },
  };
}

/** Rooms kept of the person whose state this is, however the name is spelt.
 * @param {State} state
 * @param {Store} store
 * @param {string} name
 * @returns {any[]} */
function roomsOf(state, store, name) {
  const { me, rooms } = read(store, name);
  return Array.isArray(rooms) && fold(String(me)) === fold(String(state.me)) ? rooms : [];
}

/** What cannot be read is as good as nothing: it is only a memory.
 * @param {Store} store
 * @param {string} name
 * @returns {{me?: unknown, room?: unknown, rooms?: unknown}} */
function read(store, name) {
  try {
    const kept = JSON.parse(store.getItem(name) ?? "{}");
    return kept !== null && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

/** @param {State} state
 * @param {Partial<KeptRoom> | null} kept */
function bringBack(state, kept) {
  if (typeof kept?.name !== "string") return;
  let room = find(state, kept.name);
  if (!room) state.rooms.push(room = newRoom(kept.name));
  if (Number.isSafeInteger(kept.read) && Number(kept.read) > room.read) {
    room.read = Number(kept.read);
    room.mark = room.read;
  }
  if (Number.isSafeInteger(kept.mark)) room.mark = Number(kept.mark);
  if (typeof kept.draft === "string") room.draft = kept.draft;
  if (typeof kept.muted === "boolean") room.muted = kept.muted;
  // Their refs stay: what the server has stored already comes back as what it was, and only once.
  if (Array.isArray(kept.pending)) room.pending = kept.pending.filter((p) => [p?.ref, p?.content, p?.failed].every((t) => typeof t === "string"));
}

/** The storage of the browser; one that forgets, where it has none or gives none away.
 * @param {"localStorage" | "sessionStorage"} kind
 * @returns {Store} */
export function storage(kind) {
  /** @type {Map<string, string>} */
  const forgetful = new Map();
  /** @template T
   * @param {(store: Storage) => T} use
   * @param {() => T} instead */
  const attempt = (use, instead) => {
    try {
      return use(globalThis[kind]);
    } catch {
      return instead();
    }
  };
  return {
    getItem: (name) => attempt((store) => store.getItem(name), () => null) ?? forgetful.get(name) ?? null,
    setItem: (name, value) => attempt((store) => store.setItem(name, value), () => void forgetful.set(name, value)),
    removeItem(name) {
      forgetful.delete(name);
      attempt((store) => store.removeItem(name), () => undefined);
    },
  };
}
