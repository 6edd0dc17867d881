//! Who may come in: under which name, into which rooms, and with what rights.
//!
//! This file does not know sockets, HTTP, or what is said.

mod moderators;
mod newcomers;
pub(crate) mod sanctions;

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use protocol::{Hello, Key, Refusal, Role, RoomName, UserName};

pub use self::moderators::ModeratorsError;
use self::newcomers::Newcomers;
pub use self::newcomers::{NAME_INTERVAL, NAMES_AT_ONCE};
pub use self::sanctions::SANCTIONS_MAX;
use self::sanctions::Sanctions;
use crate::config::Config;
use crate::key_hash::KeyHash;
use crate::log::register::{Change, Register};
use crate::log::{Log, now_ms};
use crate::names::{Claim, Kept, Names, Person, Proof, Taken};
use crate::outbox::Outbox;

/// How often what is over is cleared away, and the use of names noted whose owners stay.
pub(crate) const TEND_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// What a client asked for when it connected, and from where.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) hello: Hello,
    pub(crate) key: Option<Key>,
    pub(crate) address: IpAddr,
}

/// What a connection may do beyond others.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) role: Role,
}

impl Pass {
    /// Whether it is good for the whole server.
    pub(crate) fn opens_all(&self) -> bool {
        true
    }
}

/// Somebody who is in. Nearly nobody has a pass, and then it costs nothing.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) claim: Claim<Outbox>,
    pub(crate) pass: Option<Box<Pass>>,
}

/// The one way in.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) names: Names<Outbox>,
    pub(crate) sanctions: Sanctions,
    newcomers: Mutex<Newcomers>,
    moderators: RwLock<HashSet<KeyHash>>,
    moderators_file: Option<PathBuf>,
    started: Instant,
}

impl Gate {
    /// Opens with what is kept of people.
    pub(crate) fn new(config: &Config, register: Register) -> Result<Self, ModeratorsError> {
        let gate = Gate {
            names: Names::new(config.name_expiry_ms(), register.names, now_ms()),
            sanctions: Sanctions::new(register.sanctions),
            newcomers: Mutex::default(),
            moderators: RwLock::default(),
            moderators_file: config.moderators.clone(),
            started: Instant::now(),
        };
        gate.reload()?;
        Ok(gate)
    }

    /// Reads the list of moderators anew. Who is connected keeps their rights until they come again.
    pub(crate) fn reload(&self) -> Result<(), ModeratorsError> {
        if let Some(path) = &self.moderators_file {
            let read = moderators::read(path)?;
            *self.moderators.write().unwrap_or_else(PoisonError::into_inner) = read;
        }
        Ok(())
    }

    /// Lets somebody in, or says why not. Whether they may enter a room is asked for each room.
    pub(crate) async fn admit(
        &self,
        log: &Log,
        opening: &Opening,
        outbox: &Outbox,
    ) -> Result<Admitted, Refusal> {
        let key = opening.key.as_ref().map(KeyHash::of);
        let role = self.role(key);
        let proof = key.map_or(Proof::None, Proof::Key);
        let wanted = opening.hello.user.clone();
        let claim = match wanted.clone() {
            Some(name) => self.claim(log, Person { name, proof, role }, outbox).await,
            None => self.names.claim_guest(proof, role, outbox, now_ms()),
        }?;
        // Only now: a ban that is being imposed either is seen here or finds this claim.
        if let Some(banned) = self.sanctions.ban(claim.person(), None, now_ms()) {
            return Err(Refusal::Banned(Box::new(banned)));
        }
        if let (Some(_), Some(key)) = (wanted, key) {
            self.keep(log, claim.name(), key, opening.address).await;
        }
        let pass = (role != Role::Member).then(|| Box::new(Pass { role }));
        Ok(Admitted { claim, pass })
    }

    /// Why somebody may not enter a room.
    pub(crate) fn may_not_enter(&self, person: &Person, room: &RoomName) -> Option<Refusal> {
        let banned = self.sanctions.ban(person, Some(room), now_ms())?;
        Some(Refusal::Banned(Box::new(banned)))
    }

    /// Whether the operator made somebody a moderator, whether they are here or not.
    pub(crate) fn is_moderator(&self, person: Option<&Person>, key: Option<KeyHash>) -> bool {
        person.is_some_and(|person| person.role == Role::Moderator)
            || self.role(key) == Role::Moderator
    }

    /// Clears away what is over, and notes the use of names whose owners are here.
    pub(crate) async fn tend(&self, log: &Log) {
        let now = now_ms();
        self.sanctions.purge(now);
        for kept in self.names.tend(now) {
            if log.change(Change::Used(kept)).await.is_err() {
                return;
            }
        }
    }

    fn role(&self, key: Option<KeyHash>) -> Role {
        let moderators = self.moderators.read().unwrap_or_else(PoisonError::into_inner);
        let is_one = key.is_some_and(|key| moderators.contains(&key));
        if is_one { Role::Moderator } else { Role::Member }
    }

    async fn claim(
        &self,
        log: &Log,
        person: Person,
        outbox: &Outbox,
    ) -> Result<Claim<Outbox>, Taken> {
        let (name, proof, role) = (person.name.clone(), person.proof, person.role);
        let claimed = self.names.claim(person, outbox.clone(), now_ms());
        let owner = match &claimed {
            Err(Taken::Kept) => name.clone(),
            Err(Taken::Similar(owner)) => owner.clone(),
            _ => return claimed,
        };
        // The operator may have released it in the database, which knows better.
        if !matches!(log.find_name(owner.clone()).await, Ok(None)) {
            return claimed;
        }
        self.names.forget(&owner);
        self.names.claim(Person { name, proof, role }, outbox.clone(), now_ms())
    }

    /// Keeps a name for its owner, if it is not kept yet, and returns when that is stored. Who took
    /// too many names lately, or comes when there is no room, goes on without.
    async fn keep(&self, log: &Log, name: &UserName, key: KeyHash, address: IpAddr) {
        let now = now_ms();
        let kept = Kept { name: name.clone(), key, used: now };
        if self.names.kept(name, now).is_some() {
            if self.names.used(name, now) {
                log.note(Change::Used(kept));
            }
            return;
        }
        if !self.may_take(address) || !self.names.keep(kept.clone(), now) {
            tracing::debug!("a name is not kept: too many are");
            return;
        }
        if log.change(Change::Keep(kept)).await.is_err() {
            self.names.forget(name);
        }
    }

    fn may_take(&self, address: IpAddr) -> bool {
        let mut newcomers = self.newcomers.lock().unwrap_or_else(PoisonError::into_inner);
        newcomers.take(address, self.started.elapsed())
    }
}
