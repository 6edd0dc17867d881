//! Names that last: taken with a key, and kept for it while its owner is away.
//!
//! The database is the truth; this is its copy, for speed. This file does not know who is connected.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use protocol::UserName;

use super::PersonId;
use crate::people::devices::Devices;
use crate::people::key_hash::KeyHash;

/// Names that are kept in all. With a name of usual length some 25 MB of memory.
pub const KEPT_MAX: usize = 100_000;

/// A name and who it is kept for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) name: UserName,
    /// With any of these it is used.
    pub(crate) devices: Devices,
    /// When it was used last: milliseconds since 1970.
    pub(crate) used: u64,
    /// Who that is; none until it is in the database.
    pub(crate) person: Option<PersonId>,
}

/// All of them, by folded name.
#[derive(Debug)]
pub(super) struct AllKept {
    by_name: HashMap<Arc<str>, Kept>,
    /// Those of them that are on their way into the database.
    pending: HashSet<Arc<str>>,
    /// Milliseconds of disuse after which a name is free; none is never.
    expiry: Option<u64>,
}

impl AllKept {
    pub(super) fn new(expiry: Option<u64>) -> Self {
        AllKept { by_name: HashMap::new(), pending: HashSet::new(), expiry }
    }

    /// Who has the name, unless it was not used for too long.
    pub(super) fn get(&self, key: &str, now: u64) -> Option<&Kept> {
        self.by_name.get(key).filter(|kept| !self.is_over(kept, now))
    }

    /// Keeps a name; false if there are too many.
    pub(super) fn insert(&mut self, kept: Kept, now: u64) -> bool {
        if self.by_name.len() >= KEPT_MAX && !self.by_name.contains_key(kept.name.key()) {
            let expiry = self.expiry;
            self.by_name.retain(|_, kept| !is_over(expiry, kept, now));
            if self.by_name.len() >= KEPT_MAX {
                return false;
            }
        }
        self.by_name.insert(kept.name.key().clone(), kept);
        true
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Kept> {
        self.pending.remove(key);
        self.by_name.remove(key)
    }

    /// The database does not know of it yet.
    pub(super) fn begin(&mut self, name: &UserName) {
        self.pending.insert(name.key().clone());
    }

    /// Now it does, and says whose it is.
    pub(super) fn stored(&mut self, key: &str, (owner, devices): (PersonId, Devices)) {
        self.pending.remove(key);
        if let Some(kept) = self.by_name.get_mut(key) {
            (kept.person, kept.devices) = (Some(owner), devices);
        }
    }

    /// A person has these devices now, if the name is theirs.
    pub(super) fn change(&mut self, key: &str, (owner, devices): (PersonId, Devices)) {
        let kept = self.by_name.get_mut(key).filter(|kept| kept.person == Some(owner));
        if let Some(kept) = kept.filter(|kept| devices.are_newer(&kept.devices)) {
            kept.devices = devices;
        }
    }

    pub(super) fn is_stored(&self, key: &str) -> bool {
        !self.pending.contains(key)
    }

    /// Notes a use; true if the last one noted is so long ago that it is worth writing down.
    pub(super) fn used(&mut self, key: &str, now: u64) -> bool {
        const DAY: u64 = 24 * 60 * 60 * 1000;
        let Some(kept) = self.by_name.get_mut(key) else { return false };
        let worth = DAY.min(self.expiry.unwrap_or(u64::MAX) / 10);
        let is_worth = now.saturating_sub(kept.used) >= worth;
        if is_worth {
            kept.used = now;
        }
        is_worth
    }

    /// Notes a use by who is here, since when does not matter: what is then worth writing down.
    pub(super) fn used_by(&mut self, key: &str, owner: KeyHash, now: u64) -> Option<Kept> {
        self.by_name.get(key).filter(|kept| kept.devices.main() == owner)?;
        self.used(key, now).then(|| self.by_name.get(key).cloned())?
    }

    /// Those that were not used for too long.
    pub(super) fn over(&self, now: u64) -> Vec<UserName> {
        let over = self.by_name.values().filter(|kept| self.is_over(kept, now));
        over.map(|kept| kept.name.clone()).collect()
    }

    fn is_over(&self, kept: &Kept, now: u64) -> bool {
        is_over(self.expiry, kept, now)
    }
}

fn is_over(expiry: Option<u64>, kept: &Kept, now: u64) -> bool {
    expiry.is_some_and(|expiry| now.saturating_sub(kept.used) >= expiry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Key;

    fn kept(name: &str, used: u64) -> Kept {
        let key = KeyHash::of(&Key::new(&[1; 16]).unwrap());
        let (name, devices) = (UserName::try_from(name).unwrap(), Devices::one(key));
        Kept { name, devices, used, person: None }
    }

    #[test]
    fn there_is_room_for_so_many_and_disuse_makes_room() {
        let mut all = AllKept::new(Some(1000));
        for n in 0..KEPT_MAX {
            assert!(all.insert(kept(&format!("n{n}"), 0), 0));
        }
        assert!(!all.insert(kept("late", 999), 999));
        assert!(all.insert(kept("n7", 999), 999), "it is kept already");
        assert!(all.insert(kept("late", 1000), 1000), "the others were not used for too long");
        assert!(all.get("n7", 1000).is_some() && all.get("n8", 1000).is_none());
    }

    #[test]
    fn a_use_is_worth_writing_down_once_a_day() {
        const DAY: u64 = 24 * 60 * 60 * 1000;
        let mut all = AllKept::new(Some(90 * DAY));
        all.insert(kept("alice", 0), 0);
        assert!(!all.used("alice", DAY - 1));
        assert!(all.used("alice", DAY));
        assert!(!all.used("alice", 2 * DAY - 1));
        assert!(all.get("alice", 91 * DAY - 1).is_some());
        assert!(all.get("alice", 91 * DAY).is_none());
        assert!(!all.used("nobody", 0));
    }
}
