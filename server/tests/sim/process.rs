//! One run of the server: the real parts, and in place of tasks and channels queues that move when
//! the seed says so.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use protocol::{Connect, Epoch, Key, Refusal, Role, ToClient, UserName};
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::oneshot::{Receiver, channel};

use super::Mutant;
use super::cluster::gate::Claiming;
use super::connection::{Connection, limits};
use super::moderate::Acting;
use super::store::Store;
use super::time::{EXPIRY_MS, Time};
use crate::auth::moderators::Moderators;
use crate::auth::sanctions::Sanctions;
use crate::auth::{NewModerators, Permissions};
use crate::cluster::Cluster;
use crate::connection::RateLimits;
use crate::connection::budget::Budgets;
use crate::connection::creations::Creations;
use crate::frame::{Delivery, Frame};
use crate::hub::core::{Core, Input};
use crate::hub::{Budget, Census, perform};
use crate::log::acts_of_people::{NameProof, TakeName};
use crate::log::effects::{Effects, To};
use crate::log::event::{Act, Event};
use crate::log::sequencer::Sequencer;
use crate::log::{Command, Health, Outcome, ReplyTo};
use crate::monitoring::metrics::Metrics;
use crate::outbox::{Bounds, End, Outbox, OutboxShared};
use crate::people::devices::Devices;
use crate::people::key_hash::KeyHash;
use crate::people::names::{Kept, Names, Person, Proof, Taken};

/// Small, so that slow readers are too slow soon.
const BOUNDS: Bounds = Bounds { bytes_max: 8 * 1024, frames_max: 10 };
/// Keys of those who may delete.
pub(super) const MODERATORS: [u8; 2] = [1, 2];

pub(super) type HubInput = Input<Outbox, Arc<Frame>>;

pub(super) struct Process {
    pub(super) core: Core<Outbox>,
    pub(super) shard: VecDeque<HubInput>,
    pub(super) names: Names<Outbox>,
    pub(super) health: Health,
    sequencer: Sequencer,
    pub(super) effects: Effects,
    pub(super) commands: VecDeque<Command>,
    committing: Option<Vec<(Event, ReplyTo)>>,
    /// Connections that wait until their name is kept.
    keeping: Vec<(u64, UserName, Receiver<Outcome>)>,
    outboxes: Arc<OutboxShared>,
    pub(super) connections: BTreeMap<u64, Connection>,
    pub(super) mutant: Mutant,
    pub(super) time: Time,
    /// Since the server began: what rates go by.
    pub(super) now: Duration,
    pub(super) rate_limits: RateLimits,
    pub(super) budgets: Budgets,
    pub(super) creations: Creations,
    pub(super) census: Census,
    pub(super) sanctions: Sanctions,
    pub(super) moderators: Moderators,
    /// That of a moderator.
    pub(super) pass: Permissions,
    pub(super) acting: Option<Acting>,
    pub(super) epoch: Epoch,
    /// That this is a node of; none is a server that is alone.
    pub(super) cluster: Option<Arc<Cluster>>,
    /// Who waits until all nodes know whose their name is.
    pub(super) claiming: Vec<Claiming>,
    /// Names are kept for their owners.
    pub(super) keeps: bool,
}

impl Process {
    pub(super) fn start(store: &Store, metrics: &Arc<Metrics>, time: Time, mutant: Mutant) -> Self {
        let health = Health::default();
        let kept = if mutant == Mutant::ForgetWhatIsKept { Vec::new() } else { store.names() };
        let (rate_limits, budgets, creations) = limits(mutant);
        let census = Census::default();
        let moderators = Moderators::default();
        moderators.set(NewModerators(MODERATORS.map(hash).into()));
        let (sanctions, newest) = store.sanctions();
        Process {
            now: Duration::ZERO,
            rate_limits,
            budgets,
            sanctions: Sanctions::new(sanctions, newest, moderators.clone()),
            moderators,
            pass: Permissions { role: Role::Moderator, grant: None, expires: None, bot: None },
            acting: None,
            epoch: Epoch::try_from("simulated").unwrap(),
            cluster: None,
            claiming: Vec::new(),
            keeps: true,
            core: Core::new(Budget(0)).counted_by(census.clone()),
            census,
            creations,
            shard: VecDeque::new(),
            names: Names::new(Some(EXPIRY_MS), kept, HashMap::new(), time.age_ms()),
            sequencer: Sequencer::new(store.clock()),
            effects: Effects::new(health.clone(), metrics.clone()),
            health,
            commands: VecDeque::new(),
            committing: None,
            keeping: Vec::new(),
            outboxes: Arc::new(OutboxShared { bounds: BOUNDS, metrics: metrics.clone() }),
            connections: BTreeMap::new(),
            mutant,
            time,
        }
    }

