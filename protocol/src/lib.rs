//! Nebula's protocol on one page.
//!
//! One JSON object per text frame, one enum per direction: [`ToServer`] and [`ToClient`].
//! A connection opens with `GET /?room=R&username=U` ([`Connect`]), optionally offering
//! [`SUBPROTOCOL`] and a [`Key`]. On joining, a client gets `history` if it asked for any, then its
//! own `join`, then `presence`, then `room` if there is something to tell of it. A stored message comes back to
//! everyone in the room, its author included; that copy, with its [`MessageId`], is the acknowledgement.
//!
//! | limit | value |
//! |---|---|
//! | frame from a client | [`FRAME_BYTES_MAX`] |
//! | content | 1–[`CONTENT_CHARS_MAX`] characters |
//! | room, user name | 1–[`ROOM_CHARS_MAX`], 1–[`USER_CHARS_MAX`] characters |
//! | topic of a room | at most [`TOPIC_CHARS_MAX`] characters |
//! | title of a private room | 1–[`TITLE_CHARS_MAX`] characters |
//! | people of a direct room | 2–[`DIRECT_PEOPLE_MAX`] |
//! | rooms in an answer to `rooms` | [`ROOMS_MAX`], in less than [`HISTORY_BYTES_MAX`] |
//! | query of `search` | at most [`SEARCH_CHARS_MAX`] characters |
//! | text to look for in `rooms` | at most [`ROOMS_QUERY_CHARS_MAX`] characters |
//! | place of a room in a person's order | at most [`PLACE_MAX`] |
//! | `ref` | 1–[`REF_BYTES_MAX`] printable ASCII characters |
//! | history page | [`HISTORY_DEFAULT`], at most [`HISTORY_MAX`] messages, under [`HISTORY_BYTES_MAX`] |
//! | names in an answer to `presence` | [`PEOPLE_MAX`] |
//! | reason of a moderator | 1–[`REASON_CHARS_MAX`] characters |
//! | changed messages that a history tells of | [`CHANGED_MAX`], at most [`CHANGED_BYTES_MAX`] |
//! | kinds of reactions on a message, names told of each | [`REACTION_KINDS_MAX`], [`REACTION_USERS_MAX`] |
//! | people called in a text | [`CALLS_MAX`] |
//! | messages told as unread of a room | [`UNREAD_MAX`] |
//! | devices of a person, their labels | [`DEVICES_MAX`], 1–[`LABEL_CHARS_MAX`] characters |
//! | invites | [`INVITE_USES_MAX`] uses, [`INVITE_ROOMS_MAX`] rooms, [`INVITE_SECONDS_MAX`], a note of [`NOTE_CHARS_MAX`] characters |
//! | body posted to a hook | [`HOOK_BYTES_MAX`] |
//! | token | [`TOKEN_BYTES_MAX`], with [`PATTERNS_MAX`] patterns of rooms |
//!
//! Every refusal is a [`Refusal`], with a stable [`Code`], a sentence, and, where it ends
//! the connection, a [close code](Refusal::close_code).
//!
//! This crate is the only one that knows JSON. It knows no tokio, no sockets, no clock, no files.

mod access_code;
mod api;
mod archive;
mod claims;
mod connect;
mod emoji;
mod envelope;
mod hook;
mod ids;
mod json;
mod label;
mod name;
mod refusal;
mod restriction;
pub mod search;
mod text;
mod token;

pub use access_code::{AccessCode, INVITE_CODE_CHARS, LINK_CODE_CHARS};
pub use api::{API_PREFIX, API_ROUTES, ApiRequest, ApiRoute, BadApiRequest};
pub use archive::{
    BadArchive, SlackChannel, SlackPeople, SlackReaction, SlackSaid, SlackTopic, fitting_name,
    slack_channels, slack_day,
};
pub use claims::Claims;
pub use connect::{Connect, KEY_BYTES_MAX, KEY_BYTES_MIN, Key, SUBPROTOCOL};
pub use emoji::{BadEmoji, Emoji};
pub use envelope::*;
pub use hook::{BadPost, HOOK_BYTES_MAX, Posted, github, slack};
pub use ids::{BadEpoch, BadId, BadRef, Epoch, ID_END, MessageId, REF_BYTES_MAX, Ref};
pub use json::FRAME_BYTES_MAX;
pub use label::{LABEL_CHARS_MAX, Label};
pub use name::{
    DIRECT_SIGN, NameError, PRIVATE_SIGN, Position, ROOM_CHARS_MAX, RoomName, TITLE_CHARS_MAX,
    Title, USER_CHARS_MAX, UserName, fold,
};
pub use refusal::{Code, Refusal};
pub use restriction::{BadReason, REASON_CHARS_MAX, Reason, Restriction};
pub use text::called::{CALLS_MAX, called};
pub use text::characters::{is_invisible, reorders, revealed, with_newlines};
pub use text::formatting;
pub use text::link::{Link, links, shown};
pub use text::mention::{mentions, words};
pub use token::{BadPattern, BotToken, Grant, PATTERNS_MAX, RoomPattern, TOKEN_BYTES_MAX, Token};
