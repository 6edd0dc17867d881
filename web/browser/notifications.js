// Notifications of the desktop: asked for with a click on the bell, never before, and shown for who is
// named in a room that is not being read. It knows no page; `world` is the window, or a test's substitute.

import { AUTHOR_CHARS_MAX } from "../core/protocol/limits.js";
import { emote, inSentence, onOneLine } from "../core/protocol/text.js";

const KEPT = "nebula.bell";
const BODY_CHARS_MAX = 200;

/**
 * @typedef {{Notification?: any, isSecureContext: boolean, focus(): void}} World
 * @typedef {{room: string, where: string, sender: string, content: string}} Said
 */

/** @param {World} world
 * @param {Pick<import("./storage.js").Store, "getItem" | "setItem">} storage
 * @param {(room: string) => void} open shows a room
 * @param {string} folder of the page: the next one has notifications of its own */
export function newBell(world, storage, open, folder = "/") {
  /** @type {Map<string, {close(): void}>} */
  const shown = new Map();
  const isOn = () => storage.getItem(KEPT) === "on" && world.Notification?.permission === "granted";

  /** Turns it on or off; a sentence if that needs explaining.
   * @returns {Promise<string>} */
  async function toggle() {
    if (isOn()) {
      storage.setItem(KEPT, "off");
      return "Notifications off";
    }
    if (!world.isSecureContext) return "The browser shows notifications only for pages loaded over HTTPS or from this computer";
    if (!world.Notification) return "This browser does not support notifications";
    const permission = await world.Notification.requestPermission();
    if (permission === "denied") return "The browser blocks notifications from this page. Allow them in its settings for this site";
    if (permission !== "granted") return "Notifications stay off";
    storage.setItem(KEPT, "on");
    return "Notifications on: you will be notified when somebody mentions you";
  }

  /** @param {Said} said */
  function ring({ room, where, sender, content }) {
    if (!isOn()) return;
    const title = `${inSentence(sender, AUTHOR_CHARS_MAX)} in ${where}`;
    const emoted = emote(content);
    const body = `${emoted === null ? "" : `${inSentence(sender, AUTHOR_CHARS_MAX)} `}${onOneLine(emoted ?? content, BODY_CHARS_MAX)}`;
    try {
      const made = new world.Notification(title, { body, tag: `nebula${folder === "/" ? "" : folder}-${room}`, icon: "icon.svg" });
      made.onclick = () => {
        world.focus();
        open(room);
        made.close();
      };
      shown.set(room, made);
    } catch {
      // Some phones show notifications for service workers alone: the title still counts.
    }
  }

  /** The page is being looked at: what it shows needs no notification. */
  function quiet() {
    for (const each of shown.values()) each.close();
    shown.clear();
  }

  return { isOn, toggle, ring, quiet };
}
