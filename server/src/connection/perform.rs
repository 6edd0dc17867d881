//! Effects of a session that take their time: it waits for space, for a turn, for the log and the hub.
//!
//! This file does not know what follows from what is found.

use std::pin::pin;
use std::time::Duration;

use protocol::{MessageId, Refusal, Span};
use tokio::time::sleep_until;

use super::read_pump::ReadPump;
use super::session::{Calling, Consult, Effect, Entering, Listing, Marking, Reading, Recheck};
use super::{markers, typing};
use crate::config::READ_AGAIN;
use crate::hub::room_tag;
use crate::log::{Asked, InboxAsked, OpenRoom, RoomsAsked, SearchAsked, Viewer};
use crate::outbox::{End, Release};

/// What an answer to `presence` costs, in bytes of reading: 500 names, found and written by the task
/// that also tells the room what is said.
const LIST_COST: u64 = 64 * 1024;

impl ReadPump {
    /// Does one effect after another, until the next text may come.
    pub(super) async fn perform(&mut self, mut effect: Effect) -> Result<(), End> {
        loop {
            effect = match effect {
                Effect::Nothing => return Ok(()),
                Effect::Refuse(_)
                | Effect::RefuseAndEnd(..)
                | Effect::End(_)
                | Effect::Keep(_)
                | Effect::Tell(_)
                | Effect::Release(..) => {
                    if let Some(slow) = self.perform_now(effect)? {
                        slow.await?;
                    }
                    return Ok(());
                }
                Effect::Typing(room) => {
                    let user = self.claim.name().clone();
                    let told = typing::tell(&self.engine, room.name().clone(), user).await;
                    return told.map_err(|_| self.stopping());
                }
                Effect::Leave(room) => {
                    self.leave_hub(&room).await;
                    return Ok(());
                }
                Effect::PutOut(room, refused) => {
                    let dropped = Some(room_tag(room.name()));
                    self.outbox().release(Release { dropped, ..Release::default() });
                    self.leave_hub(&room).await;
                    self.refuse(*refused);
                    return Ok(());
                }
                Effect::Consult(consult) => self.consult(consult).await?,
                Effect::Browse(asked) => self.browse(asked).await?,
                Effect::Inbox(asked) => self.inbox(asked).await?,
                Effect::Search(asked) => self.search(asked).await?,
                Effect::Mark(marking) => return self.mark(marking).await,
                Effect::Call(calling) => self.call(*calling).await?,
                Effect::Moderate(act, room) => return self.moderate(*act, room).await,
                Effect::Access(request, requester) => {
                    return Box::pin(self.access(*request, requester)).await;
                }
                Effect::List(Listing { room, after }) => {
                    let asked = self.engine.hub.people(room, self.id, after).await;
                    return asked.map_err(|_| self.stopping());
                }
                Effect::AwaitSpace(query) => {
                    self.until_space().await?;
                    self.ask(|session, context| session.has_space(query, context))
                }
                Effect::Recheck(recheck) => self.recheck(recheck).await?,
                Effect::Enter(entering) => self.enter_room(entering).await?,
                Effect::Read(reading) => self.read(reading).await?,
                Effect::AwaitTurn(listing) => {
                    let turn = self.engine.log.turn(&self.asker, LIST_COST);
                    let turn = self.unless_over(turn).await?;
                    self.session.had_turn(listing, turn)
                }
            }
        }
    }

    /// Waits until the answer has space in the outbox, however slowly the peer reads, and heeds
    /// meanwhile what others say.
    pub(super) async fn until_space(&mut self) -> Result<(), End> {
        let engine = self.engine.clone();
        let mut stopping = pin!(engine.stopping.begun.cancelled());
        loop {
            self.heed().await?;
            let look = self.life.not_after(self.now() + engine.config.ping_interval);
            tokio::select! {
                biased;
                () = self.outbox().told() => {}
                () = &mut stopping => return Err(self.stopping()),
                () = sleep_until(self.moment(look)) => {}
                () = self.outbox().has_room() => return Ok(()),
            }
        }
    }

    /// Asks the database, which the operator may have changed.
    async fn recheck(&mut self, recheck: Recheck) -> Result<Effect, End> {
        let found = self.engine.log.has_sanction(&self.asker, recheck.sanction.clone());
        let stands = !matches!(self.unless_over(found).await?, Ok(false));
        Ok(self.ask(|session, context| session.rechecked(recheck, stands, context)))
    }

    /// Asks the database, which alone knows who belongs to a room.
    async fn consult(&mut self, consult: Consult) -> Result<Effect, End> {
        self.catch_up(consult.since()).await?;
        let (room, person) = (consult.room.clone(), self.claim.person().number());
        let found = self.engine.log.is_there(&self.asker, room, person);
        let is_there = self.unless_over(found).await?;
        Ok(self.ask(|session, context| session.consulted(consult, is_there, context)))
    }

