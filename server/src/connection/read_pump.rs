//! Socket → session → what follows: drives the [`Session`] of one connection, from its first room until it
//! is out of all rooms.
//!
//! What may be done, and what follows from it, is the session's to say. This file does not know that, or
//! how the hub and the log do their work.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use protocol::Refusal;
use tokio::time::{Instant, Sleep, sleep_until};

use super::engine::Engine;
use super::inbound::{Arrived, Inbound, Over};
use super::rate_limits::for_operators;
use super::session::{Context, Effect, Life, Look, Refused, Session};
use crate::auth::{Admitted, ConnectRequest, Permissions};
use crate::cluster::Held;
use crate::frame::Frame;
use crate::hub::ConnectionId;
use crate::listen::socket::ReadHalf;
use crate::log::Asker;
use crate::monitoring::metrics::Metrics;
use crate::outbox::{End, Outbox, Signal};
use crate::people::names::Claim;

/// A session, and what it needs to be carried out.
pub(super) struct ReadPump {
    pub(super) engine: Arc<Engine>,
    pub(super) id: ConnectionId,
    /// The name in the cluster, free before it is free here. Boxed: a server that is alone has none.
    pub(super) held: Option<Box<Held>>,
    pub(super) claim: Claim<Admitted>,
    pub(super) asker: Asker,
    pub(super) session: Session,
    pub(super) life: Life,
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
        let everybody = (&engine.log, engine.cluster.as_ref());
        let admitted = engine.auth.admit(everybody, (&opening, &asker), &outbox);
        let (claim, held) = tokio::select! {
            biased;
            admitted = admitted => admitted.map_err(End::Refused)?,
            () = engine.stopping.begun.cancelled() => {
                return Err(End::Refused(Refusal::Stopping { retry_ms: engine.retry_ms() }));
            }
        };
        let (address, now) = (opening.counted(), engine.began.elapsed());
        let spender = engine.budgets.spender(claim.person(), address, now);
        let expires = claim.member().pass().and_then(Permissions::expires);
        let expires = expires.map(|at| at.into_std().saturating_duration_since(engine.began));
        let mut pump = ReadPump {
            id: engine.next_connection(),
            session: Session::new(spender),
            claim,
            held,
            asker,
            life: Life::new(now, expires),
            engine,
        };
        pump.metrics().connections.fetch_add(1, Ordering::Relaxed);
        pump.is_reached();
        let first = pump.ask(|session, context| session.open(opening.hello, context));
        match pump.perform(first).await {
            Ok(()) => {
                if let Some(frame) = pump.engine.entry_frame() {
                    pump.outbox().push(&frame);
                }
                Ok(pump)
            }
            Err(end) => {
                pump.leave_all().await;
                Err(end)
            }
        }
    }

    /// What concerns the person reaches this connection from now on, before it asks for anything; and others of theirs
    /// who came before it was known who they are.
    fn is_reached(&self) {
        let person = self.claim.person();
        let Some(number) = person.number() else { return };
        let theirs = self.engine.auth.names.find(&person.name);
        for admitted in theirs.iter().flat_map(|(_, theirs)| theirs) {
            self.engine.log.connected().add(number, &person.name, &admitted.outbox);
        }
    }

    /// Reads until the connection ends; then goes out of all rooms before the name is free again.
    pub(super) async fn run(&mut self, socket: &mut ReadHalf, inbound: &mut Inbound) -> End {
        let Err(end) = self.read_all(socket, inbound).await;
        self.outbox().end(end.clone());
        Box::pin(self.leave_all()).await;
        self.engine.auth.left(&self.engine.log, self.claim.person());
        end
    }

    async fn read_all(
        &mut self,
        socket: &mut ReadHalf,
        inbound: &mut Inbound,
    ) -> Result<Infallible, End> {
        let engine = self.engine.clone();
        let mut stopping = pin!(engine.stopping.begun.cancelled());
        self.life.heard(self.now());
        let first = self.life.first_look(engine.config.ping_interval);
        let mut look = pin!(sleep_until(self.moment(first)));
        let mut arrived = inbound.already_read();
        loop {
            self.handle(arrived).await?;
            arrived = tokio::select! {
                biased;
                () = self.outbox().told() => Arrived::default(),
                () = &mut stopping => return Err(self.stopping()),
                read = poll_fn(|cx| inbound.poll_read(cx, socket)) => {
                    self.life.heard(self.now());
                    read.map_err(|_| End::Gone)?
                }
                () = &mut look => {
                    self.look_for_life(look.as_mut())?;
                    Arrived::default()
                }
            };
        }
    }

    /// The timer is only looked at when it fires, so that traffic costs no timer work.
    fn look_for_life(&mut self, timer: Pin<&mut Sleep>) -> Result<(), End> {
        let config = &self.engine.config;
        let next = match self.life.look(self.now(), config.ping_interval, config.ping_timeout)? {
            Look::Until(next) => next,
            Look::Ask(next) => {
                self.outbox().push(&Frame::ping());
                next
            }
        };
        timer.reset(self.moment(next));
        Ok(())
    }

    /// Does what others ask for, and looks whether it is over. Asked before every text, since one
    /// read may bring many, and some of them wait.
    pub(super) async fn heed(&mut self) -> Result<(), End> {
        match self.outbox().told_now() {
            Some(Signal::End(end)) => return Err(end),
            Some(Signal::Leave) => Box::pin(self.put_out()).await,
            None => {}
        }
        self.life.check(|| self.now())
    }

    /// Everything that one read brought, in order; an error is the end.
    async fn handle(&mut self, arrived: Arrived) -> Result<(), End> {
        let mut texts = arrived.texts.into_iter();
        loop {
            self.heed().await?;
            let Some(text) = texts.next() else { break };
            if let Some(slow) = self.hear(&text)? {
                slow.await?;
            }
        }
        if !arrived.answers.is_empty() {
            self.outbox().push(&Frame::raw(arrived.answers));
        }
        match arrived.over {
            None => Ok(()),
            Some(Over::Gone) => Err(End::Gone),
            Some(Over::Refused(refusal)) => Err(End::Refused(refusal)),
        }
    }

    /// Does what follows from a text, and gives back what has to wait.
    fn hear(&mut self, text: &str) -> Result<Option<Slow<'_>>, End> {
        let effect = self.ask(|session, context| session.text(text, context));
        self.perform_now(effect)
    }

    /// Asks the session, with all that it goes by as that is now.
    pub(super) fn ask<T>(&mut self, question: impl FnOnce(&mut Session, &Context<'_>) -> T) -> T {
        let who = (self.claim.person(), self.claim.member().pass(), &self.asker);
        self.engine.ask(who, &mut self.session, question)
    }

    /// Does what can be done at once, and gives back what has to wait.
    pub(super) fn perform_now(&mut self, effect: Effect) -> Result<Option<Slow<'_>>, End> {
        match effect {
            Effect::Nothing => Ok(None),
            Effect::Refuse(refused) => {
                self.refuse(refused);
                Ok(None)
            }
            Effect::RefuseAndEnd(refused, end) => {
                self.refuse(refused);
                Err(end)
            }
            Effect::End(end) => Err(end),
            Effect::Keep(act) => Ok(self.keep(act)),
            Effect::Release(release, refusal) => {
                if let Some(refusal) = refusal {
                    self.metrics().refused(refusal.code());
                }
                self.outbox().release(*release);
                Ok(None)
            }
            Effect::Tell(frame) => {
                self.outbox().push(&frame);
                Ok(None)
            }
            Effect::Mark(marking) => match marking.room.head() {
                Some(head) => {
                    self.note_marker(&marking, head);
                    Ok(None)
                }
                None => Ok(Some(Box::pin(self.perform(Effect::Mark(marking))))),
            },
            Effect::Leave(_)
            | Effect::Typing(_)
            | Effect::PutOut(..)
            | Effect::Consult(_)
            | Effect::Browse(_)
            | Effect::Inbox(_)
            | Effect::Search(_)
            | Effect::Call(_)
            | Effect::Moderate(..)
            | Effect::Access(..)
            | Effect::AwaitSpace(_)
            | Effect::Recheck(_)
            | Effect::Enter(_)
            | Effect::Read(_)
            | Effect::AwaitTurn(_)
            | Effect::List(_) => Ok(Some(Box::pin(self.perform(effect)))),
        }
    }

    pub(super) fn refuse(&self, refused: Refused) {
        if let Some(limit) = refused.limit {
            self.metrics().limited(limit);
            let who = self.claim.name();
            let told = || format!("{who} {}", for_operators(limit));
            self.engine.warnings.warn("messages", told(), told);
        }
        self.metrics().refused(refused.refusal.code());
        self.outbox().push(&refused.frame());
    }

    pub(super) fn outbox(&self) -> &Outbox {
        &self.claim.member().outbox
    }

    pub(super) fn stopping(&self) -> End {
        End::Refused(Refusal::Stopping { retry_ms: self.engine.retry_ms() })
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.engine.metrics
    }

    pub(super) fn now(&self) -> Duration {
        self.engine.began.elapsed()
    }

    /// A time since the server began, for timers.
    pub(super) fn moment(&self, since_began: Duration) -> Instant {
        Instant::from_std(self.engine.began + since_began)
    }
}

impl Drop for ReadPump {
    fn drop(&mut self) {
        if let Some(number) = self.claim.person().number() {
            self.engine.log.connected().remove(number, self.outbox());
        }
        self.metrics().connections.fetch_sub(1, Ordering::Relaxed);
    }
}
