//! Carries out what a person asks for about their devices and invites.
//!
//! This file does not know who may ask for it.

use protocol::{
    Devices, INVITE_CODE_CHARS, INVITE_SECONDS_DEFAULT, Invite, Invites, LINK_CODE_CHARS, LINK_MS,
    LinkCode, MakeInvite, Ref, Refusal, ToClient,
};

use super::read_pump::ReadPump;
use super::session::{AccessRequest, Refused, Requester};
use crate::frame::{Delivery, Frame};
use crate::log::Outcome;
use crate::log::acts_of_people::{self, EndInvite, MakeLink, RevokeDevice};
use crate::log::event::Act;
use crate::outbox::End;
use crate::people::code_hash::{CodeHash, random_code};
use crate::people::key_hash::KeyHash;

impl ReadPump {
    /// Does it, and answers.
    pub(super) async fn access(
        &mut self,
        request: AccessRequest,
        requester: Requester,
    ) -> Result<(), End> {
        // Some answers are lists.
        self.until_space().await?;
        let (room, reference) = (request.room().cloned(), request.reference().cloned());
        let answer = match request {
            AccessRequest::Link(_) => self.link(reference.clone()).await?,
            AccessRequest::Devices(_) => self.devices(requester, reference.clone()).await?,
            AccessRequest::Revoke(revoke) => {
                return self.revoke(requester, revoke.device, reference).await;
            }
            AccessRequest::Invite(invite) => self.invite(requester, invite).await?,
            AccessRequest::Invites(_) => self.invites(requester, reference.clone()).await?,
            AccessRequest::Uninvite(end) => {
                let by = (!requester.moderates_all).then_some(requester.person);
                let end = EndInvite { invite: end.invite, by };
                match self.keep_and_hear(Act::EndInvite(Box::new(end))).await? {
                    Ok(_) => self.invites(requester, reference.clone()).await?,
                    Err(refusal) => Err(refusal),
                }
            }
            AccessRequest::Hook(make) => self.hook(requester, make).await?,
            AccessRequest::Hooks(query) => {
                self.hooks(requester, (query.room, reference.clone())).await?
            }
            AccessRequest::Unhook(end) => self.unhook(requester, end).await?,
        };
        match answer {
            Ok(envelope) => self.answer(&envelope),
            Err(refusal) => self.refuse(Refused::new(refusal, room, reference)),
        }
        Ok(())
    }

    async fn link(&self, reference: Option<Ref>) -> Result<Result<ToClient, Refusal>, End> {
        let Some(code) = random_code(LINK_CODE_CHARS) else {
            return Ok(Err(Refusal::Unavailable));
        };
        let name = self.claim.name().clone();
        let make = MakeLink { name, code: CodeHash::of(&code), makes_room: false };
        let made = self.keep_and_hear(Act::MakeLink(Box::new(make))).await?;
        let link = LinkCode { code, expires_ms: LINK_MS, reference };
        Ok(made.map(|_| ToClient::Link(link)))
    }

    async fn devices(
        &self,
        requester: Requester,
        reference: Option<Ref>,
    ) -> Result<Result<ToClient, Refusal>, End> {
        let found = self.engine.log.devices(&self.asker, requester.person);
        let Ok(found) = self.unless_over(found).await? else {
            return Ok(Err(Refusal::Unavailable));
        };
        let (mine, now) = (self.own_key(), self.engine.auth.time.read().now_ms());
        let here = self.keys_here();
        let devices = found.into_iter().map(|(key, mut device)| {
            device.this = mine == Some(key);
            if here.contains(&key) {
                device.used = now;
            }
            device
        });
        Ok(Ok(ToClient::Devices(Devices { devices: devices.collect(), reference })))
    }

    /// Who revokes the device that they use is answered first.
    async fn revoke(
        &self,
        requester: Requester,
        device: u32,
        reference: Option<Ref>,
    ) -> Result<(), End> {
        let act = RevokeDevice { person: requester.person, device };
        let revoked = self.keep_and_hear(Act::RevokeDevice(Box::new(act))).await?;
        let owner = match revoked.and_then(Outcome::devices) {
            Ok(owner) => owner,
            Err(refusal) => {
                self.refuse(Refused::new(refusal, None, reference));
                return Ok(());
            }
        };
        match self.devices(requester, reference.clone()).await? {
            Ok(left) => self.answer(&left),
            Err(refusal) => self.refuse(Refused::new(refusal, None, reference)),
        }
        self.engine.auth.has_devices(&owner);
        Ok(())
    }

    async fn invite(
        &self,
        requester: Requester,
        invite: MakeInvite,
    ) -> Result<Result<ToClient, Refusal>, End> {
        let Some(code) = random_code(INVITE_CODE_CHARS) else {
            return Ok(Err(Refusal::Unavailable));
        };
        let MakeInvite { rooms, uses, seconds, note, reference } = invite;
        let uses = uses.unwrap_or(1);
        let lasts_ms = seconds.unwrap_or(INVITE_SECONDS_DEFAULT).saturating_mul(1000);
        let make = acts_of_people::MakeInvite {
            code: CodeHash::of(&code),
            by: Some(requester.person),
            moderates_all: requester.moderates_all,
            rooms: rooms.clone(),
            uses,
            lasts_ms,
            note: note.clone(),
        };
        let made = self.keep_and_hear(Act::MakeInvite(Box::new(make))).await?;
        Ok(made.and_then(Outcome::number).map(|number| {
            let expires = self.engine.auth.time.read().now_ms().saturating_add(lasts_ms);
            let invite = Invite { invite: number, code, rooms, uses, expires, note, reference };
            ToClient::Invite(invite)
        }))
    }

    async fn invites(
        &self,
        requester: Requester,
        reference: Option<Ref>,
    ) -> Result<Result<ToClient, Refusal>, End> {
        let by = (!requester.moderates_all).then_some(requester.person);
        let now = self.engine.auth.time.read().now_ms();
        let found = self.engine.log.invites(&self.asker, by, now);
        let found = self.unless_over(found).await?.map_err(|_| Refusal::Unavailable);
        Ok(found.map(|invites| ToClient::Invites(Invites { invites, reference })))
    }

    /// What became of something that lasts.
    pub(super) async fn keep_and_hear(&self, act: Act) -> Result<Result<Outcome, Refusal>, End> {
        let outcome = self.unless_over(self.engine.log.ask(act)).await?;
        Ok(match outcome {
            Ok(Outcome::Refused(refusal)) => Err(refusal),
            Ok(outcome) => Ok(outcome),
            Err(_) => Err(Refusal::Unavailable),
        })
    }

    fn answer(&self, envelope: &ToClient) {
        self.outbox().push(&Frame::text(envelope.encode(), Delivery::Always));
    }

    /// That of the device which this connection is of.
    fn own_key(&self) -> Option<KeyHash> {
        self.claim.member().key(self.claim.person())
    }

    /// Those of the person's devices that are connected to this server.
    fn keys_here(&self) -> Vec<KeyHash> {
        let found = self.engine.auth.names.find(self.claim.name());
        let (person, connections) = (self.claim.person(), found.map(|(_, theirs)| theirs));
        let keys = connections.into_iter().flatten();
        keys.filter_map(|it| it.key(person)).collect()
    }
}
