// The state: all there is to show and to decide by, and what follows from it. Pure: it knows neither
// page nor socket nor clock.

import { fold } from "../protocol/names.js";
import { kindOf } from "./label.js";
import { nobody } from "./people.js";

/**
 * @typedef {import("../protocol/envelopes.js").Message} Message
 * @typedef {{type: "join" | "leave" | "told", sender: string, id: number, note: number, at: number, words?: string}} Note
 * Somebody came or left, or a moderator did something: it stands behind the message with this id.
 * `note` tells notes apart.
 * @typedef {Message | Note} Entry
 * @typedef {{ref: string, content: string, failed: string, reply?: number, sent?: boolean, does?: "edit" | "delete" | "react", message?: number, of?: string, emoji?: string, on?: boolean, isUnsure?: boolean}} Pending
 * An own message that is not known to be stored; `failed` says why it was refused; `sent`: it may be stored. Or, with
 * `does`, what was done to a message and is not answered: to one with an id, or to an own one that is not stored yet, `of`
 * its ref. `isUnsure`: not all names of the reaction are told, so it may have been there already.
 *
 * @typedef {({before: number, isPast?: boolean} | {after: number} | {around: number} | {missed: number}) & {changes: Change[], isUnwanted?: boolean}} Awaited
 * A page of messages: those before, after or around one, `isPast` before what is shown of the past; or those that a replay would have brought and that could not be read, which are
 * all after `missed` that did not come live. `changes` came meanwhile: the page may have been read before.
 * Unwanted: the screen was cleared since.
 * @typedef {import("../protocol/messages.js").Change} Change
 *
 * @typedef {{entries: Entry[], more: boolean, newer: boolean}} Past
 * What is around a message that one went to; the server has older ones, and newer ones
 *
 * @typedef {object} Room
 * @property {string} name as the server spells it
 * @property {boolean} joined the server said that this connection is in it
 * @property {Set<string>} away who was here when the connection was lost, and may come back in a moment: no news
 * @property {number} settledAt until when, in ms since 1970
 * @property {boolean} deferred it was joined too fast, and is joined again in a moment
 * @property {string} excluded why one is not in it and will not be by itself; "" if there is no such reason
 * @property {boolean} moderates one may delete here, and put people out
 * @property {boolean} known its history came once: from then on what is missing is asked for
 * @property {Entry[]} entries messages and notes, ascending
 * @property {Past | null} past what is shown in place of the entries
 * @property {number | null} jumping the message that one goes to, until it is here
 * @property {number | null} back the message that one came from; 0 for the end
 * @property {number} notes notes made so far
 * @property {import("./people.js").People} people
 * @property {string} kind `open`, `private` or `direct`
 * @property {string} title what people call a private one
 * @property {string} topic what it is about
 * @property {import("../protocol/rooms.js").Role | null} role one's own there
 * @property {string[]} users of a direct one, oneself included
 * @property {import("../protocol/rooms.js").Member[]} members who has a role there, the owner first
 * @property {boolean} hasMoreMembers there are others
 * @property {boolean} listed it is in the person's list of rooms, or was last time
 * @property {number | null} place where it stands in the person's order
 * @property {boolean} isDefault nobody asked for it
 * @property {boolean} isNews somebody wrote there first: all that is there is unread
 * @property {Pending[]} pending own messages that wait, and what was done to messages, oldest first
 * @property {string | null} sending the one that the server was told and has not answered: the next
 *   goes out after it, so that their order holds even if the server asks for time
 * @property {number} head newest message that was told, however it came: where to resume
 * @property {string | null} epoch which log the messages are of, and what was read of them
 * @property {number | null} gapAfter a replay was cut: all after this id has still to be fetched
 * @property {boolean} more the server has messages older than the oldest here
 * @property {Awaited | null} awaited the page that was asked for and has not come yet
 * @property {boolean} cleared its screen was emptied: nothing older is fetched unasked
 * @property {number} newest newest message that was told
 * @property {number} read newest message that was read
 * @property {import("./markers.js").Marker | null} marker where this person is in it, as the server counts; null: it has not told
 * @property {number | null} mark what was read when one last looked away
 * @property {boolean} atBottom its end is shown, or will be
 * @property {boolean} behind what came while disconnected has not been looked at: nothing is read until
 *   the person does something
 * @property {string} warned the last message that one knows would be lost by leaving
 * @property {string} draft what is being written here
 * @property {number | null} reply the message that is being answered
 * @property {{which: number | string, text: string} | null} editing an own message that is being given another text: its id, or
 * its ref while it is not stored
 * @property {{name: string, number: number}[]} typing who else is writing here; `number` tells the words of it apart
 * @property {boolean} tellsTyping the others know that this person is writing
 * @property {import("../protocol/rooms.js").Notify} notify of what it notifies
 *
 * @typedef {object} State
 * @property {string | null} me as the server spells it, once it said so
 * @property {string | null} formerly the name before one that was just asked for
 * @property {Brings} brings
 * @property {import("./person.js").Person} person
 * @property {string} session makes refs that no other page makes
 * @property {number} refs refs made so far
 * @property {number} typings words of somebody's typing that came so far
 * @property {Link} link
 * @property {import("./acts.js").Acts} acts what was asked for by a command or a button
 * @property {import("./list.js").List} list which rooms the person keeps, on all devices
 * @property {import("./browse.js").Browse | null} browse the list of all rooms; null while nobody looks at it
 * @property {Room[]} rooms
 * @property {number} active which of them is shown
 * @property {import("./inbox.js").Inbox | null} inbox what mentions this person; null while nobody looks at it
 * @property {import("./found.js").Search | null} search what was searched for; null while one does not search
 * @property {string[]} highlights words that are looked out for, beside one's name
 * @property {boolean} focused the person looks at this page
 * @property {boolean} isPlain texts are shown as typed
 * @property {string} notice a sentence for the person, below what they wrote
 * @property {boolean} answered the notice is what was asked for, and no fault
 *
 * @typedef {{link?: string, invite?: string}} Brings
 * Codes to come in by, until one is in: of a device that is to be the person's too, or of an invite.
 *
 * @typedef {object} Link
 * @property {"connecting" | "online" | "waiting" | "held" | "refused"} is
 *   held: the page is hidden, and dials when it is looked at
 * @property {string} own the server that the page came from, as an origin
 * @property {string[]} others the other servers of its cluster that it told of
 * @property {string} server the one of all these that is connected to, or dialled, or will be next
 * @property {number} tried how many of them have failed in this round, which none has ended by holding
 * @property {string} standing how the server stands among the others; "" if it did not say so
 * @property {string} room which was asked for with the last attempt
 * @property {number} number tells connections apart: what the server asked for on one holds for no other
 * @property {boolean} isIn a room was entered on this connection
 * @property {number} failures rounds that failed in a row, of one attempt at each server
 * @property {string} reason what went wrong last
 * @property {string} why the error code that it came with; "" if there was none
 * @property {number} at when the next attempt is made, in ms since 1970; 0 if unknown
 * @property {number} askedMs the servers tried last asked to be left alone for so long at most, once all are lost; 0 if none did
 * @property {boolean} isAsked this wait is the one it asked for
 */

