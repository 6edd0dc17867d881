// Light or dark: as the system has it, until the person chooses.

import { THEMES } from "../typed.js";
import { button } from "./page.js";

const KEPT = "nebula.theme";

/** @param {Pick<Storage, "getItem" | "setItem">} storage */
export function newTheme(storage) {
  /** @param {string} theme */
  function set(theme) {
    document.documentElement.dataset.theme = theme;
    storage.setItem(KEPT, theme);
    const words = `Colours: ${theme}`;
    button("theme").setAttribute("aria-label", words);
    button("theme").title = `${words} (click for others)`;
  }
  const kept = storage.getItem(KEPT) ?? "";
  set(THEMES.includes(kept) ? kept : "system");
  button("theme").addEventListener("click", () => {
    const at = THEMES.indexOf(document.documentElement.dataset.theme ?? "");
    set(THEMES[(at + 1) % THEMES.length] ?? "system");
  });
  return { set };
}
