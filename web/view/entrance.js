// The first screen: it asks for a name and a room, or for a code of another device or of an invite, and says why one was
// not let in and what to do. On a closed server it asks for a token in the place of a name.

import { asSentence, inSentence } from "../core/protocol/text.js";
import { byId, hasMouse, input, setText } from "./page.js";

/**
 * @typedef {import("../core/chat/state.js").Brings} Brings
 * @typedef {"name" | "link" | "invite" | "token"} By what one comes in by
 *
 * @typedef {object} Shown
 * @property {string} username
 * @property {string} room
 * @property {string} fault
 * @property {string} [why] the error code
 * @property {string} [other] the name that a link asks for, where somebody had another
 * @property {Brings} [brings] a code that one came with
 */

const BRING = "Open the link that you were given, which ends in #token=…, or enter the token here.";
/** What to do about a refusal, where its sentence does not say it.
 * @type {Record<string, string>} */
const ADVICE = {
  no_token: BRING,
  bad_token: `Ask the operator of this server for a new one. ${BRING}`,
  token_expired: BRING,
  wrong_room: "Choose a room that your token includes, or enter another token.",
  banned: "Ask a moderator to lift the ban. If you are banned from this room only, choose another one.",
  too_many_devices: "On another device, open Your devices and revoke one that you no longer use.",
  need_invite: "Open the link that you were given, or enter its code here.",
  no_guests: "Enter a name. This browser must be allowed to store data for this site.",
};
/** What each way of coming in says, asks for, and offers instead.
 * @type {Record<By, {what: string, asks: string[], action: string, other: string, about: string}>} */
const WAYS = {
  name: { what: "Chat in rooms on", asks: ["name", "room"], action: "Join", other: "I have this name on another device", about: "No account needed. Your name is reserved for this browser." },
  link: { what: "Use your name on", asks: ["code"], action: "Link this device", other: "I am new here", about: "On the other device, type /link or open Your devices to see a code. This browser makes a key of its own." },
  invite: { what: "You are invited to", asks: ["name"], action: "Join", other: "I have a name here on another device", about: "No account needed. Choose a name; it is reserved for this browser." },
  token: { what: "Chat in rooms on", asks: ["token", "room"], action: "Join", other: "", about: "" },
};
const FIELDS = ["token", "code", "name", "room"];

/** @param {(who: {username: string, room: string, token: string, brings: Brings}) => void} enter
 * @param {(by: "link" | "invite", typed: string) => Brings | null} codeOf */
export function newEntrance(enter, codeOf) {
  const [name, room, token, code] = [input("enter-name"), input("enter-room"), input("enter-token"), input("enter-code")];
  /** @type {By} */
  let by = "name";
  /** An invite that stands in no field, since it came with the address. */
  let invite = "";

  /** @param {By} wanted */
  function come(wanted) {
    by = wanted;
    const { what, asks, action, other, about } = WAYS[by];
    const shown = by === "invite" && invite === "" ? ["code", ...asks] : asks;
    for (const field of FIELDS) for (const id of [`enter-${field}`, `enter-${field}-label`]) byId(id).hidden = !shown.includes(field);
    setText(byId("enter-code-label"), by === "link" ? "Code from the other device" : "Invite code");
    code.placeholder = by === "link" ? "ABCD-EFGH" : "ABCD-EFGH-JKLM-NPQR";
    name.placeholder = by === "invite" ? "" : "Blank joins as a guest";
    name.required = by === "invite";
    code.required = shown.includes("code");
    setText(byId("enter-what"), by === "invite" && invite === "" ? WAYS.name.what : what);
    setText(byId("enter-button"), action);
    setText(byId("enter-other"), by === "link" && name.value !== "" ? `Go on as “${inSentence(name.value)}”` : other);
    byId("enter-other").hidden = other === "";
    setText(byId("enter-about"), about);
    if (hasMouse()) input(`enter-${shown[0]}`).focus();
  }

  byId("enter-other").addEventListener("click", () => come(by === "link" ? "name" : "link"));
  byId("enter-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const given = token.value;
    token.value = "";
    const brings = by === "link" || by === "invite" ? codeOf(by, by === "invite" && invite !== "" ? invite : code.value) : {};
    if (!brings) return setText(byId("enter-fault"), "That is not a code");
    enter({ username: by === "link" ? "" : name.value.trim(), room: room.value.trim().replace(/^#/, ""), token: given, brings });
  });
  return {
    /** @param {Shown} what */
    show({ username, room: wanted, fault, why = "", other = "", brings = {} }) {
      byId("enter").hidden = false;
      byId("chat").hidden = true;
      name.value = username;
      room.value = wanted;
      code.value = brings.link ?? "";
      invite = brings.invite ?? "";
      document.title = "Nebula";
      setText(byId("enter-host"), location.host);
      setText(byId("enter-fault"), asSentence(fault));
      setText(byId("enter-advice"), ADVICE[why] ?? question(username, other, brings));
      const isClosed = why === "wrong_room" || why.includes("token");
      come(isClosed ? "token" : wayFor(why, brings));
    },
  };

  /** A refused code is typed anew in the same place.
   * @param {string} why
   * @param {Brings} brings
   * @returns {By} */
  function wayFor(why, { link, invite: invited }) {
    if (link !== undefined || why === "revoked" || why === "too_many_devices") return "link";
    if (invited !== undefined || why === "need_invite") return "invite";
    return why === "bad_code" && by !== "token" ? by : "name";
  }
}

/** What somebody has to know who has a name here already.
 * @param {string} username
 * @param {string} other
 * @param {Brings} brings */
function question(username, other, brings) {
  if (brings.link !== undefined && username !== "") return `You are “${inSentence(username)}” in this browser. Linking makes you the person who shows this code; /nick takes you back.`;
  return other === "" ? "" : `This link asks for the name “${inSentence(other)}”. You can keep your own.`;
}