/** Entries of a room that are kept while its end is shown; older ones can be fetched again. */
export const ENTRIES_MAX = 10_000;
/** And while one reads higher up, where nothing is to be taken away without need. */
export const ENTRIES_READING_MAX = 20_000;

/** A client that wants to enter one room.
 * @param {{room: string, username: string | null, session: string, brings?: Brings, follows?: boolean, own?: string, others?: string[]}} who
 * `follows`: it follows the person's list of rooms
 * @returns {State} */
export function newState({ room, username, session, brings = {}, follows = false, own = "", others = [] }) {
  return {
    me: username || null,
    formerly: null,
    brings,
    person: nothingTold(),
    session,
    refs: 0,
    typings: 0,
    link: { is: "connecting", own, others, server: own, tried: 0, standing: "", room, number: 0, isIn: false, failures: 0, reason: "", why: "", at: 0, askedMs: 0, isAsked: false },
    acts: { open: [], isHeld: false },
    list: { follows, refused: null, asked: null, found: [], later: [], isComplete: false, isUncounted: false },
    browse: null,
    inbox: null,
    search: null,
    highlights: [],
    rooms: [newRoom(room)],
    active: 0,
    focused: true,
    isPlain: false,
    notice: "",
    answered: false,
  };
}

/** Under another name all of it is somebody else's.
 * @returns {import("./person.js").Person} */
export const nothingTold = () => ({ code: null, devices: null, invited: null, invites: null });

/** @param {string} name
 * @returns {Room} */
export function newRoom(name) {
  return {
    name,
    joined: false,
    away: new Set(),
    settledAt: 0,
    deferred: false,
    excluded: "",
    moderates: false,
    known: false,
    entries: [],
    past: null,
    jumping: null,
    back: null,
    notes: 0,
    people: nobody(),
    kind: kindOf(name),
    title: "",
    topic: "",
    role: null,
    users: [],
    members: [],
    hasMoreMembers: false,
    listed: false,
    place: null,
    isDefault: false,
    isNews: false,
    pending: [],
    sending: null,
    head: 0,
    epoch: null,
    gapAfter: null,
    more: false,
    awaited: null,
    cleared: false,
    newest: 0,
    read: 0,
    marker: null,
    mark: null,
    atBottom: true,
    behind: false,
    warned: "",
    draft: "",
    reply: null,
    editing: null,
    typing: [],
    tellsTyping: false,
    notify: "default",
  };
}

/** Puts a sentence below what the person wrote; `isAnswer`: they asked for it, and it is no fault.
 * @param {State} state
 * @param {string} notice
 * @param {boolean} [isAnswer] */
export function tell(state, notice, isAnswer = false) {
  Object.assign(state, { notice, answered: isAnswer });
}

/** @param {State} state */
export function activeRoom(state) {
  return /** @type {Room} */ (state.rooms[state.active]);
}

/** A room, however it is spelt.
 * @param {State} state
 * @param {string | undefined} name */
export function find(state, name) {
  const folded = fold(name ?? "");
  return state.rooms.find((room) => fold(room.name) === folded);
}

/** @param {State} state
 * @param {string} name */
export function isMe(state, name) {
  return state.me !== null && (state.me === name || fold(state.me) === fold(name));
}

/** A name that the server made for a guest.
 * @param {string} name */
export function isGuest(name) {
  return /^guest-\w{4}$/.test(name);
}

/** Whose all this is, as one way to spell it: "" for a guest, who has another name with each visit. Another
 * name is one's own when the server has agreed to it.
 * @param {Pick<State, "me" | "formerly">} state */
export function ownerOf({ me, formerly }) {
  const name = formerly ?? me ?? "";
  return isGuest(name) ? "" : fold(name);
}

/** Whether new messages in this room are seen as they come.
 * @param {State} state
 * @param {Room} room */
export function isWatched(state, room) {
  return state.focused && room.atBottom && !room.behind && room === activeRoom(state);
}

/** Messages alone, ascending.
 * @param {Room} room */
export function messages(room) {
  return /** @type {Message[]} */ (room.entries.filter((entry) => entry.type === "message"));
}
