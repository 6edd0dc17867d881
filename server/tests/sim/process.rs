//! One run of the server: the real parts, and in place of tasks and channels queues that move when
//! the seed says so. What a read pump does is done here step by step, in the same order.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use protocol::{
    Connect, ErrorNote, Key, Message, MessageId, Refusal, Role, RoomName, ToClient, ToServer,
    UserName,
};
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::oneshot::{Receiver, channel};

use super::Mutant;
use super::store::Store;
use super::time::{EXPIRY_MS, Time};
use crate::frame::{Frame, Order};
use crate::hub::core::{Core, Input};
use crate::hub::{Budget, ConnectionId, lane, perform};
use crate::log::effects::{Effects, To};
use crate::log::event::{Act, Author, Delete, Event, NameProof, Say, TakeName};
use crate::log::sequencer::Sequencer;
use crate::log::{
    Asked, Command, Health, OpenRoom, Outcome, Page, RING_MESSAGES_MAX, ReplyTo, Stored,
};
use crate::monitoring::metrics::Metrics;
use crate::outbox::{Bounds, End, Outbox, OutboxShared};
use crate::people::key_hash::KeyHash;
use crate::people::names::{Claim, Kept, Names, Person, Proof, Taken};

/// Small, so that slow readers are too slow soon.
const BOUNDS: Bounds = Bounds { bytes_max: 8 * 1024, frames_max: 10 };
/// More than anybody says in one run.
const PAGE: usize = 200;

pub(super) struct Process {
    core: Core<Outbox>,
    shard: VecDeque<Input<Outbox, Arc<Frame>>>,
    pub(super) names: Names<Outbox>,
    pub(super) health: Health,
    sequencer: Sequencer,
    effects: Effects,
    commands: VecDeque<Command>,
    committing: Option<Vec<(Event, ReplyTo)>>,
    /// Connections that wait until their name is kept.
    keeping: Vec<(u64, UserName, Receiver<Outcome>)>,
    post: Arc<OutboxShared>,
    pub(super) connections: BTreeMap<u64, Connection>,
    mutant: Mutant,
    pub(super) time: Time,
}

/// One connection, as its read pump holds it.
pub(super) struct Connection {
    id: ConnectionId,
    pub(super) outbox: Outbox,
    claim: Claim<Outbox>,
    pub(super) key: u8,
    rooms: Vec<Arc<OpenRoom>>,
    /// What its client sent and nobody read yet.
    pub(super) inbox: VecDeque<ToServer>,
    joining: Option<Joining>,
    /// Its pump has ended, and reads no more.
    over: bool,
    /// The client is gone; the server has not noticed.
    pub(super) cut: bool,
}

/// A join on its way: entered, then read, then released.
struct Joining {
    room: Arc<OpenRoom>,
    since: MessageId,
    entered: bool,
    found: Option<Page>,
}

impl Process {
    pub(super) fn start(store: &Store, metrics: &Arc<Metrics>, time: Time, mutant: Mutant) -> Self {
        let health = Health::default();
        let kept = if mutant == Mutant::ForgetWhatIsKept { Vec::new() } else { store.names() };
        Process {
            core: Core::new(Budget(0)),
            shard: VecDeque::new(),
            names: Names::new(Some(EXPIRY_MS), kept, HashMap::new(), time.age_ms()),
            sequencer: Sequencer::new(store.clock()),
            effects: Effects::new(health.clone(), metrics.clone()),
            health,
            commands: VecDeque::new(),
            committing: None,
            keeping: Vec::new(),
            post: Arc::new(OutboxShared { bounds: BOUNDS, metrics: metrics.clone() }),
            connections: BTreeMap::new(),
            mutant,
            time,
        }
    }

    /// As the gate does, which asks the database before it says that a name is kept for another.
    pub(super) fn connect(
        &mut self,
        id: u64,
        hello: Connect,
        key: u8,
        store: &Store,
    ) -> Result<(), Refusal> {
        let strangers = Names::new(None, Vec::new(), HashMap::new(), 0);
        let names = if self.mutant == Mutant::ForgetOwners { &strangers } else { &self.names };
        let (name, outbox) = (hello.user.unwrap(), Outbox::new(&self.post));
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
        self.keep(id, &name, hash(key));
        let mut connection = Connection {
            id: ConnectionId(id),
            outbox,
            claim,
            key,
            rooms: Vec::new(),
            inbox: VecDeque::new(),
            joining: None,
            over: false,
            cut: false,
        };
        connection.inbox.push_back(ToServer::Join(protocol::Join {
            room: hello.room,
            since: hello.since,
            history: None,
        }));
        self.connections.insert(id, connection);
        Ok(())
    }

