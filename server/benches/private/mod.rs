//! Doors for the benches into what is private: the hub's rules, the fan-out, the log. Only with the
//! feature `bench`.
//!
//! This file does not know how time is measured.

use std::net::Ipv4Addr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use protocol::{Body, Message, MessageId, Role, RoomName, Span, ToClient, UserName};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, SyncMode};
use crate::frame::{Delivery, Frame};
use crate::hub::core::{Core, Effect, Input};
use crate::hub::{Budget, ConnectionId, Hub};
use crate::lifecycle::parts::Parts;
use crate::log::database::Database;
use crate::log::event::{Act, Author, Say};
use crate::log::{
    Asked, Asker, Command, Log, OpenRoom, ReplyTo, SearchAsked, Sight, Started, Viewer,
};
use crate::monitoring::metrics::Metrics;
use crate::outbox::{Bounds, Outbox, OutboxShared};

/// Why a bench cannot be set up.
pub type Failed = Box<dyn std::error::Error>;

/// The hub's rules alone, for one room: members are numbers.
pub struct Rules {
    core: Core<u64>,
    effects: Vec<Effect<u64, ()>>,
    room: RoomName,
    next: u64,
}

impl Rules {
    /// A room with so many members.
    pub fn new(members: u64) -> Result<Self, Failed> {
        let room = RoomName::general();
        let mut rules =
            Rules { core: Core::new(Budget(4 << 20)), effects: Vec::new(), room, next: 0 };
        for _ in 0..members {
            rules.come()?;
        }
        Ok(rules)
    }

    /// One more comes. Gives back how much there is to tell.
    pub fn come(&mut self) -> Result<usize, Failed> {
        let (id, room) = (self.next, self.room.clone());
        self.next += 1;
        let user = UserName::try_from(format!("c{id}").as_str())?;
        Ok(self.apply(Input::Join {
            room,
            id: ConnectionId(id),
            user,
            role: Role::Member,
            member: id,
        }))
    }

    /// The newest goes again.
    pub fn go(&mut self) -> Result<usize, Failed> {
        self.next -= 1;
        let (id, room) = (self.next, self.room.clone());
        let user = UserName::try_from(format!("c{id}").as_str())?;
        Ok(self.apply(Input::Leave { room, id: ConnectionId(id), user }))
    }

    /// A message was stored.
    pub fn deliver(&mut self) -> usize {
        self.apply(Input::Deliver { room: self.room.clone(), message: () })
    }

    fn apply(&mut self, input: Input<u64, ()>) -> usize {
        self.effects.clear();
        self.core.apply(Duration::ZERO, input, &mut self.effects);
        self.effects.len()
    }
}

/// One frame into many outboxes and out of them again, as hub and write pumps do.
pub struct FanOut {
    outboxes: Vec<Outbox>,
    metrics: Arc<Metrics>,
    batch: Vec<Arc<Frame>>,
}

impl FanOut {
    /// So many outboxes.
    pub fn new(members: usize) -> Self {
        let shared = shared();
        let outboxes = (0..members).map(|_| Outbox::new(&shared)).collect();
        FanOut { outboxes, metrics: shared.metrics.clone(), batch: Vec::new() }
    }

    /// Encodes a message, gives it to all, and takes it from all.
    pub fn deliver(&mut self, message: Message) -> usize {
        let frame = Frame::text(ToClient::Message(message).encode(), Delivery::Always);
        Outbox::push_all(self.outboxes.iter(), &frame, &self.metrics);
        let mut taken = 0;
        for outbox in &self.outboxes {
            let mut cx = Context::from_waker(Waker::noop());
            // It is ready: a frame waits.
            let _ = pin!(outbox.take(&mut self.batch)).poll(&mut cx);
            taken += self.batch.len();
            self.batch.clear();
        }
        taken
    }
}

fn shared() -> Arc<OutboxShared> {
    let bounds = Bounds { bytes_max: 1 << 20, frames_max: 1024 };
    Arc::new(OutboxShared { bounds, metrics: Arc::default() })
}

/// A room of a log.
pub struct Room(Arc<OpenRoom>);

/// A log on a file, with a hub that has nobody to tell.
pub struct Keeper {
    runtime: Runtime,
    log: Log,
    ended: oneshot::Receiver<()>,
}

impl Keeper {
    /// Opens or makes the file.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let started = runtime.block_on(async {
            let metrics = Arc::default();
            let parts = Parts::new(CancellationToken::new());
            let hub = Hub::start(1, Budget(0), &TaskTracker::new(), &metrics, &parts);
            let database = Database::open(path, SyncMode::Normal)?;
            Log::start(&database, &Config::for_tests(), hub, (&metrics, &parts), None)
        })?;
        let Started { log, ended, .. } = started;
        Ok(Keeper { runtime, log, ended })
    }

    /// A room of the log, by number.
    pub fn room(&self, number: usize) -> Result<Room, Failed> {
        Ok(Room(self.log.health().rooms.open(RoomName::try_from(format!("r{number}").as_str())?)))
    }

    /// Queues `messages` of 100 bytes, in turn for each of `rooms`.
    pub fn append(&self, rooms: &[Room], messages: usize) -> Result<(), Failed> {
        let author =
            Author { name: UserName::try_from("bench")?, person: None, key: None, checked: None };
        let content = Body::try_from("x".repeat(100))?;
        let outbox = Outbox::new(&shared());
        self.runtime.block_on(async {
            for room in rooms.iter().cycle().take(messages) {
                let act = Act::Say(Say {
                    room: room.0.name().clone(),
                    author: author.clone(),
                    content: content.clone(),
                    reference: None,
                });
                let reply_to = ReplyTo::Author(outbox.clone());
                self.log.queue(Command { act, reply_to }).await?;
            }
            Ok(())
        })
    }

    /// Waits until all is stored, and closes the file.
    pub fn close(self) -> Result<(), Failed> {
        drop(self.log);
        Ok(self.runtime.block_on(self.ended)?)
    }

    /// Reads 50 messages of a room before an id, or the newest: how many there were, and the id
    /// that the next older page ends before.
    pub fn page(
        &self,
        room: &Room,
        before: Option<MessageId>,
    ) -> Result<(usize, Option<MessageId>), Failed> {
        self.page_of(room, before, 50)
    }

    /// The same, of so many messages.
    pub fn page_of(
        &self,
        room: &Room,
        before: Option<MessageId>,
        limit: usize,
    ) -> Result<(usize, Option<MessageId>), Failed> {
        let span = before.map_or(Span::Newest, Span::Before);
        let asked = Asked { since: MessageId::ZERO, span, limit };
        let asker = Asker::new(Ipv4Addr::LOCALHOST.into(), false);
        let viewer = Viewer { person: None, told: false };
        let page = self.runtime.block_on(self.log.page(&asker, &room.0, asked, viewer))?;
        Ok((page.messages.len(), page.messages.first().map(|message| message.id)))
    }

    /// Searches as a guest, for 50 messages: how many there are.
    pub fn search(&self, query: &str) -> Result<usize, Failed> {
        let sight = Sight { person: None, grant: None, barred: Vec::new() };
        let (query, limit) = (query.to_owned(), 50);
        let (room, before, reference) = (None, None, None);
        let asked = SearchAsked { sight, query, room, before, limit, reference };
        let asker = Asker::new(Ipv4Addr::LOCALHOST.into(), false);
        let found = self.runtime.block_on(self.log.search(&asker, asked))?;
        match ToClient::parse(found.envelope())? {
            ToClient::Found(found) => Ok(found.messages.len()),
            _ => Err("not what was found".into()),
        }
    }
}
