// The popup of completions: what the word before the caret may become, and the one that is chosen.

import { completions, shownOption } from "../../core/commands/complete.js";
import { begun } from "../../core/commands/shortcodes.js";
import { element, setAttribute } from "../page.js";

/** A word before the caret that is completed unasked. */
const OFFERED = /(?:^|\s)[@#/／]\S*$/;
/** So many are offered: a person types another letter rather than read more. */
const OPTIONS_MAX = 30;

/** @typedef {typeof import("../../core/emoji.js")} Emoji */
/** @typedef {{text: string, shown: string}} Option what is put in the place of the word */
/** @typedef {{start: number, options: Option[], offered: boolean}} Offer where the word begins, what it may become, and whether to
 * offer that unasked */
/** @typedef {{drafted: (text: string) => void, names: () => string[], rooms: () => string[], everybody?: () => string[], emoji: () => Promise<Emoji | null>, filters?: (text: string, caret: number) => Offer | null}} Needs
 * everybody: what calls everybody there; emoji: their table, which is loaded when it is needed; null if it cannot be; filters: of
 * a search, if one is typed */

export class Popup {
  #list;
  #text;
  #needs;
  /** The word that is being completed. `at` is -1 until an option is chosen.
   * @type {{start: number, end: number, options: Option[], at: number} | null} */
  #open = null;
  /** @type {Emoji | null} */
  #emoji = null;

  /** @param {HTMLTextAreaElement | HTMLInputElement} text
   * @param {HTMLElement} list
   * @param {Needs} needs */
  constructor(text, list, needs) {
    this.#text = text;
    this.#list = list;
    this.#needs = needs;
    this.#list.addEventListener("pointerdown", (event) => {
      // The focus stays where one writes.
      event.preventDefault();
      const { at } = /** @type {HTMLElement} */ (event.target).dataset;
      if (at === undefined) return;
      this.#choose(Number(at));
      this.close();
    });
  }

  /** Offers what there is; unasked, only for a word that begins with a sign.
   * @param {boolean} asked */
  offer(asked) {
    const text = this.#text;
    const found = this.#needs.filters?.(text.value, this.#caret) ?? this.#named() ?? this.#completed(asked);
    const isOffered = found.options.length > 0 && (asked || found.offered);
    if (!isOffered) {
      this.close();
      return false;
    }
    this.#open = { start: found.start, end: this.#caret, options: found.options.slice(0, OPTIONS_MAX), at: -1 };
    this.#draw();
    return true;
  }

  get #caret() {
    return this.#text.selectionStart ?? 0;
  }

  /** @param {boolean} asked
   * @returns {Offer} */
  #completed(asked) {
    const text = this.#text;
    // Who is likeliest takes a look at all messages.
    if (!asked && !OFFERED.test(text.value.slice(0, this.#caret))) return { start: 0, options: [], offered: false };
    const found = completions(text.value, this.#caret, this.#needs.names(), this.#needs.rooms(), this.#needs.everybody?.());
    return { ...found, options: found.options.map((option) => ({ text: option, shown: shownOption(option) })) };
  }

  /** Emoji, if one is being named.
   * @returns {Offer | null} */
  #named() {
    const { value } = this.#text;
    const word = begun(value, this.#caret);
    if (!word) return null;
    if (!this.#emoji) void this.#load(value);
    const options = (this.#emoji?.find(word.query) ?? []).flatMap(({ emoji, codes: [code] }) => (code === undefined ? [] : [{ text: `${emoji} `, shown: `${emoji} :${code}:` }]));
    return { start: word.start, options, offered: true };
  }

  /** @param {string} value what was being written then */
  async #load(value) {
    this.#emoji = await this.#needs.emoji();
    if (this.#emoji && this.#text.value === value && document.activeElement === this.#text) this.offer(false);
  }

  close() {
    const wasOpen = this.#open !== null;
    this.#open = null;
    if (wasOpen) this.#draw();
    return wasOpen;
  }

  /** True if the key was for the popup.
   * @param {KeyboardEvent} event */
  takes({ key, shiftKey }) {
    const isBack = key === "ArrowUp" || (key === "Tab" && shiftKey);
    switch (key) {
      case "Tab":
        // Where there is nothing to complete, Tab goes on to the next control.
        return (this.#open !== null || (!shiftKey && this.offer(true))) && this.#complete(isBack);
      case "ArrowDown":
      case "ArrowUp":
        return this.#open !== null && this.#turn(isBack);
      case "Enter":
        // It takes the chosen one, which stands in the text already; the next Enter sends.
        return !shiftKey && (this.#open?.at ?? -1) >= 0 && this.close();
      case "Escape":
        return this.close();
      default:
        return false;
    }
  }

  /** Chooses the next option, and is done where it is the only one.
   * @param {boolean} isBack */
  #complete(isBack) {
    this.#turn(isBack);
    if (this.#open?.options.length === 1) this.close();
    return true;
  }

  /** @param {boolean} isBack */
  #turn(isBack) {
    const at = this.#open?.at ?? -1;
    this.#choose(!isBack ? at + 1 : at < 0 ? -1 : at - 1);
    return true;
  }

  /** Puts an option in the place of the word.
   * @param {number} at */
  #choose(at) {
    const open = this.#open;
    if (!open) return;
    const count = open.options.length;
    open.at = (at + count) % count;
    const { text: option = "" } = open.options[open.at] ?? {};
    this.#text.setRangeText(option, open.start, open.end, "end");
    open.end = open.start + option.length;
    this.#draw();
    this.#needs.drafted(this.#text.value);
  }

  #draw() {
    const { options = [], at = -1 } = this.#open ?? {};
    this.#list.hidden = options.length === 0;
    this.#list.replaceChildren(...options.map((option, i) => {
      const row = element("li", "", option.shown);
      row.id = `${this.#list.id}-${i}`;
      row.dataset.at = String(i);
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(i === at));
      return row;
    }));
    this.#list.children[at]?.scrollIntoView({ block: "nearest" });
    setAttribute(this.#text, "aria-controls", this.#open ? this.#list.id : null);
    setAttribute(this.#text, "aria-activedescendant", at >= 0 ? `${this.#list.id}-${at}` : null);
  }
}
