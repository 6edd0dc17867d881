// A block of code: highlighted, scrolled by itself, and copied by a button.

import { tokens } from "../../../core/formatting/code.js";
import { revealed } from "../../../core/protocol/text.js";
import { byId, copyText, element, newButton, setText } from "../../page.js";
import { marked } from "./words.js";

/** So long a button says what it has done. */
const SAYS_MS = 2_000;

/** @param {string | null} language
 * @param {string} code
 * @param {import("./words.js").Look["terms"]} terms */
export function codeBlock(language, code, terms) {
  const shown = revealed(code);
  const read = (language === null ? null : tokens(language, shown)) ?? [{ kind: "plain", text: shown }];
  const text = read.flatMap(({ kind, text }) => (kind === "plain" ? marked(text, terms) : [element("span", kind, ...marked(text, terms))]));
  const pre = element("pre", "", element("code", "", ...text));
  pre.dir = "ltr";
  pre.tabIndex = -1;
  const copier = newButton("plain copier", "Copy");
  copier.setAttribute("aria-label", "Copy the code");
  copier.tabIndex = -1;
  const made = element("div", "code-block", pre, copier);
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", language === null ? "Code" : `Code, ${language}`);
  return made;
}

/** Copies what is seen: signs that are not shown do not get into anybody's terminal.
 * @param {HTMLElement} copier */
export async function copy(copier) {
  const code = copier.previousElementSibling?.textContent ?? "";
  const said = await copyText(code) ? "Copied" : "Copy failed";
  setText(copier, said);
  setText(byId("announcer"), said);
  setTimeout(() => setText(copier, "Copy"), SAYS_MS);
}
