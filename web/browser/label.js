// What this device is called in the list of a person's devices: the browser and the system, as far as the browser says.
// It knows no page.

/** The first that fits: others name those below, too.
 * @type {[name: string, sign: RegExp][]} */
const BROWSERS = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//], ["Opera", /\bOPR\//], ["Samsung Internet", /SamsungBrowser/], ["Vivaldi", /Vivaldi/],
  ["Firefox", /Firefox|FxiOS/], ["Chrome", /Chrome|CriOS|Chromium/], ["Safari", /Safari/],
];
/** @type {[name: string, sign: RegExp][]} */
const SYSTEMS = [
  ["iPhone", /iPhone/], ["iPad", /iPad/], ["Android", /Android/], ["ChromeOS", /CrOS/], ["Windows", /Windows/], ["macOS", /Mac OS X/], ["Linux", /Linux|X11/],
];

/** @param {string} agent as the browser calls itself */
export function labelOf(agent) {
  const [browser, system] = [BROWSERS, SYSTEMS].map((known) => known.find(([, sign]) => sign.test(agent))?.[0]);
  return `${browser ?? "Browser"}${system ? ` on ${system}` : ""}`;
}

/** A text as a subprotocol may carry it: base64url without padding.
 * @param {string} text */
export const packed = (text) => packedBytes(new TextEncoder().encode(text));

/** @param {Uint8Array} bytes */
export function packedBytes(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
