// How the page looks, where a person may choose: its colours, how wide its text runs, whether texts are formatted.

import { THEMES, WIDTHS } from "../core/commands/intents.js";
import { button, byId, setAttribute } from "./page.js";

/** Where it is kept that texts are shown as typed. */
const PLAIN = "nebula.plain";

/** The words that are highlighted. */
const HIGHLIGHT = "nebula.highlight";

/** And that there is a toolbar for formatting, for who wants it. */
const TOOLBAR = "nebula.toolbar";

/** @param {Pick<import("../browser/storage.js").Store, "getItem" | "setItem">} storage */
export function newLook(storage) {
  const theme = choice(storage, "theme", THEMES);
  const width = choice(storage, "width", WIDTHS);
  /** @param {string} chosen */
  const setTheme = (chosen) => {
    theme.set(chosen);
    const words = `Theme: ${chosen}`;
    button("theme").setAttribute("aria-label", words);
    button("theme").title = `${words} (click to change)`;
  };
  setTheme(theme.now());
  width.set(width.now());
  button("theme").addEventListener("click", () => {
    const at = THEMES.indexOf(theme.now());
    setTheme(THEMES[(at + 1) % THEMES.length] ?? "system");
  });
  /** @param {boolean} isShown */
  const showToolbar = (isShown) => {
    byId("toolbar").hidden = !isShown;
    setAttribute(byId("toolbar-button"), "aria-pressed", String(isShown));
  };
  showToolbar(storage.getItem(TOOLBAR) === "yes");
  return {
    setTheme,
    setWidth: width.set,
    toggleToolbar() {
      const isShown = byId("toolbar").hidden;
      showToolbar(isShown);
      storage.setItem(TOOLBAR, isShown ? "yes" : "no");
    },
    highlights: () => (storage.getItem(HIGHLIGHT) ?? "").split(" ").filter((word) => word !== ""),
    /** @param {string[]} words */
    setHighlights: (words) => storage.setItem(HIGHLIGHT, words.join(" ")),
    isPlain: () => storage.getItem(PLAIN) === "yes",
    /** @param {boolean} isOn */
    setPlain: (isOn) => storage.setItem(PLAIN, isOn ? "yes" : "no"),
  };
}

/** One of a few words, kept, and read by the style sheets from an attribute of the root.
 * @param {Pick<import("../browser/storage.js").Store, "getItem" | "setItem">} storage
 * @param {string} what
 * @param {string[]} options the first is the default */
function choice(storage, what, options) {
  const root = document.documentElement.dataset;
  const kept = storage.getItem(`nebula.${what}`) ?? "";
  root[what] = options.includes(kept) ? kept : options[0];
  return {
    now: () => root[what] ?? "",
    /** @param {string} chosen */
    set(chosen) {
      root[what] = chosen;
      storage.setItem(`nebula.${what}`, chosen);
    },
  };
}
