//! A person's devices, as they come in: by a code the first time, by their own keys then.
//!
//! This file does not know how a code is made, or how a connection is opened.

use std::time::Duration;

use protocol::{Refusal, UserName};

use super::{Auth, ConnectRequest};
use crate::limits::network::network;
use crate::log::acts_of_people::AddDevice;
use crate::log::event::Act;
use crate::log::outcome::PersonDevices;
use crate::log::{Log, Outcome};
use crate::outbox::End;
use crate::people::code_hash::CodeHash;
use crate::people::code_tries::Try;
use crate::people::devices::KeyOf;
use crate::people::key_hash::KeyHash;
use crate::people::names::{Person, Proof};

impl Auth {
    /// Takes one of the tries that an address has to bring a code.
    ///
    /// # Errors
    /// How long to wait until there is one.
    pub(crate) fn try_code(&self, address: std::net::IpAddr) -> Result<Try, Duration> {
        self.code_tries.take(network(address), self.started.elapsed())
    }

    /// Whose device it is now that comes with the code of a link.
    pub(super) async fn link(
        &self,
        log: &Log,
        opening: &ConnectRequest,
    ) -> Result<Option<UserName>, Refusal> {
        let Some((code, key)) = opening.link.as_ref().zip(opening.key.as_ref()) else {
            return Ok(None);
        };
        let (code, key, label) = (CodeHash::of(code), KeyHash::of(key), opening.label.clone());
        let add = Act::AddDevice(Box::new(AddDevice { code, key, label }));
        let added = log.ask(add).await.map_err(|_| Refusal::Unavailable)?;
        let owner = Outcome::devices(added)?;
        self.has_devices(&owner);
        Ok(owner.name)
    }

    /// A person has these devices now: whoever is connected with one that was revoked has to go.
    pub(crate) fn has_devices(&self, owner: &PersonDevices) {
        let Some(name) = &owner.name else { return };
        self.names.has_devices(name, (owner.person, owner.devices.clone()));
        let Some((person, connections)) = self.names.find(name) else { return };
        for connection in connections {
            let key = connection.key(&person);
            if key.is_some_and(|key| owner.devices.whose(key) == KeyOf::Revoked) {
                connection.outbox.end(End::Refused(Refusal::Revoked));
            }
        }
    }

    /// The key that stands for whoever has this one, if the name is theirs.
    pub(super) fn known_by(&self, name: &UserName, key: KeyHash) -> KeyHash {
        let kept = self.names.kept(name, self.time.age_ms());
        let theirs = kept.filter(|kept| kept.devices.whose(key) == KeyOf::Theirs);
        theirs.map_or(key, |kept| kept.devices.main())
    }

    /// The key of a device, where that is not the one that stands for its person.
    pub(super) fn own_key(&self, name: &UserName, proof: Proof) -> Option<KeyHash> {
        let (key, kept) = proof.key().zip(self.names.kept(name, self.time.age_ms()))?;
        (key != kept.devices.main()).then_some(key)
    }

    /// Whether somebody came in as whoever the name is kept for.
    pub(super) fn is_recognised(&self, person: &Person) -> bool {
        let Some(key) = person.key() else { return true };
        let kept = self.names.kept(&person.name, self.time.age_ms());
        kept.is_none_or(|kept| kept.devices.main() == key)
    }
}
