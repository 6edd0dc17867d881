// The bar above the messages while one goes through what was found: which of them this is, and the ways on. It decides nothing.

import { foundNow } from "../../core/chat/found.js";
import { onOneLine } from "../../core/protocol/text.js";
import { byId, setText } from "../page.js";

/** As much of a query as there is room for. */
const QUERY_CHARS_MAX = 60;

/** @param {import("../../core/chat/state.js").State} state */
export function renderSearchBar(state) {
  const { search } = state;
  const at = search?.at ?? null;
  byId("finding").hidden = at === null;
  if (!search || at === null) return;
  const hits = foundNow(state);
  const place = hits.findIndex(({ id }) => id <= at) + 1;
  setText(byId("finding-words"), `${place || hits.length} of ${hits.length}${search.more ? "+" : ""}: ${onOneLine(search.query, QUERY_CHARS_MAX)}`);
}