    /// As the gate does, which asks the database before it says that a name is kept for another.
    pub(super) fn connect(
        &mut self,
        id: u64,
        connect: Connect,
        key: u8,
        store: &Store,
    ) -> Result<(), Refusal> {
        let strangers = Names::new(None, Vec::new(), HashMap::new(), 0);
        let names = if self.mutant == Mutant::ForgetOwners { &strangers } else { &self.names };
        let (name, outbox) = (connect.user.clone().unwrap(), Outbox::new(&self.outboxes));
        let now = self.time.age_ms();
        let claim = || {
            let person = Person::new(name.clone(), Proof::Key(hash(key)));
            names.claim(person, outbox.clone(), now)
        };
        let claim = match claim() {
            Err(Taken::Kept) if store.owner(&name).is_none() => {
                if let Some(kept) = names.stored(&name, now) {
                    names.release(&kept);
                }
                claim()
            }
            claimed => claimed,
        }?;
        if self.cluster.is_some() {
            self.hold(id, connect, key, claim);
            return Ok(());
        }
        self.keep(id, &name, hash(key));
        let connection = Connection::new(id, connect, key, claim, self);
        connection.is_reached(&self.health.connected);
        self.connections.insert(id, connection);
        Ok(())
    }

    /// As the gate does: the name is its owner's at once, and it is stored before they go on.
    pub(super) fn keep(&mut self, id: u64, name: &UserName, key: KeyHash) {
        // As if their address had taken too many names lately: they go on without.
        let takes_too_many = self.cluster.is_some() && id % 4 == 3;
        if self.mutant == Mutant::ForgetOwners
            || !self.keeps
            || takes_too_many
            || self.names.kept(name, self.time.age_ms()).is_some()
        {
            return;
        }
        let used = self.time.age_ms();
        let (name, devices) = (name.clone(), Devices::one(key));
        let kept = Kept { name: name.clone(), devices, used, person: None };
        assert!(self.names.keep(kept, used));
        let used = self.time.to_stored(used);
        let proof = NameProof::Key { hash: key, expired: used.saturating_sub(EXPIRY_MS) };
        let (waiting, done) = channel();
        self.commands.push_back(Command {
            act: Act::TakeName(Box::new(TakeName { name: name.clone(), proof, used })),
            reply_to: ReplyTo::Waiting(waiting),
        });
        self.keeping.push((id, name, done));
    }

    /// Whether a connection waits for its name to be kept.
    pub(super) fn waits(&self, id: u64) -> bool {
        self.keeping.iter().any(|(waits, ..)| *waits == id)
    }

