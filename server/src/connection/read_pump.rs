//! Socket → meaning: frames become envelopes, messages go to the log, joins and leaves to the hub.
//!
//! What is refused is told to this connection alone. This file does not know other connections'
//! outboxes, or how the hub and the log do their work.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use protocol::{
    BadEnvelope, Body, Delete, HISTORY_DEFAULT, HISTORY_MAX, HistoryQuery, Join, Leave, MessageId,
    PeopleQuery, Ref, Refusal, Role, RoomName, Say, ToServer,
};
use tokio::time::{Instant, Sleep, sleep_until};

use super::engine::Engine;
use super::inbound::{Arrived, Inbound, Over};
use super::note::note;
use super::rate_limits::{Over as OverRate, is_read};
use crate::auth::{Admitted, ConnectRequest, Permissions};
use crate::config::{BAD_FRAMES_MAX, ROOMS_PER_CONNECTION_MAX};
use crate::connection::budget::{Spender, cost};
use crate::frame::Frame;
use crate::hub::{ConnectionId, lane};
use crate::limits::rate::Rate;
use crate::listen::socket::ReadHalf;
use crate::log::event::{self, Act, Author};
use crate::log::{Asked, Asker, Command, OpenRoom, ReplyTo};
use crate::monitoring::metrics::Metrics;
use crate::outbox::{End, Outbox, Signal};
use crate::people::names::Claim;

/// The meaning of one connection: who it is, and where.
pub(super) struct ReadPump {
    pub(super) engine: Arc<Engine>,
    pub(super) outbox: Outbox,
    pub(super) id: ConnectionId,
    pub(super) claim: Claim<Admitted>,
    pub(super) rooms: Vec<Arc<OpenRoom>>,
    pub(super) asker: Asker,
    spender: Spender,
    said: Rate,
    requests: Rate,
    bad_frames: u32,
}

/// What may have to wait. Boxed, since it is rare: else its state would be carried by every
/// connection for as long as it lives.
pub(super) type Slow<'a> = Pin<Box<dyn Future<Output = Result<(), End>> + Send + 'a>>;

impl ReadPump {
    /// Claims the name and enters the first room.
    pub(super) async fn enter(
        engine: Arc<Engine>,
        outbox: Outbox,
        opening: ConnectRequest,
    ) -> Result<Self, End> {
        let asker = Asker::new(opening.address, opening.counts);
        let admitted = engine.gate.admit(&engine.log, (&opening, &asker), &outbox).await;
        let claim = admitted.map_err(End::Refused)?;
        let (address, now) = (opening.counted(), engine.began.elapsed());
        let spender = engine.budgets.spender(claim.person(), address, now);
        let hello = opening.hello;
        let mut pump = ReadPump {
            id: engine.next_connection(),
            outbox,
            claim,
            rooms: Vec::new(),
            asker,
            spender,
            said: Rate::default(),
            requests: Rate::default(),
            bad_frames: 0,
            engine,
        };
        pump.metrics().connections.fetch_add(1, Ordering::Relaxed);
        if let Some(refusal) = pump.may_not_enter(&hello.room).await {
            return Err(End::Refused(refusal));
        }
        match pump.join(hello.room, hello.since, hello.history).await {
            Ok(()) => Ok(pump),
            Err(end) => {
                pump.leave_all().await;
                Err(end)
            }
        }
    }

    pub(super) fn pass(&self) -> Option<&Permissions> {
        self.claim.member().pass.as_deref()
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.engine.metrics
    }

    /// Reads until the connection ends; then goes out of all rooms before the name is free again.
    pub(super) async fn run(&mut self, socket: &mut ReadHalf, inbound: &mut Inbound) -> End {
        let Err(end) = self.read_all(socket, inbound).await;
        self.outbox.end(end.clone());
        Box::pin(self.leave_all()).await;
        self.engine.gate.left(&self.engine.log, self.claim.person());
        end
    }

    async fn read_all(
        &mut self,
        socket: &mut ReadHalf,
        inbound: &mut Inbound,
    ) -> Result<Infallible, End> {
        let engine = self.engine.clone();
        let mut stopping = pin!(engine.stopping.begun.cancelled());
        let mut heard = Instant::now();
        let mut asked = false;
        let mut check = pin!(sleep_until(self.not_after(heard + engine.config.ping_interval)));
        let mut arrived = inbound.already_read();
        loop {
            self.handle(arrived).await?;
            arrived = tokio::select! {
                biased;
                () = self.outbox.told() => Arrived::default(),
                () = &mut stopping => return Err(self.stopping()),
                read = poll_fn(|cx| inbound.poll_read(cx, socket)) => {
                    (heard, asked) = (Instant::now(), false);
                    read.map_err(|_| End::Gone)?
                }
                () = &mut check => {
                    if asked && heard.elapsed() >= engine.config.ping_timeout {
                        return Err(End::Silent);
                    }
                    asked = self.look_for_life(heard, check.as_mut());
                    Arrived::default()
                }
            };
        }
    }

