//! A signed token, as it is offered, and what it grants.
//!
//! Signing and checking are done elsewhere: this file does not know keys.

use std::fmt;

use serde::Serialize;

use crate::envelope::Role;
use crate::name::{ROOM_CHARS_MAX, RoomName, UserName, fold};
use crate::refusal::Refusal;

/// A client offers its token as a subprotocol: this, then the JWT.
const TOKEN_SUBPROTOCOL_PREFIX: &str = "nebula.token.";
/// Longest token, in bytes: what a request's head has room for.
pub const TOKEN_BYTES_MAX: usize = 4096;
/// Most patterns of rooms in one token. Each is tried on each join.
pub const PATTERNS_MAX: usize = 64;

/// What every bot's token begins with, so that people and scanners of secrets know it.
const BOT_TOKEN_PREFIX: &str = "nebula_bot_";

/// What lets somebody in, not yet checked: a JSON Web Token, which is three parts of base64url with dots between, or a
/// bot's token.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Box<str>);

impl Token {
    /// Finds the token among the subprotocols of a `Sec-WebSocket-Protocol` header.
    ///
    /// # Errors
    /// [`Refusal::BadToken`] if one is offered that cannot be a token, or more than one.
    pub fn from_subprotocols(header: &str) -> Result<Option<Self>, Refusal> {
        let offered = header.split(',').map(str::trim);
        let mut tokens = offered.filter_map(|name| name.strip_prefix(TOKEN_SUBPROTOCOL_PREFIX));
        let first = tokens.next().map(Token::try_from).transpose()?;
        if tokens.next().is_some() {
            return Err(Refusal::BadToken("there is more than one".into()));
        }
        Ok(first)
    }

    /// Takes the token out of an `Authorization` header, if it is of the kind `Bearer`.
    ///
    /// # Errors
    /// [`Refusal::BadToken`] if what follows cannot be a token.
    pub fn from_authorization(header: &str) -> Result<Option<Self>, Refusal> {
        match header.trim().split_once(' ') {
            Some((kind, token)) if kind.eq_ignore_ascii_case("bearer") => {
                Token::try_from(token.trim()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The subprotocol to offer beside [`SUBPROTOCOL`](crate::SUBPROTOCOL).
    pub fn to_subprotocol(&self) -> String {
        format!("{TOKEN_SUBPROTOCOL_PREFIX}{}", self.0)
    }

    /// The text, for checking.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as a bot's, if it is one.
    pub fn bot(&self) -> Option<BotToken> {
        self.0.starts_with(BOT_TOKEN_PREFIX).then(|| BotToken(self.0.clone()))
    }
}

impl TryFrom<&str> for Token {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Refusal> {
        let is_part = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
        if text.len() > TOKEN_BYTES_MAX {
            return Err(Refusal::BadToken("it is too long".into()));
        }
        let has_form = text.starts_with(BOT_TOKEN_PREFIX) || text.split('.').count() == 3;
        if !text.bytes().all(is_part) || !has_form {
            let why = "it is neither three parts of base64url with dots between nor a bot's";
            return Err(Refusal::BadToken(why.into()));
        }
        Ok(Token(text.into()))
    }
}

/// Who has it is let in, so it is not printed.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// What lets a bot in, made by the operator's command: it says nothing by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct BotToken(Box<str>);

impl BotToken {
    /// One that ends with this secret.
    pub fn new(secret: &str) -> Self {
        BotToken([BOT_TOKEN_PREFIX, secret].concat().into())
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who has it is the bot, so it is not printed.
impl fmt::Debug for BotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BotToken(..)")
    }
}

/// What a good token grants: who comes in, where, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// The person's name.
    pub sub: UserName,
    /// The rooms they may enter.
    pub rooms: Vec<RoomPattern>,
    /// When it ends: seconds since 1970.
    pub exp: u64,
    /// What they may do.
    pub role: Role,
}

impl Grant {
    /// Whether it opens this room.
    pub fn opens(&self, room: &RoomName) -> bool {
        self.rooms.iter().any(|pattern| pattern.matches(room))
    }

    /// Whether it opens every room.
    pub fn opens_all(&self) -> bool {
        self.rooms.iter().any(|pattern| pattern.text.chars().all(|c| c == '*'))
    }
}

/// Some rooms: a name in which each `*` stands for any characters, also none.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RoomPattern {
    text: Box<str>,
    /// Folded, like the key of a room's name.
    #[serde(skip)]
    key: Box<str>,
}

/// A pattern that is empty or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pattern of rooms has 1 to {ROOM_CHARS_MAX} characters")]
pub struct BadPattern;

impl RoomPattern {
    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this room is one of them.
    pub fn matches(&self, room: &RoomName) -> bool {
        let mut parts = self.key.split('*');
        let (first, last) = (parts.next().unwrap_or_default(), parts.next_back());
        let Some(rest) = room.key().strip_prefix(first) else { return false };
        let Some(last) = last else { return rest.is_empty() };
        let Some(mut rest) = rest.strip_suffix(last) else { return false };
        // The first place that fits leaves the most for the parts after it.
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        true
    }
}

impl TryFrom<&str> for RoomPattern {
    type Error = BadPattern;

    fn try_from(text: &str) -> Result<Self, BadPattern> {
        if !(1..=ROOM_CHARS_MAX).contains(&text.chars().count()) {
            return Err(BadPattern);
        }
        Ok(RoomPattern { text: text.into(), key: fold(text).into() })
    }
}

impl fmt::Debug for RoomPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}
