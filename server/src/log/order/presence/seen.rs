//! What a simulator sees of who is connected here.
//!
//! This file changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Presence, Stage};
use crate::people::names::Proof;

impl Presence {
    /// Names that people here hold in the order, and whose they are.
    pub(crate) fn held(&self) -> BTreeMap<Arc<str>, Proof> {
        let state = self.state.lock();
        let held = state.people.iter().filter(|(_, person)| person.stage == Stage::Held);
        held.map(|(key, person)| (key.clone(), person.claim.proof)).collect()
    }

    /// Claims that are not decided.
    pub(crate) fn undecided(&self) -> usize {
        self.state.lock().undecided.len()
    }
}
