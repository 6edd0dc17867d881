//! What connections see of the cluster: claims of names, comings and goings, and how the node stands.
//!
//! This file does not know how the others hear of it.

use std::sync::Arc;

use protocol::{Refusal, Role, RoomName, UserName};
use tokio::sync::{mpsc, oneshot, watch};

use super::ephemeral::Ephemeral;
use super::standing::Standing;
use crate::log::order::answer::Moderator;
use crate::log::order::entry::{Claim, Moderation};
use crate::log::order::presence::PresentId;
use crate::log::order::shared::Shared;
use crate::people::names::Proof;

/// A handle to the cluster that this server is a node of.
#[derive(Debug)]
pub(crate) struct Cluster {
    shared: Arc<Shared>,
    standing: watch::Receiver<Standing>,
    barriers: mpsc::Sender<oneshot::Sender<()>>,
    ephemeral: mpsc::Sender<Ephemeral>,
}

/// The right to a name in the whole cluster, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    shared: Arc<Shared>,
    id: PresentId,
    name: UserName,
}

impl Held {
    /// One more connection in a room.
    pub(crate) fn enter(&self, room: &RoomName, role: Role) {
        self.shared.presence.enter(self.id, room, &self.name, role);
    }

    /// One less.
    pub(crate) fn leave(&self, room: &RoomName) {
        self.shared.presence.leave(self.id, room, &self.name);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shared.presence.release(self.id, &self.name);
    }
}

impl Cluster {
    pub(crate) fn new(
        shared: Arc<Shared>,
        standing: watch::Receiver<Standing>,
        barriers: mpsc::Sender<oneshot::Sender<()>>,
        ephemeral: mpsc::Sender<Ephemeral>,
    ) -> Self {
        Cluster { shared, standing, barriers, ephemeral }
    }

    /// Tells the other nodes something that is kept nowhere; where too much waits to be told, it is lost.
    pub(crate) fn broadcast(&self, told: Ephemeral) {
        let _ = self.ephemeral.try_send(told);
    }

    /// How this node stands now.
    pub(crate) fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    /// Hears when that changes.
    pub(crate) fn watch(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// Claims a name for one more connection, in the order that all nodes share: how it is spelt.
    ///
    /// # Errors
    /// Whose it is; or, on a node that is cut off, that nobody knows. There `is_owner` lets somebody in all the
    /// same, whose name is kept for them.
    pub(crate) async fn claim(
        &self,
        claim: Claim,
        is_owner: bool,
    ) -> Result<(Box<Held>, UserName), Refusal> {
        let held = |id, name| Box::new(Held { shared: self.shared.clone(), id, name });
        let name = claim.name.clone();
        if !self.standing().takes_messages() {
            if !is_owner {
                return Err(Refusal::Unavailable);
            }
            let id = self.shared.presence.let_in(claim);
            return Ok((held(id, name.clone()), name));
        }
        let (id, verdict) = self.shared.presence.claim(claim);
        // Given back, also if whoever waits for it goes.
        let held = held(id, name);
        match verdict.await {
            Ok(Ok(spelt)) => Ok((held, spelt)),
            Ok(Err(refusal)) => Err(refusal),
            Err(_) => Err(Refusal::Unavailable),
        }
    }

    /// Who has a name in use on any node, what shows that it is theirs, and whether they moderate somewhere.
    pub(crate) fn find(&self, name: &UserName) -> Option<(UserName, Proof, bool)> {
        self.shared.members.read().find(name)
    }

    /// Tells all nodes what a moderator did; false if that cannot be.
    pub(crate) fn moderated(&self, moderation: Moderation, moderator: Moderator) -> bool {
        self.standing().takes_messages() && self.shared.presence.moderated(moderation, moderator)
    }

    /// Waits until this node has everything up to an id that was told somewhere; false if it cannot get that now.
    pub(crate) async fn catch_up(&self, id: u64) -> bool {
        let mut standing = self.standing.clone();
        while self.shared.newest_id() < id {
            let (passed, is_passed) = oneshot::channel();
            if !standing.borrow().takes_messages() || self.barriers.send(passed).await.is_err() {
                return false;
            }
            tokio::select! {
                // Else the record that it went with was lost.
                passed = is_passed => if passed.is_ok() { return true },
                _ = standing.wait_for(|standing| !standing.takes_messages()) => {}
            }
        }
        true
    }

    /// Addresses of the nodes that say theirs.
    pub(crate) fn addresses(&self) -> watch::Receiver<Vec<Box<str>>> {
        self.shared.addresses.subscribe()
    }
}
