// Envelopes about a person's devices and about invites. Pure: it knows no socket and no page.

import { isCount, isId, isList, isText, maybeNames, maybeShort, maybeText } from "./fields.js";
import { DEVICES_MAX, INVITED_SHOWN_MAX, INVITE_ROOMS_MAX, LABEL_CHARS_MAX, NOTE_CHARS_MAX } from "./limits.js";

/**
 * @typedef {{device: number, label?: string, added: number, used: number, this?: boolean}} Device
 * @typedef {{invite: number, rooms?: string[], uses: number, expires: number, note?: string, by?: string, came?: string[]}} Invite
 * @typedef {{type: "link", code: string, expires_ms: number, ref?: string}} LinkCode
 * @typedef {{type: "devices", devices: Device[], ref?: string}} Devices
 * @typedef {Invite & {type: "invite", code: string, ref?: string}} NewInvite
 * @typedef {{type: "invites", invites: Invite[], ref?: string}} Invites
 * @typedef {LinkCode | Devices | NewInvite | Invites} OfPeople
 */

/** Hyphens for reading included. */
const CODE_UNITS_MAX = 64;

/** Whether it is one of these, within the limits of the protocol.
 * @param {any} e
 * @returns {boolean} */
export function isOfPeople(e) {
  if (!maybeText(e.ref)) return false;
  switch (e.type) {
    case "link":
      return isText(e.code, CODE_UNITS_MAX) && isCount(e.expires_ms);
    case "devices":
      return isList(e.devices, DEVICES_MAX, isDevice);
    case "invite":
      return isText(e.code, CODE_UNITS_MAX) && isInvite(e);
    case "invites":
      return isList(e.invites, Infinity, isInvite);
    default:
      return false;
  }
}

/** @param {any} device */
const isDevice = (device) => isId(device?.device) && maybeShort(device.label, LABEL_CHARS_MAX) && isCount(device.added) && isCount(device.used);
/** @param {any} invite */
const isInvite = (invite) => isId(invite?.invite) && isId(invite.uses) && isCount(invite.expires) && maybeShort(invite.note, NOTE_CHARS_MAX)
  && maybeNames(invite.rooms, INVITE_ROOMS_MAX) && maybeText(invite.by) && maybeNames(invite.came, INVITED_SHOWN_MAX);

/** What a person typed as a code, or heard: without hyphens and spaces, in capitals, and with the digits that letters were
 * taken for.
 * @param {string} typed */
export const bareCode = (typed) => typed.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");

/** In groups of four, as it is read.
 * @param {string} code */
export const grouped = (code) => code.replace(/.{4}(?=.)/g, "$&-");

/** The address at which a page comes in by a code: in the fragment, which no server is told.
 * @param {string} page
 * @param {"link" | "invite"} by
 * @param {string} code
 * @param {string} [room] to begin in */
export function addressOf(page, by, code, room) {
  const address = new URL("./", page);
  if (room !== undefined) address.search = String(new URLSearchParams({ room }));
  address.hash = `${by}=${code}`;
  return address.href;
}
