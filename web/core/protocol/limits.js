// The limits of the protocol, as the server has them.

export const CONTENT_CHARS_MAX = 4096;
export const ROOM_CHARS_MAX = 64;
export const NAME_CHARS_MAX = 32;
export const REASON_CHARS_MAX = 200;
export const TOPIC_CHARS_MAX = 250;
/** Messages in a page. */
export const HISTORY_MAX = 200;
/** Earlier messages that changed, beside a page. */
export const CHANGED_MAX = 200;
/** Addresses of nodes of a cluster. */
export const SERVERS_MAX = 32;
/** Longest ban or mute with an end: a year. */
export const SANCTION_SECONDS_MAX = 365 * 24 * 60 * 60;
/** The longest time that a server may ask a client to wait: whatever asks for more is broken. */
export const RETRY_AFTER_MS_MAX = 300_000;
