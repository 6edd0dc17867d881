//! The way to the rooms: whole rooms live on one of N identical shards, chosen by a fixed hash.
//!
//! This file does not know history, sockets, or the rules of a room.

mod census;
pub(crate) mod core;
#[cfg(test)]
mod large_tests;
mod node_set;
mod presence;
mod roll_call;
mod room;
mod room_tag;
mod shard;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use protocol::{Role, RoomName, UserName};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

pub(crate) use self::census::Census;
use self::core::Input;
pub(crate) use self::node_set::{NODES_MAX, NodeBit, NodeSet};
pub(crate) use self::presence::Budget;
pub(crate) use self::roll_call::{Present, RollCall};
pub(crate) use self::room::ConnectionId;
pub(crate) use self::room_tag::room_tag;
#[cfg(test)]
pub(crate) use self::shard::perform;
use self::shard::{RulesInput, ShardInput};
use crate::frame::Frame;
use crate::lifecycle::parts::{Part, Parts};
use crate::monitoring::metrics::Metrics;
use crate::outbox::Outbox;

/// Inputs that may wait for a shard before those who bring them wait too. Deep enough for a burst
/// of joins, small enough that nothing in it grows old.
const INPUTS_WAITING_MAX: usize = 1024;

/// A handle to all shards.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    shards: Arc<[mpsc::Sender<ShardInput>]>,
    census: Census,
}

/// The hub's task has ended: the server is stopping.
#[derive(Debug, thiserror::Error)]
#[error("the hub has stopped")]
pub(crate) struct HubStopped;

impl Hub {
    /// Starts `shards` tasks. They end when the last handle is dropped.
    pub(crate) fn start(
        shards: usize,
        budget: Budget,
        tracker: &TaskTracker,
        metrics: &Arc<Metrics>,
        parts: &Parts,
    ) -> Self {
        let census = Census::default();
        let start = |_| {
            let (sender, queue) = mpsc::channel(INPUTS_WAITING_MAX);
            let (metrics, parts, census) = (metrics.clone(), parts.clone(), census.clone());
            tracker.spawn(async move {
                let running = parts.begin(Part::Hub);
                shard::run(queue, (budget, census), metrics).await;
                running.done();
            });
            sender
        };
        Hub { shards: (0..shards.max(1)).map(start).collect(), census }
    }

    /// How many people are in each room.
    pub(crate) fn census(&self) -> &Census {
        &self.census
    }

    /// A connection enters a room; what the room is told from now on comes to its outbox.
    pub(crate) async fn join(
        &self,
        room: RoomName,
        id: ConnectionId,
        (user, role): (UserName, Role),
        member: Outbox,
    ) -> Result<(), HubStopped> {
        let shard = self.shard(&room);
        send(shard, Input::Join { room, id, user, role, member }).await
    }

    /// A connection goes out of a room.
    pub(crate) async fn leave(
        &self,
        room: RoomName,
        id: ConnectionId,
        user: UserName,
    ) -> Result<(), HubStopped> {
        let shard = self.shard(&room);
        send(shard, Input::Leave { room, id, user }).await
    }

    /// A connection asks who is in its room beyond a name; the answer comes to its outbox.
    pub(crate) async fn people(
        &self,
        room: RoomName,
        id: ConnectionId,
        after: UserName,
    ) -> Result<(), HubStopped> {
        let shard = self.shard(&room);
        send(shard, Input::People { room, id, after }).await
    }

    /// Who of those whom a message calls is in a room, on any node.
    pub(crate) async fn present(
        &self,
        room: RoomName,
        called: RollCall,
    ) -> Result<Present, HubStopped> {
        let (answer, answered) = oneshot::channel();
        let question = ShardInput::RollCall(room.clone(), called, answer);
        self.shard(&room).send(question).await.map_err(|_| HubStopped)?;
        answered.await.map_err(|_| HubStopped)
    }

