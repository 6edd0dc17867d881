//! A person's devices, as they come in: by a code the first time, by their own keys then.
//!
//! This file does not know how a code is made, or how a connection is opened.

use std::sync::Arc;
use std::time::Duration;

use protocol::{Refusal, UserName};

use super::{Auth, ConnectRequest};
use crate::limits::network::network;
use crate::log::event::{Act, AddDevice};
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

    /// Whose device it is that comes with the code of a link; and whether who comes with none may come at all.
    pub(super) async fn by_code(
        &self,
        log: &Log,
        opening: &ConnectRequest,
    ) -> Result<Option<UserName>, Refusal> {
        let has_code = opening.link.is_some() || opening.invite.is_some();
        let Some(key) = opening.key.as_ref().map(KeyHash::of) else {
            return match () {
                () if has_code => Err(Refusal::BadField("a link or an invite needs a key".into())),
                () if !self.lets_guests_in => Err(Refusal::NoGuests),
                () if self.is_for_members => Err(Refusal::NeedInvite),
                () => Ok(None),
            };
        };
        if let Some(code) = &opening.link {
            let (code, label) = (CodeHash::of(code), opening.label.clone());
            let add = Act::AddDevice(Box::new(AddDevice { code, key, label }));
            let added = log.ask(add).await.map_err(|_| Refusal::Unavailable)?;
            let owner = Outcome::devices(added)?;
            self.has_devices(&owner);
            return Ok(owner.name);
        }
        let name = opening.hello.user.as_ref();
        if opening.invite.is_some() && name.is_none() {
            return Err(Refusal::BadField("an invite needs a name: send username".into()));
        }
        let is_member = || name.is_some_and(|name| self.is_kept_for(name, key));
        if self.is_for_members && opening.invite.is_none() && !is_member() {
            return Err(Refusal::NeedInvite);
        }
        Ok(None)
    }

    /// A person has these devices now: whoever is connected with one that was revoked has to go.
    pub(crate) fn has_devices(&self, owner: &PersonDevices) {
        let Some(name) = &owner.name else { return };
        self.names.has_devices(name, (owner.person, owner.devices.clone()));
        let Some((person, connections)) = self.names.find(name) else { return };
        for connection in connections {
            let key = connection.key.as_deref().copied().or(person.key());
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
    pub(super) fn own_key(&self, name: &UserName, proof: Proof) -> Option<Arc<KeyHash>> {
        let (key, kept) = proof.key().zip(self.names.kept(name, self.time.age_ms()))?;
        (key != kept.devices.main()).then(|| Arc::new(key))
    }

    /// Whether somebody came in as whoever the name is kept for.
    pub(super) fn is_recognised(&self, person: &Person) -> bool {
        let Some(key) = person.key() else { return true };
        let kept = self.names.kept(&person.name, self.time.age_ms());
        kept.is_none_or(|kept| kept.devices.main() == key)
    }

    fn is_kept_for(&self, name: &UserName, key: KeyHash) -> bool {
        let kept = self.names.kept(name, self.time.age_ms());
        // Who revoked the device hears so.
        kept.is_some_and(|kept| kept.devices.whose(key) != KeyOf::Another)
    }
}
