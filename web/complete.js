// Completing a name: the likeliest first, the next one with each press. Pure: it knows no page.

import { fold } from "./protocol.js";

/** Who spoke last comes first, then who else is here, and oneself at the end. */
export function likeliest(room, me) {
  const here = new Set(room.people.known);
  const spoke = room.entries.filter((e) => e.type === "message" && here.has(e.sender)).map((e) => e.sender).reverse();
  const others = [...new Set([...spoke, ...here])].filter((name) => me === null || fold(name) !== fold(me));
  return me === null ? others : [...others, me];
}

/** What the word before the caret may become, and where it begins; no options if it begins no name. */
export function completions(text, caret, names) {
  const start = text.slice(0, caret).search(/\S+$/);
  if (start < 0) return { start: caret, options: [] };
  const word = text.slice(start, caret);
  const at = word.startsWith("@") ? "@" : "";
  const begun = fold(word.slice(at.length));
  const after = start === 0 ? ": " : " ";
  const fitting = word === "@" ? names : names.filter((name) => begun !== "" && fold(name).startsWith(begun));
  return { start, options: fitting.map((name) => `${at}${name}${after}`) };
}
