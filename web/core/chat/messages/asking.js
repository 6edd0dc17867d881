// Asking for a page of messages. Pure: it knows neither page nor socket nor clock.

import { HISTORY_MAX } from "../../protocol/limits.js";
import { messages } from "../state.js";

/** @typedef {import("../state.js").Room} Room */

/** The ref of a question for what is around a message. */
export const JUMP = "jump";
/** As many messages as are around one that is gone to. */
const AROUND = 100;

/** @param {Room} room
 * @param {import("../state.js").Awaited} page
 * @returns {import("../../update.js").Action} */
export function askPage(room, page) {
  room.awaited = page;
  return { do: "send", envelope: { type: "history", room: room.name, ...spanOf(room, page) } };
}

/** @param {Room} room
 * @param {import("../state.js").Awaited} page */
function spanOf(room, page) {
  if ("around" in page) return { around: page.around, limit: AROUND, ref: JUMP };
  if ("after" in page) return { after: page.after, limit: HISTORY_MAX };
  const before = "before" in page ? page.before : messages(room).find(({ id }) => id > page.missed)?.id;
  return { ...(before !== undefined && { before }), limit: HISTORY_MAX };
}
