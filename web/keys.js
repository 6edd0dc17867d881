// Which key does what: one table, from which the help is made too, and Enter. Pure: it knows no page.

/** @typedef {{key: string, code: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} Press */

/** What a key does, how it is written, and the words of the help. On a Mac the command key serves as
 * Ctrl does, too.
 * @type {[does: string, keys: string, what: string][]} */
export const KEYS = [
  ["switcher", "Ctrl+K", "go to a room, or join one"],
  ["help", "Ctrl+/", "show this help"],
  ["previous", "Alt+ArrowUp", "previous room"],
  ["next", "Alt+ArrowDown", "next room"],
  ["previousUnread", "Alt+Shift+ArrowUp", "previous room with anything new"],
  ["nextUnread", "Alt+Shift+ArrowDown", "next room with anything new"],
  ["active", "Alt+A", "next room where you are named, else with anything new (not on a Mac)"],
  ["firstUnread", "Shift+PageUp", "to the first new message"],
  ["bottom", "Escape", "to the newest message; there: take the line above what is new away"],
  ["search", "Ctrl+Shift+F", "search in this room"],
  ["landmark", "Ctrl+F6", "next part of the page; with Shift the one before"],
  ["landmarkBack", "Ctrl+Shift+F6", ""],
];

/** Keys that mean something where the focus is, for the help alone.
 * @type {[keys: string, what: string][]} */
export const LOCAL_KEYS = [
  ["Enter", "send"],
  ["Shift+Enter", "begin another line"],
  ["Tab", "complete a name, #room or /command, where there is something to complete"],
  ["ArrowUp, ArrowDown", "move in lists, and from message to message"],
];

/** What a press does; null if it is not for us.
 * @param {Press} press
 * @param {boolean} isMac there Alt writes letters that the key does not show */
export function meaning(press, isMac = false) {
  const isLatin = /^[a-z]$/i.test(press.key);
  if (isMac && press.altKey && press.key.length === 1 && !isLatin) return null;
  // Other alphabets have the letters of the place; a sign may itself need Shift.
  const letter = isLatin ? press.key.toUpperCase() : /^Key([A-Z])$/.exec(press.code)?.[1];
  const key = letter ?? press.key;
  const shift = press.shiftKey && (letter !== undefined || key.length > 1);
  const written = `${press.ctrlKey || press.metaKey ? "Ctrl+" : ""}${press.altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${key}`;
  return KEYS.find(([, keys]) => keys === written)?.[0] ?? null;
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
