//! Bots, as they come in: by their token alone, also where others need an invite or a token that is signed.
//!
//! This file does not know how they are kept.

use protocol::{BotToken, Grant, Refusal, Role, UserName};

use super::permissions::{Bot, Permissions};
use crate::log::reading::bots::FoundBot;
use crate::log::{Asker, Log, NotRead};
use crate::people::key_hash::KeyHash;
use crate::people::names::{Person, Proof};

/// A bot that has brought its token.
pub(crate) struct KnownBot {
    found: FoundBot,
    token: KeyHash,
}

/// Whose token it is.
///
/// # Errors
/// [`Refusal::BadToken`] if it is nobody's, or was revoked.
pub(crate) async fn find(log: &Log, asker: &Asker, token: &BotToken) -> Result<KnownBot, Refusal> {
    let token = KeyHash::of_bot(token);
    match log.find_bot(asker, token).await {
        Ok(Some(found)) => Ok(KnownBot { found, token }),
        Ok(None) => Err(Refusal::BadToken("no bot has it, or it was revoked".into())),
        Err(NotRead::TooMany { retry }) => {
            Err(Refusal::TooFast { retry_ms: u64::try_from(retry.as_millis()).unwrap_or(u64::MAX) })
        }
        Err(_) => Err(Refusal::Unavailable),
    }
}

impl KnownBot {
    /// What stands for it as the hash of a key does for a person.
    pub(crate) fn token(&self) -> KeyHash {
        self.token
    }

    /// Who it is.
    pub(crate) fn person(&self) -> Person {
        let person = Person::new(self.name(), Proof::Key(self.token));
        person.is(self.found.person);
        person
    }

    /// What it may do.
    pub(crate) fn pass(&self) -> Permissions {
        let (sub, rooms, role) = (self.name(), self.found.rooms.clone(), Role::Member);
        Permissions {
            role,
            grant: Some(Grant { sub, rooms, exp: u64::MAX, role }),
            expires: None,
            bot: Some(Bot { reads_only: self.found.reads_only }),
        }
    }

    pub(super) fn name(&self) -> UserName {
        self.found.name.clone()
    }
}
