// The emoji that are offered before one looks for any: those used last, and the usual ones for who has used few. Pure: it
// knows neither page nor storage.

/** For who has not used any yet; so many are remembered. */
const USUAL = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

/** @param {string[]} latest the newest first */
export const offered = (latest) => [...new Set([...latest, ...USUAL])].slice(0, USUAL.length);

/** An emoji was used: it comes first from now on.
 * @param {string[]} latest
 * @param {string} emoji */
export const used = (latest, emoji) => offered([emoji, ...latest]);
