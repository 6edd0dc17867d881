// Items of a text as lists, within each other as far as they are indented.

import { element } from "../../page.js";
import { drawnLines } from "./inline.js";

/** @typedef {Extract<import("../../../core/formatting/blocks.js").Block, {kind: "item"}>} Item */
/** @typedef {{list: HTMLUListElement | HTMLOListElement, indent: number, last: HTMLLIElement}} Level */

/** Lists within each other: of more, a narrow screen has no room. */
const DEPTH_MAX = 6;
/** Items that are indented less than this further are in the same list. */
const INDENT_MIN = 2;
/** Longer markers need more room than there is before each item. */
const MARKER_CHARS = 3;
const WIDE_CHARS = 6;

/** @param {Item[]} items
 * @param {import("./words.js").Look} look
 * @returns {Node[]} */
export function listsOf(items, look) {
  /** @type {Node[]} */
  const made = [];
  /** @type {Level[]} */
  const levels = [];
  for (const item of items) {
    while (item.indent < (levels.at(-1)?.indent ?? 0)) levels.pop();
    const isDeeper = levels.length < DEPTH_MAX && item.indent >= (levels.at(-1)?.indent ?? 0) + INDENT_MIN;
    const above = levels.length > 0 && !isDeeper ? levels.pop() : undefined;
    const last = entry(item, look);
    const list = above && above.list.matches("ul") === (item.marker === "-") ? above.list : newList(item.marker);
    list.append(last);
    if (list !== above?.list) {
      const around = levels.at(-1)?.last;
      if (around) around.append(list);
      else made.push(list);
    }
    if (item.marker.length > MARKER_CHARS) list.classList.add(item.marker.length > WIDE_CHARS ? "wider" : "wide");
    levels.push({ list, indent: above?.indent ?? item.indent, last });
  }
  return made;
}

/** @param {string} marker */
function newList(marker) {
  const made = element(marker === "-" ? "ul" : "ol", "");
  made.dir = "auto";
  return made;
}

/** @param {Item} item
 * @param {import("./words.js").Look} look */
function entry({ marker, lines }, look) {
  const made = element("li", "", ...drawnLines(lines, look));
  if (marker === "-") return made;
  made.value = Number.parseInt(marker, 10);
  // As it was typed.
  if (`${made.value}.` !== marker) made.dataset.marker = marker;
  return made;
}
