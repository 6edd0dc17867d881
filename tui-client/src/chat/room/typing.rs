//! Who is writing in a room, and whether oneself has said so.
//!
//! This file does not know for how long that holds.

use protocol::UserName;

use crate::text;

/// More than so many are not named.
const NAMED_MAX: usize = 2;

#[derive(Debug, Default)]
pub struct Typing {
    /// In the order in which they began, each with what it was told by last.
    writing: Vec<(UserName, u64)>,
    count: u64,
    /// The server knows that this person writes; it is not told again soon.
    pub is_told: bool,
}

impl Typing {
    /// Somebody writes: gives what this is known by when it is over.
    pub fn began(&mut self, user: UserName) -> u64 {
        self.count += 1;
        match self.writing.iter_mut().find(|(known, _)| *known == user) {
            Some((_, last)) => *last = self.count,
            None => self.writing.push((user, self.count)),
        }
        self.count
    }

    /// Nobody is heard of any more. Timers of before still run, so the count goes on.
    pub fn disconnected(&mut self) {
        self.writing.clear();
        self.is_told = false;
    }

    /// They have not said so again.
    pub fn expire(&mut self, user: &UserName, number: u64) {
        self.writing.retain(|(known, last)| known != user || *last != number);
    }

    /// They have said something, or are gone.
    pub fn ended(&mut self, user: &UserName) {
        self.writing.retain(|(known, _)| known != user);
    }

    /// Who writes, in words.
    pub fn words(&self) -> Option<String> {
        let name = |at: usize| text::name(self.writing[at].0.as_str());
        Some(match self.writing.len() {
            0 => return None,
            1 => format!("{} is writing", name(0)),
            NAMED_MAX => format!("{} and {} are writing", name(0), name(1)),
            _ => "Several people are writing".to_owned(),
        })
    }
}
