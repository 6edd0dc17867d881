//! One connection of a run: its session as it is, and in place of its read pump steps that come when the
//! seed says so. Each step does one effect; what others do may come before the next.

mod reading;

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::task::{self, Waker};
use std::time::Duration;

use protocol::{Connect, Delete, RoomName, Say, ToServer, UserName};

use super::Mutant;
use super::check::NEWEST;
use super::client::ELSEWHERE;
use super::process::{HubInput, MODERATORS, Process};
use super::store::Store;
use crate::cluster::Held;
use crate::config::{Config, Limits};
use crate::connection::RateLimits;
use crate::connection::budget::Budgets;
use crate::connection::creations::Creations;
use crate::connection::markers;
use crate::connection::session::{
    Calling, Consult, Context, Effect, Marking, Recheck, Refused, Session,
};
use crate::hub::core::Input;
use crate::hub::{ConnectionId, room_tag};
use crate::log::event::{self, Act, Author};
use crate::log::{Command, NotRead, OpenRoom, Page, ReplyTo};
use crate::outbox::{Outbox, Release, Signal};
use crate::people::connected::Connected;
use crate::people::names::{Claim, Person};

/// Messages of one connection: so few that a client that says what it could not say before is too fast.
pub(super) const MESSAGE_RATE: u32 = 100;
pub(super) const MESSAGE_BURST: u32 = 2;
/// Longer than a run.
const EDIT_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// When to ask again for what cannot be read.
const AGAIN: Duration = Duration::from_millis(1);

/// One connection, as its read pump holds it.
pub(super) struct Connection {
    id: ConnectionId,
    pub(super) outbox: Outbox,
    claim: Claim<Outbox>,
    /// The same in the cluster.
    pub(super) held: Option<Box<Held>>,
    pub(super) key: u8,
    session: Session,
    /// What its client sent and nobody read yet.
    pub(super) inbox: VecDeque<ToServer>,
    /// What is to be done next.
    effect: Option<Effect>,
    /// What was read, and is not used yet.
    found: Option<Page>,
    /// An entry that a mutant does too late.
    late: Option<HubInput>,
    /// When it had something kept.
    pub(super) kept: Vec<Duration>,
    /// It waits until this node has what it saw elsewhere.
    pub(super) catching_up: Option<Pin<Box<dyn Future<Output = bool>>>>,
    /// Whether that came to be.
    pub(super) has_caught_up: Option<bool>,
    /// The client is gone; the server has not noticed.
    pub(super) cut: bool,
}

/// How far a step went.
enum Step {
    /// That was all.
    Done,
    /// This comes next.
    Next(Effect),
    /// It cannot be done yet.
    Blocked(Effect),
}

/// The limits of a run.
pub(super) fn limits(mutant: Mutant) -> (RateLimits, Budgets, Creations) {
    let rate = if mutant == Mutant::ForgetRates { 0 } else { MESSAGE_RATE };
    let limits = Limits { create_rate: 0, ..Limits::for_tests() };
    let message_burst = MESSAGE_BURST;
    let config = Config { message_rate: rate, message_burst, limits, ..Config::for_tests() };
    (RateLimits::new(&config), Budgets::new(&config), Creations::new(&config))
}

impl Connection {
    pub(super) fn new(
        id: u64,
        connect: Connect,
        key: u8,
        claim: Claim<Outbox>,
        run: &Process,
    ) -> Self {
        let outbox = claim.member().clone();
        let spender = run.budgets.spender(claim.person(), None, run.now);
        let mut session = Session::new(spender);
        let effect = run.context(&claim, |context| session.open(connect, context));
        Connection {
            id: ConnectionId(id),
            outbox,
            claim,
            held: None,
            key,
            session,
            inbox: VecDeque::new(),
            effect: Some(effect),
            found: None,
            late: None,
            kept: Vec::new(),
            catching_up: None,
            has_caught_up: None,
            cut: false,
        }
    }

    pub(super) fn line(&self) -> u64 {
        self.id.0
    }

    pub(super) fn person(&self) -> &Person {
        self.claim.person()
    }

    pub(super) fn name(&self) -> &UserName {
        self.claim.name()
    }

    /// What concerns its person reaches it from now on.
    pub(super) fn is_reached(&self, connected: &Connected<Outbox>) {
        if let Some(person) = self.person().number() {
            connected.add(person, self.name(), &self.outbox);
        }
    }

    pub(super) fn is_reached_no_more(&self, connected: &Connected<Outbox>) {
        if let Some(person) = self.person().number() {
            connected.remove(person, &self.outbox);
        }
    }

    /// It is over: out of all rooms.
    pub(super) fn leave_all(&mut self) -> Vec<HubInput> {
        let open = self.session.leave_all();
        open.iter().map(|room| self.leave(room)).collect()
    }

