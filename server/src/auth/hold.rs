//! Names in a cluster: free on this node, they are held on all.
//!
//! This file does not know how the nodes agree.

use protocol::{Refusal, Role};

use super::{Admitted, Auth};
use crate::cluster::{Cluster, Held};
use crate::log::Log;
use crate::log::order::entry;
use crate::people::devices::KeyOf;
use crate::people::names::{Claim, Person, Proof};

/// Guests' names tried in a cluster, one of whose other nodes may have the same.
const GUEST_TRIES: u32 = 8;

impl Auth {
    /// Milliseconds of disuse after which a name is free, in the whole cluster; none is never.
    pub(super) fn expiry(&self, log: &Log) -> Option<u64> {
        let settings = log.order().and_then(|order| order.settings());
        settings.map_or(self.name_expiry, |settings| settings.name_expiry)
    }

    /// A guest's name that is free on all nodes.
    pub(super) async fn guest(
        &self,
        (log, cluster): (&Log, Option<&Cluster>),
        proof: Proof,
        member: &Admitted,
    ) -> Result<(Claim<Admitted>, Option<Box<Held>>), Refusal> {
        let mut tries = GUEST_TRIES;
        loop {
            let claim = self.names.claim_guest(proof, member, self.time.age_ms())?;
            tries -= 1;
            match self.hold((log, cluster), claim).await {
                Err(Refusal::NameTaken | Refusal::NameSimilar(_)) if tries > 0 => {}
                held => return held,
            }
        }
    }

    /// Holds a name in the whole cluster that is free on this node, spelt as it is there.
    pub(super) async fn hold(
        &self,
        (log, cluster): (&Log, Option<&Cluster>),
        claim: Claim<Admitted>,
    ) -> Result<(Claim<Admitted>, Option<Box<Held>>), Refusal> {
        let Some(cluster) = cluster else { return Ok((claim, None)) };
        let (person, pass) = (claim.person(), claim.member().pass());
        let now = self.time.read().to_stored(self.time.age_ms());
        let wanted = entry::Claim {
            name: person.name.clone(),
            proof: person.proof,
            expired: self.expiry(log).map_or(0, |expiry| now.saturating_sub(expiry)),
            moderates: pass.is_some_and(|pass| pass.role == Role::Moderator),
        };
        let kept = self.names.kept(&person.name, self.time.age_ms());
        let is_owner = match person.proof {
            Proof::Token => true,
            Proof::Key(key) => kept.is_some_and(|kept| kept.devices.whose(key) == KeyOf::Theirs),
            Proof::None => false,
        };
        let (held, spelt) = cluster.claim(wanted, is_owner).await?;
        if spelt.as_str() == person.name.as_str() {
            return Ok((claim, Some(held)));
        }
        // One person has one spelling: that of their first connection, to whatever node.
        let (proof, member) = (person.proof, claim.member().clone());
        drop(claim);
        let claim = self.names.claim(Person::new(spelt, proof), member, self.time.age_ms())?;
        Ok((claim, Some(held)))
    }
}
