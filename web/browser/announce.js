// What a screen reader is told of: messages of others as they come, and nothing else; a burst in one
// sentence. It knows no page: `tell` puts a text into the one announcer, "" empties it.

import { AUTHOR_CHARS_MAX } from "../core/protocol/limits.js";
import { counted, emote, inSentence, onOneLine } from "../core/protocol/text.js";

/** Messages this near to one another are one burst. */
const BURST_MS = 500;
/** The first message of a burst is announced after this long at most. */
const BURST_MS_MAX = 2_000;
/** Announcements are removed after this, so that a screen reader does not find old ones beside the log. */
const KEPT_MS = 5_000;
/** More rooms than these are only counted. */
const ROOMS_MAX = 3;
/** A longer text is for reading. */
const TEXT_CHARS_MAX = 200;

/** @typedef {{room: string, where: string, sender: string, content: string, answers?: string, calls?: boolean}} Said
 * `where`: what the room is called in a sentence; `answers`: whom, so, if it is a reply; `calls`: it mentions this person */

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
    const emoted = emote(first.content);
    const sender = inSentence(first.sender, AUTHOR_CHARS_MAX);
    const does = [...(first.answers === undefined ? [] : [`replied to ${first.answers}`]), ...(first.calls ? ["mentioned you"] : [])];
    const about = does.length === 0 ? "" : `${sender} ${does.join(" and ")}: `;
    const author = emoted !== null ? `${sender} ` : about === "" ? `${sender}: ` : "";
    const said = `${about}${author}${onOneLine(emoted ?? first.content, TEXT_CHARS_MAX)}`;
    return first.room === shown ? said : `${first.where}, ${said}`;
  }
  const rooms = [...new Set(burst.map(({ where }) => where))].map((where) => {
    const here = burst.filter((said) => said.where === where);
    const calls = here.filter((said) => said.calls).length;
    return `${counted(here.length, "new message")}${calls > 0 ? `, ${counted(calls, "mention")},` : ""} in ${where}`;
  });
  const others = rooms.splice(ROOMS_MAX).length;
  return `${rooms.join(", ")}${others > 0 ? `, and more in ${counted(others, "other room")}` : ""}`;
}
