// A code to come in by, as it is passed on: large, as a QR code, and in an address that can be copied.

import { addressOf, grouped } from "../../core/protocol/people.js";
import { qr } from "../../core/qr.js";
import { SVG, copyText, element, newButton, setText } from "../page.js";

/** Light modules around a QR code, without which it is not found. */
const MARGIN = 4;
/** A server at such an address is on this very machine. */
const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** @param {HTMLElement} place is filled
 * @param {"link" | "invite"} by */
export function newCard(place, by) {
  const [picture, code, about] = [element("div", "qr"), element("output", "code"), element("p", "quiet small")];
  const address = element("input", "");
  const copy = newButton("plain", "Copy");
  Object.assign(address, { readOnly: true, ariaLabel: by === "link" ? "Address to open on the other device" : "Invite link" });
  const near = element("p", "quiet small", THIS_MACHINE.test(location.hostname) ? "This address works on this machine only. Open the page by its name in your network first." : "");
  place.append(picture, element("div", "", code, about, element("p", "copying", address, copy), near));
  address.addEventListener("focus", () => address.select());
  copy.addEventListener("click", () => void copied(address, copy));

  return {
    /** @param {string} text
     * @param {string} until how long it is good
     * @param {string} [room] to begin in */
    show(text, until, room) {
      setText(about, until);
      const href = addressOf(location.href, by, text, room);
      if (address.value === href) return;
      address.value = href;
      setText(copy, "Copy");
      setText(code, grouped(text));
      picture.replaceChildren(...pictureOf(href));
    },
  };
}

/** @param {HTMLInputElement} address
 * @param {HTMLButtonElement} button says what came of it */
async function copied(address, button) {
  const isCopied = await copyText(address.value);
  // Where the browser does not allow it, the person can.
  if (!isCopied) address.focus();
  setText(button, isCopied ? "Copied" : "Press Ctrl+C");
}

/** @param {string} text
 * @returns {Element[]} nothing if it is too long */
function pictureOf(text) {
  const rows = qr(text);
  if (!rows) return [];
  const side = rows.length + 2 * MARGIN;
  const dark = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : ""))).join("");
  const [svg, path] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "path")];
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "QR code of the address");
  path.setAttribute("d", dark);
  svg.append(path);
  return [svg];
}
