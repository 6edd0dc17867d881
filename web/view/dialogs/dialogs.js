// The dialogs that show what the server told: each asks when it is opened, and is drawn while it is open.

import { byId, dialog, setText } from "../page.js";
import { newDevices } from "./devices.js";
import { newInvites } from "./invites.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 *
 * @typedef {object} Needs
 * @property {() => State | null} state
 * @property {(event: import("../../core/update.js").Event) => void} happens
 * @property {(device: number) => void} revoke asks first
 */

/** @param {Omit<Needs, "revoke">} given */
export function newDialogs(given) {
  const needs = { ...given, revoke: (/** @type {number} */ device) => given.happens({ type: "does", intent: { is: "revoke", device } }) };
  const all = { devices: newDevices(needs), invites: newInvites(needs) };
  // A click beside a dialog closes it, as Esc does.
  for (const name of Object.keys(all)) dialog(name).addEventListener("click", ({ target }) => target === dialog(name) && dialog(name).close());

  return {
    ...all,
    /** @param {State} state */
    render(state) {
      for (const [name, { render }] of Object.entries(all)) {
        if (!dialog(name).open) continue;
        setText(byId(`${name}-fault`), state.answered ? "" : state.notice);
        render(state);
      }
    },
  };
}
