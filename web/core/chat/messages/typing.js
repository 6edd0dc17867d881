// Who is writing, here and there: told now and then, and forgotten soon. Pure: it knows neither page nor socket nor clock.

import { TYPING_PEOPLE_MAX } from "../../protocol/limits.js";
import { fold } from "../../protocol/names.js";
import { inSentence } from "../../protocol/text.js";
import { isMe } from "../state.js";

/**
 * @typedef {import("../state.js").State} State
 * @typedef {import("../state.js").Room} Room
 * @typedef {import("../../update.js").Action} Action
 */

/** Who writes goes on being shown for so long after each word of it. */
const SHOWN_MS = 6_000;
/** It is told so often at most. */
const TOLD_MS = 3_000;

/** Somebody else is writing.
 * @param {State} state
 * @param {Room} room
 * @param {string} sender
 * @returns {Action[]} */
export function typingCame(state, room, sender) {
  const folded = fold(sender);
  const isFull = room.typing.length >= TYPING_PEOPLE_MAX && !room.typing.some((each) => fold(each.name) === folded);
  if (isMe(state, sender) || isFull) return [];
  state.typings += 1;
  const typing = { name: sender, number: state.typings };
  const at = room.typing.findIndex((each) => fold(each.name) === folded);
  // Who goes on stays at their place.
  if (at < 0) room.typing.push(typing);
  else room.typing[at] = typing;
  return [{ do: "later", afterMs: SHOWN_MS, event: { type: "typed", room: room.name, number: typing.number } }];
}

/** Nothing more was heard of it.
 * @param {Room | undefined} room
 * @param {number} number */
export function typingEnded(room, number) {
  if (room) room.typing = room.typing.filter((each) => each.number !== number);
}

/** They said it, or went.
 * @param {Room} room
 * @param {string} name */
export function noLongerTyping(room, name) {
  if (room.typing.length > 0) room.typing = room.typing.filter((each) => fold(each.name) !== fold(name));
}

/** This person wrote something: the others are told, but of no command, and not where there are many of them.
 * @param {State} state
 * @param {Room} room
 * @param {string} draft
 * @returns {Action[]} */
export function tellTyping(state, room, draft) {
  const isCommand = /^[/／](?![/／])/.test(draft);
  if (draft.trim() === "" || isCommand || !room.joined || room.tellsTyping || room.people.count > TYPING_PEOPLE_MAX) return [];
  room.tellsTyping = true;
  return [
    { do: "send", envelope: { type: "typing", room: room.name } },
    { do: "later", afterMs: TOLD_MS, event: { type: "typing", room: room.name, on: state.link.number } },
  ];
}

/** Who is writing here, in words.
 * @param {Room} room */
export function wordsAboutTyping({ typing }) {
  const [first, second] = typing.map(({ name }) => inSentence(name));
  if (first === undefined) return "";
  if (second === undefined) return `${first} is writing`;
  return typing.length > 2 ? "Several people are writing" : `${first} and ${second} are writing`;
}
