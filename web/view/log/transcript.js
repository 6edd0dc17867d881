// What is copied out of the log: a transcript in which every message names its author, and no line of a
// text can pass for a message of somebody else.

import { emote, revealed } from "../../core/protocol/text.js";
import { sourceOf } from "./formatted/formatted.js";

/** How a further line of a text begins. */
const INDENT = "  ";
/** What begins on a line of its own. */
const BLOCKS = "p, ul, ol, li, blockquote, .code-block";

/** A copy of more than a part of one text becomes a transcript.
 * @param {HTMLElement} pane
 * @param {HTMLElement} log */
export function withTranscript(pane, log) {
  pane.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection || selection.rangeCount === 0 || !event.clipboardData) return;
    const text = transcript(log, selection.getRangeAt(0));
    if (text === "") return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });
}

/** Nothing where the browser's own copy says as much: a part of one text, or nothing of the log.
 * @param {HTMLElement} log
 * @param {Range} range */
function transcript(log, range) {
  const { commonAncestorContainer: at } = range;
  const element = at instanceof Element ? at : at.parentElement;
  if (element?.closest(".content")) return "";
  const rows = [...log.children].filter((row) => range.intersectsNode(row));
  return rows.map((row) => (row.matches(".row") ? message(row, range) : `-- ${row.textContent}`)).filter((each) => each !== "").join("\n");
}

/** @param {Element} row
 * @param {Range} range */
function message(row, range) {
  const [name, time] = [".sender", "time"].map((part) => row.querySelector(part)?.textContent ?? "");
  const content = row.querySelector(".content");
  const text = content ? selected(content, range) : "";
  // The selection ends before this text, or begins behind it.
  if (text === "") return "";
  const author = row.matches(".act") ? `* ${name}` : `<${name}>`;
  return `${time && `[${time}] `}${author} ${text.replaceAll("\n", `\n${INDENT}`)}`;
}

/** The part of a text that is selected: all of it, as it was typed.
 * @param {Element} content
 * @param {Range} range */
function selected(content, range) {
  if (!range.intersectsNode(content)) return "";
  const part = document.createRange();
  part.selectNodeContents(content);
  if (content.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
  if (content.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
  const source = sourceOf(content);
  if (part.toString() === content.textContent) return revealed(emote(source) ?? source);
  return shownIn(part.cloneContents()).join("");
}

/** What is seen of a part of a text, each block on a line of its own.
 * @param {Node} part
 * @returns {string[]} */
function shownIn(part) {
  return [...part.childNodes].flatMap((node, at) => {
    if (!(node instanceof HTMLElement)) return [node.textContent ?? ""];
    if (node.matches("button, .host, [hidden]")) return [];
    return at > 0 && node.matches(BLOCKS) ? ["\n", ...shownIn(node)] : shownIn(node);
  });
}
