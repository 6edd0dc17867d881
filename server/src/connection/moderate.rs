//! What a moderator does to people: kept first, and carried out then.
//!
//! This file does not know who may do so, or how a connection ends.

use std::sync::Arc;

use protocol::{Action, Moderate, Moderated, Refusal, RoomName, ToClient};

use super::note::note;
use super::read_pump::ReadPump;
use super::session::Refused;
use crate::auth::Admitted;
use crate::auth::sanctions::restriction;
use crate::frame::{Delivery, Frame};
use crate::hub::room_tag;
use crate::log::OpenRoom;
use crate::log::event::Act;
use crate::log::sanction::{Kind, Lift, Sanction};
use crate::outbox::{End, Outbox};
use crate::people::names::Person;

/// Of who is to be put out of a room.
const NOT_HERE: Refusal = Refusal::NotFound("nobody of this name is here");

/// Who an act is about, here or away.
struct Target {
    person: Option<Arc<Person>>,
    connections: Vec<Admitted>,
    sanction: Sanction,
}

impl ReadPump {
    /// Does something to a person, in a room or everywhere.
    pub(super) async fn moderate(
        &mut self,
        act: Moderate,
        open: Option<Arc<OpenRoom>>,
    ) -> Result<(), End> {
        let (room, reference) = (act.room.clone(), act.reference.clone());
        if let Err(refusal) = self.carry_out(act, open).await? {
            self.refuse(Refused::new(refusal, room, reference));
        }
        Ok(())
    }

    /// Keeps it first and tells it afterwards, so that it holds over a restart.
    async fn carry_out(
        &mut self,
        mut act: Moderate,
        open: Option<Arc<OpenRoom>>,
    ) -> Result<Result<(), Refusal>, End> {
        let engine = self.engine.clone();
        let _alone = engine.auth.acts.lock().await;
        // Spelt as everybody else sees it.
        act.room = open.as_ref().map(|open| open.name().clone());
        let target = self.target(&act);
        if let Err(refusal) = self.is_possible(&act, &target) {
            return Ok(Err(refusal));
        }
        let is_new = matches!(act.action, Action::Ban | Action::Mute)
            && !engine.auth.sanctions.has(&target.sanction, engine.auth.time.age_ms());
        if is_new {
            let (log, moderator) = ((&engine.log, &self.asker), self.claim.person());
            let has_place = engine.auth.has_place(log, &target.sanction, moderator).await;
            if let Err(refusal) = has_place {
                return Ok(Err(refusal));
            }
        }
        act.user = target.sanction.user.clone();
        if let Err(refusal) = self.store(act.action, &target.sanction).await {
            return Ok(Err(refusal));
        }
        self.tell(act, &target).await?;
        Ok(Ok(()))
    }

    /// Stores what lasts of an act, and from then on it holds.
    async fn store(&self, action: Action, sanction: &Sanction) -> Result<(), Refusal> {
        let (log, sanctions) = (&self.engine.log, &self.engine.auth.sanctions);
        let unavailable = |_| Refusal::Unavailable;
        match action {
            Action::Kick => {}
            Action::Ban | Action::Mute => {
                let impose = Act::Impose(Box::new(self.stored(sanction)));
                let id = log.ask(impose).await.map_err(unavailable)?.kept()?;
                sanctions.impose(sanction.clone(), id);
            }
            Action::Unban | Action::Unmute => {
                let (kind, room) = (sanction.kind, sanction.room.clone());
                let lift = Lift { kind, room, owner: sanction.owner() };
                log.ask(Act::Lift(Box::new(lift))).await.map_err(unavailable)?.kept()?;
                sanctions.lift(sanction);
            }
        }
        Ok(())
    }

    /// As it is written down: until when is then a time of the day.
    fn stored(&self, sanction: &Sanction) -> Sanction {
        let time = self.engine.auth.time.read();
        let until = sanction.until.map(|until| time.to_stored(until));
        Sanction { until, ..sanction.clone() }
    }

