//! Carries out what a person asks for about the hooks of a room.
//!
//! This file does not know who may ask for it.

use protocol::{Hook, HookPath, Hooks, MakeHook, Ref, Refusal, RoomName, ToClient, Unhook};

use super::read_pump::ReadPump;
use super::session::Requester;
use crate::log::Outcome;
use crate::log::acts_of_programs::{self, EndHook, Maker};
use crate::log::event::Act;
use crate::outbox::End;
use crate::people::code_hash::{CodeHash, HOOK_SECRET_CHARS, random_code};

impl ReadPump {
    pub(super) async fn hook(
        &self,
        requester: Requester,
        make: MakeHook,
    ) -> Result<Result<ToClient, Refusal>, End> {
        let Some(secret) = random_code(HOOK_SECRET_CHARS) else {
            return Ok(Err(Refusal::Unavailable));
        };
        let MakeHook { room, name, reference } = make;
        let looks = self.engine.log.may_look_so(&self.asker, name.clone());
        if let Err(refusal) = self.unless_over(looks).await? {
            return Ok(Err(refusal));
        }
        let make = acts_of_programs::MakeHook {
            room: room.clone(),
            name: name.clone(),
            secret: CodeHash::of(&secret),
            mentions: false,
            by: maker(requester),
        };
        let made = self.keep_and_hear(Act::MakeHook(Box::new(make))).await?;
        Ok(made.and_then(Outcome::number).map(|hook| {
            let path = HookPath::new(hook, secret.as_str());
            ToClient::Hook(Hook { hook, room, name, path, reference })
        }))
    }

    pub(super) async fn hooks(
        &self,
        requester: Requester,
        (room, reference): (RoomName, Option<Ref>),
    ) -> Result<Result<ToClient, Refusal>, End> {
        let asked = (room.clone(), maker(requester));
        let found = self.engine.log.hooks(&self.asker, asked);
        let found = self.unless_over(found).await?.unwrap_or(Err(Refusal::Unavailable));
        Ok(found.map(|hooks| ToClient::Hooks(Hooks { room, hooks, reference })))
    }

    /// The answer is the list of those that are left.
    pub(super) async fn unhook(
        &self,
        requester: Requester,
        Unhook { hook, reference }: Unhook,
    ) -> Result<Result<ToClient, Refusal>, End> {
        let room = self.engine.log.room_of_hook(&self.asker, hook);
        let Ok(room) = self.unless_over(room).await? else {
            return Ok(Err(Refusal::Unavailable));
        };
        let end = EndHook { hook, by: maker(requester) };
        match (self.keep_and_hear(Act::EndHook(Box::new(end))).await?, room) {
            (Ok(_), Some(room)) => self.hooks(requester, (room, reference)).await,
            (Ok(_), None) => Ok(Err(Refusal::Unavailable)),
            (Err(refusal), _) => Ok(Err(refusal)),
        }
    }
}

fn maker(requester: Requester) -> Maker {
    let Requester { person, moderates_all } = requester;
    Maker { person: Some(person), moderates_all }
}
