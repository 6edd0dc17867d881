//! A connection that is in.
//!
//! This file does not know who is let in.

use std::sync::Arc;

use super::Permissions;
use crate::outbox::Outbox;
use crate::people::key_hash::KeyHash;
use crate::people::names::Person;

/// A connection that is in: how it is reached, and what it may do. Another one of the same person may
/// have another pass.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    pub(crate) outbox: Outbox,
    /// On an open server nearly nobody has any, so it is one word of each connection.
    own: Option<Arc<Own>>,
}

#[derive(Debug)]
struct Own {
    pass: Option<Permissions>,
    /// Its device's key, where that is not the one that stands for its person.
    key: Option<KeyHash>,
}

impl Admitted {
    pub(super) fn new(outbox: Outbox, pass: Option<Permissions>, key: Option<KeyHash>) -> Self {
        let has_own = pass.is_some() || key.is_some();
        Admitted { outbox, own: has_own.then(|| Arc::new(Own { pass, key })) }
    }

    pub(crate) fn pass(&self) -> Option<&Permissions> {
        self.own.as_ref()?.pass.as_ref()
    }

    /// The key of its device, as a connection of this person.
    pub(crate) fn key(&self, person: &Person) -> Option<KeyHash> {
        self.own.as_ref().and_then(|own| own.key).or(person.key())
    }
}

impl PartialEq for Admitted {
    fn eq(&self, other: &Self) -> bool {
        self.outbox == other.outbox
    }
}
