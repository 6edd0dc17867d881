//! The number of a person: what stays the same whatever they are called.
//!
//! This file depends on nothing else of the server.

use std::sync::Arc;

use protocol::{MessageId, UserName};
use serde::{Deserialize, Serialize};

/// A person: the id of the event that made them. Names, keys, messages, bans and mutes belong to it,
/// so that whoever takes a name next inherits nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct PersonId(MessageId);

impl PersonId {
    /// Whoever an event makes.
    pub(crate) fn made_by(event: MessageId) -> Self {
        PersonId(event)
    }

    /// The id of the event that made them.
    pub(crate) fn get(self) -> u64 {
        self.0.get()
    }
}

/// Whose something is: a person's, or, of those who have no number, whoever's who is spelt so.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Owner {
    Person(PersonId),
    /// The folded name.
    Spelling(Arc<str>),
}

impl Owner {
    pub(crate) fn of(person: Option<PersonId>, name: &UserName) -> Self {
        match person {
            Some(person) => Owner::Person(person),
            None => Owner::Spelling(name.key().clone()),
        }
    }
}
