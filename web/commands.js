// What may be typed instead of text: one table, from which the help is made too. Pure: it knows no
// page and does nothing.

/** Names, what else they are called, arguments, and the words of the help; in brackets is what may be
 * left out. The terminal client has the same ones but `/width`, and `/quit`.
 * @typedef {[name: string, aliases: string[], rest: string, what: string]} Command
 * @type {Command[]} */
export const COMMANDS = [
  ["help", [], "[COMMAND]", "show keys and commands, or what one does"],
  ["join", ["j"], "ROOM", "enter a room, or show it"],
  ["leave", ["part", "close"], "", "leave this room"],
  ["rooms", [], "", "list your rooms"],
  ["room", ["switch", "buffer"], "NAME|N", "show a room, by a part of its name"],
  ["who", ["names"], "", "list who is here"],
  ["me", [], "TEXT", "say what you do"],
  ["nick", [], "NAME", "come back under another name"],
  ["search", ["lastlog"], "TEXT", "go to an older message that holds this; again: an older one"],
  ["url", [], "[N]", "list the links of this room, or copy the N-th newest"],
  ["copy", [], "[N]", "copy the newest message, or the N-th newest"],
  ["clear", [], "", "empty the screen; scrolling up brings it back"],
  ["mute", [], "", "no notification from this room; again: they are back"],
  ["theme", [], "NAME", "change the colours: system, dark, light"],
  ["width", [], "NAME", "how wide texts run: comfortable, full"],
  ["key", [], "", "what makes your name yours, and where it is kept"],
  ["retry", [], "", "send again what was refused here"],
  ["edit", [], "", "take what was refused here back into the box"],
  ["drop", [], "", "throw away what was refused here"],
  ["kick", [], "NAME [REASON]", "for moderators: put somebody out of this room"],
  ["ban", [], "[-s] NAME [TIME] [REASON]", "for moderators: keep out; -s: of the whole server"],
  ["unban", [], "[-s] NAME", "for moderators: let them in again"],
  ["silence", [], "[-s] NAME TIME [REASON]", "for moderators: keep quiet, for 10m, 2h or 3d"],
  ["unsilence", [], "[-s] NAME", "for moderators: let them speak again"],
  ["delete", [], "[N]", "for moderators: delete the newest message, or the N-th"],
  ["reconnect", ["connect"], "", "connect again, now"],
];

/** Reads what was typed: `is` is "text", "fault" or a command's name, `rest` what belongs to it.
 * `//` sends a slash; an unknown command is never sent as text.
 * @param {string} typed
 * @returns {{is: string, rest: string}} */
export function parse(typed) {
  if (!/^[/／]/.test(typed)) return { is: "text", rest: typed };
  if (/^.[/／]/.test(typed)) return { is: "text", rest: typed.slice(1) };
  const [, called = "", rest = ""] = typed.match(/^.(\S*)\s*([^]*)$/) ?? [];
  const known = find(called);
  if (!known) return { is: "fault", rest: unknown(folded(called)) };
  const given = rest.trim();
  const [name, , wanted] = known;
  const optional = wanted === "" || /^\[\S+\]$/.test(wanted);
  if (!optional && given === "") return { is: "fault", rest: `Usage: /${name} ${wanted}` };
  if (wanted === "" && given !== "") return { is: "fault", rest: `/${name} takes nothing more` };
  if (wanted === "[N]" && !/^([1-9]\d{0,5})?$/.test(given)) return { is: "fault", rest: `/${name}: ${given} is not a number from 1 up` };
  if (name === "help" && given !== "") return about(given.replace(/^[/／]/, ""));
  // It travels as it is typed, and clients draw it as something done.
  return name === "me" ? { is: "text", rest: `/me ${given}` } : { is: name, rest: given };
}

/** In any case, and as an input method for wide letters writes it.
 * @param {string} name */
export const folded = (name) => name.normalize("NFKC").toLowerCase();

/** @param {string} called */
function find(called) {
  const wanted = folded(called);
  return COMMANDS.find(([name, aliases]) => name === wanted || aliases.includes(wanted));
}

/** The words about one command.
 * @param {string} called */
function about(called) {
  const known = find(called);
  if (!known) return { is: "fault", rest: unknown(folded(called)) };
  const [name, aliases, rest, what] = known;
  const also = aliases.map((alias) => `, also /${alias}`).join("");
  return { is: "words", rest: `/${name}${rest && ` ${rest}`}: ${what}${also}` };
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
