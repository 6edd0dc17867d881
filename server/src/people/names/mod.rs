//! Who may use which name: claimed at connect, given back at the end, and kept for who took it with
//! a key.
//!
//! A name belongs, in the whole server, to who is connected under it. The same name with the same
//! proof is the same person. This file does not know rooms, or how a connection is reached.

mod kept;
mod looks;
mod person;
mod person_id;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use protocol::{NameError, Refusal, UserName};

use self::kept::AllKept;
pub use self::kept::KEPT_MAX;
pub(crate) use self::kept::Kept;
pub(crate) use self::looks::Looks;
pub(crate) use self::person::{Person, Proof};
pub(crate) use self::person_id::{Owner, PersonId};
use crate::people::devices::{Devices, KeyOf};
use crate::people::key_hash::KeyHash;

/// Names tried for a guest before giving up. With 36^4 names and 20,000 guests, each try is taken
/// with a chance of about 1 in 80.
const GUEST_TRIES_MAX: usize = 32;
/// Letters and digits after `guest-`.
const GUEST_CHARS: usize = 4;

/// Why a name cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Somebody else is connected under it.
    InUse,
    /// It is kept for somebody else.
    Kept,
    /// It is kept for whoever had this key, and revoked it.
    Revoked,
    /// Nobody can take it anew: a reader could not tell it from another, or from no name at all.
    Bad(NameError),
    /// It looks like this one, which is taken.
    Similar(UserName),
    /// No free guest's name was found.
    NoGuest,
}

impl From<Taken> for Refusal {
    fn from(taken: Taken) -> Self {
        match taken {
            Taken::InUse | Taken::NoGuest => Refusal::NameTaken,
            Taken::Kept => Refusal::NameClaimed,
            Taken::Revoked => Refusal::Revoked,
            Taken::Bad(error) => Refusal::BadName(error),
            Taken::Similar(other) => Refusal::NameSimilar(other.as_str().into()),
        }
    }
}

/// All names that are in use or kept. `M` is a connection: nothing is asked of it here.
#[derive(Debug)]
pub(crate) struct Names<M>(Arc<Mutex<State<M>>>);

#[derive(Debug)]
struct State<M> {
    in_use: HashMap<Arc<str>, Holder<M>>,
    kept: AllKept,
    /// Who the tokens of a closed server speak of, by folded name.
    subjects: HashMap<Arc<str>, PersonId>,
    looks: Looks,
}

#[derive(Debug)]
struct Holder<M> {
    person: Arc<Person>,
    connections: Vec<M>,
}

/// The right to a name, given back when dropped.
#[derive(Debug)]
pub(crate) struct Claim<M: PartialEq> {
    person: Arc<Person>,
    member: M,
    names: Names<M>,
}

impl<M: Clone + PartialEq> Names<M> {
    /// `expiry`: milliseconds of disuse after which a name is kept no longer; none is never.
    pub(crate) fn new(
        expiry: Option<u64>,
        kept: Vec<Kept>,
        subjects: HashMap<Arc<str>, PersonId>,
        now: u64,
    ) -> Self {
        let (in_use, looks) = (HashMap::new(), Looks::default());
        let mut state = State { in_use, kept: AllKept::new(expiry), subjects, looks };
        for kept in kept {
            state.keep(kept, now);
        }
        Names(Arc::new(Mutex::new(state)))
    }

    /// Claims a name for a connection. `now` is in milliseconds since 1970.
    ///
    /// # Errors
    /// [`Taken`] while it is somebody else's, or looks like a name that is. A token is its operator's
    /// word: against it only a name in use counts.
    pub(crate) fn claim(&self, person: Person, member: M, now: u64) -> Result<Claim<M>, Taken> {
        let person = self.lock().claim(person, member.clone(), now)?;
        Ok(Claim { person, member, names: self.clone() })
    }

    /// Claims a guest's name.
    pub(crate) fn claim_guest(
        &self,
        proof: Proof,
        member: &M,
        now: u64,
    ) -> Result<Claim<M>, Taken> {
        let guests = (0..=GUEST_TRIES_MAX).filter_map(|_| guest_name());
        let people = guests.map(|name| Person::new(name, proof));
        let mut claims = people.map(|person| self.claim(person, member.clone(), now));
        claims.find_map(Result::ok).ok_or(Taken::NoGuest)
    }

    /// Whether the name is kept for anybody.
    pub(crate) fn kept(&self, name: &UserName, now: u64) -> Option<Kept> {
        self.lock().kept.get(name.key(), now).cloned()
    }

