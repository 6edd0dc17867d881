// When the page is drawn: at most once for each frame of the screen, however much arrives.

/** A hidden page gets no frames, also none that it asked for before, but its title still counts what is
 * unread. */
const HIDDEN_FRAME_MS = 100;

/** Asks for a drawing with the next frame.
 * @param {() => void} draw
 * @returns {() => void} */
export function newDrawing(draw) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    const now = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      isDue = false;
      draw();
    };
    const frame = requestAnimationFrame(now);
    const timer = setTimeout(now, HIDDEN_FRAME_MS);
  };
}

/** Draws how long it is until the next attempt to connect, each second when it begins.
 * @param {(state: import("../core/chat/state.js").State) => void} draw
 * @returns {(state: import("../core/chat/state.js").State) => void} */
export function newCountdown(draw) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return function countDown(state) {
    clearTimeout(timer);
    draw(state);
    const leftMs = state.link.is === "waiting" ? state.link.at - Date.now() : 0;
    if (leftMs > 0) timer = setTimeout(() => countDown(state), leftMs % 1000 || 1000);
  };
}
