// What a person wrote in another tab of this browser, or on another visit, and did not send: found, claimed
// and taken in. It knows no page.

import { ownerOf } from "../core/chat/state.js";

/** A tab that was just loaded again takes its own things back before another may. */
const RELOAD_MS = 5_000;
/** How soon what a closed tab left is found by one that stays open. */
const LOOK_MS = 30_000;

/**
 * @typedef {import("../core/chat/state.js").State} State
 * @typedef {object} Needs
 * @property {import("./memory.js").Memory} memory
 * @property {import("./tabs.js").Tabs} tabs
 * @property {() => State | null} state
 * @property {(event: import("../core/update.js").Event) => void} happens
 */

/** @param {Needs} needs */
export function newLeftovers({ memory, tabs, state, happens }) {
  /** @type {string | null} */
  let owner = null;
  let isLooking = false;
  let mayLook = false;

  /** Holds what this tab writes down, so that no other takes it.
   * @param {State} now */
  async function hold(now) {
    const name = memory.ownName(now);
    const isOwn = await tabs.claim(name, () => {}) || await wait(1_000).then(() => tabs.claim(name, () => {}));
    // Somebody copied a tab, which lives.
    if (!isOwn) memory.renew();
    const then = state();
    if (then) tabs.hold(memory.ownName(then));
  }

  async function look() {
    const now = state();
    if (!now || isLooking || !mayLook) return;
    isLooking = true;
    for (const name of memory.others(now)) {
      await tabs.claim(name, () => {
        const then = state();
        if (then && name.endsWith(` ${ownerOf(then)}`)) happens({ type: "recalled", added: memory.take(then, name) });
      });
    }
    isLooking = false;
  }

  setInterval(() => void look(), LOOK_MS);
  return {
    look: () => void look(),
    /** Somebody comes in, or is somebody else from now on: what is theirs is there.
     * @param {State} now
     * @returns {string[] | null} rooms that were not there; null where nobody changed */
    owned(now) {
      if (ownerOf(now) === owner) return null;
      const isFirst = owner === null;
      owner = ownerOf(now);
      const added = memory.recall(now);
      void hold(now);
      void wait(isFirst && memory.last ? RELOAD_MS : 0).then(() => {
        mayLook = true;
        return look();
      });
      return added;
    },
    /** Another name was chosen on the first screen. */
    anew: () => { owner = null; },
  };
}

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(() => resolve(null), ms));