    /// Does what others ask for, and looks whether it is over. Asked before every text, since one
    /// read may bring many, and some of them wait.
    pub(super) async fn heed(&mut self) -> Result<(), End> {
        match self.outbox.told_now() {
            Some(Signal::End(end)) => return Err(end),
            Some(Signal::Leave) => Box::pin(self.put_out()).await,
            None => {}
        }
        if self.expires().is_some_and(|expires| Instant::now() >= expires) {
            return Err(End::Refused(Refusal::TokenExpired));
        }
        Ok(())
    }

    /// Asks a silent peer for a sign of life; true if it was asked. The timer is only looked at when
    /// it fires, so that traffic costs no timer work.
    fn look_for_life(&self, heard: Instant, check: Pin<&mut Sleep>) -> bool {
        let config = &self.engine.config;
        let silent = heard.elapsed() >= config.ping_interval;
        if silent {
            self.outbox.push(&Frame::ping());
            check.reset(self.not_after(Instant::now() + config.ping_timeout));
        } else {
            check.reset(self.not_after(heard + config.ping_interval));
        }
        silent
    }

    /// The moment, or that when the token expires if it is before.
    pub(super) fn not_after(&self, moment: Instant) -> Instant {
        self.expires().map_or(moment, |expires| expires.min(moment))
    }

    fn expires(&self) -> Option<Instant> {
        self.pass().and_then(Permissions::expires)
    }

    /// Everything that one read brought, in order; an error is the end.
    async fn handle(&mut self, arrived: Arrived) -> Result<(), End> {
        let mut texts = arrived.texts.into_iter();
        loop {
            self.heed().await?;
            let Some(text) = texts.next() else { break };
            if let Some(slow) = self.handle_text(&text)? {
                slow.await?;
            }
        }
        if !arrived.answers.is_empty() {
            self.outbox.push(&Frame::raw(arrived.answers));
        }
        match arrived.over {
            None => Ok(()),
            Some(Over::Gone) => Err(End::Gone),
            Some(Over::Refused(refusal)) => Err(End::Refused(refusal)),
        }
    }

