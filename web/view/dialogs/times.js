// Days, as the dialogs tell them.

const DATE = new Intl.DateTimeFormat([], { day: "numeric", month: "short", year: "numeric" });

/** @param {number} at in ms since 1970 */
export function date(at) {
  const today = DATE.format(Date.now());
  const told = DATE.format(at);
  return told === today ? "today" : told;
}

const DAY_MS = 24 * 60 * 60_000;

/** Days that one searches before or after, as the server counts them: in UTC.
 * @returns {import("../../core/commands/filters.js").Day[]} */
export function searchDays() {
  const days = Object.entries({ today: 0, yesterday: 1, "a week ago": 7, "a month ago": 30 });
  return days.map(([words, ago]) => [words, new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10)]);
}

const AGO = new Intl.RelativeTimeFormat([], { numeric: "auto" });
/** @type {[ms: number, unit: Intl.RelativeTimeFormatUnit][]} */
const UNITS = [[DAY_MS, "day"], [60 * 60_000, "hour"], [60_000, "minute"]];

/** How long ago something was, roughly; of what is long past the day.
 * @param {number} at in ms since 1970 */
export function ago(at) {
  const passedMs = Math.max(0, Date.now() - at);
  const [ms, unit] = UNITS.find(([ms]) => passedMs >= ms) ?? [60_000, "minute"];
  const count = Math.floor(passedMs / ms);
  if (count === 0) return "just now";
  return unit === "day" && count > 6 ? date(at) : AGO.format(-count, unit);
}
