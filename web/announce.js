// What a screen reader is told of: messages of others as they come, and nothing else; a burst in one
// sentence. It knows no page: `tell` puts a text into the one announcer, "" empties it.

import { deed, onOneLine } from "./protocol.js";

/** Messages this near to one another are one burst. */
const BURST_MS = 500;
/** But nobody waits longer than this for the first word of it. */
const BURST_MS_MAX = 2_000;
/** What was said is taken away, so that nobody finds old news beside the log. */
const KEPT_MS = 5_000;
/** A longer text is for reading. */
const CHARS_MAX = 300;

/** @typedef {{room: string, sender: string, content: string}} Said */

/** @param {(text: string) => void} tell
 * @param {() => string} shown the room that is shown
 * @param {() => number} now */
export function newAnnouncer(tell, shown, now = Date.now) {
  /** @type {Said[]} */
  let burst = [];
  let since = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function speak() {
    tell(sentence(burst, shown()));
    burst = [];
    timer = setTimeout(() => tell(""), KEPT_MS);
  }

  return {
    /** @param {Said} said */
    hear(said) {
      if (burst.length === 0) since = now();
      burst.push(said);
      clearTimeout(timer);
      timer = setTimeout(speak, Math.max(0, Math.min(BURST_MS, since + BURST_MS_MAX - now())));
    },
  };
}

/** @param {Said[]} burst
 * @param {string} shown */
export function sentence(burst, shown) {
  const [first] = burst;
  if (first && burst.length === 1) {
    const done = deed(first.content);
    const said = done === null ? `${first.sender}: ${first.content}` : `${first.sender} ${done}`;
    return onOneLine(first.room === shown ? said : `#${first.room}, ${said}`, CHARS_MAX);
  }
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { room } of burst) counts.set(room, (counts.get(room) ?? 0) + 1);
  const rooms = [...counts].map(([room, count]) => `${count} new message${count > 1 ? "s" : ""} in #${room}`);
  return onOneLine(rooms.join(", "), CHARS_MAX);
}
