// Whether the server has a newer build of this page: the page says of which build it is, and its tag at the
// server says which is there now. It knows no page; nothing is reloaded by force.

/** @param {string} address
 * @param {string | null} own the build of this page; null if it does not say so
 * @param {typeof fetch} ask */
export function newBuildWatch(address, own, ask = fetch) {
  /** @returns {Promise<string | null>} */
  const tag = async () => {
    try {
      const answer = await ask(new URL("./", address), { method: "HEAD", cache: "no-store" });
      return answer.ok ? buildIn(answer.headers.get("etag")) : null;
    } catch {
      // Without a line there is nothing to compare.
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
