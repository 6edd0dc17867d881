// The columns beside the log. Where there is no room for them they are drawers: opened with a button,
// closed with Esc or a click beside them, and nothing behind them can be reached meanwhile.

import { button, byId, setAttribute } from "../page.js";

/** From these widths on the columns stand beside the log. */
const ROOMS_BESIDE = matchMedia("(min-width: 768px)");
const PEOPLE_BESIDE = matchMedia("(min-width: 1024px)");

export function newSides() {
  const chat = byId("chat");
  const shade = byId("shade");
  /** @type {string | null} */
  let drawer = null;
  let peopleFolded = false;

  const isBeside = (/** @type {string} */ name) => (name === "rooms" ? ROOMS_BESIDE : PEOPLE_BESIDE).matches;

  function draw() {
    if (drawer && isBeside(drawer)) drawer = null;
    chat.dataset.drawer = drawer ?? "";
    chat.classList.toggle("people-folded", peopleFolded);
    shade.hidden = drawer === null;
    for (const name of ["rooms", "people"]) {
      byId(name).inert = drawer !== null ? drawer !== name : !isBeside(name);
      const isOpen = isBeside(name) ? !(name === "people" && peopleFolded) : drawer === name;
      setAttribute(button(`${name}-button`), "aria-expanded", String(isOpen));
    }
    if (peopleFolded && drawer === null) byId("people").inert = true;
    byId("main").inert = drawer !== null;
  }

  /** @param {string} name */
  function toggle(name) {
    if (isBeside(name)) {
      peopleFolded = name === "people" && !peopleFolded;
      return draw();
    }
    if (drawer === name) return close();
    drawer = name;
    draw();
    byId(name).focus();
  }

  function close() {
    if (drawer === null) return false;
    const from = drawer;
    drawer = null;
    draw();
    button(`${from}-button`).focus();
    return true;
  }

  for (const name of ["rooms", "people"]) button(`${name}-button`).addEventListener("click", () => toggle(name));
  for (const width of [ROOMS_BESIDE, PEOPLE_BESIDE]) width.addEventListener("change", draw);
  for (const each of [shade, ...chat.querySelectorAll("[data-closes]")]) each.addEventListener("click", close);
  draw();

  return { close };
}
