// Which key does what: one table, from which the help is made too, and Enter. Pure: it knows no page.

/** @typedef {{key: string, code: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} Press */

/** What a key does, how it is written, and the words of the help. On a Mac the command key serves as
 * Ctrl does, too.
 * @type {[does: string, keys: string, what: string][]} */
export const KEYS = [
  ["switcher", "Ctrl+K", "find a room or somebody, or join a room"],
  ["inbox", "Ctrl+Shift+M", "messages that mention you"],
  ["help", "Ctrl+/", "show this help"],
  ["previous", "Alt+ArrowUp", "previous room"],
  ["next", "Alt+ArrowDown", "next room"],
  ["previousUnread", "Alt+Shift+ArrowUp", "previous unread room"],
  ["nextUnread", "Alt+Shift+ArrowDown", "next unread room"],
  ["roomUp", "Alt+PageUp", "move this room up in your list"],
  ["roomDown", "Alt+PageDown", "move this room down in your list"],
  ["active", "Alt+A", "next room with a mention or a direct message, else the next unread room (not on a Mac)"],
  ["firstUnread", "Shift+PageUp", "first unread message"],
  ["bottom", "Escape", "cancel the reply; end the search; newest message; then: clear the New line"],
  ["search", "Ctrl+F", "search messages; again: find in the page"],
  ["nextFound", "F3", "next older result"],
  ["previousFound", "Shift+F3", "next newer result"],
  ["landmark", "Ctrl+F6", "next part of the page; with Shift: the previous one"],
  ["landmarkBack", "Ctrl+Shift+F6", ""],
];

/** Keys for where one writes.
 * @type {[style: import("../formatting/styles.js").Style, keys: string, what: string][]} */
export const STYLE_KEYS = [
  ["bold", "Ctrl+B", "bold"],
  ["italic", "Ctrl+I", "italic"],
  ["code", "Ctrl+Shift+C", "code; of several lines a block"],
];

/** Keys that mean something where the focus is, for the help alone.
 * @type {[keys: string, what: string][]} */
export const LOCAL_KEYS = [
  ["Enter", "send"],
  ["Shift+Enter", "new line"],
  ["Tab", "complete a name, #room, :emoji: or /command"],
  ["ArrowUp, ArrowDown", "move through lists and messages; then Tab to a message's buttons"],
  ["ArrowUp", "where nothing is written: edit your newest message"],
  ["Shift+F10", "menu of a message"],
];

/** What a press does; null if it is not for us.
 * @param {Press} press
 * @param {boolean} isMac there Alt writes letters that the key does not show */
export function meaning(press, isMac = false) {
  return KEYS.find(([, keys]) => keys === writtenAs(press, isMac))?.[0] ?? null;
}

/** The style that a press sets where one writes; null if it sets none.
 * @param {Press} press */
export function styleOf(press) {
  return STYLE_KEYS.find(([, keys]) => keys === writtenAs(press, false))?.[0] ?? null;
}

/** A press as the tables write it.
 * @param {Press} press
 * @param {boolean} isMac */
function writtenAs(press, isMac) {
  const isLatin = /^[a-z]$/i.test(press.key);
  if (isMac && press.altKey && press.key.length === 1 && !isLatin) return null;
  // Other alphabets have the letters of the place; a sign may itself need Shift.
  const letter = isLatin ? press.key.toUpperCase() : /^Key([A-Z])$/.exec(press.code)?.[1];
  const key = letter ?? press.key;
  const shift = press.shiftKey && (letter !== undefined || key.length > 1);
  return `${press.ctrlKey || press.metaKey ? "Ctrl+" : ""}${press.altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** @typedef {{key: string, shiftKey: boolean, isComposing: boolean, keyCode: number}} Stroke */

/** Whether Enter sends: not while an input method composes, in whichever order a browser tells.
 * @param {(then: () => void) => void} afterThisTick */
export function newEnter(afterThisTick) {
  let composing = false;
  let justEnded = false;
  return {
    begins() {
      composing = true;
    },
    /** Safari tells of the end first, and of the Enter that ended it right after. */
    ends() {
      composing = false;
      justEnded = true;
      afterThisTick(() => { justEnded = false; });
    },
    /** The key belongs to an input method.
     * @param {Stroke} press */
    isComposing: (press) => composing || justEnded || press.isComposing || press.keyCode === 229,
    /** @param {Stroke} press */
    sends(press) {
      return press.key === "Enter" && !press.shiftKey && !this.isComposing(press);
    },
  };
}
