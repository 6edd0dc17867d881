// The first screen: it asks for a name and a room.

import { byId, input, setText } from "./page.js";

/** @param {(who: {username: string, room: string}) => void} enter */
export function newEntrance(enter) {
  const [name, room] = [input("enter-name"), input("enter-room")];
  byId("enter-form").addEventListener("submit", (event) => {
    event.preventDefault();
    enter({ username: name.value.trim(), room: room.value.trim().replace(/^#/, "") || "general" });
  });
  return {
    /** @param {{username: string, room: string, fault: string}} what */
    show({ username, room: wanted, fault }) {
      byId("enter").hidden = false;
      byId("chat").hidden = true;
      name.value = username;
      room.value = wanted;
      document.title = "Nebula";
      setText(byId("enter-host"), location.host);
      setText(byId("enter-fault"), fault);
      // A keyboard that covers half of the screen is not asked for.
      if (matchMedia("(pointer: fine)").matches) name.focus();
    },
  };
}
