// What becomes of what is not sent any more, or was refused: messages stay, changes of messages are undone. Pure: it knows
// neither page nor socket nor clock.

/**
 * @typedef {import("../state.js").Room} Room
 * @typedef {import("../state.js").Pending} Pending
 */

/** A message stays, with the text that it was given last.
 * @param {Room} room
 * @param {Pending} pending
 * @param {string} why */
export function fail(room, pending, why) {
  const changes = room.pending.filter(({ of }) => of === pending.ref);
  const isDeleted = changes.some(({ does }) => does === "delete");
  pending.content = changes.findLast(({ does }) => does === "edit")?.content ?? pending.content;
  pending.failed ||= why;
  room.pending = room.pending.filter((each) => !changes.includes(each) && !(isDeleted && each === pending));
}

/** The text of an edit is not lost: it comes back to where one writes.
 * @param {Room} room
 * @param {Pending} change */
export function undo(room, change) {
  room.pending = room.pending.filter((each) => each !== change);
  if (change.does === "edit") giveBack(room, change.content);
}

/** @param {Room} room
 * @param {string} text */
function giveBack(room, text) {
  room.draft = room.draft.trim() ? `${text}\n${room.draft}` : text;
}

/** Their ids name other messages from now on: nothing is done to those, and none is answered.
 * @param {Room} room */
export function forgetMessages(room) {
  for (const each of [...room.pending]) {
    if (each.message !== undefined) undo(room, each);
    delete each.reply;
  }
  if (room.pending.every(({ ref }) => ref !== room.sending)) room.sending = null;
  room.reply = null;
  if (typeof room.editing?.which !== "number") return;
  giveBack(room, room.editing.text);
  room.editing = null;
}

/** Nothing of this is sent any more: messages stay, as refused, and changes are undone.
 * @param {Room} room
 * @param {string} why */
export function refuseAll(room, why) {
  room.sending = null;
  for (const pending of [...room.pending]) if (pending.does === undefined) fail(room, pending, why);
  undoChanges(room);
}

/** Undoes all changes that are not answered; how many there were.
 * @param {Room} room */
export function undoChanges(room) {
  const changes = room.pending.filter(({ does }) => does !== undefined);
  for (const change of changes) undo(room, change);
  return changes.length;
}
