//! Who somebody is, and what shows it.
//!
//! This file does not know who has which name.

use std::sync::OnceLock;

use protocol::UserName;
use serde::{Deserialize, Serialize};

use super::person_id::PersonId;
use crate::limits::rate::Rate;
use crate::people::key_hash::KeyHash;

/// What shows that two connections under one name are the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Proof {
    /// Nothing: each is a person of its own.
    None,
    /// A key.
    Key(KeyHash),
    /// A token for this name.
    Token,
}

impl Proof {
    /// The hash of the key, if it is one.
    pub(crate) fn key(self) -> Option<KeyHash> {
        match self {
            Proof::Key(key) => Some(key),
            Proof::None | Proof::Token => None,
        }
    }
}

/// Who somebody is, shared by all their connections.
#[derive(Debug)]
pub(crate) struct Person {
    /// Spelt as their first connection spelt it: one person has one spelling.
    pub(crate) name: UserName,
    pub(crate) proof: Proof,
    /// As soon as it is known.
    number: OnceLock<PersonId>,
    /// What they said lately, over all their connections.
    said: Rate,
}

impl Person {
    pub(crate) fn new(name: UserName, proof: Proof) -> Self {
        Person { name, proof, number: OnceLock::new(), said: Rate::default() }
    }

    pub(crate) fn said(&self) -> &Rate {
        &self.said
    }

    /// Which person it is, if the name is theirs for good.
    pub(crate) fn number(&self) -> Option<PersonId> {
        self.number.get().copied()
    }

    /// They are this one, from now on.
    pub(crate) fn is(&self, number: PersonId) {
        // Who has a number keeps it.
        let _ = self.number.set(number);
    }

    /// The hash of their key, if they have one.
    pub(crate) fn key(&self) -> Option<KeyHash> {
        self.proof.key()
    }
}
