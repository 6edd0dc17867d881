// What one can do with a person of the room shown: write to them, name them, and what one's role allows.

import { spoken } from "../../core/chat/label.js";
import { mayManage } from "../../core/chat/members.js";
import { activeRoom, isGuest, isMe } from "../../core/chat/state.js";
import { fold } from "../../core/protocol/names.js";
import { inSentence } from "../../core/protocol/text.js";
import { ask, byId, dialog, newButton, setText } from "../page.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/commands/commands.js").Intent} Intent
 * @typedef {{words: string, intent: Intent, question?: string} | {words: string, mention: string}} Choice
 */

/** @param {import("./dialogs.js").Needs} needs */
export function newPerson({ state, happens, go, mention }) {
  const box = dialog("person");

  /** @param {Choice} choice */
  async function choose(choice) {
    box.close();
    if ("mention" in choice) return mention(choice.mention);
    if (choice.question !== undefined && !(await ask(choice.question, choice.words, true))) return;
    const event = /** @type {const} */ ({ type: "does", intent: choice.intent });
    (choice.intent.is === "msg" ? go : happens)(event);
  }

  return {
    render() {},
    /** @param {string} name */
    open(name) {
      const now = state();
      if (!now) return;
      setText(byId("person-title"), name);
      byId("person-choices").replaceChildren(...choicesFor(now, name).map((choice, at) => {
        const made = newButton("entry", choice.words);
        made.autofocus = at === 0;
        made.addEventListener("click", () => void choose(choice));
        return made;
      }));
      box.showModal();
    },
  };
}

/** @param {State} state
 * @param {string} name
 * @returns {Choice[]} */
function choicesFor(state, name) {
  const room = activeRoom(state);
  if (isMe(state, name)) return room.kind === "private" ? [{ words: "Leave this room for good", intent: { is: "remove", user: name } }] : [{ words: "Mention in this room", mention: name }];
  /** @type {Choice[]} */
  const writing = isGuest(state.me ?? "") ? [] : [{ words: "Write directly", intent: { is: "msg", users: [name], text: "" } }];
  return [...writing, { words: "Mention in this room", mention: name }, ...ofOwner(state, name), ...removing(state, name)];
}

/** @param {State} state
 * @param {string} name
 * @returns {Choice[]} */
function ofOwner(state, name) {
  const room = activeRoom(state);
  const role = roleOf(state, name);
  if (room.role !== "owner" || (room.kind === "private" && role === undefined)) return [];
  const [who, where] = [inSentence(name), spoken(room, state.me)];
  return [
    role === "moderator" ? { words: "Make a member", intent: { is: "role", user: name, role: "member" } } : { words: "Make a moderator", intent: { is: "role", user: name, role: "moderator" } },
    { words: "Make the owner", intent: { is: "role", user: name, role: "owner" }, question: `Hand ${where} over to ${who}? You become a moderator.` },
  ];
}

/** @param {State} state
 * @param {string} name
 * @returns {Choice[]} */
function removing(state, name) {
  const room = activeRoom(state);
  const role = roleOf(state, name);
  if (role === undefined || !mayManage(room, role)) return [];
  return [{ words: "Remove from this room", intent: { is: "remove", user: name }, question: `Remove ${inSentence(name)} from ${spoken(room, state.me)}?` }];
}

/** @param {State} state
 * @param {string} name */
const roleOf = (state, name) => activeRoom(state).members.find(({ user }) => fold(user) === fold(name))?.role;
