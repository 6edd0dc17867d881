// The dialog "Your devices": a code for another one, and the list, from which a device can be revoked.

import { codeNow } from "../../core/chat/person.js";
import { arrangeInFocus, button, byId, dialog, element, newButton, setText } from "../page.js";
import { newCard } from "./card.js";
import { date } from "./times.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/protocol/people.js").Device} Device
 */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** While a code is shown, the list is asked for so often: the server tells nobody that it was used. */
const LOOK_MS = 3 * SECOND_MS;

/** @param {import("./dialogs.js").Needs} needs */
export function newDevices({ state, happens }) {
  const box = dialog("devices");
  const list = byId("device-list");
  const card = newCard(byId("device-card"), "link");
  const rows = /** @type {Map<string, HTMLLIElement>} */ (new Map());
  /** @type {Device[] | null} */
  let shown = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticking;

  /** @param {State} now */
  function renderCode(now) {
    const code = codeNow(now, Date.now());
    byId("device-card").hidden = code === null;
    setText(button("link-button"), code ? "Make another code" : now.person.code ? "The code has expired: make another" : "Link another device");
    if (code) card.show(code.code, good(code.until - Date.now()));
  }

  /** @param {State} now */
  function render(now) {
    renderCode(now);
    const { devices } = now.person;
    if (devices === shown) return;
    shown = devices;
    arrangeInFocus(list, rows, (devices ?? []).map((device) => ({ key: JSON.stringify(device), make: () => row(device) })));
  }

  button("link-button").addEventListener("click", () => happens({ type: "ask", envelope: { type: "link" } }));
  list.addEventListener("click", ({ target }) => {
    const { device } = /** @type {HTMLElement} */ (target).dataset;
    if (device !== undefined) happens({ type: "does", intent: { is: "revoke", device: Number(device) } });
  });
  box.addEventListener("close", () => clearInterval(ticking));

  const look = () => happens({ type: "ask", envelope: { type: "devices" } });

  /** @param {number} openMs */
  function tick(openMs) {
    const now = state();
    if (!now) return;
    renderCode(now);
    if (openMs % LOOK_MS === 0 && codeNow(now, Date.now())) look();
  }

  return {
    render,
    open() {
      look();
      let openMs = 0;
      clearInterval(ticking);
      ticking = setInterval(() => tick(openMs += SECOND_MS), SECOND_MS);
      if (!box.open) box.showModal();
    },
  };
}

/** @param {number} leftMs */
function good(leftMs) {
  const [minutes, seconds] = [Math.floor(leftMs / MINUTE_MS), Math.floor((leftMs % MINUTE_MS) / SECOND_MS)];
  return `Scan it, open the address, or type the code there. Good once, for ${minutes}:${String(seconds).padStart(2, "0")} more minutes.`;
}

/** @param {Device} device */
function row({ device, label = `Device ${device}`, added, used, this: isThis }) {
  const end = newButton("plain", "Revoke");
  end.dataset.device = String(device);
  end.setAttribute("aria-label", `Revoke ${label}`);
  const name = element("strong", "", element("bdi", "", label));
  const about = element("span", "quiet small", `Added ${date(added)}, last used ${date(used)}`);
  return element("li", "", element("span", "about", name, ...(isThis ? [" ", element("span", "tag", "this device")] : []), about), end);
}
