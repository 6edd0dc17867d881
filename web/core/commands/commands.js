// What may be typed instead of text: one table, from which the help is made too, and what each becomes. Pure: it
// knows no page and does nothing.

import { attentionCommand } from "./attention.js";
import { invite, linkCode, listed } from "./invites.js";
import { SANCTIONS, sanction } from "./moderation.js";
import { roomCommand } from "./rooms.js";

/**
 * What somebody wants, by typing or by clicking.
 * @typedef {{is: "text", text: string}
 *   | {is: "fault" | "words", words: string}
 *   | {is: "nick", name: string}
 *   | {is: "who" | "clear" | "plain" | "key" | "retry" | "drop" | "reconnect" | "help" | "topic"}
 *   | {is: "url" | "copy" | "edit" | "delete" | "open", number?: number}
 *   | {is: "reply" | "permalink", number?: number}
 *   | {is: "reactTo", emoji: string, number?: number}
 *   | {is: "theme" | "width", name: string}
 *   | import("./moderation.js").AskIntent
 *   | OwnIntent} Intent
 *
 * About one's devices, invites and rooms.
 * @typedef {{is: "link" | "devices" | "invites" | "members" | "browseMore" | "browseEnd"}
 *   | {is: "bring", brings: import("../chat/state.js").Brings}
 *   | {is: "revoke", device: number}
 *   | {is: "list", text: string}
 *   | {is: "browse", query: string}
 *   | {is: "move", to: number, from?: number}
 *   | import("./attention.js").AttentionIntent
 *   | import("./search.js").SearchIntent
 *   | import("./rooms.js").RoomIntent
 *   | import("./messages.js").MessageIntent
 *   | import("./invites.js").InviteIntent} OwnIntent
 */

/** Names, what else they are called, arguments, and the words of the help; in brackets is what may be
 * left out. The terminal client has the same ones but `/width`, and `/quit`.
 * @typedef {[name: string, aliases: string[], rest: string, what: string]} Command
 * @type {Command[]} */
