// The limits of the protocol, as the server has them.

export const CONTENT_CHARS_MAX = 4096;
export const ROOM_CHARS_MAX = 64;
export const NAME_CHARS_MAX = 32;
/** Of who said a message: a name, and " bot" behind that of a program. */
export const AUTHOR_CHARS_MAX = NAME_CHARS_MAX + 4;
export const REASON_CHARS_MAX = 200;
export const TOPIC_CHARS_MAX = 250;
/** Messages in a page. */
export const HISTORY_MAX = 200;
/** Earlier messages that changed, beside a page. */
export const CHANGED_MAX = 200;
/** Addresses of nodes of a cluster. */
export const SERVERS_MAX = 32;
/** Kinds of emoji on one message, and people who are told of each. */
export const REACTION_KINDS_MAX = 20;
export const REACTION_USERS_MAX = 20;
/** An emoji: the longest there are have half of that. */
export const EMOJI_UNITS_MAX = 64;
/** In rooms with more people than these nobody is told who is typing. */
export const TYPING_PEOPLE_MAX = 50;
/** Longest ban or mute with an end: a year. */
export const SANCTION_SECONDS_MAX = 365 * 24 * 60 * 60;
/** The longest time that a server may ask a client to wait: whatever asks for more is broken. */
export const RETRY_AFTER_MS_MAX = 300_000;
/** Devices of a person, and characters of what one is called. */
export const DEVICES_MAX = 10;
export const LABEL_CHARS_MAX = 64;
/** Of an invite: people, seconds, rooms, characters of its note, and people who came by it that are told. */
export const INVITE_USES_MAX = 10_000;
export const INVITE_SECONDS_MAX = 365 * 24 * 60 * 60;
export const INVITE_ROOMS_MAX = 20;
export const NOTE_CHARS_MAX = 100;
export const INVITED_SHOWN_MAX = 20;
/** Rooms that one connection may be in, and that a person may keep. */
export const ROOMS_MAX = 200;
/** Where a room may stand in a person's order, at most. */
export const PLACE_MAX = 999_999;
export const TITLE_CHARS_MAX = 64;
/** Of a direct room, oneself included. */
export const DIRECT_PEOPLE_MAX = 10;
/** Of a room with roles: those that are told when one joins it. */
export const MEMBERS_TOLD_MAX = 200;
/** Rooms in one answer. */
export const ROOMS_TOLD_MAX = 100;
/** Unread messages of a room that the server counts. */
export const UNREAD_MAX = 1_000;
/** Names that one message mentions. */
export const MENTIONS_MAX = 50;
/** People of a room up to which anybody may mention all of them at once. */
export const EVERYBODY_MAX = 15;
/** What may be looked for among all rooms. */
export const QUERY_CHARS_MAX = 250;