    fn target(&self, act: &Moderate) -> Target {
        let auth = &self.engine.auth;
        let (person, connections) = auth.names.find(&act.user).unzip();
        let kept = auth.names.kept(&act.user, auth.time.age_ms());
        // Who is here now; else whose name it is.
        let key = match &person {
            Some(person) => person.key(),
            None => kept.as_ref().map(|kept| kept.key),
        };
        let name = person.as_ref().map(|person| &person.name);
        let user = name.or_else(|| kept.as_ref().map(|kept| &kept.name)).unwrap_or(&act.user);
        let sanction = Sanction {
            kind: match act.action {
                Action::Kick | Action::Ban | Action::Unban => Kind::Ban,
                Action::Mute | Action::Unmute => Kind::Mute,
            },
            room: act.room.clone(),
            user: user.clone(),
            person: match &person {
                Some(person) => person.number(),
                None => kept.as_ref().and_then(|kept| kept.person),
            },
            key,
            until: act
                .seconds
                .map(|seconds| auth.time.age_ms().saturating_add(seconds.saturating_mul(1000))),
            reason: act.reason.clone(),
            by: self.claim.name().clone(),
        };
        let lifts = matches!(act.action, Action::Unban | Action::Unmute);
        let found = lifts.then(|| auth.sanctions.named(&sanction, auth.time.age_ms())).flatten();
        let sanction = found.map_or(sanction, |found| Sanction::clone(&found));
        Target { person, connections: connections.unwrap_or_default(), sanction }
    }

    /// How who it is about is reached now, by name and by key. Asked only when a ban holds: who came
    /// in before that is found here, and who comes later is not let in.
    fn outboxes(&self, sanction: &Sanction) -> Vec<Outbox> {
        let names = &self.engine.auth.names;
        let mut all = names.find(&sanction.user).map_or_else(Vec::new, |(_, theirs)| theirs);
        let with_key = sanction.key.map_or_else(Vec::new, |key| names.with_key(key));
        for connection in with_key {
            if !all.contains(&connection) {
                all.push(connection);
            }
        }
        all.into_iter().map(|connection| connection.outbox).collect()
    }

    fn is_possible(&self, act: &Moderate, target: &Target) -> Result<(), Refusal> {
        let auth = &self.engine.auth;
        let sanction = &target.sanction;
        if matches!(act.action, Action::Unban | Action::Unmute) {
            let there = auth.sanctions.has(sanction, auth.time.age_ms());
            let missing = match act.action {
                Action::Unban => "there is no such ban",
                _ => "there is no such mute",
            };
            return if there { Ok(()) } else { Err(Refusal::NotFound(missing)) };
        }
        if auth.is_moderator(sanction.key, &target.connections, act.room.as_ref()) {
            return Err(Refusal::IsModerator(sanction.user.as_str().into()));
        }
        if act.action == Action::Kick && target.person.is_none() {
            return Err(NOT_HERE);
        }
        Ok(())
    }

    /// Tells whom it concerns, and then puts out who has to go.
    async fn tell(&self, act: Moderate, target: &Target) -> Result<(), End> {
        let (action, room, reference) = (act.action, act.room.clone(), act.reference.clone());
        let told = Moderated::new(act, self.claim.name().clone());
        let frame = Frame::text(ToClient::Moderated(Box::new(told)).encode(), Delivery::Always);
        match room {
            Some(room) if action == Action::Kick => {
                let absent = note(&NOT_HERE, Some(room.clone()), reference);
                self.kick(room, target, frame, absent).await?;
            }
            Some(room) => {
                let room_tag = room_tag(&room);
                let told = self.engine.hub.tell(room, frame).await;
                told.map_err(|_| self.stopping())?;
                if action == Action::Ban {
                    let outboxes = self.outboxes(&target.sanction);
                    outboxes.iter().for_each(|outbox| outbox.leave(room_tag));
                }
            }
            None => {
                self.outbox.push(&frame);
                let now = self.engine.auth.time.age_ms();
                let ban = Refusal::Banned(Box::new(restriction(&target.sanction, now)));
                for outbox in self.outboxes(&target.sanction) {
                    match action == Action::Ban {
                        true => outbox.end(End::Refused(ban.clone())),
                        false => outbox.push(&frame),
                    }
                }
            }
        }
        Ok(())
    }

    /// Only the hub knows whether the person is in this room: if not, the moderator alone is told.
    async fn kick(
        &self,
        room: RoomName,
        target: &Target,
        frame: Arc<Frame>,
        absent: Arc<Frame>,
    ) -> Result<(), End> {
        let (room_tag, user) = (room_tag(&room), target.sanction.user.clone());
        let told = self.engine.hub.tell_of((room, user), frame, self.id, absent).await;
        told.map_err(|_| self.stopping())?;
        target.connections.iter().for_each(|connection| connection.outbox.leave(room_tag));
        Ok(())
    }
}
