// Boxes in which one types, and the server answers.

/** Who types fast is asked for once. */
const REST_MS = 150;

/** Does something when typing has rested.
 * @param {() => unknown} does
 * @returns {() => void} */
export function afterTyping(does) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(does, REST_MS);
  };
}
