// The wiring: page events in, state changed, actions done, page drawn. It decides nothing.

import { completions, likeliest } from "./complete.js";
import { newConnection, ownKey } from "./connection.js";
import { activeRoom, newState, update } from "./update.js";
import { newView } from "./view.js";

const view = newView();
const byId = (id) => document.getElementById(id);
const form = byId("enter-form");
const text = byId("text");
let state = null;
let connection = null;
/** A word that is being completed, until another key is pressed. */
let completing = null;
/** A drawing waits for the next frame of the screen. */
let due = false;

/** Joins as the form says, and says so in the address, so that a reload joins again. */
function enter() {
  const username = form.elements.username.value.trim();
  const room = form.elements.room.value.trim().replace(/^#/, "") || "general";
  const query = new URLSearchParams({ room });
  if (username) query.set("username", username);
  history.replaceState(null, "", `?${query}`);
  localStorage.setItem("nebula.name", username);
  const session = crypto.getRandomValues(new Uint32Array(2)).join("-");
  state = newState({ room, username, session });
  connection ??= newConnection({ address: location.href, key: ownKey(localStorage), tell: happens });
  happens({ type: "start" });
  if (matchMedia("(pointer: fine)").matches) text.focus();
}

function happens(event) {
  const actions = update(state, event);
  for (const action of actions) perform(action);
  draw();
}

function perform(action) {
  switch (action.do) {
    case "dial":
      connection.dial(action.hello, action.afterMs);
      break;
    case "send":
      connection.send(action.envelope);
      break;
    case "retry":
      setTimeout(() => happens({ type: "retry", room: action.room, ref: action.ref }), action.afterMs);
      break;
    case "announce":
      view.announce(action.text);
      break;
  }
}

/** At most one drawing for each frame of the screen, however much arrives. */
function draw() {
  if (due) return;
  due = true;
  const now = () => {
    if (!due) return;
    due = false;
    if (state.link.is === "refused") view.enter(state.link.reason);
    else view.render(state);
    morePeople();
  };
  requestAnimationFrame(now);
  // A hidden page gets no frames, but its title still counts what is unread.
  if (document.hidden) setTimeout(now, 100);
}

/** Puts the next name in the place of the word before the caret; false if it begins none. */
function complete(back) {
  if (!completing) {
    const names = likeliest(activeRoom(state), state.me);
    const { start, options } = completions(text.value, text.selectionStart, names);
    if (options.length === 0) return false;
    completing = { start, end: text.selectionStart, options, at: back ? options.length - 1 : 0 };
  } else {
    const count = completing.options.length;
    completing.at = (completing.at + (back ? count - 1 : 1)) % count;
  }
  const name = completing.options[completing.at];
  text.setRangeText(name, completing.start, completing.end, "end");
  completing.end = completing.start + name.length;
  return true;
}

/** Names are fetched when their place is in sight, or nearly. */
function morePeople() {
  if (!state || !view.nearLastPerson()) return;
  for (const action of update(state, { type: "morePeople" })) perform(action);
}

/** What could not be sent or done stays, with the reason below it. */
function send() {
  const before = activeRoom(state);
  happens({ type: "say", text: text.value });
  if (state.notice && !state.answered) return;
  completing = null;
  text.value = activeRoom(state) === before ? "" : activeRoom(state).draft;
}

function show(place) {
  completing = null;
  happens({ type: "show", place, draft: text.value });
  text.value = activeRoom(state).draft;
}

function looked() {
  if (state) happens({ type: "looked", atBottom: view.atBottom(), focused: document.hasFocus() && !document.hidden });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  enter();
});
byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Tab" && !event.isComposing) {
    // Where there is nothing to complete, Tab goes on to the next control.
    if (complete(event.shiftKey)) event.preventDefault();
    return;
  }
  // Enter that ends a composition of an input method is not for us.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  send();
});
// Whatever changes the text otherwise ends a completion.
text.addEventListener("input", () => { completing = null; });
byId("older").addEventListener("click", () => happens({ type: "older" }));
byId("newer").addEventListener("click", () => {
  view.toBottom();
  looked();
});
byId("log").addEventListener("click", ({ target }) => {
  const { ref, room } = target.dataset;
  if (ref) happens({ type: "retry", room, ref });
});
byId("rooms").addEventListener("click", ({ target }) => {
  if (target.dataset.place) show(Number(target.dataset.place));
});
addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!event.altKey || step === undefined || !state || state.rooms.length < 2) return;
  event.preventDefault();
  show((state.active + step + state.rooms.length) % state.rooms.length);
});
byId("people-button").addEventListener("click", ({ currentTarget }) => {
  const open = byId("people").classList.toggle("open");
  currentTarget.setAttribute("aria-expanded", String(open));
});
view.pane.addEventListener("scroll", looked, { passive: true });
view.people.addEventListener("scroll", morePeople, { passive: true });
addEventListener("focus", looked);
addEventListener("blur", looked);
document.addEventListener("visibilitychange", looked);
// The network is back, or the page is: no need to wait for the timer.
addEventListener("online", () => state?.link.is === "waiting" && happens({ type: "redial" }));
addEventListener("pageshow", () => state?.link.is === "waiting" && happens({ type: "redial" }));

const asked = new URLSearchParams(location.search);
form.elements.username.value = asked.get("username") ?? localStorage.getItem("nebula.name") ?? "";
form.elements.room.value = asked.get("room") ?? "";
if (asked.get("username")) enter();
else view.enter("");