    /// The same, but not what is still on its way into the database.
    pub(crate) fn stored(&self, name: &UserName, now: u64) -> Option<Kept> {
        let state = self.lock();
        let kept = state.kept.get(name.key(), now)?;
        state.kept.is_stored(name.key()).then(|| kept.clone())
    }

    /// Whether a name is somebody's, now or when they come under it again.
    pub(crate) fn is_of(&self, name: &UserName, person: &Person, now: u64) -> bool {
        let kept = || self.kept(name, now);
        *name == person.name
            || person.key().is_some_and(|key| {
                kept().is_some_and(|kept| kept.devices.whose(key) == KeyOf::Theirs)
            })
    }

    /// Keeps a name, which then has to be [stored](Self::has_stored); false if there is no room for
    /// it.
    pub(crate) fn keep(&self, kept: Kept, now: u64) -> bool {
        let (mut state, name) = (self.lock(), kept.name.clone());
        let is_kept = state.keep(kept, now);
        if is_kept {
            state.kept.begin(&name);
        }
        is_kept
    }

    /// It is in the database, and whose.
    pub(crate) fn has_stored(&self, name: &UserName, owner: (PersonId, Devices)) {
        self.lock().kept.stored(name.key(), owner);
    }

    /// Its owner has these devices now.
    pub(crate) fn has_devices(&self, name: &UserName, owner: (PersonId, Devices)) {
        self.lock().kept.change(name.key(), owner);
    }

    /// The tokens for this name speak of this person.
    pub(crate) fn has_subject(&self, name: &UserName, person: PersonId) {
        self.lock().subjects.insert(name.key().clone(), person);
    }

    /// Keeps a name no longer, unless it was used or taken anew meanwhile.
    pub(crate) fn release(&self, kept: &Kept) {
        let (mut state, key) = (self.lock(), kept.name.key());
        if state.kept.get(key, kept.used) == Some(kept) {
            state.forget(key);
        }
    }

    /// Keeps a name no longer.
    pub(crate) fn forget(&self, name: &UserName) {
        self.lock().forget(name.key());
    }

    /// Notes the use of a kept name; true if that is worth writing down.
    pub(crate) fn used(&self, name: &UserName, now: u64) -> bool {
        self.lock().kept.used(name.key(), now)
    }

    /// A kept name was used on another node, where that was written down.
    pub(crate) fn used_elsewhere(&self, name: &UserName, used: u64) {
        let _ = self.lock().kept.used(name.key(), used);
    }

    /// All connections that have a name.
    pub(crate) fn connections(&self) -> Vec<M> {
        let state = self.lock();
        state.in_use.values().flat_map(|holder| holder.connections.iter().cloned()).collect()
    }

    /// Notes the use of a name by who goes now; if that is worth writing down, what it then is.
    pub(crate) fn left(&self, person: &Person, now: u64) -> Option<Kept> {
        self.lock().kept.used_by(person.name.key(), person.key()?, now)
    }

    /// Forgets what is kept too long, if that may be, and notes the use of what is kept for who is here: those where
    /// that is worth writing down.
    pub(crate) fn tend(&self, now: u64, may_expire: bool) -> Vec<Kept> {
        self.lock().tend(now, may_expire)
    }

    /// Who is connected under a name, and their connections.
    pub(crate) fn find(&self, name: &UserName) -> Option<(Arc<Person>, Vec<M>)> {
        let state = self.lock();
        let holder = state.in_use.get(name.key())?;
        Some((holder.person.clone(), holder.connections.clone()))
    }

    /// The connections of everybody with this key, under whatever names.
    pub(crate) fn with_key(&self, key: KeyHash) -> Vec<M> {
        let state = self.lock();
        let theirs = state.in_use.values().filter(|holder| holder.person.key() == Some(key));
        theirs.flat_map(|holder| holder.connections.iter().cloned()).collect()
    }
}

impl<M> Names<M> {
    /// Names in use.
    pub(crate) fn count(&self) -> usize {
        self.lock().in_use.len()
    }

    fn lock(&self) -> MutexGuard<'_, State<M>> {
        self.0.lock()
    }
}

impl<M> Clone for Names<M> {
    fn clone(&self) -> Self {
        Names(self.0.clone())
    }
}

