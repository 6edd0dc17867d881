//! Bots that ask over HTTP: each has a session as a connection does, and so the same rates and rules.
//!
//! It is in a room only while the bot asks for something there, and nobody hears of that. This file does not know what
//! is asked for.

use tokio::sync::Mutex as AsyncMutex;

use super::session::Session;
use crate::auth::Permissions;
use crate::limits::rate::Rate;
use crate::limits::remembered::Remembered;
use crate::log::Asker;
use crate::people::key_hash::KeyHash;
use crate::people::names::Person;

/// Bots whose sessions are remembered: as many as there may be.
pub(super) const SESSIONS_MAX: usize = 1000;

/// The sessions of all bots that asked for something lately.
pub(crate) type BotSessions = Remembered<KeyHash, BotSession>;

/// A bot, and what it did lately.
#[derive(Debug)]
pub(crate) struct BotSession {
    pub(super) person: Person,
    pub(super) pass: Permissions,
    pub(super) asker: Asker,
    /// Held while something is asked: a bot does one thing at a time.
    pub(super) session: AsyncMutex<Session>,
}

/// What it said lately.
impl AsRef<Rate> for BotSession {
    fn as_ref(&self) -> &Rate {
        self.person.said()
    }
}