    /// Who waited for their name goes on, with it or without.
    pub(super) fn go_on(&mut self) {
        let (names, connections) = (&self.names, &self.connections);
        let connected = &self.health.connected;
        self.keeping.retain_mut(|(id, name, done)| match done.try_recv() {
            Ok(outcome) => {
                match outcome.named() {
                    Ok((person, devices)) => {
                        names.has_stored(name, (person, devices.unwrap()));
                        if let Some(connection) = connections.get(id) {
                            connection.person().is(person);
                        }
                        // Others of theirs may have come before it was known who they are.
                        connections.values().for_each(|it| it.is_reached(connected));
                    }
                    Err(_) => names.forget(name),
                }
                false
            }
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Closed) => {
                names.forget(name);
                false
            }
        });
    }

    /// Takes what the write pump would take; the end, if nothing is left before it.
    pub(super) fn take(&self, id: u64) -> Result<Vec<Arc<Frame>>, End> {
        let mut batch = Vec::new();
        let polled = {
            let mut take = pin!(self.connections[&id].outbox.take(&mut batch));
            take.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        };
        match polled {
            Poll::Ready(Err(end)) => Err(end),
            _ => {
                // The mark of an entry has no bytes: nothing is written for it.
                batch.retain(|frame| !frame.bytes().is_empty());
                Ok(batch)
            }
        }
    }

    /// The connection is over: out of all rooms, and then the name is free.
    pub(super) fn end(&mut self, id: u64) {
        let Some(mut connection) = self.connections.remove(&id) else { return };
        connection.outbox.end(End::Gone);
        connection.is_reached_no_more(&self.health.connected);
        if self.mutant == Mutant::KeepGhosts && connection.cut {
            return;
        }
        self.shard.extend(connection.leave_all());
    }

    /// One input of the hub; true if there was one.
    pub(super) fn shard(&mut self, now: Duration) -> bool {
        let Some(input) = self.shard.pop_front() else { return false };
        let mut effects = Vec::new();
        self.core.apply(now, input, &mut effects);
        for effect in effects {
            perform(&self.core, effect, &self.outboxes.metrics);
        }
        true
    }

    /// What people have read is to be stored.
    pub(super) fn store_markers(&mut self) {
        for note in self.health.markers.take_due() {
            let act = Act::NoteRead(Box::new(note));
            self.commands.push_back(Command { act, reply_to: ReplyTo::Nobody });
        }
    }

    /// The log takes all that waits; true if it did.
    pub(super) fn begin_commit(&mut self) -> bool {
        if self.committing.is_some() || self.commands.is_empty() {
            return false;
        }
        if self.mutant == Mutant::TrustTheClock {
            self.sequencer = Sequencer::new(Default::default());
        }
        let now_us = self.time.now_us();
        let place = |it: Command| (self.sequencer.place(it.act, now_us), it.reply_to);
        let batch: Vec<_> = self.commands.drain(..).map(place).collect();
        if self.mutant == Mutant::TellBeforeCommit {
            for (event, _) in &batch {
                let (room, told) = match &event.act {
                    Act::Say(say) => {
                        (&say.room, ToClient::Message(say.message(event.id, event.at)))
                    }
                    Act::Reply(reply) => {
                        let message = reply.say.message(event.id, event.at);
                        (&reply.say.room, ToClient::Message(message))
                    }
                    Act::Mention(it) => {
                        (&it.say.room, ToClient::Message(it.say.message(event.id, event.at)))
                    }
                    Act::Delete(delete) => {
                        (&delete.room, ToClient::Deleted(delete.deleted(event.id, event.at)))
                    }
                    _ => continue,
                };
                let (room, message) = (room.clone(), Frame::text(told.encode(), Delivery::Always));
                self.shard.push_back(Input::Deliver { room, message });
            }
        }
        self.committing = Some(batch);
        true
    }

    /// The commit ends, well or not; true if there was one.
    pub(super) fn end_commit(&mut self, store: &mut Store, well: bool) -> bool {
        let Some(batch) = self.committing.take() else { return false };
        if !well && self.mutant != Mutant::HideFailures {
            self.effects.failed(batch, &std::io::Error::other("the disk is full"));
            self.go_on();
            return true;
        }
        let outcomes = if well {
            self.time.note(store);
            store.commit(batch.iter().map(|(event, _)| event), self.mutant)
        } else {
            batch.iter().map(|(event, _)| as_if_stored(event)).collect()
        };
        let (shard, told_before) = (&mut self.shard, self.mutant == Mutant::TellBeforeCommit);
        let overtake = self.mutant == Mutant::Overtake;
        let tells_all = self.mutant == Mutant::TellAllAgain;
        let removes_late = self.mutant == Mutant::RemoveLate;
        self.effects.follow(batch, outcomes, |room, message, to| match to {
            To::Hooks(_) => {}
            To::Everybody if told_before => {}
            To::Everybody => shard.push_back(Input::Deliver { room, message }),
            To::Author(_) if tells_all => shard.push_back(Input::Deliver { room, message }),
            To::Author(author) if overtake => author.push(&message),
            To::Author(author) => shard.push_back(Input::Again { room, author, message }),
            To::Reach { mut also, leaving } if removes_late => {
                also.extend(leaving.into_iter().map(|(_, outbox)| outbox));
                shard.push_back(Input::Reach { room, message, also, leaving: Vec::new() });
            }
            To::Reach { also, leaving } => {
                shard.push_back(Input::Reach { room, message, also, leaving });
            }
        });
        self.go_on();
        true
    }

    /// The process dies, perhaps between a commit and the telling of it.
    pub(super) fn die(mut self, store: &mut Store, stored: bool) {
        if let Some(batch) = self.committing.take().filter(|_| stored) {
            store.commit(batch.iter().map(|(event, _)| event), self.mutant);
        }
    }

    pub(super) fn rooms_in_hub(&self) -> usize {
        self.core.room_count()
    }
}

/// Of a client's key.
pub(super) fn hash(key: u8) -> KeyHash {
    KeyHash::of(&Key::new(&[key; 16]).unwrap())
}

/// What a commit would say of an event that was not there before.
fn as_if_stored(event: &Event) -> Outcome {
    match &event.act {
        Act::Say(say) => Outcome::Said(say.message(event.id, event.at)),
        Act::Reply(reply) => Outcome::Said(reply.say.message(event.id, event.at)),
        Act::Mention(it) => Outcome::Said(it.say.message(event.id, event.at)),
        _ => Outcome::Kept(event.id),
    }
}
