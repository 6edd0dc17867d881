//! What a moderator does to people: kept first, and carried out then.
//!
//! This file does not know who may do so, or how a connection ends.

use std::sync::Arc;

use protocol::{Action, Moderate, Moderated, Refusal};

use super::carry_out::{self, Done};
use super::read_pump::ReadPump;
use super::session::Refused;
use crate::log::OpenRoom;
use crate::log::effects::NOT_HERE;
use crate::log::event::Act;
use crate::log::order::answer::Moderator;
use crate::log::order::entry::Moderation;
use crate::log::sanction::{Kind, Lift, LiftBy, Sanction};
use crate::outbox::End;

/// Who an act is about, here or away.
struct Target {
    is_here: bool,
    is_moderator: bool,
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
        self.tell(act, target.sanction).await
    }

    /// Stores what lasts of an act, and from then on it holds.
    async fn store(&self, action: Action, sanction: &Sanction) -> Result<(), Refusal> {
        let (log, sanctions) = (&self.engine.log, &self.engine.auth.sanctions);
        let unavailable = |_| Refusal::Unavailable;
        match action {
            Action::Kick => {}
            Action::Ban | Action::Mute => {
                let impose = Act::Impose(Box::new(self.stored(sanction)));
                let kept = self.unless_over(log.ask(impose)).await;
                let kept = kept.map_err(|_| Refusal::Unavailable)?.map_err(unavailable)?;
                let id = kept.kept()?;
                // In a cluster it comes to hold in the order of all.
                if self.engine.cluster.is_none() {
                    sanctions.impose(sanction.clone(), id);
                }
            }
            Action::Unban | Action::Unmute => {
                let (kind, room) = (sanction.kind, sanction.room.clone());
                let lift = Lift { kind, room, owner: sanction.owner() };
                let lift = LiftBy { lift, by: sanction.by.clone() };
                let lifted = self.unless_over(log.ask(Act::LiftBy(Box::new(lift)))).await;
                lifted.map_err(|_| Refusal::Unavailable)?.map_err(unavailable)?.kept()?;
                if self.engine.cluster.is_none() {
                    sanctions.lift(sanction);
                }
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
        let elsewhere = self.engine.cluster.as_ref().and_then(|it| it.find(&act.user));
        // Who is here now, or on another node; else whose name it is.
        let key = match (&person, &elsewhere) {
            (Some(person), _) => person.key(),
            (None, Some((_, proof, _))) => proof.key(),
            (None, None) => kept.as_ref().map(|kept| kept.devices.main()),
        };
        let name = person.as_ref().map(|person| &person.name);
        let name = name.or(elsewhere.as_ref().map(|(name, ..)| name));
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
                None => {
                    let theirs = kept.as_ref().filter(|kept| Some(kept.devices.main()) == key);
                    theirs.and_then(|it| it.person)
                }
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
        let connections = connections.unwrap_or_default();
        // Of who is here, this node knows where they moderate.
        let is_away = person.is_none();
        let moderates = is_away && elsewhere.as_ref().is_some_and(|(.., moderates)| *moderates);
        let is_moderator =
            moderates || auth.is_moderator(sanction.key, &connections, act.room.as_ref());
        Target { is_here: person.is_some() || elsewhere.is_some(), is_moderator, sanction }
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
        if target.is_moderator {
            return Err(Refusal::IsModerator(sanction.user.as_str().into()));
        }
        if act.action == Action::Kick && !target.is_here {
            return Err(NOT_HERE);
        }
        Ok(())
    }

    /// Tells whom it concerns, on all nodes, and puts out who has to go.
    async fn tell(&self, act: Moderate, sanction: Sanction) -> Result<Result<(), Refusal>, End> {
        let moderator = Moderator { id: self.id, outbox: self.outbox().clone() };
        let Some(cluster) = &self.engine.cluster else {
            let told = Moderated::new(act, self.claim.name().clone());
            let done = Done { told, sanction, moderator: Some(moderator) };
            let told = carry_out::tell(&self.engine, done).await;
            return told.map(Ok).map_err(|_| self.stopping());
        };
        let Moderate { action, seconds, reason, reference, .. } = act;
        let sanction = self.stored(&sanction);
        let moderation = Moderation { action, sanction, seconds, reason, reference };
        let is_told = cluster.moderated(moderation, moderator);
        Ok(if is_told { Ok(()) } else { Err(Refusal::Unavailable) })
    }
}
