//! The task around the rules: it receives, applies, and performs all effects before the next input.
//!
//! It never waits for anything but its own queue. This file does not know the rules.

use std::sync::Arc;
use std::time::Duration;

use protocol::{IsTyping, Joined, Left, Presence, Role, RoomName, ToClient};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::census::Census;
use super::core::{Core, Effect, Input, Notification, People};
use super::presence::Budget;
use super::roll_call::{Present, RollCall};
use super::room_tag::room_tag;
use crate::frame::{Delivery, Frame};
use crate::monitoring::metrics::Metrics;
use crate::outbox::Outbox;

/// Inputs taken from the queue at a time: enough to spare the queue's bookkeeping, few enough that
/// other tasks of the thread are not kept waiting.
const INPUTS_AT_ONCE: usize = 64;

pub(crate) type RulesInput = Input<Outbox, Arc<Frame>>;

/// What comes to a shard.
#[derive(Debug)]
pub(crate) enum ShardInput {
    /// Something happened.
    Rules(RulesInput),
    /// Somebody asks who of those whom a message calls is in a room.
    RollCall(RoomName, RollCall, oneshot::Sender<Present>),
}

type ShardEffect = Effect<Outbox, Arc<Frame>>;

/// How often a room with gathered changes is looked at: soon enough that its people see a list
/// grow, seldom enough to cost nothing.
const TICK: Duration = Duration::from_millis(100);

/// Runs one shard until every sender is gone.
pub(crate) async fn run(
    mut queue: mpsc::Receiver<ShardInput>,
    (budget, census): (Budget, Census),
    metrics: Arc<Metrics>,
) {
    let started = Instant::now();
    let mut core = Core::new(budget).counted_by(census);
    let mut inputs = Vec::with_capacity(INPUTS_AT_ONCE);
    let mut effects = Vec::new();
    let mut tick: Option<Instant> = None;
    while receive(&mut queue, &mut inputs, tick).await {
        if tick.is_some_and(|tick| tick <= Instant::now()) {
            inputs.push(ShardInput::Rules(Input::Tick));
            tick = None;
        }
        for input in inputs.drain(..) {
            match input {
                ShardInput::Rules(input) => core.apply(started.elapsed(), input, &mut effects),
                ShardInput::RollCall(room, called, answer) => {
                    // Who asked may have gone.
                    let _ = answer.send(core.present(&room, &called));
                }
            }
            for effect in effects.drain(..) {
                perform(&core, effect, &metrics);
            }
        }
        if core.is_gathering() {
            tick.get_or_insert_with(|| Instant::now() + TICK);
        }
    }
}

/// Waits for inputs, or until `tick`; false if there will be no more.
async fn receive(
    queue: &mut mpsc::Receiver<ShardInput>,
    inputs: &mut Vec<ShardInput>,
    tick: Option<Instant>,
) -> bool {
    let received = queue.recv_many(inputs, INPUTS_AT_ONCE);
    match tick {
        None => received.await > 0,
        Some(tick) => timeout_at(tick, received).await.map_or(true, |count| count > 0),
    }
}

pub(crate) fn perform(core: &Core<Outbox>, effect: ShardEffect, metrics: &Metrics) {
    match effect {
        Effect::One(outbox, room, news) => outbox.push(&encode(room, news)),
        Effect::Room(room, news) => {
            let began = matches!(news, Notification::Message(_)).then(Instant::now);
            let members = core.members(&room);
            let receivers = Outbox::push_all(members, &encode(room.clone(), news), metrics);
            if let Some(began) = began {
                metrics.told(receivers, began.elapsed());
            }
        }
        Effect::Others(room, except, news) => {
            let others = core.members(&room).filter(|member| !except.contains(member));
            Outbox::push_all(others, &encode(room.clone(), news), metrics);
        }
    }
}

/// Once per event, whatever the number of receivers. A message comes encoded from the log.
fn encode(room: RoomName, news: Notification<Arc<Frame>>) -> Arc<Frame> {
    let within = |room: &RoomName| Delivery::Within { room_tag: room_tag(room) };
    let (envelope, delivery) = match news {
        Notification::Message(frame) => return frame,
        Notification::Entered => return Frame::entry(room_tag(&room)),
        Notification::Join(sender, role) => {
            let role = (role != Role::Member).then_some(role);
            let delivery = within(&room);
            (ToClient::Join(Joined { room, sender, role }), delivery)
        }
        Notification::Leave(sender) => {
            let delivery = within(&room);
            (ToClient::Leave(Left { room, sender }), delivery)
        }
        Notification::Typing(sender) => {
            let delivery = Delivery::Fleeting { room_tag: room_tag(&room) };
            (ToClient::Typing(IsTyping { room, sender }), delivery)
        }
        Notification::Presence(People { users, count, after }) => {
            let delivery = match after {
                None => Delivery::Coalesced { room_tag: room_tag(&room) },
                Some(_) => Delivery::Always,
            };
            (ToClient::Presence(Presence { room, users, count, after }), delivery)
        }
    };
    Frame::text(envelope.encode(), delivery)
}
