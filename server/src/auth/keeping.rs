//! Names that are kept for who comes in under them.
//!
//! This file does not know who may come in.

use std::net::IpAddr;
use std::sync::atomic::Ordering;

use protocol::{Refusal, UserName};

use super::{Auth, ConnectRequest};
use crate::limits::network::network;
use crate::log::acts_of_people::{AcceptInvite, NameProof, TakeName, UseDevice, UseName};
use crate::log::event::Act;
use crate::log::{Log, Outcome};
use crate::people::code_hash::CodeHash;
use crate::people::devices::Devices;
use crate::people::key_hash::KeyHash;
use crate::people::name_quota::Place;
use crate::people::names::{KEPT_MAX, Kept, Person, PersonId};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Auth {
    /// Keeps a name for its owner, if it is not kept yet, and returns when that is stored. On a server that is
    /// not for members alone, who took too many names lately, or comes when there is no room, goes on without.
    pub(super) async fn keep(
        &self,
        log: &Log,
        person: &Person,
        key: KeyHash,
        opening: &ConnectRequest,
    ) -> Result<(), Refusal> {
        if let Some(kept) = self.names.kept(&person.name, self.time.age_ms()) {
            self.use_kept(log, person, (kept, key), opening);
            if opening.invite.is_some() {
                // To the rooms that it names. Who has the name comes in all the same.
                let _ = self.take_name(log, &person.name, key, opening).await;
            }
            return Ok(());
        }
        if !self.has_room((&person.name, key), opening.counted()) {
            return if self.is_for_members { Err(Refusal::Unavailable) } else { Ok(()) };
        }
        match self.take_name(log, &person.name, key, opening).await {
            Ok((number, devices)) => {
                self.names.has_stored(&person.name, (number, devices));
                person.is(number);
                self.use_device(log, (number, key), opening);
                Ok(())
            }
            Err(refusal) => {
                self.names.forget(&person.name);
                let goes_on = refusal == Refusal::Unavailable && !self.is_for_members;
                if goes_on { Ok(()) } else { Err(refusal) }
            }
        }
    }

    fn use_kept(
        &self,
        log: &Log,
        person: &Person,
        (kept, key): (Kept, KeyHash),
        opening: &ConnectRequest,
    ) {
        let (name, now) = (&person.name, self.time.age_ms());
        // In a cluster another node may have stored it since the name was claimed here.
        if let Some(number) = kept.person.filter(|_| person.key() == Some(kept.devices.main())) {
            person.is(number);
        }
        let is_due = self.names.used(name, now);
        let is_device_due = match kept.devices.are_several() {
            true => self.is_use_due(key, now),
            false => is_due,
        };
        if is_device_due && let Some(number) = kept.person {
            self.use_device(log, (number, key), opening);
        }
        if is_due && let Some(used) = self.used(Kept { used: now, ..kept }) {
            log.note(used);
        }
    }

    /// Makes room for one more name, if that may be.
    fn has_room(&self, (name, key): (&UserName, KeyHash), address: Option<IpAddr>) -> bool {
        let now = self.time.age_ms();
        let (name, devices) = (name.clone(), Devices::one(key));
        let kept = Kept { name, devices, used: now, person: None };
        match address.map_or(Place::Taken, |address| self.place(address)) {
            Place::Taken if self.names.keep(kept, now) => return true,
            Place::TooMany => return false,
            Place::Taken | Place::NoRoom => {}
        }
        self.warn_of_no_room();
        false
    }

    async fn take_name(
        &self,
        log: &Log,
        name: &UserName,
        key: KeyHash,
        opening: &ConnectRequest,
    ) -> Result<(PersonId, Devices), Refusal> {
        let used = self.time.read().to_stored(self.time.age_ms());
        let expired = self.expiry(log).map_or(0, |expiry| used.saturating_sub(expiry));
        let proof = NameProof::Key { hash: key, expired };
        let take = TakeName { name: name.clone(), proof, used };
        let act = match &opening.invite {
            Some(code) => Act::AcceptInvite(Box::new(AcceptInvite {
                code: CodeHash::of(code),
                take,
                is_needed: self.is_for_members,
            })),
            None => Act::TakeName(Box::new(take)),
        };
        let outcome = log.ask(act).await.map_err(|_| Refusal::Unavailable)?;
        let (number, devices) = Outcome::named(outcome)?;
        Ok((number, devices.unwrap_or(Devices::one(key))))
    }

    /// Whoever a token names is the same person each time, from the first one on.
    pub(super) async fn know(&self, log: &Log, person: &Person) {
        if person.number().is_some() {
            return;
        }
        let (name, proof, used) = (person.name.clone(), NameProof::Token, 0);
        let take = Act::TakeName(Box::new(TakeName { name, proof, used }));
        if let Ok(Ok((number, _))) = log.ask(take).await.map(Outcome::named) {
            self.names.has_subject(&person.name, number);
            person.is(number);
        }
    }

    /// The use of a name that is in the database, with the time of the day.
    pub(super) fn used(&self, kept: Kept) -> Option<Act> {
        let Kept { name, used, person, .. } = kept;
        let used = self.time.read().to_stored(used);
        Some(Act::UseName(Box::new(UseName { name, person: person?, used })))
    }

    /// Whether the use of one of several devices is worth writing down: once a day.
    fn is_use_due(&self, key: KeyHash, now: u64) -> bool {
        let mut used = self.devices_used.lock();
        let is_due = used.get(&key).is_none_or(|at| now.saturating_sub(*at) >= DAY_MS);
        if is_due {
            used.insert(key, now);
        }
        is_due
    }

    /// Forgets uses that were written down so long ago that they say nothing.
    pub(super) fn forget_uses(&self, now: u64) {
        self.devices_used.lock().retain(|_, at| now.saturating_sub(*at) < DAY_MS);
    }

    /// Notes the use of a device, and what it calls itself now.
    fn use_device(&self, log: &Log, (person, key): (PersonId, KeyHash), opening: &ConnectRequest) {
        let used = self.time.read().to_stored(self.time.age_ms());
        let label = opening.label.clone();
        log.note(Act::UseDevice(Box::new(UseDevice { person, key, label, used })));
    }

    /// Once until it is [looked after](Self::tend) again.
    fn warn_of_no_room(&self) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "new names are not kept for their owners: {KEPT_MAX} are kept, or too many \
                 addresses took one lately"
            );
        }
    }

    fn place(&self, address: IpAddr) -> Place {
        self.name_quota.take(network(address), self.started.elapsed())
    }
}
