//! Carries out what a bot asks for over HTTP: drives its session, as a read pump does, without a socket.
//!
//! This file does not know HTTP.

use std::net::IpAddr;
use std::sync::Arc;

use protocol::{ApiRequest, Presence, Refusal, RoomName, ToClient};
use tokio::sync::Mutex as AsyncMutex;

use super::bots::{BotSession, SESSIONS_MAX};
use super::engine::Engine;
use super::perform::read_again;
use super::session::{Context, Effect, Refused, Session, asks_within};
use crate::auth::bots::KnownBot;
use crate::frame::Frame;
use crate::hub::RollCall;
use crate::log::event::Act;
use crate::log::{Asker, Outcome, Viewer};
use crate::outbox::End;

/// An answer, which is an envelope.
#[derive(Debug)]
pub(crate) enum Done {
    /// What is asked for, or what was done.
    Told(String),
    /// What came to be.
    Made(String),
}

/// One request of a bot. Done or given up, it is in no room; it was nowhere in the hub.
struct Asking<'a> {
    engine: &'a Engine,
    bot: &'a BotSession,
    session: &'a mut Session,
}

/// How far a request is.
enum Step {
    /// This room is entered, spelt as it is there.
    Entered(RoomName),
    Done(Done),
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.session.leave_all();
    }
}

impl Engine {
    /// The session of a bot that asks from an address, whether or not the limits of an address hold there.
    pub(crate) fn bot_session(
        &self,
        bot: &KnownBot,
        (address, counts): (IpAddr, bool),
    ) -> Arc<BotSession> {
        let now = self.began.elapsed();
        self.bots.get(bot.token(), (SESSIONS_MAX, now), || {
            let (person, asker) = (bot.person(), Asker::new(address, counts));
            let spender = self.budgets.spender(&person, asker.counted(), now);
            let session = AsyncMutex::new(Session::new(spender));
            BotSession { person, pass: bot.pass(), asker, session }
        })
    }

    /// Does what a bot asks for.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn do_for_bot(
        &self,
        bot: &BotSession,
        request: ApiRequest,
    ) -> Result<Done, Refused> {
        let mut session = bot.session.lock().await;
        let mut asking = Asking { engine: self, bot, session: &mut session };
        let done = asking.request(request).await;
        if let Err(refused) = &done {
            if let Some(limit) = refused.limit {
                self.metrics.limited(limit);
            }
            self.metrics.refused(refused.refusal.code());
        }
        done
    }
}

