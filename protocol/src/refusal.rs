//! Refusals: a stable code for programs, a sentence for people, and a close code where it ends the
//! connection.
//!
//! This file does not know HTTP or sockets.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::BadRef;
use crate::json::FRAME_BYTES_MAX;
use crate::name::NameError;
use crate::restriction::{BadReason, Restriction, spelled};

/// For programs to branch on. A code never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The frame is not one JSON object.
    BadJson,
    /// A field is missing, repeated, of the wrong type, or out of range.
    BadField,
    /// No client may send this `type`.
    UnknownType,
    /// The room's name breaks a rule.
    BadRoom,
    /// The user's name breaks a rule.
    BadName,
    /// The key is not base64url of 16 to 64 bytes.
    BadKey,
    /// The text has nothing visible.
    ContentBlank,
    /// The text is too long.
    ContentTooLong,
    /// The connection is not in this room.
    NotInRoom,
    /// The connection has joined this room already.
    AlreadyInRoom,
    /// The connection has joined as many rooms as it may.
    TooManyRooms,
    /// The name is taken: somebody is connected under it, or keeps it.
    NameTaken,
    /// The name looks like one that is taken.
    NameSimilar,
    /// The server is closed, and there is no token.
    NoToken,
    /// The token is not valid here.
    BadToken,
    /// The token has expired.
    TokenExpired,
    /// The token doesn't include this room.
    WrongRoom,
    /// The code of a link or an invite is wrong, used up or expired.
    BadCode,
    /// The device is the person's no longer.
    Revoked,
    /// The person has as many devices as they may.
    TooManyDevices,
    /// Only who is invited may come in under a new name.
    NeedInvite,
    /// Nobody comes in without a key.
    NoGuests,
    /// This needs a name that is kept for its owner.
    NoName,
    /// Banned from the room or the server.
    Banned,
    /// Muted for a time; `retry_ms` says how long.
    Muted,
    /// Only a moderator may do this.
    NotAllowed,
    /// There is no such message, person, ban, mute, device or invite.
    NotFound,
    /// There is no such room, or it is not yours.
    NoSuchRoom,
    /// The room is somebody's or in use, so that nobody can make it.
    RoomExists,
    /// The message is too old to be edited.
    TooLate,
    /// There are as many kinds of reactions on the message as there may be.
    TooManyReactions,
    /// Only the owner and moderators may mention everybody in a room of this size, and no edit may add that.
    MentionNotAllowed,
    /// More than the rate allows; `retry_ms` says when to try again.
    TooFast,
    /// Too many bad frames in a row.
    TooManyBadFrames,
    /// A binary frame.
    BinaryFrame,
    /// Text that is not UTF-8.
    BadUtf8,
    /// A frame that is too large.
    FrameTooBig,
    /// Bytes that are not WebSocket frames.
    BadFrame,
    /// The server cannot store or read messages at the moment; nothing was stored.
    Unavailable,
    /// A search would take too long; what it found until then is nothing.
    SearchTooLong,
    /// The client does not read fast enough.
    TooSlow,
    /// The server is stopping; `retry_ms` says when to reconnect.
    Stopping,
    /// A code of a newer server, for clients that do not know it yet.
    #[serde(other)]
    Unknown,
}

