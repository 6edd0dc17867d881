// The limits of the protocol, as the server has them.

export const CONTENT_CHARS_MAX = 4096;
export const ROOM_CHARS_MAX = 64;
export const NAME_CHARS_MAX = 32;
export const REASON_CHARS_MAX = 200;
export const HISTORY_MAX = 200;
