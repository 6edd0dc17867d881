// Whether the server has a newer build of this page: the page says of which build it is, and its tag at the
// server says which is there now. It knows no page; nothing is reloaded by force.

import { RETRY_AFTER_MS_MAX } from "../core/protocol/limits.js";
import { retryAfterMs } from "./health.js";

/** So often a server that has no time for the question is asked. */
const ASKED_MAX = 3;

/** @param {string} address
 * @param {string | null} own the build of this page; null if it does not say so
 * @param {typeof fetch} ask
 * @param {(ms: number) => Promise<unknown>} pass lets time pass */
export function newBuildWatch(address, own, ask = fetch, pass = (ms) => new Promise((resolve) => setTimeout(resolve, ms))) {
  /** @returns {Promise<string | null>} */
  const tag = async (asked = 1) => {
    try {
      const answer = await ask(new URL("./", address), { method: "HEAD", cache: "no-store" });
      const afterMs = retryAfterMs(answer);
      if (afterMs !== null && asked < ASKED_MAX) {
        await pass(Math.min(afterMs, RETRY_AFTER_MS_MAX));
        return tag(asked + 1);
      }
      return answer.ok ? buildIn(answer.headers.get("etag")) : null;
    } catch {
      // Without a connection there is nothing to compare.
      return null;
    }
  };
  let known = own;
  return {
    async isThere() {
      const now = await tag();
      // Of a page that does not say, the next that is told is its own.
      known ??= now;
      return now !== null && known !== now;
    },
  };
}

/** A proxy that packs the page may mark its tag, and the server marks that of the packed one.
 * @param {string | null} etag */
function buildIn(etag) {
  return etag?.match(/^(?:W\/)?"(.*?)(?:-gz)?"$/)?.[1] ?? null;
}
