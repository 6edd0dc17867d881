// A dialog that asks for a room: it closes when one is there, and one may write at once.

import { activeRoom } from "../../core/chat/state.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/chat/state.js").Room} Room
 */

/** @param {HTMLDialogElement} box
 * @param {() => void} toText */
export function newArrival(box, toText) {
  /** Where one was when the room was asked for.
   * @type {Room | null} */
  let before = null;

  return {
    /** @param {Room | null} room */
    from(room) {
      before = room;
    },
    /** @param {State} now */
    render(now) {
      if (before === null || activeRoom(now) === before) return;
      before = null;
      box.close();
      toText();
    },
  };
}
