//! The log: a message is kept first and told afterwards.
//!
//! [`Log::queue`] takes it, one thread stamps and commits it with all others that wait, and only
//! then hands it to the hub. Reads run beside that thread. This file does not know connections.

pub(crate) mod acts_of_operator;
pub(crate) mod acts_of_people;
pub(crate) mod acts_of_programs;
pub(crate) mod acts_of_rooms;
pub(crate) mod acts_on_messages;
mod apply;
mod author;
mod command;
pub(crate) mod database;
pub(crate) mod effects;
pub(crate) mod event;
pub(crate) mod health;
pub(crate) mod memory;
pub(crate) mod operator;
pub(crate) mod order;
pub(crate) mod outcome;
mod queries;
pub(crate) mod reading;
pub(crate) mod sanction;
mod search;
pub(crate) mod sequencer;
pub(crate) mod time;
mod upkeep;
pub(crate) mod writer;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use protocol::{Device, Epoch, Invited, UserName};
use tokio::sync::{mpsc, oneshot};

pub use self::apply::PERSON_INVITES_MAX;
pub(crate) use self::command::{Command, ReplyTo, Unavailable};
use self::database::checkpoint::Checkpoints;
use self::database::guard::Guard;
use self::database::store::Store;
use self::database::{Database, OpenError};
use self::effects::Effects;
use self::event::{Act, Expire};
pub(crate) use self::health::Health;
pub(crate) use self::memory::markers::Markers;
pub(crate) use self::memory::rooms::{OpenRoom, Rooms};
use self::order::members::Members;
use self::order::name::NodeName;
use self::order::replica::{Incoming, Replica};
use self::order::shared::{News, Shared};
use self::order::teller::Teller;
pub(crate) use self::outcome::Outcome;
pub(crate) use self::reading::about::Viewer;
pub(crate) use self::reading::inbox::InboxAsked;
pub(crate) use self::reading::page::{Asked, Page};
use self::reading::reader::Reader;
pub(crate) use self::reading::register::Register;
pub(crate) use self::reading::rooms::RoomsAsked;
pub(crate) use self::reading::search::SearchAsked;
pub(crate) use self::reading::sight::Sight;
pub(crate) use self::reading::{Asker, NotRead};
use self::reading::{READERS, ReaderThreads, Readers};
use self::sanction::Sanction;
use self::search::indexer::Indexer;
use self::sequencer::Sequencer;
pub(crate) use self::time::Time;
pub(crate) use self::time::clock::now_ms;
#[cfg(feature = "cluster")]
pub(crate) use self::time::clock::now_us;
use self::upkeep::UpkeepThread;
use self::writer::{LogThread, Order, Source};
use crate::config::Config;
use crate::hub::{Census, Hub};
use crate::lifecycle::parts::Parts;
use crate::monitoring::metrics::Metrics;
use crate::outbox::Outbox;
use crate::people::connected::Connected;
use crate::people::key_hash::KeyHash;
use crate::people::names::{Kept, PersonId};
use crate::webhooks::Webhooks;

/// Commands that may wait for the log before their read pumps wait, and TCP slows the loud.
const COMMANDS_WAITING_MAX: usize = 1024;

/// What reading invites costs, in bytes.
const INVITES_COST: u64 = 64 * 1024;
/// What reading all bans and mutes costs, in bytes.
const SANCTIONS_COST: u64 = 1024 * 1024;

/// What the log of a node works with, besides what every log has.
#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) me: NodeName,
    /// Which cluster: the epoch of all its logs.
    pub(crate) cluster: Epoch,
    /// What the stream brings.
    pub(crate) records: mpsc::Receiver<Incoming>,
    pub(crate) news: mpsc::Sender<News>,
}

/// A log that has started.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) log: Log,
    pub(crate) register: Register,
    /// Hears when the writer has ended: after the last handle is dropped and everything queued is committed.
    pub(crate) ended: oneshot::Receiver<()>,
    /// Of a node: what waits for its place in the order, and how to refuse it.
    pub(crate) waiting: Option<(mpsc::Receiver<Command>, Effects)>,
}

/// Who reads. Searches take longer, and make nobody wait who only reads.
#[derive(Debug)]
struct Reading {
    pages: Readers,
    searches: Readers,
    /// A search found the index damaged: it is made anew with the next message.
    damaged: Arc<AtomicBool>,
}

impl Reading {
    fn start(
        database: &Database,
        config: &Config,
        parts: &Parts,
    ) -> Result<(Self, [ReaderThreads; 2]), OpenError> {
        let readers = (0..READERS).map(|_| database.reader().map(Reader::new));
        let readers = readers.collect::<Result<_, _>>()?;
        let (pages, reading) = Readers::spawn(readers, &config.limits, parts)?;
        let searcher = Reader::with_deadline(database.reader()?);
        let searcher = searcher.map_err(|error| database.failed(error))?;
        let (searches, searching) = Readers::spawn(vec![searcher], &config.limits, parts)?;
        Ok((Reading { pages, searches, damaged: Arc::default() }, [reading, searching]))
    }
}