    fn types(&self, room: &OpenRoom) -> HubInput {
        let (room, user, except) =
            (room.name().clone(), self.name().clone(), vec![self.outbox.clone()]);
        Input::Typing { room, user, except }
    }

    fn leave(&self, room: &OpenRoom) -> HubInput {
        let (room, user) = (room.name().clone(), self.name().clone());
        self.held.iter().for_each(|held| held.leave(&room));
        Input::Leave { room, id: self.id, user }
    }

    fn has_space(&self) -> bool {
        pin!(self.outbox.has_room())
            .as_mut()
            .poll(&mut task::Context::from_waker(Waker::noop()))
            .is_ready()
    }
}

impl Process {
    /// What a session goes by, now.
    fn context<T>(&self, claim: &Claim<Outbox>, question: impl FnOnce(&Context<'_>) -> T) -> T {
        question(&Context {
            person: claim.person(),
            pass: self.moderators.has(claim.person().key()).then_some(&self.pass),
            now: self.now,
            rooms: &self.health.rooms,
            rate_limits: &self.rate_limits,
            budgets: &self.budgets,
            sanctions: &self.sanctions,
            moderators: &self.moderators,
            census: &self.census,
            creations: &self.creations,
            edit_window: EDIT_WINDOW,
            address: None,
            new_address: &|sign| self.new_address(sign, claim.name()),
            age_ms: &|| self.time.age_ms(),
            may_read: &|| Ok(()),
        })
    }

    /// Another one for each moment and name.
    fn new_address(&self, sign: char, name: &UserName) -> Option<RoomName> {
        RoomName::known(&format!("{sign}{}{}", self.now.as_millis(), name.key())).ok()
    }

    /// One step of a read pump; true if there was something to do. The store may not be `readable`.
    pub(super) fn pump(&mut self, id: u64, store: &Store, readable: bool) -> bool {
        if self.waits(id) {
            return false;
        }
        if self.acts(id) {
            return self.carry_on();
        }
        let Some(mut connection) = self.connections.remove(&id) else { return false };
        let worked = self.step(&mut connection, store, readable);
        self.connections.insert(id, connection);
        worked
    }

    fn step(&mut self, connection: &mut Connection, store: &Store, readable: bool) -> bool {
        match connection.outbox.told_now() {
            Some(Signal::End(_)) => return false,
            // Between two envelopes, as a read pump heeds it.
            Some(Signal::Leave) if connection.effect.is_none() => {
                for room in connection.outbox.to_leave() {
                    if let Some(open) = connection.session.put_out(room) {
                        self.shard.push_back(connection.leave(&open));
                    }
                }
                return true;
            }
            Some(Signal::Leave) | None => {}
        }
        let effect = match connection.effect.take() {
            Some(effect) => effect,
            None => match connection.inbox.pop_front() {
                Some(envelope) => self.hear(connection, envelope),
                None => return false,
            },
        };
        match self.perform(connection, effect, store, readable) {
            Step::Done => true,
            Step::Next(effect) => {
                connection.effect = Some(effect);
                true
            }
            Step::Blocked(effect) => {
                connection.effect = Some(effect);
                false
            }
        }
    }

    /// What follows from an envelope; a mutant skips what the session would say to it.
    fn hear(&self, connection: &mut Connection, envelope: ToServer) -> Effect {
        let is_moderator = MODERATORS.contains(&connection.key);
        match (self.mutant, envelope) {
            (Mutant::SpeakAnywhere, ToServer::Message(Say { room, content, reference, .. }))
                if room.as_str() == ELSEWHERE =>
            {
                let author = Author::new(connection.person(), None);
                Effect::Keep(Act::Say(event::Say { room, author, content, reference }))
            }
            (Mutant::DeleteWithoutRight, ToServer::Delete(Delete { room, message, reference }))
                if !is_moderator =>
            {
                let by = connection.name().clone();
                Effect::Keep(Act::Delete(Box::new(event::Delete { room, message, by, reference })))
            }
            (_, envelope) => {
                let Connection { session, claim, .. } = connection;
                self.context(claim, |context| session.text(&envelope.encode(), context))
            }
        }
    }

    fn perform(
        &mut self,
        connection: &mut Connection,
        effect: Effect,
        store: &Store,
        readable: bool,
    ) -> Step {
        match effect {
            Effect::Nothing => {}
            Effect::Refuse(refused) => self.refuse(connection, refused),
            Effect::RefuseAndEnd(refused, end) => {
                self.refuse(connection, refused);
                connection.outbox.end(end);
            }
            Effect::End(end) => connection.outbox.end(end),
            Effect::Keep(act) => {
                connection.kept.push(self.now);
                let reply_to = ReplyTo::Author(connection.outbox.clone());
                self.commands.push_back(Command { act, reply_to });
            }
            Effect::Mark(marking) => self.mark(connection, &marking, store),
            Effect::Call(calling) => return Step::Next(self.call(connection, *calling)),
            Effect::Typing(open) => self.shard.push_back(connection.types(&open)),
            Effect::Leave(room) => self.shard.push_back(connection.leave(&room)),
            Effect::AwaitSpace(query) if connection.has_space() => {
                let Connection { session, claim, .. } = connection;
                let next = self.context(claim, |context| session.has_space(query, context));
                return Step::Next(next);
            }
            Effect::AwaitSpace(_) => return Step::Blocked(effect),
            Effect::Enter(entering) => return Step::Next(self.enter(connection, entering)),
            Effect::Read(reading) => return self.read(connection, reading, store, readable),
            Effect::Release(release, _) => match (self.mutant, release.replayed) {
                (Mutant::ReleaseBeforeReplay, Some(_)) => {
                    release.first.iter().for_each(|first| connection.outbox.push(first));
                }
                (Mutant::ForgetTheSeam, Some((room_tag, _))) => {
                    connection
                        .outbox
                        .release(Release { replayed: Some((room_tag, 0)), ..*release });
                }
                _ => connection.outbox.release(*release),
            },
            Effect::Moderate(..) if self.acting.is_some() => return Step::Blocked(effect),
            Effect::Moderate(mut act, open) => {
                act.room = open.map(|open| open.name().clone());
                if let Err(refused) = self.moderate(connection, *act) {
                    self.refuse(connection, refused);
                }
            }
            Effect::Recheck(recheck) => {
                let stands = !readable || store.has_sanction(&recheck.sanction);
                return Step::Next(self.recheck(connection, recheck, stands));
            }
            Effect::Tell(frame) => connection.outbox.push(&frame),
            Effect::PutOut(open, refused) => self.put_out(connection, &open, *refused),
            Effect::Consult(consult) => {
                return Step::Next(self.consult(connection, consult, store, readable));
            }
            Effect::AwaitTurn(_)
            | Effect::List(_)
            | Effect::Browse(_)
            | Effect::Inbox(_)
            | Effect::Search(_)
            | Effect::Access(..) => {
                unreachable!("no client of the simulator does what leads here")
            }
        }
        Step::Done
    }

    /// It was asked whether a ban or mute still stands.
    fn recheck(&self, connection: &mut Connection, recheck: Recheck, stands: bool) -> Effect {
        let Connection { session, claim, .. } = connection;
        self.context(claim, |context| session.rechecked(recheck, stands, context))
    }

    /// Whom a message calls is known at once.
    fn call(&self, connection: &mut Connection, calling: Calling) -> Effect {
        let present = self.core.present(&calling.room, &calling.called);
        let Connection { session, claim, .. } = connection;
        self.context(claim, |context| session.called(calling, present, context))
    }

    /// Somebody has read a room, and their other connections hear of it.
    fn mark(&self, connection: &Connection, marking: &Marking, store: &Store) {
        let Marking { room, person, upto } = marking;
        let head = room.head().unwrap_or_else(|| store.page(room.name(), &NEWEST).head);
        let marker = (room.name(), (*upto).min(head));
        let is_news = self.health.markers.note(*person, marker, true);
        if is_news && self.mutant != Mutant::ForgetDevices {
            markers::tell(&self.health.connected, *person, marker, Some(&connection.outbox));
        }
    }

    /// Whether a room is there for whoever wants to enter it.
    fn consult(
        &self,
        connection: &mut Connection,
        consult: Consult,
        store: &Store,
        readable: bool,
    ) -> Effect {
        let there = match readable {
            _ if self.mutant == Mutant::ForgetMembers => Ok(true),
            true => Ok(store.is_there(&consult.room, connection.person().number())),
            false => Err(NotRead::Unavailable),
        };
        let Connection { session, claim, .. } = connection;
        self.context(claim, |context| session.consulted(consult, there, context))
    }

    fn put_out(&mut self, connection: &Connection, open: &OpenRoom, refused: Refused) {
        let dropped = Some(room_tag(open.name()));
        connection.outbox.release(Release { dropped, ..Release::default() });
        self.shard.push_back(connection.leave(open));
        self.refuse(connection, refused);
    }

    fn refuse(&self, connection: &Connection, refused: Refused) {
        let mut others = self.connections.values();
        let told = match others.next() {
            Some(other) if self.mutant == Mutant::TellAnother => other,
            _ => connection,
        };
        told.outbox.push(&refused.frame());
    }
}
