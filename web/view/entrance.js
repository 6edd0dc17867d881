// The first screen: it asks for a name and a room, and says why one was not let in and what to do. On a
// closed server it asks for a token in the place of a name.

import { inSentence } from "../core/protocol/text.js";
import { byId, input, setText } from "./page.js";

const BRING = "Open the link that you were given, which ends in #token=…, or enter the token here.";
/** What to do about a refusal, where its sentence does not say it.
 * @type {Record<string, string>} */
const ADVICE = {
  no_token: BRING,
  bad_token: `Ask the operator of this server for a new one. ${BRING}`,
  token_expired: BRING,
  wrong_room: "Choose a room that your token includes, or enter another token.",
  banned: "Ask a moderator to lift the ban. If you are banned from this room only, choose another one.",
};

/** @param {(who: {username: string, room: string, token: string}) => void} enter */
export function newEntrance(enter) {
  const [name, room, token] = [input("enter-name"), input("enter-room"), input("enter-token")];
  byId("enter-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const given = token.value;
    token.value = "";
    enter({ username: name.value.trim(), room: room.value.trim().replace(/^#/, "") || "general", token: given });
  });
  return {
    /** @param {{username: string, room: string, fault: string, why?: string, other?: string}} what
     * other: the name that a link asks for, where somebody had another */
    show({ username, room: wanted, fault, why = "", other = "" }) {
      byId("enter").hidden = false;
      byId("chat").hidden = true;
      name.value = username;
      room.value = wanted;
      document.title = "Nebula";
      setText(byId("enter-host"), location.host);
      setText(byId("enter-fault"), fault);
      const asked = other === "" ? "" : `This link asks for the name “${inSentence(other)}”. You can keep your own.`;
      setText(byId("enter-advice"), ADVICE[why] ?? asked);
      const isClosed = why === "wrong_room" || why.includes("token");
      for (const id of ["enter-name", "enter-name-label", "enter-about"]) byId(id).hidden = isClosed;
      for (const id of ["enter-token", "enter-token-label"]) byId(id).hidden = !isClosed;
      // A keyboard that covers half of the screen is not asked for.
      if (matchMedia("(pointer: fine)").matches) (isClosed ? token : name).focus();
    },
  };
}
