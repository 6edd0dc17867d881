//! What moderators do to people in a run, as their read pumps carry it out: one act at a time, stored first, and
//! from then on it holds.

use std::sync::Arc;

use protocol::{Action, Moderate, Moderated, Refusal, ToClient, UserName};
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::oneshot::{Receiver, channel};

use super::connection::Connection;
use super::process::Process;
use crate::connection::session::Refused;
use crate::frame::{Delivery, Frame};
use crate::hub::ConnectionId;
use crate::hub::core::Input;
use crate::log::event::Act;
use crate::log::order::answer::Moderator;
use crate::log::sanction::{Kind, Lift, LiftBy, Sanction};
use crate::log::{Command, Outcome, ReplyTo};
use crate::outbox::Outbox;

/// An act that is being stored.
pub(super) struct Acting {
    line: u64,
    outbox: Outbox,
    by: UserName,
    act: Moderate,
    sanction: Sanction,
    stored: Receiver<Outcome>,
}

impl Process {
    /// Whether the next step of a connection's pump is to go on with an act: its own, or that of somebody who
    /// is gone since.
    pub(super) fn acts(&self, id: u64) -> bool {
        let is_due = |it: &Acting| it.line == id || !self.connections.contains_key(&it.line);
        self.acting.as_ref().is_some_and(is_due)
    }

    /// Asks the log to store an act, or says why not.
    pub(super) fn moderate(
        &mut self,
        connection: &Connection,
        act: Moderate,
    ) -> Result<(), Refused> {
        let (line, outbox, by) = (connection.line(), connection.outbox.clone(), connection.name());
        let sanction = self.sanction(&act, by);
        let is_there = self.sanctions.has(&sanction, self.time.age_ms());
        let refusal = match act.action {
            Action::Mute if self.moderators.has(sanction.key) => {
                Some(Refusal::IsModerator(sanction.user.as_str().into()))
            }
            Action::Unmute if !is_there => Some(Refusal::NotFound("there is no such mute")),
            _ => None,
        };
        if let Some(refusal) = refusal {
            return Err(refused(refusal, act));
        }
        let asked = if act.action == Action::Mute {
            let until = sanction.until.map(|until| self.time.to_stored(until));
            Act::Impose(Box::new(Sanction { until, ..sanction.clone() }))
        } else {
            let (kind, room, owner) = (sanction.kind, sanction.room.clone(), sanction.owner());
            let lift = Lift { kind, room, owner };
            Act::LiftBy(Box::new(LiftBy { lift, by: sanction.by.clone() }))
        };
        let (waiting, stored) = channel();
        self.commands.push_back(Command { act: asked, reply_to: ReplyTo::Waiting(waiting) });
        self.acting = Some(Acting { line, outbox, by: by.clone(), act, sanction, stored });
        Ok(())
    }

    /// Of whom it is about: who is here now, else whose name it is.
    fn sanction(&self, act: &Moderate, by: &UserName) -> Sanction {
        let now = self.time.age_ms();
        let here = self.names.find(&act.user).map(|(person, _)| person);
        let elsewhere = self.cluster.as_ref().and_then(|cluster| cluster.find(&act.user));
        let kept = self.names.kept(&act.user, now);
        let (person, key) = match (here, elsewhere, kept) {
            (Some(here), ..) => (here.number(), here.key()),
            (None, Some((_, proof, _)), kept) => {
                let kept = kept.filter(|kept| Some(kept.devices.main()) == proof.key());
                (kept.and_then(|kept| kept.person), proof.key())
            }
            (None, None, Some(kept)) => (kept.person, Some(kept.devices.main())),
            (None, None, None) => (None, None),
        };
        let sanction = Sanction {
            kind: Kind::Mute,
            room: act.room.clone(),
            user: act.user.clone(),
            person,
            key,
            until: act.seconds.map(|seconds| now + seconds * 1000),
            reason: None,
            by: by.clone(),
        };
        let lifts = act.action == Action::Unmute;
        let found = lifts.then(|| self.sanctions.named(&sanction, now)).flatten();
        found.map_or(sanction, Arc::unwrap_or_clone)
    }

    /// Goes on with an act that was stored, or could not be; true if there was one.
    pub(super) fn carry_on(&mut self) -> bool {
        let Some(mut acting) = self.acting.take() else { return false };
        let outcome = match acting.stored.try_recv() {
            Ok(outcome) => outcome.kept(),
            Err(TryRecvError::Closed) => Err(Refusal::Unavailable),
            Err(TryRecvError::Empty) => {
                self.acting = Some(acting);
                return false;
            }
        };
        let Acting { line, outbox, by, act, sanction, .. } = acting;
        match outcome {
            // In a cluster it comes to hold in the order of all.
            Ok(_) if self.cluster.is_some() => {}
            Ok(id) if act.action == Action::Mute => self.sanctions.impose(sanction.clone(), id),
            Ok(_) => self.sanctions.lift(&sanction),
            Err(refusal) => {
                outbox.push(&refused(refusal, act).frame());
                return true;
            }
        }
        if self.cluster.is_none() {
            self.tell(Moderated::new(act, by), Some(&outbox));
            return true;
        }
        let moderator = Moderator { id: ConnectionId(line), outbox: outbox.clone() };
        if !self.tell_all_nodes(act.clone(), sanction, moderator) {
            outbox.push(&refused(Refusal::Unavailable, act).frame());
        }
        true
    }

    pub(super) fn tell(&mut self, told: Moderated, moderator: Option<&Outbox>) {
        let (room, user) = (told.room.clone(), told.user.clone());
        let told = ToClient::Moderated(Box::new(told));
        let message = Frame::text(told.encode(), Delivery::Always);
        match room {
            Some(room) => self.shard.push_back(Input::Deliver { room, message }),
            None => {
                moderator.into_iter().for_each(|moderator| moderator.push(&message));
                let theirs = self.names.find(&user).map_or_else(Vec::new, |(_, theirs)| theirs);
                theirs.iter().for_each(|outbox| outbox.push(&message));
            }
        }
    }
}

fn refused(refusal: Refusal, act: Moderate) -> Refused {
    Refused { refusal, room: act.room, reference: act.reference, limit: None }
}
