//! Who may use which name: claimed at connect, given back at the end.
//!
//! A name belongs, in the whole server, to who is connected under it. The same name with the same
//! key is the same person. This file does not know rooms.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::{Key, Refusal, UserName};

use crate::rate::Rate;

/// Names tried for a guest before giving up. With 36^4 names and 20,000 guests, each try is taken
/// with a chance of about 1 in 80.
const GUEST_TRIES_MAX: usize = 32;
/// Letters and digits after `guest-`.
const GUEST_CHARS: usize = 4;

/// All names in use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(Arc<Mutex<HashMap<Arc<str>, Holder>>>);

#[derive(Debug)]
struct Holder {
    name: UserName,
    key: Option<Key>,
    connections: usize,
    /// What the person said lately, over all their connections.
    said: Arc<Rate>,
}

/// The right to a name, given back when dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    name: UserName,
    said: Arc<Rate>,
    names: Names,
}

impl Names {
    /// Claims a name, or a guest's name if none is wanted.
    ///
    /// # Errors
    /// [`Refusal::NameTaken`] while somebody without this key is connected under it.
    pub(crate) fn claim(
        &self,
        wanted: Option<UserName>,
        key: Option<&Key>,
    ) -> Result<Claim, Refusal> {
        if let Some(name) = wanted {
            return self.claim_name(name, key);
        }
        let mut tries = 0;
        loop {
            let guest = guest_name()?;
            match self.claim_name(guest, key) {
                Err(Refusal::NameTaken) if tries < GUEST_TRIES_MAX => tries += 1,
                outcome => return outcome,
            }
        }
    }

    fn claim_name(&self, name: UserName, key: Option<&Key>) -> Result<Claim, Refusal> {
        let mut holders = self.lock();
        let holder = holders.entry(name.key().clone()).or_insert_with(|| Holder {
            name,
            key: key.cloned(),
            connections: 0,
            said: Arc::default(),
        });
        let same_person = key.is_some() && holder.key.as_ref() == key;
        if holder.connections > 0 && !same_person {
            return Err(Refusal::NameTaken);
        }
        holder.connections += 1;
        // Spelt as with the person's first connection: one person has one spelling.
        let (name, said) = (holder.name.clone(), holder.said.clone());
        Ok(Claim { name, said, names: self.clone() })
    }

    /// Names in use.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    fn give_back(&self, name: &UserName) {
        let mut holders = self.lock();
        let Some(holder) = holders.get_mut(name.key()) else { return };
        holder.connections -= 1;
        if holder.connections == 0 {
            holders.remove(name.key());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Holder>> {
        // Nothing panics while it holds this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    pub(crate) fn name(&self) -> &UserName {
        &self.name
    }

    /// What this person said lately.
    pub(crate) fn said(&self) -> &Rate {
        &self.said
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.names.give_back(&self.name);
    }
}

fn guest_name() -> Result<UserName, Refusal> {
    let tail = (0..GUEST_CHARS).map(|_| fastrand::choice(b"abcdefghijklmnopqrstuvwxyz0123456789"));
    let tail: String = tail.flatten().map(|byte| char::from(*byte)).collect();
    UserName::try_from(format!("guest-{tail}").as_str()).map_err(Refusal::BadName)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<UserName> {
        Some(UserName::try_from(text).unwrap())
    }

    fn key(byte: u8) -> Key {
        Key::new(&[byte; 16]).unwrap()
    }

    #[test]
    fn a_name_is_free_again_when_its_last_connection_ends() {
        let names = Names::default();
        let first = names.claim(name("Alice"), Some(&key(1))).unwrap();
        let second = names.claim(name("ALICE"), Some(&key(1))).unwrap();
        assert_eq!(second.name().as_str(), "Alice");
        drop(first);
        assert!(matches!(names.claim(name("alice"), None), Err(Refusal::NameTaken)));
        assert!(matches!(names.claim(name("alice"), Some(&key(2))), Err(Refusal::NameTaken)));
        drop(second);
        assert!(names.claim(name("alice"), None).is_ok());
        assert!(names.lock().is_empty());
    }

    #[test]
    fn without_a_key_every_connection_is_a_person_of_its_own() {
        let names = Names::default();
        let _first = names.claim(name("Bob"), None).unwrap();
        assert!(matches!(names.claim(name("Bob"), None), Err(Refusal::NameTaken)));
    }

    #[test]
    fn guests_get_names_of_their_own() {
        let names = Names::default();
        let guests: Vec<_> = (0..100).map(|_| names.claim(None, None).unwrap()).collect();
        assert!(guests.iter().all(|guest| guest.name().as_str().len() == "guest-".len() + 4));
        assert_eq!(names.lock().len(), 100);
    }
}
