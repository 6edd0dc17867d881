// Searching in the messages that are loaded. Pure: it knows no page.

/** Ids of the messages whose text or sender holds all words, newest first.
 * @param {import("../chat/state.js").Entry[]} entries
 * @param {string} query
 * @returns {number[]} */
export function search(entries, query) {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const found = [];
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const entry = entries[at];
    if (entry?.type !== "message" || entry.deleted) continue;
    const text = `${entry.sender}\n${entry.content}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(entry.id);
  }
  return found;
}

/** Where the words stand in a text: pairs of begin and end, ascending, none over another.
 * @param {string} text
 * @param {string} query
 * @returns {[number, number][]} */
export function marks(text, query) {
  const lower = text.toLowerCase();
  // Lower case may be longer (İ): then positions in one do not fit the other.
  if (lower.length !== text.length) return [];
  /** @type {[number, number][]} */
  const all = [];
  for (const word of wordsOf(query)) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) all.push([at, at + word.length]);
  }
  all.sort(([a], [b]) => a - b);
  let free = 0;
  return all.filter(([begin, end]) => {
    if (begin < free) return false;
    free = end;
    return true;
  });
}

/** @param {string} query */
function wordsOf(query) {
  return query.toLowerCase().split(/\s+/).filter((word) => word !== "");
}