    /// As the gate does: the name is its owner's at once, and it is stored before they go on.
    fn keep(&mut self, id: u64, name: &UserName, key: KeyHash) {
        if self.mutant == Mutant::ForgetOwners
            || self.names.kept(name, self.time.age_ms()).is_some()
        {
            return;
        }
        let used = self.time.age_ms();
        let kept = Kept { name: name.clone(), key, used, person: None };
        assert!(self.names.keep(kept, used));
        let used = self.time.to_stored(used);
        let proof = NameProof::Key { hash: key, expired: used.saturating_sub(EXPIRY_MS) };
        let (waiting, done) = channel();
        self.commands.push_back(Command {
            act: Act::TakeName(Box::new(TakeName { name: name.clone(), proof, used })),
            reply_to: ReplyTo::Waiting(waiting),
        });
        self.keeping.push((id, name.clone(), done));
    }

    /// Whether a connection waits for its name to be kept.
    pub(super) fn waits(&self, id: u64) -> bool {
        self.keeping.iter().any(|(waits, ..)| *waits == id)
    }

    /// Who waited for their name goes on, with it or without.
    fn go_on(&mut self) {
        let (names, connections) = (&self.names, &self.connections);
        self.keeping.retain_mut(|(id, name, done)| match done.try_recv() {
            Ok(outcome) => {
                match outcome.named() {
                    Ok(person) => {
                        names.has_stored(name, person);
                        if let Some(connection) = connections.get(id) {
                            connection.claim.person().is(person);
                        }
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
            _ => Ok(batch),
        }
    }

    /// The connection is over: out of all rooms, and then the name is free.
    pub(super) fn end(&mut self, id: u64) {
        let Some(connection) = self.connections.remove(&id) else { return };
        connection.outbox.end(End::Gone);
        if self.mutant == Mutant::KeepGhosts && connection.cut {
            return;
        }
        let entering = connection.joining.iter().filter(|joining| joining.entered);
        let rooms = connection.rooms.iter().chain(entering.map(|joining| &joining.room));
        for room in rooms {
            let (room, user) = (room.name().clone(), connection.claim.name().clone());
            self.shard.push_back(Input::Leave { room, id: connection.id, user });
        }
    }

    /// One step of a read pump; true if there was something to do. The store may not be `readable`.
    pub(super) fn pump(&mut self, id: u64, store: &Store, readable: bool) -> bool {
        if self.waits(id) {
            return false;
        }
        let Some(connection) = self.connections.get_mut(&id).filter(|it| !it.over) else {
            return false;
        };
        if connection.joining.is_some() {
            self.join(id, store, readable);
            return true;
        }
        let Some(envelope) = connection.inbox.pop_front() else { return false };
        match envelope {
            ToServer::Join(protocol::Join { room, since, .. }) => {
                connection.outbox.hold();
                let (room, since) = (self.health.rooms.open(room), since.unwrap_or_default());
                connection.joining = Some(Joining { room, since, entered: false, found: None });
            }
            ToServer::Message(protocol::Say { room, content, reference })
                if connection.is_in(&room) =>
            {
                let person = connection.claim.person();
                let author = Author { name: person.name.clone(), person: person.number() };
                let (key, checked) = (person.key(), None);
                let say = Say { room, author, key, content, reference, checked };
                let reply_to = ReplyTo::Author(connection.outbox.clone());
                self.commands.push_back(Command { act: Act::Say(say), reply_to });
            }
            ToServer::Delete(protocol::Delete { room, message, reference })
                if connection.is_in(&room) =>
            {
                let by = connection.claim.name().clone();
                let delete = Delete { room, message, by, reference };
                let reply_to = ReplyTo::Author(connection.outbox.clone());
                let act = Act::Delete(Box::new(delete));
                self.commands.push_back(Command { act, reply_to });
            }
            _ => {}
        }
        true
    }

    fn join(&mut self, id: u64, store: &Store, readable: bool) {
        let mutant = self.mutant;
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(mut joining) = connection.joining.take() else { return };
        let newest =
            Asked { since: MessageId::ZERO, before: None, limit: RING_MESSAGES_MAX.max(PAGE) };
        let asked = Asked { since: joining.since, before: None, limit: PAGE };
        let name = joining.room.name().clone();
        if !joining.entered {
            if mutant == Mutant::ReadBeforeEntering && joining.found.is_none() {
                joining.found = Some(store.page(&name, &asked));
                connection.joining = Some(joining);
                return;
            }
            if mutant == Mutant::ReleaseBeforeReplay {
                let nothing = store.page(&name, &Asked { limit: 0, ..newest });
                let nothing = nothing.envelope(&name, joining.since, None, None);
                connection.outbox.release(&nothing, Some((lane(&name), 0)));
            }
            joining.entered = true;
            let (user, member) = (connection.claim.name().clone(), connection.outbox.clone());
            let (id, role) = (connection.id, Role::Member);
            self.shard.push_back(Input::Join { room: name, id, user, role, member });
            connection.joining = Some(joining);
            return;
        }
        // The snapshot is taken in one step and used in a later one.
        if joining.found.is_none() && joining.room.page(&asked).is_none() {
            if !readable && mutant == Mutant::GoOnWithoutReplay {
                let nothing = store.page(&name, &Asked { limit: 0, ..newest });
                let nothing = Page { head: MessageId::ZERO, ..nothing };
                let nothing = nothing.envelope(&name, joining.since, None, None);
                connection.outbox.release(&nothing, Some((lane(&name), 0)));
                connection.rooms.push(joining.room);
                return;
            }
            if !readable {
                let unreadable = Refusal::Unreadable { retry_ms: 1 };
                let note = ErrorNote { room: Some(name), ..ErrorNote::from(&unreadable) };
                let told = Frame::text(ToClient::Error(note).encode(), Order::Plain);
                connection.outbox.release(&told, None);
                connection.rooms.push(joining.room);
                return;
            }
            joining.found = Some(store.newest_page(&name, &asked));
            connection.joining = Some(joining);
            return;
        }
        let read = joining.found.take();
        let mut page = match read {
            Some(found) if mutant == Mutant::ReadBeforeEntering => found,
            Some(found) => {
                joining.room.seed(found.clone());
                joining.room.page(&asked).unwrap_or_else(|| found.part(&asked))
            }
            None => joining.room.page(&asked).unwrap_or_else(|| store.page(&name, &asked)),
        };
        if mutant == Mutant::ForgetDeletions {
            page.deletions.list.clear();
        }
        let frame = page.envelope(&name, joining.since, None, None);
        match mutant {
            Mutant::ReleaseBeforeReplay => connection.outbox.push(&frame),
            Mutant::ForgetTheSeam => connection.outbox.release(&frame, Some((lane(&name), 0))),
            _ => connection.outbox.release(&frame, Some((lane(&name), page.head.get()))),
        }
        connection.rooms.push(joining.room);
    }

    /// One input of the hub; true if there was one.
    pub(super) fn shard(&mut self, now: Duration) -> bool {
        let Some(input) = self.shard.pop_front() else { return false };
        let mut effects = Vec::new();
        self.core.apply(now, input, &mut effects);
        for effect in effects {
            perform(&self.core, effect, &self.post.metrics);
        }
        true
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
                if let Act::Say(say) = &event.act {
                    let message = told_too_early(event, say);
                    self.shard.push_back(Input::Deliver { room: say.room.clone(), message });
                }
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
        self.effects.follow(batch, outcomes, |room, message, to| match to {
            To::Everybody if told_before => {}
            To::Everybody => shard.push_back(Input::Deliver { room, message }),
            To::Author(author) if overtake => author.push(&message),
            To::Author(author) => shard.push_back(Input::Again { room, author, message }),
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

impl Connection {
    pub(super) fn name(&self) -> &UserName {
        self.claim.name()
    }

    fn is_in(&self, room: &RoomName) -> bool {
        self.rooms.iter().any(|open| open.name() == room)
    }
}

/// Of a client's key.
pub(super) fn hash(key: u8) -> KeyHash {
    KeyHash::of(&Key::new(&[key; 16]).unwrap())
}

/// What a commit would say of an event that was not there before.
fn as_if_stored(event: &Event) -> Outcome {
    match &event.act {
        Act::Say(say) => Outcome::Said(said(event, say)),
        _ => Outcome::Kept(event.id),
    }
}

fn told_too_early(event: &Event, say: &Say) -> Arc<Frame> {
    Stored::new(said(event, say)).frame
}

fn said(event: &Event, say: &Say) -> Message {
    Message {
        room: say.room.clone(),
        sender: say.author.name.clone(),
        content: say.content.clone(),
        id: event.id,
        at: event.at,
        reference: say.reference.clone(),
        deleted: false,
    }
}
