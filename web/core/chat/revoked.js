// A device that is the person's no longer: what it did not send stays, and is told apart. Pure: it knows neither page nor
// socket nor clock.

import { refuseAll } from "./messages/refusing.js";

/** @typedef {import("./state.js").State} State */

/** Why nothing is written on it. */
export const NOT_YOURS = "This device is no longer yours: link it again to write";
/** Why an own message was not sent. */
export const NOT_FROM_HERE = "Not sent from this device";

/** The server says so for good, until the device is linked again.
 * @param {State} state */
export const isRevoked = ({ link }) => link.is === "refused" && link.why === "revoked";

/** @param {State} state */
export function markUnsent({ rooms }) {
  for (const room of rooms) refuseAll(room, NOT_FROM_HERE);
}