    /// Tells those in a room, besides `except`, that somebody is writing.
    pub(crate) async fn typing(
        &self,
        room: RoomName,
        user: UserName,
        except: Vec<Outbox>,
    ) -> Result<(), HubStopped> {
        let shard = self.shard(&room);
        send(shard, Input::Typing { room, user, except }).await
    }

    /// Tells everyone in a room.
    pub(crate) async fn tell(&self, room: RoomName, frame: Arc<Frame>) -> Result<(), HubStopped> {
        let shard = self.shard(&room);
        send(shard, Input::Deliver { room, message: frame }).await
    }

    /// Tells everyone in a room of a person who is there; of one who is not, something else to the
    /// connection that asked.
    pub(crate) async fn tell_of(
        &self,
        (room, user): (RoomName, UserName),
        frame: Arc<Frame>,
        absent: Option<(ConnectionId, Arc<Frame>)>,
    ) -> Result<(), HubStopped> {
        let shard = self.shard(&room);
        send(shard, Input::About { room, user, message: frame, absent }).await
    }

    /// Fans out a message that is stored. For the log's thread alone: it blocks while the shard is
    /// behind.
    pub(crate) fn deliver(&self, room: RoomName, message: Arc<Frame>) {
        let shard = self.shard(&room);
        send_now(shard, Input::Deliver { room, message });
    }

    /// Tells an author of a message that was stored before. For the log's thread alone, too.
    pub(crate) fn deliver_again(&self, room: RoomName, author: Outbox, message: Arc<Frame>) {
        let shard = self.shard(&room);
        send_now(shard, Input::Again { room, author, message });
    }

    /// Tells a room what a moderator did, of whom it is told only if they are there. For the log's thread alone, as
    /// what follows.
    pub(crate) fn moderated(
        &self,
        room: RoomName,
        user: Option<UserName>,
        message: Arc<Frame>,
        absent: Option<(ConnectionId, Arc<Frame>)>,
    ) {
        let shard = self.shard(&room);
        let input = match user {
            Some(user) => Input::About { room, user, message, absent },
            None => Input::Deliver { room, message },
        };
        send_now(shard, input);
    }

    /// Tells a room and some others something; those who leave are out of it before what is told there next.
    pub(crate) fn reach(
        &self,
        room: RoomName,
        message: Arc<Frame>,
        also: Vec<Outbox>,
        leaving: Vec<(UserName, Outbox)>,
    ) {
        let shard = self.shard(&room);
        send_now(shard, Input::Reach { room, message, also, leaving });
    }

    /// Somebody has come into a room on another node.
    pub(crate) fn came(&self, node: NodeBit, room: RoomName, user: UserName, role: Role) {
        let shard = self.shard(&room);
        send_now(shard, Input::Came { room, node, user, role });
    }

    /// Somebody has gone out of a room on another node.
    pub(crate) fn went(&self, node: NodeBit, room: RoomName, user: UserName) {
        let shard = self.shard(&room);
        send_now(shard, Input::Went { room, node, user });
    }

    /// Nobody is on another node any more.
    pub(crate) fn gone(&self, node: NodeBit) {
        for shard in self.shards.iter() {
            send_now(shard, Input::Gone(node));
        }
    }

    fn shard(&self, room: &RoomName) -> &mpsc::Sender<ShardInput> {
        let count = self.shards.len() as u64;
        let index = usize::try_from(place(room) % count).unwrap_or_default();
        &self.shards[index]
    }
}

async fn send(shard: &mpsc::Sender<ShardInput>, input: RulesInput) -> Result<(), HubStopped> {
    shard.send(ShardInput::Rules(input)).await.map_err(|_| HubStopped)
}

fn send_now(shard: &mpsc::Sender<ShardInput>, input: RulesInput) {
    // A stopped hub has nobody left to tell.
    let _ = shard.blocking_send(ShardInput::Rules(input));
}

/// Where a room lives: FNV-1a, 64 bits, over its folded name. The same in every process, so that one
/// day two of them can agree on it.
fn place(room: &RoomName) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    room.key().bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}
