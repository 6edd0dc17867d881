// Somebody in a list of people to choose from.

import { named } from "../log/text.js";
import { element } from "../page.js";

/** @param {import("../../core/chat/state.js").State} state
 * @param {string} name */
export function personOption(state, name) {
  const isHere = state.rooms.some(({ people: { known } }) => known.includes(name));
  return { key: name, children: [element("span", isHere ? "dot" : "dot away"), named(name), element("span", "hidden", isHere ? ", online" : ", offline")] };
}