impl<M> State<M> {
    fn claim(&mut self, person: Person, member: M, now: u64) -> Result<Arc<Person>, Taken> {
        let person = self.recognised(person, now)?;
        let (name, proof) = (person.name.clone(), person.proof);
        if let Some(holder) = self.in_use.get_mut(name.key()) {
            if proof == Proof::None || holder.person.proof != proof {
                return Err(Taken::InUse);
            }
            holder.connections.push(member);
            return Ok(holder.person.clone());
        }
        if proof != Proof::Token {
            match self.kept.get(name.key(), now) {
                Some(kept) if Proof::Key(kept.devices.main()) != proof => return Err(Taken::Kept),
                // Looks go by the spelling, and that one was looked at when it was kept.
                Some(kept) if kept.name.as_str() == name.as_str() => {}
                _ => self.may_look_so(&name, now)?,
            }
        }
        self.looks.add(&name);
        let key = name.key().clone();
        let number = match proof {
            Proof::Key(hash) => {
                let kept = self.kept.get(&key, now);
                kept.filter(|kept| kept.devices.main() == hash).and_then(|kept| kept.person)
            }
            Proof::Token => self.subjects.get(&key).copied(),
            Proof::None => None,
        };
        number.into_iter().for_each(|number| person.is(number));
        let person = Arc::new(person);
        let holder = Holder { person: person.clone(), connections: vec![member] };
        self.in_use.insert(key, holder);
        Ok(person)
    }

    /// Whoever has a key of the owner's is the owner, known by the key that stands for all of theirs.
    fn recognised(&self, person: Person, now: u64) -> Result<Person, Taken> {
        let Some((key, kept)) = person.key().zip(self.kept.get(person.name.key(), now)) else {
            return Ok(person);
        };
        match kept.devices.whose(key) {
            KeyOf::Theirs if key == kept.devices.main() => Ok(person),
            KeyOf::Theirs => Ok(Person::new(person.name, Proof::Key(kept.devices.main()))),
            KeyOf::Revoked => Err(Taken::Revoked),
            KeyOf::Another => Ok(person),
        }
    }

    /// A new name, or a new spelling of one's own, must not pass for a name that is somebody else's,
    /// or for a mark of the program.
    fn may_look_so(&mut self, name: &UserName, now: u64) -> Result<(), Taken> {
        name.check().map_err(Taken::Bad)?;
        if looks::is_signs_alone(name) {
            return Err(Taken::Bad(NameError::SignsAlone));
        }
        if self.kept.get(name.key(), now).is_none() {
            // Kept for somebody who did not use it for too long.
            self.forget(name.key());
        }
        for key in self.looks.like(name) {
            let user = self.in_use.get(&key).map(|holder| &holder.person.name);
            let owner = user.or_else(|| self.kept.get(&key, now).map(|kept| &kept.name));
            if let Some(owner) = owner {
                return Err(Taken::Similar(owner.clone()));
            }
        }
        Ok(())
    }

    fn keep(&mut self, kept: Kept, now: u64) -> bool {
        let name = kept.name.clone();
        self.forget(name.key());
        let is_kept = self.kept.insert(kept, now);
        if is_kept {
            self.looks.add(&name);
        }
        is_kept
    }

    fn tend(&mut self, now: u64, may_expire: bool) -> Vec<Kept> {
        let here = self.in_use.iter().filter_map(|(key, holder)| Some((key, holder.person.key()?)));
        let used = here.filter_map(|(key, owner)| self.kept.used_by(key, owner, now)).collect();
        let over = if may_expire { self.kept.over(now) } else { Vec::new() };
        for name in over {
            self.forget(name.key());
        }
        used
    }

    fn forget(&mut self, key: &str) {
        if let Some(kept) = self.kept.remove(key) {
            self.looks.remove(&kept.name);
        }
    }
}

impl<M: PartialEq> State<M> {
    fn give_back(&mut self, name: &UserName, member: &M) {
        let Some(holder) = self.in_use.get_mut(name.key()) else { return };
        if let Some(place) = holder.connections.iter().position(|other| other == member) {
            holder.connections.swap_remove(place);
        }
        if holder.connections.is_empty() {
            self.in_use.remove(name.key());
            self.looks.remove(name);
        }
    }
}

impl<M: PartialEq> Claim<M> {
    pub(crate) fn name(&self) -> &UserName {
        &self.person.name
    }

    pub(crate) fn person(&self) -> &Person {
        &self.person
    }

    /// The connection itself.
    pub(crate) fn member(&self) -> &M {
        &self.member
    }
}

impl<M: PartialEq> Drop for Claim<M> {
    fn drop(&mut self) {
        self.names.lock().give_back(&self.person.name, &self.member);
    }
}

fn guest_name() -> Option<UserName> {
    let tail = (0..GUEST_CHARS).map(|_| fastrand::choice(b"abcdefghijklmnopqrstuvwxyz0123456789"));
    let tail: String = tail.flatten().map(|byte| char::from(*byte)).collect();
    UserName::try_from(format!("guest-{tail}").as_str()).ok()
}
