//! How a message mentions everybody at once.
//!
//! This file does not know who is in a room.

use serde::{Deserialize, Serialize};

use crate::name::UserName;

/// People of a room up to which anybody may mention all of them at once.
pub const EVERYBODY_MAX: usize = 15;

/// How a message mentions everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Everybody {
    /// `@all`: the members of a private or direct room, and those who are in an open one.
    All,
    /// `@here`: those who are in the room.
    Here,
}

impl Everybody {
    /// What a name behind an `@` means, if it is nobody's.
    pub fn called(name: &UserName) -> Option<Self> {
        match &**name.key() {
            "all" => Some(Everybody::All),
            "here" => Some(Everybody::Here),
            _ => None,
        }
    }
}