export const COMMANDS = [
  ["help", [], "[COMMAND]", "show all keys and commands, or explain one command"],
  ["join", ["j"], "ROOM", "join a room, or switch to it"],
  ["leave", ["part", "close"], "", "leave this room; you stay a member of a private one"],
  ["rooms", [], "", "list your rooms"],
  ["room", ["switch", "buffer"], "NAME|N", "switch to a room by name, part of it, or number"],
  ["who", ["names"], "", "list who is online here"],
  ["me", [], "TEXT", "send an action, as in /me waves"],
  ["nick", [], "NAME", "change your name"],
  ["search", ["lastlog"], "[QUERY]", "find messages: words, \"phrases\", word*, -not, from:, in:, before:, after:, has:link"],
  ["url", [], "[N]", "list the links in this room, or copy the N-th newest"],
  ["copy", [], "[N]", "copy the newest message, or the N-th newest"],
  ["clear", [], "", "clear the screen; scrolling up brings the messages back"],
  ["mute", [], "", "no notifications from this room: /notify nothing"],
  ["unmute", [], "", "notifications from this room again: /notify default"],
  ["notify", [], "[LEVEL]", "what this room notifies you of: everything, mentions, nothing or default"],
  ["highlight", [], "[WORDS]", "words that are highlighted like your name"],
  ["mentions", [], "", "messages that mention you"],
  ["topic", [], "[TEXT]", "show or set what this room is about; - clears it"],
  ["list", ["browse"], "[TEXT]", "find a room among all there are, and join it"],
  ["move", [], "N", "move this room to be your N-th"],
  ["create", [], "NAME [private]", "make a room of your own; private: for its members"],
  ["msg", ["query", "dm"], "NAME[,NAME] [TEXT]", "write to somebody alone, or to several"],
  ["members", [], "", "list who belongs to this room, by role"],
  ["add", [], "NAME", "owner and moderators: make somebody a member of this private room"],
  ["remove", [], "NAME", "owner and moderators: end a membership; yourself: leave for good, asks first"],
  ["role", [], "NAME owner|moderator|member", "owner: change what somebody is here"],
  ["theme", [], "NAME", "change colours: system, dark, light"],
  ["width", [], "NAME", "set the text width: comfortable, full"],
  ["plain", [], "", "show messages as they were typed, or formatted again"],
  ["key", [], "", "show what reserves your name, and where it is stored"],
  ["link", [], "[CODE]", "use your name on another device; with its code, on this one"],
  ["devices", [], "", "list the devices that have your name"],
  ["revoke", [], "N", "take your name off a device of the list; asks first"],
  ["invite", [], "[-r] [USES] [TIME] [NOTE]", "invite people to this server; with -r, or in a private room, to that: /invite 5 2d"],
  ["invites", [], "", "list the invites that are still good"],
  ["uninvite", [], "N", "end an invite of the list"],
  ["edit", [], "[N]", "edit your newest message, or the N-th newest; first those that were refused here"],
  ["delete", [], "[N]", "delete the newest message, or the N-th newest; asks first"],
  ["reply", [], "[N]", "reply to the newest message, or the N-th newest"],
  ["react", [], "EMOJI [N]", "react to the newest message, or the N-th newest; again: remove it"],
  ["open", [], "[N]", "open the newest link in this room, or the N-th newest"],
  ["permalink", [], "[N]", "copy the address of the newest message, or the N-th"],
  ["retry", [], "", "resend the messages that were refused here"],
  ["drop", [], "", "discard the messages that were refused here"],
  ["kick", [], "NAME [REASON]", "moderators: remove somebody from this room"],
  ["ban", [], "[-s] NAME [TIME] [REASON]", "moderators: ban; -s: on the whole server"],
  ["unban", [], "[-s] NAME", "moderators: lift a ban"],
  ["silence", [], "[-s] NAME TIME [REASON]", "moderators: silence for 10m, 2h or 3d"],
  ["unsilence", [], "[-s] NAME", "moderators: let somebody speak again"],
  ["reconnect", ["connect"], "", "reconnect now"],
];

/** Reads what was typed. `//` sends a slash; an unknown command is never sent as text.
 * @param {string} typed
 * @returns {Intent} */
export function parse(typed) {
  if (!/^[/／]/.test(typed)) return { is: "text", text: typed };
  if (/^.[/／]/.test(typed)) return { is: "text", text: typed.slice(1) };
  const [, called = "", rest = ""] = typed.match(/^.(\S*)\s*([^]*)$/) ?? [];
  const known = find(called);
  if (!known) return fault(unknown(folded(called)));
  const given = rest.trim();
  const [name, , wanted] = known;
  const isOptional = /^(\[\S+\] ?)*$/.test(wanted);
  if (!isOptional && given === "") return fault(`Usage: /${name} ${wanted}`);
  if (wanted === "" && given !== "") return fault(`/${name} takes no arguments`);
  if (wanted === "[N]" && !/^([1-9]\d{0,5})?$/.test(given)) return fault(`Usage: /${name} [N], where N is 1 or more`);
  return intent(name, given);
}

/** What a command with its arguments stands for.
 * @param {string} name
 * @param {string} given
 * @returns {Intent} */
