// Days, as the dialogs tell them.

const DATE = new Intl.DateTimeFormat([], { day: "numeric", month: "short", year: "numeric" });

/** @param {number} at in ms since 1970 */
export function date(at) {
  const today = DATE.format(Date.now());
  const told = DATE.format(at);
  return told === today ? "today" : told;
}
