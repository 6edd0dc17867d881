//! The task around the rules: it receives, applies, and performs all effects before the next input.
//!
//! It never waits for anything but its own queue. This file does not know the rules.

use std::sync::Arc;

use protocol::{Presence, RoomName, ToClient};
use tokio::sync::mpsc;

use super::core::{Core, Effect, Input, News, People};
use super::lane;
use crate::frame::{Frame, Order};
use crate::outbox::Outbox;

/// Inputs taken from the queue at a time: enough to spare the queue's bookkeeping, few enough that
/// other tasks of the thread are not kept waiting.
const INPUTS_AT_ONCE: usize = 64;

pub(crate) type ShardInput = Input<Outbox, Arc<Frame>>;
type ShardEffect = Effect<Outbox, Arc<Frame>>;

/// Runs one shard until every sender is gone.
pub(crate) async fn run(mut queue: mpsc::Receiver<ShardInput>) {
    let mut core = Core::new();
    let mut inputs = Vec::with_capacity(INPUTS_AT_ONCE);
    let mut effects = Vec::new();
    while queue.recv_many(&mut inputs, INPUTS_AT_ONCE).await > 0 {
        for input in inputs.drain(..) {
            core.apply(input, &mut effects);
            for effect in effects.drain(..) {
                perform(&core, effect);
            }
        }
    }
}

fn perform(core: &Core<Outbox>, effect: ShardEffect) {
    match effect {
        Effect::One(outbox, room, news) => outbox.push(&encode(room, news)),
        Effect::Room(room, news) => {
            let members = core.members(&room);
            let frame = encode(room.clone(), news);
            for outbox in members {
                outbox.push(&frame);
            }
        }
    }
}

/// Once per event, whatever the number of receivers. A message comes encoded from the log.
fn encode(room: RoomName, news: News<Arc<Frame>>) -> Arc<Frame> {
    let (envelope, order) = match news {
        News::Message(frame) => return frame,
        News::Join(sender) => (ToClient::Join { room, sender }, Order::Plain),
        News::Leave(sender) => (ToClient::Leave { room, sender }, Order::Plain),
        News::Presence(People { users, count, after }) => {
            let order = match after {
                None => Order::Latest { lane: lane(&room) },
                Some(_) => Order::Plain,
            };
            (ToClient::Presence(Presence { room, users, count, after }), order)
        }
    };
    Frame::text(envelope.encode(), order)
}
