//! What a room is called, for who is in it.
//!
//! This file does not know where that is shown.

use protocol::{RoomKind, UserName};

use super::Room;
use super::about::{kind, label, sign};
use crate::text;

impl Room {
    pub fn kind(&self) -> RoomKind {
        kind(&self.name)
    }

    pub fn is_direct(&self) -> bool {
        self.kind() == RoomKind::Direct
    }

    /// What people call it: its name, its title, or the names of the others.
    pub fn label(&self, me: Option<&UserName>) -> String {
        label(&self.name, &self.about, me)
    }

    /// The same behind the sign of its kind.
    pub fn signed(&self, me: Option<&UserName>) -> String {
        format!("{}{}", sign(self.kind()), self.label(me))
    }

    /// The same within a sentence of our own.
    pub fn in_words(&self, me: Option<&UserName>) -> String {
        format!("{}{}", sign(self.kind()), text::name(&self.label(me)))
    }

    /// These and no others are in this direct room.
    pub fn is_direct_of(&self, users: &[&UserName]) -> bool {
        let here = &self.about.users;
        self.is_direct()
            && here.len() == users.len()
            && users.iter().all(|user| here.contains(user))
    }
}
