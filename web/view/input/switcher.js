// The room switcher: type some letters of a room, or the name of one to join.

import { candidates } from "../../core/commands/switcher.js";
import { byId, dialog, element, input, setAttribute } from "../page.js";

/** @param {{state: () => import("../../core/chat/state.js").State, show: (place: number) => void, join: (name: string) => void}} needs */
export function newSwitcher({ state, show, join }) {
  const box = dialog("switcher");
  const text = input("switcher-text");
  const list = byId("switcher-list");
  let at = 0;

  const found = () => candidates(state(), text.value);

  function draw() {
    const all = found();
    at = Math.max(0, Math.min(at, all.length - 1));
    list.replaceChildren(...all.map(({ name, place, news }, i) => {
      const row = element("li", "entry", place === null ? "Join " : "", element("bdi", "", `#${name}`), news && element("span", "badge", news));
      row.id = `switcher-${i}`;
      row.dataset.at = String(i);
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(i === at));
      return row;
    }));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    setAttribute(text, "aria-activedescendant", all.length > 0 ? `switcher-${at}` : null);
  }

  /** @param {number} place */
  function choose(place) {
    const chosen = found()[place];
    if (!chosen) return;
    box.close();
    if (chosen.place === null) join(chosen.name);
    else show(chosen.place);
  }

  text.addEventListener("input", () => {
    at = 0;
    draw();
  });
  text.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const count = list.children.length;
      at = (at + step + count) % Math.max(1, count);
      event.preventDefault();
      draw();
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      choose(at);
    }
  });
  list.addEventListener("click", ({ target }) => {
    const row = /** @type {Element} */ (target).closest("li");
    if (row) choose(Number(row.dataset.at));
  });
  box.addEventListener("click", ({ target }) => target === box && box.close());

  return () => {
    text.value = "";
    at = 0;
    draw();
    box.showModal();
  };
}