impl Asking<'_> {
    async fn request(&mut self, request: ApiRequest) -> Result<Done, Refused> {
        match request {
            ApiRequest::People(room) => self.people(room).await,
            ApiRequest::Envelope(envelope) => {
                if let Some((room, _)) = asks_within(&envelope) {
                    self.enter(room.clone()).await?;
                }
                let effect = self.ask(|session, context| session.request(*envelope, context));
                match self.perform(effect).await? {
                    Step::Done(done) => Ok(done),
                    Step::Entered(_) => Err(unavailable()),
                }
            }
            ApiRequest::Description => Err(unavailable()),
        }
    }

    /// Until the request is done. Returns how the room is spelt there.
    async fn enter(&mut self, room: RoomName) -> Result<RoomName, Refused> {
        let effect = self.ask(|session, context| session.visit(room, context));
        match self.perform(effect).await? {
            Step::Entered(room) => Ok(room),
            Step::Done(_) => Err(unavailable()),
        }
    }

    async fn people(&mut self, room: RoomName) -> Result<Done, Refused> {
        let room = self.enter(room).await?;
        let everybody = RollCall { everybody: true, ..RollCall::default() };
        let present = self.engine.hub.present(room.clone(), everybody).await;
        let present = present.map_err(|_| unavailable())?;
        let (users, count) = (present.crowd, Some(present.people));
        Ok(Done::Told(ToClient::Presence(Presence { room, users, count, after: None }).encode()))
    }

    fn ask<T>(&mut self, question: impl FnOnce(&mut Session, &Context<'_>) -> T) -> T {
        let BotSession { person, pass, asker, .. } = self.bot;
        self.engine.ask((person, Some(pass), asker), self.session, question)
    }

    /// Does one effect after another.
    async fn perform(&mut self, mut effect: Effect) -> Result<Step, Refused> {
        loop {
            effect = match effect {
                Effect::Enter(entering) => {
                    let room = entering.room.name().clone();
                    self.session.entered(entering);
                    return Ok(Step::Entered(room));
                }
                Effect::Keep(act) => return self.keep(act).await.map(Step::Done),
                Effect::Tell(frame) => return Ok(Step::Done(told(&frame))),
                Effect::Release(release, None) => {
                    let frame = release.first.first().ok_or_else(unavailable)?;
                    return Ok(Step::Done(told(frame)));
                }
                Effect::Refuse(refused) | Effect::RefuseAndEnd(refused, _) => return Err(refused),
                Effect::PutOut(_, refused) => return Err(*refused),
                Effect::Release(_, Some(refusal)) | Effect::End(End::Refused(refusal)) => {
                    return Err(Refused::new(refusal, None, None));
                }
                effect => self.find_out(effect).await?,
            }
        }
    }

    /// Finds out what the session has to know before it can go on.
    async fn find_out(&mut self, effect: Effect) -> Result<Effect, Refused> {
        let (log, asker) = (&self.engine.log, &self.bot.asker);
        let person = self.bot.person.number();
        Ok(match effect {
            Effect::AwaitSpace(query) => {
                self.ask(|session, context| session.has_space(query, context))
            }
            Effect::Consult(consult) => {
                let is_there = log.is_there(asker, consult.room.clone(), person).await;
                self.ask(|session, context| session.consulted(consult, is_there, context))
            }
            Effect::Recheck(recheck) => {
                let found = log.has_sanction(asker, recheck.sanction.clone()).await;
                let stands = !matches!(found, Ok(false));
                self.ask(|session, context| session.rechecked(recheck, stands, context))
            }
            Effect::Call(calling) => {
                let (room, called) = (calling.room.clone(), calling.called.clone());
                let present = self.engine.hub.present(room, called).await;
                let present = present.map_err(|_| unavailable())?;
                self.ask(|session, context| session.called(*calling, present, context))
            }
            Effect::Read(reading) => {
                let viewer = Viewer { person, told: reading.told };
                let page = log.page(asker, &reading.room, reading.asked.clone(), viewer).await;
                self.session.found(reading, page, log.epoch(), read_again())
            }
            Effect::Browse(asked) => {
                let reference = asked.reference.clone();
                let found = log.list_rooms(asker, asked).await;
                self.session.listed(reference, found)
            }
            Effect::Search(asked) => {
                let reference = asked.reference.clone();
                let found = log.search(asker, asked).await;
                self.session.found_messages(reference, found)
            }
            // `perform` has done these, or nothing that can be asked for over HTTP leads to them.
            Effect::Nothing
            | Effect::Refuse(_)
            | Effect::RefuseAndEnd(..)
            | Effect::End(_)
            | Effect::Keep(_)
            | Effect::Tell(_)
            | Effect::Release(..)
            | Effect::Enter(_)
            | Effect::PutOut(..)
            | Effect::Leave(_)
            | Effect::Typing(_)
            | Effect::Moderate(..)
            | Effect::Access(..)
            | Effect::AwaitTurn(_)
            | Effect::List(_)
            | Effect::Inbox(_)
            | Effect::Mark(_) => return Err(unavailable()),
        })
    }

    /// Returns when it is stored.
    async fn keep(&self, act: Act) -> Result<Done, Refused> {
        let (room, reference) = act.about();
        let (room, reference) = (room.cloned(), reference.cloned());
        let refused = |refusal| Refused::new(refusal, room, reference);
        match self.engine.log.ask(act).await {
            Ok(Outcome::Said(message)) => Ok(Done::Made(ToClient::Message(message).encode())),
            Ok(Outcome::Began(began)) => Ok(Done::Made(ToClient::Message(began.message).encode())),
            Ok(Outcome::Repeated(first)) => Ok(Done::Told(first.encode())),
            Ok(Outcome::Revised(revision)) => Ok(Done::Told(revision.told.encode())),
            Ok(Outcome::Refused(refusal)) => Err(refused(refusal)),
            Ok(_) | Err(_) => Err(refused(Refusal::Unavailable)),
        }
    }
}

fn told(frame: &Frame) -> Done {
    Done::Told(frame.envelope().to_owned())
}

fn unavailable() -> Refused {
    Refused::new(Refusal::Unavailable, None, None)
}
