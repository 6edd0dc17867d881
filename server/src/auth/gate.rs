//! Who may come in at all, before anything is asked of the database.
//!
//! This file does not know which codes are good.

use protocol::{Refusal, UserName};

use super::{Auth, ConnectRequest};
use crate::people::devices::KeyOf;
use crate::people::key_hash::KeyHash;

impl Auth {
    /// Whether somebody may come in on an open server, if the code that they bring is good.
    pub(super) fn may_come(&self, opening: &ConnectRequest) -> Result<(), Refusal> {
        let (has_link, has_invite) = (opening.link.is_some(), opening.invite.is_some());
        let (name, key) = (opening.hello.user.as_ref(), opening.key.as_ref().map(KeyHash::of));
        let is_member = || name.zip(key).is_some_and(|(name, key)| self.is_kept_for(name, key));
        match key {
            None if has_link || has_invite => {
                Err(Refusal::BadField("a link or an invite needs a key".into()))
            }
            None if !self.lets_guests_in => Err(Refusal::NoGuests),
            // The code says whose device it is.
            Some(_) if has_link => Ok(()),
            Some(_) if has_invite && name.is_none() => {
                Err(Refusal::BadField("an invite needs a name: choose one".into()))
            }
            _ if self.is_for_members && !has_invite && !is_member() => Err(Refusal::NeedInvite),
            _ => Ok(()),
        }
    }

    fn is_kept_for(&self, name: &UserName, key: KeyHash) -> bool {
        let kept = self.names.kept(name, self.time.age_ms());
        // Who revoked the device hears so.
        kept.is_some_and(|kept| kept.devices.whose(key) != KeyOf::Another)
    }
}
