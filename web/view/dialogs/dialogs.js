// The dialogs over the page: each is drawn while it is open, and says what the server refused.

import { dialog, setText } from "../page.js";
import { newBrowser } from "./browser.js";
import { newCreate } from "./create.js";
import { newDevices } from "./devices.js";
import { newInvites } from "./invites.js";
import { newPerson } from "./person.js";
import { newTopic } from "./topic.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/update.js").Event} Event
 *
 * @typedef {object} Needs
 * @property {() => State | null} state
 * @property {(event: Event) => void} happens
 * @property {(event: Event) => void} go to another room, where one may write at once
 * @property {(name: string) => void} mention writes a name where one writes
 */

/** @param {Needs} needs */
export function newDialogs(needs) {
  const all = { devices: newDevices(needs), invites: newInvites(needs), browser: newBrowser(needs), create: newCreate(needs), about: newTopic(needs), person: newPerson(needs) };
  // A click beside a dialog closes it, as Esc does.
  for (const name of Object.keys(all)) dialog(name).addEventListener("click", ({ target }) => target === dialog(name) && dialog(name).close());

  return {
    ...all,
    /** @param {State} state */
    render(state) {
      for (const [name, { render }] of Object.entries(all)) {
        if (!dialog(name).open) continue;
        const fault = document.getElementById(`${name}-fault`);
        if (fault) setText(fault, state.answered ? "" : state.notice);
        render(state);
      }
    },
  };
}
