// What the browser tells of the page: looked at or not, shown again, the network, leaving, going back. It decides
// nothing.

/**
 * @typedef {object} Needs
 * @property {(isActive?: boolean) => void} looked the person looks or looks away; `isActive`: they did something
 * @property {() => void} woken the page may have slept
 * @property {(isThere: boolean) => void} network
 * @property {() => void} parts the page goes, perhaps for good
 * @property {() => boolean} keep stores what has to outlive the page; false if it cannot
 * @property {() => void} wentBack the address is another one
 * @property {() => void} hashChanged
 */

/** @param {Needs} needs */
export function listenToBrowser({ looked, woken, network, parts, keep, wentBack, hashChanged }) {
  // Whoever does something is there, and sees what came.
  for (const type of ["keydown", "pointerdown", "wheel"]) addEventListener(type, () => looked(true), { capture: true, passive: true });
  for (const type of ["focus", "pageshow"]) addEventListener(type, woken);
  document.addEventListener("visibilitychange", woken);
  for (const type of ["online", "offline"]) addEventListener(type, () => network(type === "online"));
  addEventListener("blur", () => looked());
  addEventListener("hashchange", hashChanged);
  addEventListener("popstate", wentBack);
  addEventListener("pagehide", () => {
    parts();
    keep();
  });
  // What is stored is there again: only what cannot be is worth a question.
  addEventListener("beforeunload", (event) => {
    if (!keep()) event.preventDefault();
  });
}

/** The page is in front, and the window is the one that is used. */
export function isLookedAt() {
  return document.hasFocus() && !document.hidden;
}