/// A handle to the log.
#[derive(Debug)]
pub(crate) struct Log {
    reading: Reading,
    health: Health,
    metrics: Arc<Metrics>,
    pub(crate) time: Time,
    epoch: Epoch,
    census: Census,
    /// Of a node of a cluster.
    order: Option<Arc<Shared>>,
    /// Dropped last: the writer is then the last to close the database, and leaves one tidy file.
    commands: mpsc::Sender<Command>,
}

impl Log {
    /// Opens the database, reads what is kept of people, and starts the writer.
    pub(crate) fn start(
        database: &Database,
        config: &Config,
        hub: Hub,
        (metrics, parts): (&Arc<Metrics>, &Parts),
        membership: Option<Membership>,
    ) -> Result<Started, OpenError> {
        let health = Health::default();
        let failed = |error| database.failed(error);
        let mut store = Store::new(database.writer()?);
        if let Some(membership) = &membership {
            store.belong_to(&membership.cluster).map_err(failed)?;
        }
        let epoch = store.epoch().map_err(failed)?;
        let census = hub.census().clone();
        let (reading, threads) = Reading::start(database, config, parts)?;
        let (commands, queue) = mpsc::channel(COMMANDS_WAITING_MAX);
        let metrics = metrics.clone();
        let known = store.known_ms(now_ms()).map_err(failed)?;
        let leap_max = time::judge::leap_max_ms([config.name_expiry_ms(), config.upkeep.keep_ms()]);
        let accept = config.upkeep.accept_clock;
        let time = Time::start(known, leap_max, accept, &health.reasons, &metrics);
        let mut sequencer = Sequencer::new(store.clock().map_err(failed)?);
        let now = time.read();
        // What expires in a cluster has a place in its order.
        let is_alone = membership.is_none();
        let expire = Expire::at(&now, config.name_expiry_ms()).filter(|_| is_alone);
        let expire = expire.map(|expire| sequencer.place(Act::Expire(expire), now.now_us));
        let register = store.register(expire.as_ref()).map_err(failed)?;
        health.webhooks.add_all(store.outgoing_hooks().map_err(failed)?);
        let order = membership.map(|it| follow(it, &store)).transpose().map_err(failed)?.flatten();
        let shared = order.as_ref().map(|order| order.teller.shared.clone());
        let file = (!database.is_in_memory()).then(|| database.path());
        let guard = Guard::new(file, config.upkeep.disk_free_min, &health)?;
        // Before the first message: the disk may be low already.
        guard.look(&metrics);
        let thread = LogThread {
            _reading: threads,
            indexer: Indexer::start(database, &store, &guard, parts, reading.damaged.clone())?,
            store,
            effects: Effects::new(health.clone(), metrics.clone()),
            guard: guard.clone(),
            checkpoints: database
                .checkpointer()?
                .map(|db| Checkpoints::spawn(db, parts.clone()))
                .transpose()?,
            _upkeep: UpkeepThread::spawn(
                (database.upkeeper()?, commands.downgrade(), shared.clone()),
                config.upkeep.clone(),
                guard,
                health.clone(),
                metrics.clone(),
                time.clone(),
                parts.clone(),
            )?,
            hub,
            webhooks: health.webhooks.clone(),
            metrics: metrics.clone(),
            time: time.clone(),
            parts: parts.clone(),
        };
        let (source, queue) = match order {
            None => (Source::Alone(queue, sequencer), None),
            Some(order) => (Source::Shared(Box::new(order)), Some(queue)),
        };
        let ended = thread.spawn(source)?;
        let log = Log { commands, reading, health, metrics, time, epoch, census, order: shared };
        let effects = Effects::new(log.health.clone(), log.metrics.clone());
        Ok(Started { log, register, ended, waiting: queue.map(|queue| (queue, effects)) })
    }

    /// What the log has in common with its cluster, if it is that of a node.
    pub(crate) fn order(&self) -> Option<&Arc<Shared>> {
        self.order.as_ref()
    }

    /// The rooms that somebody is in.
    pub(crate) fn rooms(&self) -> &Rooms {
        &self.health.rooms
    }

    /// The connections of each person.
    pub(crate) fn connected(&self) -> &Connected<Outbox> {
        &self.health.connected
    }

    /// What persons have read lately.
    pub(crate) fn markers(&self) -> &Markers {
        &self.health.markers
    }

    /// The hooks that send what is said.
    pub(crate) fn webhooks(&self) -> &Webhooks {
        &self.health.webhooks
    }

    /// Which log it is: another one if a backup took its place.
    pub(crate) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// How the log is.
    pub(crate) fn health(&self) -> Health {
        self.health.clone()
    }