    /// Handles one envelope, and gives back what has to wait.
    fn handle_text(&mut self, text: &str) -> Result<Option<Slow<'_>>, End> {
        let envelope = match ToServer::parse(text) {
            Ok(envelope) => envelope,
            Err(bad) => return self.bad_frame(bad).map(|()| None),
        };
        self.bad_frames = 0;
        if let Err(over) = self.take_turn(&envelope) {
            let (room, reference) = envelope.about();
            self.refuse_over(&over, room.cloned(), reference.cloned());
            return Ok(None);
        }
        Ok(match envelope {
            ToServer::Message(Say { room, content, reference }) => {
                self.message(room, content, reference)
            }
            ToServer::Join(Join { room, since, history }) => {
                Some(Box::pin(self.join(room, since, history)))
            }
            ToServer::Leave(Leave { room }) => Some(Box::pin(self.leave(room))),
            ToServer::History(HistoryQuery { room, before, limit, reference }) => {
                let limit = limit.unwrap_or(HISTORY_DEFAULT);
                Some(Box::pin(self.history(room, before, limit, reference)))
            }
            ToServer::Presence(PeopleQuery { room, after }) => {
                Some(Box::pin(self.people(room, after)))
            }
            ToServer::Delete(Delete { room, message, reference }) => {
                Some(Box::pin(self.delete(room, message, reference)))
            }
            ToServer::Moderate(act) => Some(Box::pin(self.moderate(*act))),
        })
    }

    /// A message takes its turn when its room is known.
    fn take_turn(&self, envelope: &ToServer) -> Result<(), OverRate> {
        let (rate_limits, now) = (&self.engine.rate_limits, || self.engine.began.elapsed());
        match envelope {
            ToServer::Message { .. } => Ok(()),
            ToServer::Delete { .. } | ToServer::Moderate(_) => {
                rate_limits.act(now(), &self.said, self.claim.person().said())
            }
            _ => {
                rate_limits.request(now(), &self.requests)?;
                if is_read(envelope) { self.may_read() } else { Ok(()) }
            }
        }
    }

    fn bad_frame(&mut self, bad: BadEnvelope) -> Result<(), End> {
        self.refuse(&bad.refusal, bad.room, bad.reference);
        self.bad_frames += 1;
        if self.bad_frames < BAD_FRAMES_MAX {
            return Ok(());
        }
        Err(End::Refused(Refusal::TooManyBadFrames(self.bad_frames)))
    }

    pub(super) fn message(
        &mut self,
        room: RoomName,
        content: Body,
        reference: Option<Ref>,
    ) -> Option<Slow<'_>> {
        let Some(open) = self.rooms.iter().find(|open| *open.name() == room) else {
            self.refuse(&Refusal::NotInRoom, Some(room), reference);
            return None;
        };
        let person = self.claim.person();
        let gate = &self.engine.gate;
        let now = || gate.time.age_ms();
        // First: what is imposed after this is looked at when the message is stored.
        let newest = gate.sanctions.newest();
        let is_moderator = self.pass().is_some_and(|pass| pass.role == Role::Moderator);
        let checked = (!is_moderator).then_some(newest);
        if gate.sanctions.mute(person, self.pass(), &room, now).is_some() {
            return Some(Box::pin(self.muted(room, content, reference)));
        }
        let open = open.clone();
        let (rate_limits, now) = (&self.engine.rate_limits, self.engine.began.elapsed());
        let bytes = cost(&content, reference.as_ref());
        let taken = rate_limits.message(now, &self.said, person.said(), open.said());
        let taken = taken.and_then(|()| Ok(self.engine.budgets.take(&self.spender, bytes, now)?));
        if let Err(over) = taken {
            self.refuse_over(&over, Some(room), reference);
            return None;
        }
        let author = Author { name: person.name.clone(), person: person.number() };
        let (room, key) = (open.name().clone(), person.key());
        let act = Act::Say(event::Say { room, author, key, content, reference, checked });
        let reply_to = ReplyTo::Author(self.outbox.clone());
        let command = self.engine.log.try_queue(Command { act, reply_to }).err()?;
        // Waiting here, the pump reads nothing: so TCP slows the loud while the log is behind.
        Some(Box::pin(async {
            let queued = self.engine.log.queue(*command).await;
            queued.map_err(|_| self.stopping())
        }))
    }

    /// Enters at the hub first and reads the replay then: what is stored before the read is in the
    /// replay, what is told after the entry is in the outbox, and what is in both is dropped there.
    async fn join(
        &mut self,
        room: RoomName,
        since: Option<MessageId>,
        history: Option<u16>,
    ) -> Result<(), End> {
        let replay = since.is_some() || history.is_some();
        if replay {
            self.until_room().await?;
        }
        let open = self.engine.log.open(room);
        if let Some(refusal) = self.may_not_join(&open).await {
            self.refuse(&refusal, Some(open.name().clone()), None);
            return Ok(());
        }
        if replay {
            self.outbox.hold();
        }
        let role = self.pass().map_or(Role::Member, |pass| pass.role);
        let (name, who) = (open.name().clone(), (self.claim.name().clone(), role));
        let entered = self.engine.hub.join(name, self.id, who, self.outbox.clone()).await;
        entered.map_err(|_| self.stopping())?;
        self.rooms.push(open.clone());
        if replay {
            let since = since.unwrap_or_default();
            let limit = usize::from(history.unwrap_or(HISTORY_MAX));
            let asked = Asked { since, before: None, limit };
            let epoch = Some(self.engine.log.epoch());
            let replay = self.replay(&open, asked, epoch, None);
            let (frame, head) = self.unless_over(replay).await?;
            let seam = head.map(|head| (lane(open.name()), head.get()));
            self.outbox.release(&frame, seam);
        }
        Ok(())
    }

    async fn may_not_join(&self, open: &Arc<OpenRoom>) -> Option<Refusal> {
        if self.rooms.iter().any(|joined| joined.name() == open.name()) {
            return Some(Refusal::AlreadyInRoom);
        }
        let max = ROOMS_PER_CONNECTION_MAX;
        if self.rooms.len() >= max {
            return Some(Refusal::TooManyRooms { max });
        }
        self.may_not_enter(open.name()).await
    }

    async fn may_not_enter(&self, room: &RoomName) -> Option<Refusal> {
        let (log, person) = ((&self.engine.log, &self.asker), (self.claim.person(), self.pass()));
        self.engine.gate.may_not_enter(log, person, room).await
    }

    async fn leave(&mut self, room: RoomName) -> Result<(), End> {
        let Some(place) = self.rooms.iter().position(|open| *open.name() == room) else {
            self.refuse(&Refusal::NotInRoom, Some(room), None);
            return Ok(());
        };
        let open = self.rooms.swap_remove(place);
        self.leave_hub(&open).await;
        Ok(())
    }

    fn refuse_over(&self, over: &OverRate, room: Option<RoomName>, reference: Option<Ref>) {
        self.metrics().limited(over.limit);
        let who = self.claim.name();
        let told = || format!("{who} {}", over.for_operators());
        self.engine.warnings.warn("messages", told(), told);
        self.refuse(&over.refusal, room, reference);
    }

    pub(super) fn stopping(&self) -> End {
        End::Refused(Refusal::Stopping { retry_ms: self.engine.retry_ms() })
    }

    pub(super) fn refuse(&self, refusal: &Refusal, room: Option<RoomName>, reference: Option<Ref>) {
        self.metrics().refused(refusal.code());
        self.outbox.push(&note(refusal, room, reference));
    }

    async fn leave_all(&mut self) {
        for open in std::mem::take(&mut self.rooms) {
            self.leave_hub(&open).await;
        }
    }

    pub(super) async fn leave_hub(&self, open: &OpenRoom) {
        let (room, user) = (open.name().clone(), self.claim.name().clone());
        // A stopped hub has no rooms to leave.
        let _ = self.engine.hub.leave(room, self.id, user).await;
    }
}

impl Drop for ReadPump {
    fn drop(&mut self) {
        self.metrics().connections.fetch_sub(1, Ordering::Relaxed);
    }
}
