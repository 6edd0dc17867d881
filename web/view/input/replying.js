// Above the box one writes in: which message is being answered. It decides nothing.

import { messageOf } from "../../core/chat/messages/place.js";
import { authorOf, changesOf, quoteOf, shownOf } from "../../core/chat/messages/shown.js";
import { activeRoom } from "../../core/chat/state.js";
import { AUTHOR_CHARS_MAX } from "../../core/protocol/limits.js";
import { inSentence } from "../../core/protocol/text.js";
import { byId, setText } from "../page.js";

/** @param {import("../../core/chat/state.js").State} state */
export function renderReplying(state) {
  const room = activeRoom(state);
  byId("replying-button").hidden = room.reply === null;
  const original = room.reply === null ? null : messageOf(room, room.reply);
  const words = original ? `${inSentence(authorOf(original), AUTHOR_CHARS_MAX)}: ${quoteOf(shownOf(original, state.me, changesOf(room).get(original.id)))}` : "an earlier message";
  setText(byId("replying-words"), room.reply === null ? "" : `Replying to ${words}`);
}