/// As it stands in an `error` envelope.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A refusal with its details. [`Code`] documents what each one means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "a variant's sentence says it")]
pub enum Refusal {
    #[error("this is not a JSON object")]
    BadJson,
    /// The text names the field and what is wrong with it.
    #[error("{0}")]
    BadField(String),
    #[error("unknown type {0:?}")]
    UnknownType(String),
    #[error("bad room: {0}")]
    BadRoom(NameError),
    #[error("bad user name: {0}")]
    BadName(NameError),
    #[error("a key is 16 to 64 bytes in base64url")]
    BadKey,
    #[error("a message needs some visible text")]
    ContentBlank,
    #[error("the text is too long: it has {chars} characters, and at most {max} are allowed")]
    ContentTooLong {
        /// How many there are.
        chars: usize,
        /// The limit that was passed.
        max: usize,
    },
    #[error("you are not in this room: join it first")]
    NotInRoom,
    #[error("you are in this room already")]
    AlreadyInRoom,
    #[error("one connection is in at most {max} rooms: leave one first")]
    TooManyRooms {
        /// The limit that was reached.
        max: usize,
    },
    #[error("this name is in use: choose another, or connect from the device that has it")]
    NameTaken,
    /// Its owner may be away.
    #[error("this name is taken: choose another, or connect from the device that has it")]
    NameClaimed,
    #[error("this name looks like {0}, which is taken: choose one that cannot be mistaken for it")]
    NameSimilar(Box<str>),
    #[error("this server needs a token: ask its operator for one")]
    NoToken,
    /// The text says what is wrong with it.
    #[error("this server does not accept your token: {0}")]
    BadToken(Box<str>),
    #[error("this token has expired: ask for a new one")]
    TokenExpired,
    #[error("your token doesn't include this room")]
    WrongRoom,
    #[error("this code is wrong, was used already, or has expired: ask for a new one")]
    BadCode,
    #[error("this device was revoked: link it again from another one, or choose another name")]
    Revoked,
    #[error("this bot was revoked: ask the operator for another token")]
    BotRevoked,
    #[error("this person has {max} devices, the most that are allowed: revoke one first")]
    TooManyDevices {
        /// The limit that was reached.
        max: usize,
    },
    #[error("new people need an invite on this server: ask somebody there for one")]
    NeedInvite,
    #[error("this server lets no guests in: connect with a key of your own")]
    NoGuests,
    #[error("this needs a name of your own: choose one, and it is reserved for you")]
    NoName,
    #[error("one's only device cannot be revoked: link another one first")]
    OnlyDevice,
    #[error("you are banned from this {}{}", if .0.server { "server" } else { "room" }, .0)]
    Banned(Box<Restriction>),
    #[error("you are muted {}{}", if .0.server { "on this server" } else { "in this room" }, .0)]
    Muted(Box<Restriction>),
    #[error("only a moderator of this room may do that")]
    NotAllowed,
    /// The text says who may, or why nobody.
    #[error("{0}")]
    NotAllowedHere(&'static str),
    /// Without a room it is about the whole server.
    #[error(
        "only a moderator of all rooms may do that for the whole server: choose one of your rooms instead"
    )]
    NotAllowedEverywhere,
    #[error("{0} is a moderator: only the operator of the server can change that")]
    IsModerator(Box<str>),
    #[error(
        "{whose} {max} bans and mutes, the most that are allowed: lift some first, or ask the operator"
    )]
    TooManySanctions {
        /// Who has them: "this room has".
        whose: &'static str,
        /// The limit that was reached.
        max: u32,
    },
    #[error("there are as many invites as are allowed: end some first")]
    TooManyInvites,
    /// The text says what is not there.
    #[error("{0}")]
    NotFound(&'static str),
    #[error("nobody has reserved the name {0}: check the spelling")]
    NoSuchPerson(Box<str>),
    #[error("there is no such room, or you are not a member of it")]
    NoSuchRoom,
    #[error("this room exists already: join it, or choose another name")]
    RoomExists,
    #[error("a private room has at most {max} members: remove some first")]
    TooManyMembers {
        /// The limit that was reached.
        max: u32,
    },
    #[error("this message can no longer be edited: that is allowed for {}", spelled(*.seconds))]
    TooLate {
        /// For how long messages can be edited.
        seconds: u64,
    },
    #[error("messages cannot be edited on this server")]
    NoEdits,
    #[error("there are {max} different reactions already, the most that are allowed")]
    TooManyReactions {
        /// The limit that was reached.
        max: usize,
    },
    #[error(
        "in a room with more than {max} people only its owner and moderators can use @all and @here: mention people by name"
    )]
    MentionNotAllowed {
        /// Most people of a room in which anybody may mention all.
        max: usize,
    },
    #[error("an edit cannot add @all or @here: send a new message")]
    EditAddsEverybody,
    #[error("too fast: wait {retry_ms} ms and send it again")]
    TooFast {
        /// When one more message will be taken, in milliseconds.
        retry_ms: u64,
    },
    #[error("{0} bad frames in a row")]
    TooManyBadFrames(u32),
    #[error("only text frames are accepted")]
    BinaryFrame,
    #[error("a text frame must be UTF-8")]
    BadUtf8,
    #[error("a frame has at most {FRAME_BYTES_MAX} bytes")]
    FrameTooBig,
    #[error("this is not a valid WebSocket frame")]
    BadFrame,
    #[error("messages cannot be stored or read at the moment: nothing was kept, try again")]
    Unavailable,
    /// Of a room that one is in, what was said cannot be read.
    #[error("the messages of this room cannot be read at the moment: try again later")]
    Unreadable {
        /// When to ask again, in milliseconds: another time for each client.
        retry_ms: u64,
    },
    #[error(
        "this search takes too long: add a word, or say where or when with in:, from: or after:"
    )]
    SearchTooLong,
    #[error("this client reads too slowly: reconnect with `since`")]
    TooSlow,
    #[error("the server is stopping")]
    Stopping {
        /// When this client should come back, in milliseconds: every client is told another time,
        /// so that they do not all come back at once.
        retry_ms: u64,
    },
}