function intent(name, given) {
  switch (name) {
    case "help":
      return given === "" ? { is: "help" } : about(given.replace(/^[/／]/, ""));
    case "me":
      // It travels as it is typed, and clients draw it as something done.
      return { is: "text", text: `/me ${given}` };
    case "join":
      return { is: "join", room: given.replace(/^[#＃]/, "") };
    case "nick":
      return { is: "nick", name: given };
    case "room":
      return { is: "room", wanted: given };
    case "search":
      return { is: "search", query: given };
    case "url":
    case "copy":
    case "delete":
    case "edit":
    case "reply":
    case "open":
    case "permalink":
      return { is: name, ...(given !== "" && { number: Number(given) }) };
    case "topic":
      return given === "" ? { is: "topic" } : { is: "ask", envelope: { type: "topic", content: given === "-" ? "" : given } };
    case "react": {
      const [, emoji = "", number] = /^(\S+)(?:\s+([1-9]\d{0,5}))?$/.exec(given) ?? [];
      return emoji === "" ? fault("Usage: /react EMOJI [N], where N is 1 or more") : { is: "reactTo", emoji, ...(number && { number: Number(number) }) };
    }
    case "list":
      return { is: "list", text: given };
    case "move":
      return understood(listed(given), "Usage: /move N, where N is 1 or more", (number) => ({ is: "move", to: number - 1 }));
    case "link":
      return given === "" ? { is: "link" } : understood(linkCode(given), "That is not a code, such as 7K3M-Q0ZD", (code) => ({ is: "bring", brings: { link: code } }));
    case "revoke":
      return understood(listed(given), "Usage: /revoke N, where N is a number of /devices", (device) => ({ is: "revoke", device }));
    case "uninvite":
      return understood(listed(given), "Usage: /uninvite N, where N is a number of /invites", (invite) => ({ is: "ask", everywhere: true, envelope: { type: "uninvite", invite } }));
    case "invite": {
      const wanted = given === "" ? /** @type {Intent} */ ({ is: "invites" }) : invite(given);
      return typeof wanted === "string" ? fault(wanted) : wanted;
    }
    case "theme":
    case "width":
      return { is: name, name: given.toLowerCase() };
    case "leave":
    case "rooms":
    case "who":
    case "clear":
    case "plain":
    case "members":
    case "devices":
    case "invites":
    case "key":
    case "retry":
    case "drop":
    case "reconnect":
      return { is: name };
    default: {
      const what = roomCommand(name, given) ?? attentionCommand(name, given) ?? (name in SANCTIONS ? sanction(name, given) : unknown(name));
      return typeof what === "string" ? fault(what) : what;
    }
  }
}

/** @template T
 * @param {T | null} given
 * @param {string} otherwise
 * @param {(given: T) => Intent} meant
 * @returns {Intent} */
const understood = (given, otherwise, meant) => (given === null ? fault(otherwise) : meant(given));

/** @param {string} words
 * @returns {Intent} */
const fault = (words) => ({ is: "fault", words });

/** In any case, and as an input method for wide letters writes it.
 * @param {string} name */
export const folded = (name) => name.normalize("NFKC").toLowerCase();

/** @param {string} called */
function find(called) {
  const wanted = folded(called);
  return COMMANDS.find(([name, aliases]) => name === wanted || aliases.includes(wanted));
}

/** The command that a draft begins with, once it is written out.
 * @param {string} text */
export const commandIn = (text) => find(/^[/／](\S+)\s/.exec(text)?.[1] ?? "")?.[0];

/** The words about one command.
 * @param {string} called
 * @returns {Intent} */
function about(called) {
  const known = find(called);
  if (!known) return fault(unknown(folded(called)));
  const [name, aliases, rest, what] = known;
  const also = aliases.map((alias) => `, also /${alias}`).join("");
  return { is: "words", words: `/${name}${rest && ` ${rest}`}: ${what}${also}` };
}

/** @param {string} name */
function unknown(name) {
  /** @param {string} known */
  const shared = (known) => {
    const different = [...known].findIndex((char, at) => char !== name[at]);
    return different < 0 ? known.length : different;
  };
  const nearest = COMMANDS.map(([known]) => known).reduce((best, known) => (shared(known) > shared(best) ? known : best));
  const hint = shared(nearest) > 0 ? `Did you mean /${nearest}?` : "See /help.";
  return `No command /${name}. ${hint} To send a message that begins with a slash, type //`;
}
