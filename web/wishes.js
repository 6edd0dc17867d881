// What the person does with keys and buttons becomes events of update.js, or moves the page.

import { meaning } from "./keys.js";
import { activeRoom } from "./state.js";
import { moveBetweenLandmarks, withMessageFocus } from "./view/focus.js";
import { showHelp } from "./view/help.js";
import { withArrows } from "./view/lists.js";
import { byId } from "./view/page.js";
import { newSides } from "./view/sides.js";
import { newSwitcher } from "./view/switcher.js";

/**
 * @typedef {object} Needs
 * @property {() => import("./state.js").State | null} state
 * @property {(event: import("./update.js").Event) => void} happens
 * @property {ReturnType<typeof import("./view/composer.js").newComposer>} composer
 * @property {ReturnType<typeof import("./view/searchbar.js").newSearchBar>} searchBar
 * @property {ReturnType<typeof import("./notify.js").newBell>} bell
 * @property {ReturnType<typeof import("./view/chat.js").newView>} view
 * @property {(id: number, block: ScrollLogicalPosition) => HTMLElement | null} reveal
 */

/** @param {Needs} needs */
export function listenToPerson({ state, happens, composer, searchBar, bell, view, reveal }) {
  const sides = newSides(() => undefined);
  const openSwitcher = newSwitcher({
    state: () => /** @type {import("./state.js").State} */ (state()),
    show: (place) => go({ type: "show", place }),
    join: (name) => go({ type: "join", name }),
  });

  /** To another room, where one may write at once.
   * @param {import("./update.js").Event} event */
  function go(event) {
    sides.close();
    searchBar.close();
    happens(event);
    if (matchMedia("(pointer: fine)").matches) composer.text.focus();
  }

  function firstUnread() {
    const now = state();
    const id = now && view.firstUnread(now);
    if (id) reveal(id, "center");
    else happens({ type: "notice", text: "there is nothing new in this room" });
  }

  /** @type {Record<string, () => void>} */
  const does = {
    switcher: openSwitcher,
    help: showHelp,
    previous: () => happens({ type: "step", by: -1 }),
    next: () => happens({ type: "step", by: 1 }),
    previousUnread: () => happens({ type: "step", by: -1, unread: true }),
    nextUnread: () => happens({ type: "step", by: 1, unread: true }),
    active: () => happens({ type: "active" }),
    firstUnread,
    bottom: () => sides.close() || happens({ type: "escape" }),
    search: () => searchBar.open(),
    landmark: () => moveBetweenLandmarks(1),
    landmarkBack: () => moveBetweenLandmarks(-1),
  };

  addEventListener("keydown", (event) => {
    if (!state() || event.isComposing || document.querySelector("dialog[open]")) return;
    const wish = does[meaning(event) ?? ""];
    if (!wish) return;
    event.preventDefault();
    wish();
  });

  /** @type {Record<string, (event: MouseEvent) => void>} */
  const clicks = {
    older: () => happens({ type: "older" }),
    "join-button": openSwitcher,
    "help-button": showHelp,
    "search-button": () => (searchBar.isOpen() ? searchBar.close() : searchBar.open()),
    "leave-button": () => go({ type: "leave" }),
    "mute-button": () => happens({ type: "mute" }),
    "dial-button": () => happens({ type: "start" }),
    "update-button": () => location.reload(),
    newer() {
      happens({ type: "escape" });
      view.log.pane.focus();
    },
    bell() {
      void bell.toggle().then((text) => {
        view.bell(bell.isOn());
        happens({ type: "notice", text });
      });
    },
    "room-list"(event) {
      const { place } = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-place]"))?.dataset ?? {};
      // With the keyboard one looks through the list and stays in it.
      if (place !== undefined) (event.detail > 0 ? go : happens)({ type: "show", place: Number(place) });
    },
    "people-list"(event) {
      const { name } = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-name]"))?.dataset ?? {};
      if (name !== undefined) writeTo(name);
    },
    log(event) {
      const { does: wanted, room = "", ref = "" } = /** @type {HTMLElement} */ (event.target).dataset;
      if (wanted !== "again" && wanted !== "edit" && wanted !== "drop") return;
      happens({ type: wanted, room, ref });
      composer.text.focus();
    },
  };
  for (const [id, click] of Object.entries(clicks)) byId(id).addEventListener("click", click);

  /** @param {string} name */
  function writeTo(name) {
    const now = state();
    sides.close();
    composer.text.focus();
    composer.insert(now && activeRoom(now).draft.trim() ? `${name} ` : `${name}: `);
  }

  withArrows(byId("room-list"));
  withArrows(byId("people-list"));
  withMessageFocus(view.log.pane);
}
