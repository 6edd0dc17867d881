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
  if (change.does === "edit") room.draft = room.draft.trim() ? `${change.content}\n${room.draft}` : change.content;
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
