// Whether the server has a newer build of this page: the tag of the page changes with any of its files.
// It knows no page; nothing is reloaded by force.

/** @param {string} address
 * @param {typeof fetch} ask */
export function newBuildWatch(address, ask = fetch) {
  /** @returns {Promise<string | null>} */
  const tag = async () => {
    try {
      const answer = await ask(new URL("./", address), { method: "HEAD", cache: "no-store" });
      return answer.ok ? answer.headers.get("etag") : null;
    } catch {
      // Without a line there is nothing to compare.
      return null;
    }
  };
  let own = /** @type {string | null} */ (null);
  const loaded = tag().then((first) => { own = first; });
  return {
    async isThere() {
      const now = await tag();
      await loaded;
      // Where the line broke before one knew, the next that is told is one's own.
      own ??= now;
      return now !== null && own !== now;
    },
  };
}
