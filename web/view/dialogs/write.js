// The dialog "New direct message": one or several people are chosen, and one goes to the room that they have with one.

import { activeRoom } from "../../core/chat/state.js";
import { choosable } from "../../core/commands/people.js";
import { directWith } from "../../core/commands/rooms.js";
import { DIRECT_PEOPLE_MAX } from "../../core/protocol/limits.js";
import { newOptions } from "../input/options.js";
import { button, byId, dialog, element, hasMouse, input, newButton, setText } from "../page.js";
import { newArrival } from "./arrival.js";
import { personOption } from "./candidates.js";

/** @typedef {import("../../core/chat/state.js").State} State */

/** Oneself is in it, too. */
const OTHERS_MAX = DIRECT_PEOPLE_MAX - 1;

/** @param {import("./dialogs.js").Needs} needs */
export function newWrite({ state, happens, go, toText }) {
  const box = dialog("write");
  const text = input("write-text");
  const arrival = newArrival(box, toText);
  /** @type {string[]} */
  let chosen = [];
  const isBlank = () => text.value.trim() === "";
  const found = () => (chosen.length < OTHERS_MAX ? choosable(/** @type {State} */ (state()), text.value, chosen) : []);
  const options = newOptions({
    text,
    list: byId("write-list"),
    options: () => found().map((name) => personOption(/** @type {State} */ (state()), name)),
    choose,
    // With nothing typed, Enter starts.
    first: () => (isBlank() && chosen.length > 0 ? -1 : 0),
  });

  /** @param {number} place */
  function choose(place) {
    const name = found()[place];
    if (name !== undefined) change([...chosen, name]);
    else if (isBlank()) start();
  }

  function start() {
    const now = state();
    if (!now || chosen.length === 0) return;
    const event = /** @type {const} */ ({ type: "does", intent: { is: "msg", users: chosen, text: "" } });
    if (directWith(now, chosen)) {
      box.close();
      return go(event);
    }
    arrival.from(activeRoom(now));
    happens(event);
  }

  /** @param {string[]} people */
  function change(people) {
    chosen = people;
    text.value = "";
    happens({ type: "notice", text: "" });
    byId("write-chosen").replaceChildren(...chosen.map(chip));
    setText(byId("write-left"), wordsAbout(chosen.length));
    button("write-go").disabled = chosen.length === 0;
    options.draw(true);
    if (hasMouse()) text.focus();
  }

  text.addEventListener("input", () => options.draw(true));
  text.addEventListener("keydown", ({ key }) => key === "Backspace" && text.value === "" && chosen.length > 0 && change(chosen.slice(0, -1)));
  byId("write-chosen").addEventListener("click", ({ target }) => {
    const { name } = /** @type {HTMLElement} */ (/** @type {Element} */ (target).closest("button") ?? target).dataset;
    if (name !== undefined) change(chosen.filter((each) => each !== name));
  });
  button("write-go").addEventListener("click", start);

  return {
    /** @param {State} now */
    render(now) {
      options.draw();
      arrival.render(now);
    },
    open() {
      arrival.from(null);
      if (!box.open) box.showModal();
      change([]);
    },
  };
}

/** @param {number} count of those who are chosen */
function wordsAbout(count) {
  if (count === 0) return `Choose up to ${OTHERS_MAX} people.`;
  if (count < OTHERS_MAX) return `Enter starts, or choose up to ${OTHERS_MAX - count} more.`;
  return `A direct message is for at most ${DIRECT_PEOPLE_MAX} people. Enter starts.`;
}

/** @param {string} name */
function chip(name) {
  const made = newButton("chip", element("bdi", "", name));
  made.dataset.name = name;
  made.setAttribute("aria-label", `Remove ${name}`);
  return made;
}
