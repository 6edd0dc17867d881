// Which rooms and people fit what is typed into the room switcher. Pure: it knows no page.

import { labelOf, others } from "../chat/label.js";
import { find, isGuest } from "../chat/state.js";
import { meant, orMore, shownCount, unread } from "../chat/unread.js";
import { ROOM_CHARS_MAX } from "../protocol/limits.js";
import { fold, nameFault } from "../protocol/names.js";
import { fit, seen } from "./people.js";

/**
 * @typedef {import("../chat/state.js").State} State
 * @typedef {{label: string, kind: string, place: number | null, room?: string, user?: string, about?: string, news: string}} Candidate
 * `place` of a room that one is in; `room`: one to join; `user`: somebody to write to; `news`: how many are unread, if any
 */

/** People that are offered: a person types another letter rather than read more. */
const PEOPLE_MAX = 8;

/** Rooms with anything new come first while nothing is typed; then those that hold it as it is, then those that hold its
 * letters in order; then people, and what the server found; a room of that very name can be joined.
 * @param {State} state
 * @param {string} typed
 * @returns {Candidate[]} */
export function candidates(state, typed) {
  const name = typed.trim().replace(/^[#@]/, "");
  const wanted = fold(name);
  const fitting = roomsHere(state, wanted);
  if (wanted === "") return fitting;
  const found = foundElsewhere(state, wanted);
  const isThere = find(state, name) !== undefined || found.some(({ room = "" }) => fold(room) === wanted);
  /** @type {Candidate[]} */
  const joined = isThere || typed.trim().startsWith("@") || nameFault(name, ROOM_CHARS_MAX) ? [] : [{ label: name, kind: "open", place: null, room: name, news: "" }];
  return [...fitting, ...people(state, wanted), ...found, ...joined];
}

/** @param {State} state
 * @param {string} wanted
 * @returns {Candidate[]} */
function roomsHere(state, wanted) {
  const all = state.rooms.map((room, place) => {
    const count = unread(state, room);
    const urgency = meant(state, room) > 0 ? 2 : count > 0 ? 1 : 0;
    const label = labelOf(room, state.me);
    return { label, kind: room.kind, place, news: count > 0 ? shownCount(count, orMore(room)) : "", rank: wanted === "" ? urgency : fit(fold(label), wanted) };
  });
  return all.filter(({ rank }) => wanted === "" || rank > 0).sort((a, b) => b.rank - a.rank);
}

/** Whom one has seen and not written to yet.
 * @param {State} state
 * @param {string} wanted
 * @returns {Candidate[]} */
function people(state, wanted) {
  if (state.me === null || isGuest(state.me)) return [];
  const written = state.rooms.filter(({ kind, users }) => kind === "direct" && users.length === 2).flatMap((room) => others(room, state.me).map(fold));
  const fitting = seen(state).filter((name) => fit(fold(name), wanted) > 1 && !written.includes(fold(name)));
  return fitting.slice(0, PEOPLE_MAX).map((user) => ({ label: user, kind: "person", place: null, user, news: "" }));
}

/** What the server found, without the rooms that one is in. It may have been asked before the last letters were typed.
 * @param {State} state
 * @param {string} wanted
 * @returns {Candidate[]} */
function foundElsewhere(state, wanted) {
  const elsewhere = (state.browse?.rooms ?? []).filter(({ room }) => find(state, room) === undefined);
  const fitting = elsewhere.filter((each) => [labelOf(each, state.me), each.topic].some((text) => fold(text ?? "").includes(wanted)));
  return fitting.map((each) => ({ label: labelOf(each, state.me), kind: each.kind, place: null, room: each.room, news: "", ...(each.topic && { about: each.topic }) }));
}