    /// Queues a command, if the queue has a place; else gives it back. What becomes of it is told by
    /// the hub, or to its author's outbox.
    pub(crate) fn try_queue(&self, command: Command) -> Result<(), Box<Command>> {
        self.commands.try_send(command).map_err(|error| Box::new(error.into_inner()))
    }

    /// Queues it as soon as there is a place.
    pub(crate) async fn queue(&self, command: Command) -> Result<(), Unavailable> {
        self.commands.send(command).await.map_err(|_| Unavailable)
    }

    /// Does something that lasts, and returns what became of it when that is stored.
    pub(crate) async fn ask(&self, act: Act) -> Result<Outcome, Unavailable> {
        let (done, outcome) = oneshot::channel();
        self.queue(Command { act, reply_to: ReplyTo::Waiting(done) }).await?;
        outcome.await.map_err(|_| Unavailable)
    }

    /// Stores what persons have read lately. What the log cannot take now is stored next time.
    pub(crate) fn store_markers(&self) {
        for note in self.markers().take_due() {
            let act = Act::NoteRead(Box::new(note));
            let refused = self.try_queue(Command { act, reply_to: ReplyTo::Nobody }).err();
            if let Some(Act::NoteRead(note)) = refused.map(|command| command.act) {
                self.markers().put_back(&note);
            }
        }
    }

    /// Does it when there is time: if the log is busy, not at all.
    pub(crate) fn note(&self, act: Act) {
        let _ = self.try_queue(Command { act, reply_to: ReplyTo::Nobody });
    }

    /// Whether somebody may read more, as far as their own quota goes; else when.
    pub(crate) fn may_read(&self, asker: &Asker) -> Result<(), Duration> {
        self.reading.pages.may_read(asker)
    }

    /// Waits until it is somebody's turn to be told something that takes so many bytes.
    pub(crate) async fn turn(&self, asker: &Asker, bytes: u64) -> Result<(), NotRead> {
        if self.reading.pages.take_at_once(asker, bytes) {
            return Ok(());
        }
        self.reading.pages.read(asker, move |_| (Ok(()), bytes)).await
    }

    /// Who has a name, as the database says now.
    pub(crate) async fn find_name(
        &self,
        asker: &Asker,
        name: UserName,
    ) -> Result<Option<Kept>, NotRead> {
        let found = self.found();
        self.reading.pages.read(asker, move |reader| (found(reader.find_name(&name)), 0)).await
    }

    /// A person's devices, each with its key.
    pub(crate) async fn devices(
        &self,
        asker: &Asker,
        person: PersonId,
    ) -> Result<Vec<(KeyHash, Device)>, NotRead> {
        let found = self.found();
        self.reading.pages.read(asker, move |reader| (found(reader.devices(person)), 0)).await
    }

    /// The invites that are good `now`, a time of the day: those that somebody made, or all.
    pub(crate) async fn invites(
        &self,
        asker: &Asker,
        by: Option<PersonId>,
        now: u64,
    ) -> Result<Vec<Invited>, NotRead> {
        let found = self.found();
        let question = move |reader: &Reader| (found(reader.invites(by, now)), INVITES_COST);
        self.reading.pages.read(asker, question).await
    }

    /// Whether a ban or mute still stands in the database.
    pub(crate) async fn has_sanction(
        &self,
        asker: &Asker,
        sanction: Arc<Sanction>,
    ) -> Result<bool, NotRead> {
        let found = self.found();
        self.reading
            .pages
            .read(asker, move |reader| (found(reader.has_sanction(&sanction)), 0))
            .await
    }

    /// All bans and mutes, as the database says now.
    pub(crate) async fn sanctions(&self, asker: &Asker) -> Result<Vec<Sanction>, NotRead> {
        let found = self.found();
        self.reading
            .pages
            .read(asker, move |reader| (found(reader.sanctions()), SANCTIONS_COST))
            .await
    }

    /// What becomes of what was read: who asked is told that it cannot be, and the others why.
    fn found<T>(&self) -> impl FnOnce(rusqlite::Result<T>) -> Result<T, NotRead> + use<T> {
        let (health, metrics) = (self.health.clone(), self.metrics.clone());
        move |found| {
            found.map_err(|error| {
                health.read_faults.failed(&error, &health.reasons, &metrics, Instant::now());
                NotRead::Unavailable
            })
        }
    }
}

/// Where the writer of a node goes on.
fn follow(membership: Membership, store: &Store) -> rusqlite::Result<Option<Order>> {
    let Some(place) = store.place()? else { return Ok(None) };
    let Membership { me, records, news, .. } = membership;
    let members = Members::new(me.clone(), place.fence.alive());
    let era = place.fence.life(&me).map_or(0, |life| life.era);
    let replica = Replica::new(place);
    let shared = Shared::new(me, members, (replica.seen(), era), replica.newest_id());
    let teller = Teller::new(Arc::new(shared));
    Ok(Some(Order { records, replica, teller, news }))
}