    async fn browse(&mut self, asked: RoomsAsked) -> Result<Effect, End> {
        let reference = asked.reference.clone();
        let found = self.engine.log.list_rooms(&self.asker, asked);
        let found = self.unless_over(found).await?;
        Ok(self.session.listed(reference, found))
    }

    async fn inbox(&mut self, asked: InboxAsked) -> Result<Effect, End> {
        let reference = asked.reference.clone();
        let found = self.engine.log.inbox(&self.asker, asked);
        let found = self.unless_over(found).await?;
        Ok(self.session.found_messages(reference, found))
    }

    async fn search(&mut self, asked: SearchAsked) -> Result<Effect, End> {
        let reference = asked.reference.clone();
        let found = self.engine.log.search(&self.asker, asked);
        let found = self.unless_over(found).await?;
        Ok(self.session.found_messages(reference, found))
    }

    /// The newest of a room is known when the room was read once.
    async fn mark(&mut self, marking: Marking) -> Result<(), End> {
        let asked = Asked { since: MessageId::ZERO, span: Span::Newest, limit: 0 };
        let viewer = Viewer { person: Some(marking.person), told: false };
        let page = self.engine.log.page(&self.asker, &marking.room, asked, viewer);
        // What cannot be read now is read again later.
        if let Ok(page) = self.unless_over(page).await? {
            self.note_marker(&marking, page.head);
        }
        Ok(())
    }

    pub(super) fn note_marker(&self, marking: &Marking, head: MessageId) {
        let Marking { room, person, upto } = marking;
        let upto = (*upto).min(head);
        markers::note(&self.engine, *person, (room.name(), upto), self.outbox());
    }

    async fn call(&mut self, calling: Calling) -> Result<Effect, End> {
        let found = self.engine.hub.present(calling.room.clone(), calling.called.clone());
        let present = found.await.map_err(|_| self.stopping())?;
        Ok(self.ask(|session, context| session.called(calling, present, context)))
    }

    async fn enter_room(&mut self, entering: Entering) -> Result<Effect, End> {
        self.outbox().hold();
        let (name, who) = (entering.room.name().clone(), self.ask(|_, context| context.who()));
        if let Some(held) = &self.held {
            held.enter(&name, who.1);
        }
        let entered = self.engine.hub.join(name, self.id, who, self.outbox().clone()).await;
        entered.map_err(|_| self.stopping())?;
        Ok(self.session.entered(entering))
    }

    async fn read(&mut self, reading: Reading) -> Result<Effect, End> {
        if !reading.is_join {
            self.outbox().hold();
        }
        if reading.is_join {
            self.catch_up(reading.asked.since.get()).await?;
        }
        let log = &self.engine.log;
        let viewer = Viewer { person: self.claim.person().number(), told: reading.told };
        let page = log.page(&self.asker, &reading.room, reading.asked.clone(), viewer);
        let page = self.unless_over(page).await?;
        Ok(self.session.found(reading, page, log.epoch(), read_again()))
    }

    /// Waits until this node of a cluster has what somebody saw elsewhere: shown less, they would hear it again later.
    async fn catch_up(&self, since: u64) -> Result<(), End> {
        let Some(cluster) = &self.engine.cluster else { return Ok(()) };
        match self.unless_over(cluster.catch_up(since)).await? {
            true => Ok(()),
            false => Err(End::Refused(Refusal::Unavailable)),
        }
    }

    /// What is found, unless the connection ends before that: a turn may be seconds away.
    pub(super) async fn unless_over<T>(&self, found: impl Future<Output = T>) -> Result<T, End> {
        let stopping = &self.engine.stopping.begun;
        tokio::select! {
            biased;
            end = self.outbox().ended() => Err(end),
            () = stopping.cancelled() => Err(self.stopping()),
            found = found => Ok(found),
        }
    }

    /// Goes out of rooms because a moderator said so.
    pub(super) async fn put_out(&mut self) {
        for room in self.outbox().to_leave() {
            if let Some(open) = self.session.put_out(room) {
                self.leave_hub(&open).await;
            }
        }
    }

    /// Everybody here goes while the server stops, and comes back: only other nodes hear of that.
    pub(super) async fn leave_all(&mut self) {
        for open in self.session.leave_all() {
            if self.engine.stopping.begun.is_cancelled() {
                self.leave_cluster(&open);
            } else {
                self.leave_hub(&open).await;
            }
        }
    }

    async fn leave_hub(&self, open: &OpenRoom) {
        self.leave_cluster(open);
        let (room, user) = (open.name().clone(), self.claim.name().clone());
        // A stopped hub has no rooms to leave.
        let _ = self.engine.hub.leave(room, self.id, user).await;
    }

    fn leave_cluster(&self, open: &OpenRoom) {
        if let Some(held) = &self.held {
            held.leave(open.name());
        }
    }
}

/// When to ask again for what cannot be read: another time for each, so that they do not all come at once.
pub(super) fn read_again() -> Duration {
    let spread = *READ_AGAIN.end() - *READ_AGAIN.start();
    *READ_AGAIN.start() + spread.mul_f64(fastrand::f64())
}
