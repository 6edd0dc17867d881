// What may be typed instead of text. Pure: it knows no page and does nothing.

/** Names, arguments, and what they do: the help is made from it. */
export const COMMANDS = [
  ["join", "ROOM", "enter a room, or show it"],
  ["leave", "", "go out of the room shown"],
  ["who", "", "list who is here"],
  ["me", "TEXT", "say what you do"],
  ["nick", "NAME", "come back under another name"],
  ["reconnect", "", "connect again, now"],
  ["help", "", "list the commands"],
];

/** Reads what was typed: {is: "text", text}, {is: a command's name, rest}, or {is: "fault", fault}.
 * `//` sends a slash; an unknown command is never sent as text. */
export function parse(typed) {
  if (!typed.startsWith("/")) return { is: "text", text: typed };
  if (typed.startsWith("//")) return { is: "text", text: typed.slice(1) };
  const [, name, rest] = typed.match(/^\/(\S*)\s*([^]*)$/);
  const known = COMMANDS.find(([command]) => command === name);
  if (!known) return { is: "fault", fault: `there is no command /${name}: /help lists them, and // sends a slash` };
  const wanted = rest.trim();
  if (known[1] !== "" && wanted === "") return { is: "fault", fault: `/${name} needs more: /${name} ${known[1]}` };
  return name === "me" ? { is: "text", text: `/me ${wanted}` } : { is: name, rest: wanted };
}

/** One line for each command. */
export function help() {
  return COMMANDS.map(([name, rest, what]) => `/${name}${rest && ` ${rest}`}: ${what}`).join("\n");
}
