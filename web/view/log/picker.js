// The picker of emoji: the latest ones, and all by their names. The table of names comes when it is opened first.

import { offered, used } from "../../core/latest.js";
import { newOptions } from "../input/options.js";
import { element, newButton } from "../page.js";
import { beside } from "./menu.js";

/** So many are listed: a person types another letter rather than look through more. */
const FOUND_MAX = 60;
/** Where the table of names does not come. */
export const NO_EMOJI = "Couldn't load the emoji list";

/**
 * @typedef {import("../../core/emoji.js").Known} Known
 * @typedef {typeof import("../../core/emoji.js")} Table
 * @typedef {object} Needs
 * @property {() => Promise<Table>} table
 * @property {{all: () => string[], keep: (emoji: string[]) => void}} latest the newest first
 * @property {(text: string) => void} tell
 */

/** @param {Needs} needs */
export function newPicker({ table, latest, tell }) {
  const { box, row, text, list } = newBox();
  /** @type {Table | null} */
  let names = null;
  /** @type {(emoji: string) => void} */
  let chosen = () => {};
  /** @type {HTMLElement | null} */
  let from = null;

  const known = () => offered(latest.all());
  /** With nothing typed, the latest. */
  function found() {
    if (!names) return [];
    const { EMOJI } = names;
    if (/^[\s:_]*$/.test(text.value)) return known().flatMap((each) => EMOJI.find(({ emoji }) => emoji === each) ?? []);
    return names.find(text.value).slice(0, FOUND_MAX);
  }
  /** @param {Known} known */
  const option = ({ emoji, codes }) => ({ key: emoji, children: [element("span", "emoji", emoji), ` ${codes[0]?.replaceAll("_", " ") ?? ""}`] });
  const options = newOptions({ text, list, options: () => found().map(option), choose: (at) => choose(found()[at]?.emoji) });

  /** @param {string | undefined} emoji */
  function choose(emoji) {
    if (emoji === undefined) return;
    latest.keep(used(latest.all(), emoji));
    box.hidePopover();
    from?.focus({ preventScroll: true });
    chosen(emoji);
  }

  text.addEventListener("input", () => options.draw(true));
  box.addEventListener("keydown", (event) => {
    // It closes by itself, and the log stays where it is.
    if (event.key === "Escape") event.stopPropagation();
  });
  box.addEventListener("toggle", (event) => {
    const isClosed = /** @type {ToggleEvent} */ (event).newState === "closed";
    if (isClosed && (box.contains(document.activeElement) || document.activeElement === document.body)) from?.focus({ preventScroll: true });
  });
  row.addEventListener("click", ({ target }) => choose(/** @type {HTMLElement} */ (/** @type {Element} */ (target).closest("button") ?? row).dataset.emoji));

  return {
    /** @param {HTMLElement} at
     * @param {HTMLElement} back where the focus goes
     * @param {(emoji: string) => void} then */
    async open(at, back, then) {
      [chosen, from] = [then, back];
      row.replaceChildren(...known().map((emoji) => {
        const button = newButton("icon emoji", emoji);
        button.dataset.emoji = emoji;
        return button;
      }));
      text.value = "";
      const rect = at.getBoundingClientRect();
      box.showPopover();
      options.draw(true);
      beside(box, rect);
      text.focus();
      try {
        names ??= await table();
        options.draw(true);
        beside(box, rect);
      } catch {
        tell(NO_EMOJI);
      }
    },
  };
}

function newBox() {
  const box = element("div", "popup picker");
  box.popover = "auto";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", "Choose a reaction");
  const row = element("div", "latest");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Recently used");
  const text = element("input", "");
  Object.assign(text, { placeholder: "Search by name", autocomplete: "off", spellcheck: false, maxLength: 40 });
  const list = element("ul", "list");
  list.id = "picker-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Emoji");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-controls": list.id, "aria-autocomplete": "list", "aria-label": "Search by name" })) text.setAttribute(name, value);
  box.append(row, text, list);
  document.body.append(box);
  return { box, row, text, list };
}
