// The dialogs over the page: each is drawn while it is open, and says what the server refused.

import { isRevoked } from "../../core/chat/revoked.js";
import { asSentence } from "../../core/protocol/text.js";
import { dialog, setText } from "../page.js";
import { newAdd } from "./add.js";
import { newBrowser } from "./browser.js";
import { newCreate } from "./create.js";
import { newDevices } from "./devices.js";
import { newInbox } from "./inbox.js";
import { newInvites } from "./invites.js";
import { newName } from "./name.js";
import { newPerson } from "./person.js";
import { newSearch } from "./search.js";
import { newTopic } from "./topic.js";
import { newWrite } from "./write.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/update.js").Event} Event
 *
 * @typedef {object} Needs
 * @property {() => State | null} state
 * @property {(event: Event) => void} happens
 * @property {(event: Event) => void} go to another room, where one may write at once
 * @property {() => void} toText to where one writes
 * @property {() => number} here the message that is read now, to come back to; 0 at the end
 * @property {(text: string, caret: number) => import("../input/popup.js").Offer} filters of a search, while it is typed
 * @property {(name: string) => void} mention writes a name where one writes
 */

/** @param {Needs} needs */
export function newDialogs(needs) {
  const all = { devices: newDevices(needs), inbox: newInbox(needs), invites: newInvites(needs), browser: newBrowser(needs), create: newCreate(needs), write: newWrite(needs), add: newAdd(needs), about: newTopic(needs), name: newName(needs), person: newPerson(needs), search: newSearch(needs) };
  const faultOf = (/** @type {string} */ name) => document.getElementById(`${name}-fault`);
  for (const name of Object.keys(all)) {
    const box = dialog(name);
    // A click beside a dialog closes it, as Esc does.
    box.addEventListener("click", ({ target }) => target === box && box.close());
    // What it said is read.
    box.addEventListener("close", () => faultOf(name)?.textContent && needs.happens({ type: "notice", text: "" }));
  }

  return {
    ...all,
    /** @param {State} state */
    render(state) {
      for (const [name, { render }] of Object.entries(all)) {
        if (!dialog(name).open) continue;
        // Nothing can be done from a device that is the person's no longer.
        if (isRevoked(state)) dialog(name).close();
        const fault = faultOf(name);
        if (fault) setText(fault, state.answered ? "" : asSentence(state.notice));
        render(state);
      }
    },
  };
}