impl Refusal {
    /// The stable code for programs.
    pub fn code(&self) -> Code {
        match self {
            Refusal::BadJson => Code::BadJson,
            Refusal::BadField(_) => Code::BadField,
            Refusal::UnknownType(_) => Code::UnknownType,
            Refusal::BadRoom(_) => Code::BadRoom,
            Refusal::BadName(_) => Code::BadName,
            Refusal::BadKey => Code::BadKey,
            Refusal::ContentBlank => Code::ContentBlank,
            Refusal::ContentTooLong { .. } => Code::ContentTooLong,
            Refusal::NotInRoom => Code::NotInRoom,
            Refusal::AlreadyInRoom => Code::AlreadyInRoom,
            Refusal::TooManyRooms { .. } => Code::TooManyRooms,
            Refusal::NameTaken | Refusal::NameClaimed => Code::NameTaken,
            Refusal::NameSimilar(_) => Code::NameSimilar,
            Refusal::NoToken => Code::NoToken,
            Refusal::BadToken(_) => Code::BadToken,
            Refusal::TokenExpired => Code::TokenExpired,
            Refusal::WrongRoom => Code::WrongRoom,
            Refusal::BadCode => Code::BadCode,
            Refusal::Revoked | Refusal::BotRevoked => Code::Revoked,
            Refusal::TooManyDevices { .. } => Code::TooManyDevices,
            Refusal::NeedInvite => Code::NeedInvite,
            Refusal::NoGuests => Code::NoGuests,
            Refusal::NoName => Code::NoName,
            Refusal::Banned(_) => Code::Banned,
            Refusal::Muted(_) => Code::Muted,
            Refusal::NotAllowed
            | Refusal::NotAllowedEverywhere
            | Refusal::IsModerator(_)
            | Refusal::NotAllowedHere(_)
            | Refusal::OnlyDevice => Code::NotAllowed,
            Refusal::NotFound(_) | Refusal::NoSuchPerson(_) => Code::NotFound,
            Refusal::NoSuchRoom => Code::NoSuchRoom,
            Refusal::RoomExists => Code::RoomExists,
            Refusal::TooLate { .. } | Refusal::NoEdits => Code::TooLate,
            Refusal::TooManyReactions { .. } => Code::TooManyReactions,
            Refusal::MentionNotAllowed { .. } | Refusal::EditAddsEverybody => {
                Code::MentionNotAllowed
            }
            Refusal::TooFast { .. } => Code::TooFast,
            Refusal::TooManyBadFrames(_) => Code::TooManyBadFrames,
            Refusal::BinaryFrame => Code::BinaryFrame,
            Refusal::BadUtf8 => Code::BadUtf8,
            Refusal::FrameTooBig => Code::FrameTooBig,
            Refusal::BadFrame => Code::BadFrame,
            Refusal::Unavailable
            | Refusal::Unreadable { .. }
            | Refusal::TooManyMembers { .. }
            | Refusal::TooManySanctions { .. }
            | Refusal::TooManyInvites => Code::Unavailable,
            Refusal::SearchTooLong => Code::SearchTooLong,
            Refusal::TooSlow => Code::TooSlow,
            Refusal::Stopping { .. } => Code::Stopping,
        }
    }

    /// The WebSocket close code (RFC 6455, section 7.4) this refusal ends a connection with, when
    /// it does. 4000 and up mean: do not come back unchanged.
    ///
    /// A bad, closed or missing room ends only the connection that was opened with it; in a `join` it is told
    /// and no more. What is unavailable ends only a connection that cannot be let in.
    pub fn close_code(&self) -> Option<u16> {
        match self {
            Refusal::Stopping { .. } => Some(1001),
            Refusal::BadFrame => Some(1002),
            Refusal::BinaryFrame => Some(1003),
            Refusal::BadUtf8 => Some(1007),
            Refusal::TooManyBadFrames(_) => Some(1008),
            Refusal::FrameTooBig => Some(1009),
            Refusal::TooSlow | Refusal::Unavailable => Some(1013),
            Refusal::NameTaken | Refusal::NameClaimed | Refusal::NameSimilar(_) => Some(4001),
            Refusal::NoToken
            | Refusal::BadToken(_)
            | Refusal::TokenExpired
            | Refusal::WrongRoom
            | Refusal::BadCode
            | Refusal::Revoked
            | Refusal::BotRevoked
            | Refusal::TooManyDevices { .. }
            | Refusal::NeedInvite
            | Refusal::NoGuests
            | Refusal::NoSuchRoom
            | Refusal::Banned(_) => Some(4003),
            Refusal::BadRoom(_) | Refusal::BadName(_) | Refusal::BadKey | Refusal::BadField(_) => {
                Some(4002)
            }
            _ => None,
        }
    }
}

/// A bad title is a field with a bad value; bad names of rooms and people have codes of their own.
pub(crate) fn bad_title(error: &NameError) -> Refusal {
    Refusal::BadField(format!("bad title: {error}"))
}

impl From<BadReason> for Refusal {
    fn from(bad: BadReason) -> Self {
        Refusal::BadField(format!("bad reason: {bad}"))
    }
}

impl From<BadRef> for Refusal {
    fn from(bad: BadRef) -> Self {
        Refusal::BadField(format!("bad ref: {bad}"))
    }
}
