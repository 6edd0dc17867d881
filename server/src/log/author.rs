//! Who says or does something that lasts.
//!
//! Plain data. This file does not know what they do.

use protocol::{MessageId, UserName};
use serde::{Deserialize, Serialize};

use crate::people::key_hash::KeyHash;
use crate::people::names::{Person, PersonId};

/// Who says or does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Author {
    pub(crate) name: UserName,
    /// Nobody has a number who is known by a spelling alone.
    pub(crate) person: Option<PersonId>,
    pub(crate) key: Option<KeyHash>,
    /// The newest ban or mute that they were checked against; none if none holds for them.
    pub(crate) checked: Option<MessageId>,
}

impl Author {
    /// A person, and the newest ban or mute that they were checked against.
    pub(crate) fn new(person: &Person, checked: Option<MessageId>) -> Self {
        Author { name: person.name.clone(), person: person.number(), key: person.key(), checked }
    }

    /// Whether the operator made them a moderator: no ban or mute holds for them.
    pub(crate) fn moderates(&self) -> bool {
        self.checked.is_none()
    }
}
