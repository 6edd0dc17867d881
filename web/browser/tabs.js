// Which tabs of this browser are open: what one of them has written and not sent belongs to it while it
// lives, and to the next that asks when it does not. It knows no page.

/** Where the browser has no locks, which only pages that came safely get, the tabs are asked, and have so
 * long to answer. One that is slower has its unsent messages sent by two, under one ref, so once. */
const ANSWER_MS = 500;

/**
 * @typedef {{request(name: string, options: {ifAvailable?: boolean}, use: (lock: unknown) => unknown): Promise<unknown>}} Locks
 * @typedef {{locks?: Locks | undefined, channel(name: string): Pick<BroadcastChannel, "postMessage" | "onmessage">}} World
 *
 * @typedef {object} Tabs
 * @property {(name: string) => void} hold this tab has it, until it ends or holds something else
 * @property {(name: string, use: () => void) => Promise<boolean>} claim uses it, if no other tab has it
 */

/** @param {World} world
 * @param {string} folder
 * @returns {Tabs} */
export function newTabs({ locks, channel }, folder) {
  return locks ? withLocks(locks, folder) : withQuestions(channel(`nebula ${folder}`));
}

/** @param {Locks} locks
 * @param {string} folder
 * @returns {Tabs} */
function withLocks(locks, folder) {
  let release = () => {};
  return {
    hold(name) {
      release();
      const released = new Promise((resolve) => { release = () => resolve(null); });
      void locks.request(`nebula ${folder} ${name}`, {}, () => released);
    },
    async claim(name, use) {
      let isFree = false;
      await locks.request(`nebula ${folder} ${name}`, { ifAvailable: true }, (lock) => {
        isFree = lock !== null;
        if (isFree) use();
      });
      return isFree;
    },
  };
}

/** @param {Pick<BroadcastChannel, "postMessage" | "onmessage">} channel
 * @returns {Tabs} */
function withQuestions(channel) {
  let held = "";
  /** @type {Set<string>} */
  const taken = new Set();
  channel.onmessage = ({ data }) => {
    if (typeof data?.here === "string") taken.add(data.here);
    else if (typeof data?.who === "string" && data.who === held) channel.postMessage({ here: held });
  };
  return {
    hold: (name) => { held = name; },
    async claim(name, use) {
      taken.delete(name);
      channel.postMessage({ who: name });
      await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
      const isFree = !taken.has(name);
      if (isFree) use();
      return isFree;
    },
  };
}
