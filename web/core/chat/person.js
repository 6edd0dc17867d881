// What belongs to the person and to no room: the code for another device, the devices, the invites, as the server
// told them. Pure: it knows neither page nor socket nor clock.

import { settled } from "./acts.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("../update.js").Action} Action
 *
 * @typedef {object} Person
 * @property {{code: string, until: number} | null} code for another device, and when it ends, in ms since 1970
 * @property {import("../protocol/people.js").Device[] | null} devices null: not told yet
 * @property {import("../protocol/people.js").NewInvite | null} invited the invite that was made last: its code is told once
 * @property {import("../protocol/people.js").Invite[] | null} invites those that are still good
 */

/** @param {State} state
 * @param {import("../protocol/people.js").OfPeople} envelope
 * @param {number} at when it came, in ms
 * @returns {Action[]} */
export function personTold(state, envelope, at) {
  const { person } = state;
  switch (envelope.type) {
    case "link":
      person.code = { code: envelope.code, until: at + envelope.expires_ms };
      break;
    case "devices":
      // A code is good once: with a new device it is used up.
      if (person.devices && envelope.devices.length > person.devices.length) person.code = null;
      person.devices = envelope.devices;
      break;
    case "invite":
      person.invited = envelope;
      break;
    case "invites":
      person.invites = envelope.invites;
      // One that is used up or ended is in the list no longer.
      if (!envelope.invites.some(({ invite }) => invite === person.invited?.invite)) person.invited = null;
      break;
  }
  return settled(state, envelope.ref);
}

/** The code for another device, while it is good.
 * @param {State} state
 * @param {number} now */
export function codeNow({ person: { code } }, now) {
  return code !== null && now < code.until ? code : null;
}
