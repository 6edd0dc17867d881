// What may be typed instead of text: one table, from which the help is made too. Pure: it knows no
// page and does nothing.

/** Names, arguments, and the words of the help; in brackets is what may be left out. The terminal
 * client has the same ones.
 * @type {[name: string, rest: string, what: string][]} */
export const COMMANDS = [
  ["help", "", "show keys and commands"],
  ["join", "ROOM", "enter a room, or show it"],
  ["leave", "", "go out of the room shown"],
  ["who", "", "list who is here"],
  ["me", "TEXT", "say what you do"],
  ["nick", "NAME", "come back under another name"],
  ["reconnect", "", "connect again, now"],
  ["search", "TEXT", "go to an older message that holds this; again: an older one"],
  ["url", "[N]", "list the links of this room, or copy the N-th newest"],
  ["copy", "[N]", "copy the newest message, or the N-th newest"],
  ["mute", "", "no notification from this room; again: they are back"],
  ["clear", "", "empty the screen; scrolling up brings it back"],
  ["theme", "NAME", "other colours: system, dark, light"],
];

/** Reads what was typed: `is` is "text", "fault" or a command's name, `rest` what belongs to it.
 * `//` sends a slash; an unknown command is never sent as text.
 * @param {string} typed
 * @returns {{is: string, rest: string}} */
export function parse(typed) {
  if (!typed.startsWith("/")) return { is: "text", rest: typed };
  if (typed.startsWith("//")) return { is: "text", rest: typed.slice(1) };
  const [, name = "", rest = ""] = typed.match(/^\/(\S*)\s*([^]*)$/) ?? [];
  const known = COMMANDS.find(([command]) => command === name);
  if (!known) return { is: "fault", rest: unknown(name) };
  const given = rest.trim();
  const [, wanted] = known;
  const optional = wanted === "" || wanted.startsWith("[");
  if (!optional && given === "") return { is: "fault", rest: `/${name} needs more: /${name} ${wanted}` };
  if (wanted === "[N]" && !/^([1-9]\d{0,5})?$/.test(given)) return { is: "fault", rest: `/${name}: ${given} is no number from 1 on` };
  // It travels as it is typed, and clients draw it as something done.
  return name === "me" ? { is: "text", rest: `/me ${given}` } : { is: name, rest: given };
}

/** @param {string} name */
function unknown(name) {
  /** @param {string} known */
  const shared = (known) => {
    const different = [...known].findIndex((char, at) => char !== name[at]);
    return different < 0 ? known.length : different;
  };
  const nearest = COMMANDS.map(([known]) => known).reduce((best, known) => (shared(known) > shared(best) ? known : best));
  const hint = shared(nearest) > 0 ? `did you mean /${nearest}?` : "see /help,";
  return `there is no command /${name}; ${hint} // sends a /`;
}
