// The servers of a cluster, any of which will do: which there are, which comes next, and how the one that one is
// connected to stands. Pure: it knows neither page nor socket nor clock.

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Link} Link
 */

/** What is told while messages do not get through as usual.
 * @type {Record<string, string>} */
const WORDS = {
  waiting: "Waiting for the other servers: messages are sent when they answer",
  cut: "Cut off from the other servers: new messages are refused, reading works",
};

/** The origins among some addresses that a page from `own` may go to as well: they get the same key and token. What came
 * over TLS, or did not leave this machine, is not sent in the clear to another one.
 * @param {string[]} addresses
 * @param {string} own
 * @returns {string[]} */
export function othersAmong(addresses, own) {
  const origins = addresses.flatMap((address) => originOf(address) ?? []);
  const isAsSafe = (/** @type {string} */ origin) => origin.startsWith("https:") || (!own.startsWith("https:") && isThisMachine(origin) === isThisMachine(own));
  return [...new Set(origins)].filter((origin) => origin !== own && isAsSafe(origin));
}

/** @param {string} origin */
const isThisMachine = (origin) => /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(origin);

/** The origin of an address that is nothing more than one; null for any other.
 * @param {string} address */
function originOf(address) {
  if (!URL.canParse(address)) return null;
  const { protocol, origin, href } = new URL(address);
  return /^https?:$/.test(protocol) && href === `${origin}/` ? origin : null;
}

/** Goes on to the next server; false if all have been tried since the round began.
 * @param {Link} link */
export function toNextServer(link) {
  const all = [link.own, ...link.others];
  link.server = all[(all.indexOf(link.server) + 1) % all.length] ?? link.own;
  link.tried += 1;
  const isOn = link.tried < all.length;
  if (!isOn) link.tried = 0;
  return isOn;
}

/** What the server says of its cluster. Servers that are known keep their order, and new ones come behind them. Where it
 * says none, those that are known stay.
 * @param {Link} link
 * @param {import("../protocol/envelopes.js").Cluster} cluster */
export function clusterCame(link, { standing, servers }) {
  link.standing = standing;
  if (!servers) return;
  const told = othersAmong(servers, link.own);
  const known = link.others.filter((origin) => told.includes(origin));
  link.others = [...new Set([...known, ...told])];
}

/** A sentence about how the server stands; "" where messages get through.
 * @param {Link} link */
export const wordsAboutCluster = ({ standing }) => (Object.hasOwn(WORDS, standing) && WORDS[standing]) || "";
