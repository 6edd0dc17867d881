// The dialog "Invite people": makes an invite and shows it once, and lists those that are still good.

import { kindOf, spoken } from "../../core/chat/label.js";
import { activeRoom, find } from "../../core/chat/state.js";
import { counted, inSentence, onOneLine } from "../../core/protocol/text.js";
import { NOTE_CHARS_MAX } from "../../core/protocol/limits.js";
import { arrangeInFocus, byId, dialog, element, input, newButton, setText } from "../page.js";
import { newCard } from "./card.js";
import { date } from "./times.js";

/**
 * @typedef {import("../../core/chat/state.js").State} State
 * @typedef {import("../../core/protocol/people.js").Invite} Invite
 */

/** @param {import("./dialogs.js").Needs} needs */
export function newInvites({ state, happens }) {
  const box = dialog("invites");
  const list = byId("invite-list");
  const card = newCard(byId("invite-card"), "invite");
  const [uses, time, note] = [input("invite-uses"), input("invite-time"), input("invite-note")];
  const where = /** @type {HTMLSelectElement} */ (byId("invite-where"));
  const rows = /** @type {Map<string, HTMLLIElement>} */ (new Map());
  /** @type {Invite[] | null} */
  let shown = null;
  /** The invite that is shown with its code. */
  let made = 0;

  /** @param {State} now */
  function render(now) {
    const { invited, invites } = now.person;
    byId("invite-card").hidden = invited === null;
    if (invited) card.show(invited.code, `Good for ${counted(invited.uses, "person", "people")}, until ${date(invited.expires)}. The code is shown this once.`, invited.rooms?.[0]);
    if (invited && invited.invite !== made) {
      made = invited.invite;
      note.value = "";
    }
    if (invites === shown) return;
    shown = invites;
    setText(byId("invite-none"), invites?.length === 0 ? "No invites are open." : "");
    arrangeInFocus(list, rows, (invites ?? []).map((invite) => ({ key: JSON.stringify(invite), make: () => row(now, invite) })));
  }

  byId("invite-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const now = state();
    if (!now) return;
    const rooms = where.value === "room" ? { rooms: [activeRoom(now).name] } : {};
    const said = note.value.trim() === "" ? {} : { note: note.value.trim() };
    happens({ type: "ask", envelope: { type: "invite", ...rooms, uses: Number(uses.value), seconds: Number(time.value), ...said } });
    happens({ type: "ask", envelope: { type: "invites" } });
  });
  list.addEventListener("click", ({ target }) => {
    const { invite } = /** @type {HTMLElement} */ (target).dataset;
    if (invite !== undefined) happens({ type: "ask", envelope: { type: "uninvite", invite: Number(invite) } });
  });

  return {
    render,
    open() {
      const now = state();
      if (!now) return;
      const room = activeRoom(now);
      const option = /** @type {HTMLOptionElement} */ (where.options[1]);
      setText(option, `Only ${spoken(room, now.me)}`);
      option.disabled = room.kind === "direct";
      // Who has a role there and none on the server can invite to that room alone.
      where.value = !room.moderates && (room.role === "owner" || room.role === "moderator") ? "room" : "server";
      happens({ type: "ask", envelope: { type: "invites" } });
      if (!box.open) box.showModal();
    },
  };
}

/** @param {State} state
 * @param {Invite} invite */
function row(state, { invite, rooms, uses, expires, note, by, came = [] }) {
  const end = newButton("plain", "End");
  end.dataset.invite = String(invite);
  const name = note === undefined ? `Invite ${invite}` : onOneLine(note, NOTE_CHARS_MAX);
  end.setAttribute("aria-label", `End ${name}`);
  const told = [
    `${uses.toLocaleString()} left until ${date(expires)}`,
    ...(rooms ? [`for ${rooms.map((name) => spoken(find(state, name) ?? { name, kind: kindOf(name) }, state.me)).join(", ")}`] : []),
    ...(by === undefined ? [] : [`by ${inSentence(by)}`]),
    ...(came.length > 0 ? [`came: ${came.map((who) => inSentence(who)).join(", ")}`] : []),
  ];
  return element("li", "", element("span", "about", element("strong", "", element("bdi", "", name)), element("span", "quiet small", told.join(" · "))), end);
}
