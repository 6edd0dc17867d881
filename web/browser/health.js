// Why a page is not let in: a browser does not tell how a WebSocket was refused, but the server, or whoever
// stands before it, answers other questions. It knows no page.

const ANSWER_MS_MAX = 5_000;

/** @typedef {{reason: string, afterMs?: number}} Answer a sentence, and when to come again where that was said */

/** What the server, or a proxy, answers there; null if nobody does.
 * @param {string} address
 * @param {typeof fetch} ask
 * @returns {() => Promise<Answer | null>} */
export function newHealth(address, ask = fetch) {
  const { host, origin } = new URL(address);
  return async () => {
    try {
      const answer = await ask(new URL("./healthz", address), { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS_MAX) });
      const afterMs = retryAfterMs(answer);
      return { reason: sentence(answer.status, host, origin), ...(afterMs !== null && { afterMs }) };
    } catch {
      return null;
    }
  };
}

/** For how long a server that has no time now wants to be left alone; null if it does not say so.
 * @param {Pick<Response, "status" | "headers">} answer
 * @param {number} now */
export function retryAfterMs({ status, headers }, now = Date.now()) {
  const given = status === 429 || status === 503 ? headers.get("retry-after")?.trim() : undefined;
  if (!given) return null;
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - now;
  return Number.isFinite(ms) ? Math.max(ms, 0) : null;
}

/** @param {number} status
 * @param {string} host
 * @param {string} origin */
function sentence(status, host, origin) {
  switch (status) {
    case 200:
      return `${host} answers, but refuses the chat connection. If this keeps happening, ask the server's operator to check its log: a proxy must pass on the Host and Upgrade headers, and a page from another origin needs --allow-origin ${origin}`;
    case 429:
      return `${host} has too many connections from your network`;
    case 502:
    case 504:
      return `${host} answers, but the chat server behind it does not`;
    case 503:
      return `${host} is full or restarting`;
    default:
      return `${host} answers with status ${status}, so no chat server is at this address`;
  }
}
