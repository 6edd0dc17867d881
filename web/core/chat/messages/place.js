// Where the entries of a room are found. Pure: it knows neither page nor socket nor clock.

/** @typedef {import("../state.js").Room} Room */

/** What of a room is shown: the newest that there is, or what is around a message that one went to.
 * @param {Room} room */
export const shownEntries = (room) => room.past?.entries ?? room.entries;

/** The message with this id, if it is here.
 * @param {Pick<Room, "entries"> & Partial<Pick<Room, "past">>} room
 * @param {number} id */
export const messageOf = ({ entries, past }, id) => messageIn({ entries }, id) ?? (past ? messageIn(past, id) : null);

/** It stands before the notes that came after it.
 * @param {Pick<Room, "entries">} room
 * @param {number} id */
function messageIn({ entries }, id) {
  for (let at = placeOf({ entries }, id) - 1; at >= 0 && entries[at]?.id === id; at -= 1) {
    const entry = entries[at];
    if (entry?.type === "message") return entry;
  }
  return null;
}

/** Behind all entries up to this id.
 * @param {Pick<Room, "entries">} room
 * @param {number} id */
export function placeOf({ entries }, id) {
  if ((entries.at(-1)?.id ?? 0) <= id) return entries.length;
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.id ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
