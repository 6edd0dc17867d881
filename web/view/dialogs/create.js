// The dialog "New room": an open one under a name, or a private one with a title.

import { activeRoom } from "../../core/chat/state.js";
import { ROOM_CHARS_MAX, TITLE_CHARS_MAX } from "../../core/protocol/limits.js";
import { nameFault } from "../../core/protocol/names.js";
import { byId, dialog, input, setText } from "../page.js";
import { newArrival } from "./arrival.js";

/** @param {import("./dialogs.js").Needs} needs */
export function newCreate({ state, happens, toText }) {
  const box = dialog("create");
  const arrival = newArrival(box, toText);
  const [name, topic, isPrivate] = [input("create-name"), input("create-topic"), input("create-private")];

  function explain() {
    setText(byId("create-name-label"), isPrivate.checked ? "Title" : "Name");
    setText(byId("create-about"), isPrivate.checked ? "Only people whom you add can find and read it." : "Everybody on this server can find and join it.");
  }

  for (const each of [isPrivate, input("create-open")]) each.addEventListener("change", explain);
  byId("create-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const now = state();
    if (!now) return;
    const wanted = name.value.trim().replace(/^#/, "");
    const why = nameFault(wanted, isPrivate.checked ? TITLE_CHARS_MAX : ROOM_CHARS_MAX);
    arrival.from(why ? null : activeRoom(now));
    happens({ type: "does", intent: why ? { is: "fault", words: why } : { is: "create", name: wanted, isPrivate: isPrivate.checked, topic: topic.value.trim() } });
  });

  return {
    render: arrival.render,
    open() {
      arrival.from(null);
      Object.assign(name, { value: "" });
      Object.assign(topic, { value: "" });
      happens({ type: "notice", text: "" });
      explain();
      if (!box.open) box.showModal();
    },
  };
}
