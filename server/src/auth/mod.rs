//! Who may come in: under which name, into which rooms, and with what rights.
//!
//! This file does not know sockets, HTTP, or what is said.

mod admitted;
pub(crate) mod bots;
mod devices;
mod gate;
mod hold;
mod instructed;
mod keeping;
pub(crate) mod moderators;
pub(crate) mod origin;
pub(crate) mod permissions;
pub(crate) mod sanctions;
pub(crate) mod siblings;
mod signing;
mod tend;
pub(crate) mod token;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant as StdInstant};

use parking_lot::Mutex;
use protocol::{
    AccessCode, BotToken, Connect, Key, Label, Refusal, Restriction, Role, RoomName, Token,
    UserName,
};
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::Instant;

pub(crate) use self::admitted::Admitted;
use self::bots::{KnownBot, find as find_bot};
pub(crate) use self::moderators::NewModerators;
use self::moderators::{Moderators, ModeratorsError};
pub(crate) use self::permissions::Permissions;
use self::sanctions::{Sanctions, Standing, restriction};
pub(crate) use self::tend::TEND_INTERVAL;
use self::token::{TokenKey, TokenKeyError};
use crate::cluster::{Cluster, Held};
use crate::config::{Config, Guests};
use crate::log::sanction::{Kind, Sanction};
use crate::log::{Asker, Log, Register, Time};
use crate::outbox::Outbox;
use crate::people::code_tries::{CodeTries, Try};
use crate::people::key_hash::KeyHash;
use crate::people::name_quota::NameQuota;
use crate::people::names::{Claim, Names, Person, Proof, Taken};

/// What a client asked for when it connected, and from where.
#[derive(Debug)]
pub(crate) struct ConnectRequest {
    pub(crate) hello: Connect,
    pub(crate) key: Option<Key>,
    /// Of a bot, who comes in with it alone.
    pub(crate) bot: Option<BotToken>,
    /// An open server does not look at it.
    pub(crate) token: Result<Option<Token>, Refusal>,
    /// A closed server looks at neither of these codes.
    pub(crate) link: Option<AccessCode>,
    pub(crate) invite: Option<AccessCode>,
    /// What the device calls itself.
    pub(crate) label: Option<Label>,
    /// The try to bring a code, which counts if the code is wrong.
    pub(crate) tried: Mutex<Option<Try>>,
    pub(crate) address: IpAddr,
    /// Whether the limits of an address hold for it.
    pub(crate) counts: bool,
}

impl ConnectRequest {
    /// Where it is from, if the limits of an address hold there.
    pub(crate) fn counted(&self) -> Option<IpAddr> {
        self.counts.then_some(self.address)
    }
}

/// Who somebody says they are, as far as they can show it.
struct Who {
    /// None is a guest.
    name: Option<UserName>,
    proof: Proof,
    pass: Option<Permissions>,
}

impl Who {
    /// A bot's token says it all, on any server.
    fn by_bot(bot: &KnownBot) -> Who {
        Who { name: Some(bot.name()), proof: Proof::Key(bot.token()), pass: Some(bot.pass()) }
    }

    /// On a closed server the token says it all.
    fn by_token(key: &TokenKey, opening: &ConnectRequest, now_ms: u64) -> Result<Who, Refusal> {
        let token = opening.token.as_ref().map_err(Refusal::clone)?;
        let grant = key.check(token.as_ref().ok_or(Refusal::NoToken)?, now_ms)?;
        let left_ms = grant.exp.saturating_mul(1000).saturating_sub(now_ms);
        if left_ms == 0 {
            return Err(Refusal::TokenExpired);
        }
        let name = grant.sub.clone();
        // A time that no clock reaches is none.
        let expires = Instant::now().checked_add(Duration::from_millis(left_ms));
        let pass = Permissions { role: grant.role, grant: Some(grant), expires, bot: None };
        Ok(Who { name: Some(name), proof: Proof::Token, pass: Some(pass) })
    }
}

/// Why keys or moderators cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Its list of moderators cannot be used.
    #[error(transparent)]
    Moderators(#[from] ModeratorsError),
    /// Its token key cannot be used.
    #[error(transparent)]
    TokenKey(#[from] TokenKeyError),
}

/// The one way in.
#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) names: Names<Admitted>,
    pub(crate) sanctions: Sanctions,
    /// Held while an act is stored and comes to hold, so that both have one order.
    pub(crate) acts: AsyncMutex<()>,
    name_quota: NameQuota,
    code_tries: CodeTries,
    /// When the use of a device was written down, of people who have several: milliseconds since 1970.
    devices_used: Mutex<HashMap<KeyHash, u64>>,
    /// Only who is invited may take a name that is not kept for them.
    is_for_members: bool,
    /// Whether somebody without a key may come in.
    lets_guests_in: bool,
    /// That there is no room for new names.
    has_warned: AtomicBool,
    /// Closes the server.
    token_key: Option<TokenKey>,
    pub(crate) moderators: Moderators,
    /// Milliseconds of disuse after which a name is free; none is never.
    name_expiry: Option<u64>,
    started: StdInstant,
    pub(crate) time: Time,
}

impl Auth {
    /// Opens with what is kept of people.
    pub(crate) fn new(config: &Config, register: Register, time: Time) -> Result<Self, AuthError> {
        let moderators = Moderators::default();
        let name_expiry = config.name_expiry_ms();
        let auth = Auth {
            names: Names::new(name_expiry, register.names, register.subjects, time.age_ms()),
            sanctions: Sanctions::new(
                register.sanctions,
                register.newest_sanction,
                moderators.clone(),
            ),
            name_expiry,
            acts: AsyncMutex::default(),
            name_quota: NameQuota::default(),
            code_tries: CodeTries::default(),
            devices_used: Mutex::default(),
            is_for_members: config.members,
            lets_guests_in: config.guests == Guests::On,
            has_warned: AtomicBool::default(),
            token_key: config.token_key.as_deref().map(TokenKey::read).transpose()?,
            moderators,
            started: StdInstant::now(),
            time,
        };
        if let Some(path) = &config.moderators {
            auth.set_moderators(NewModerators::read(path)?);
        }
        Ok(auth)
    }

    /// How the tokens of a closed server are signed.
    pub(crate) fn token_algorithm(&self) -> Option<&'static str> {
        self.token_key.as_ref().map(TokenKey::algorithm)
    }

    /// The list of moderators is this one. It counts at once, also for who is connected.
    pub(crate) fn set_moderators(&self, moderators: NewModerators) {
        self.moderators.set(moderators);
    }

    /// Lets somebody in, or says why not; a try to bring a code counts only if it was wrong.
    pub(crate) async fn admit(
        &self,
        everybody: (&Log, Option<&Cluster>),
        (opening, asker): (&ConnectRequest, &Asker),
        outbox: &Outbox,
    ) -> Result<(Claim<Admitted>, Option<Box<Held>>), Refusal> {
        let admitted = self.admit_by_code(everybody, (opening, asker), outbox).await;
        let tried = opening.tried.lock().take();
        if !matches!(admitted, Err(Refusal::BadCode)) {
            tried.into_iter().for_each(Try::was_right);
        }
        admitted
    }

    /// Whether they may enter a room is asked for each room.
    async fn admit_by_code(
        &self,
        (log, cluster): (&Log, Option<&Cluster>),
        (opening, asker): (&ConnectRequest, &Asker),
        outbox: &Outbox,
    ) -> Result<(Claim<Admitted>, Option<Box<Held>>), Refusal> {
        if let Some(token) = &opening.bot {
            let who = Who::by_bot(&find_bot(log, asker, token).await?);
            return self.admit_once((log, cluster), (opening, asker), (who, outbox)).await;
        }
        let mut name = match &self.token_key {
            Some(_) => None,
            None => {
                self.may_come(opening)?;
                self.link(log, opening).await?
            }
        };
        loop {
            let who = match &self.token_key {
                Some(key) => Who::by_token(key, opening, self.time.strict_ms())?,
                None => self.by_key(opening, name.take()),
            };
            let (claim, held) =
                self.admit_once((log, cluster), (opening, asker), (who, outbox)).await?;
            if self.is_recognised(claim.person()) {
                return Ok((claim, held));
            }
            // The name was taken by whoever had another: from now on their devices are known.
            name = Some(claim.name().clone());
        }
    }

    async fn admit_once(
        &self,
        (log, cluster): (&Log, Option<&Cluster>),
        (opening, asker): (&ConnectRequest, &Asker),
        (who, outbox): (Who, &Outbox),
    ) -> Result<(Claim<Admitted>, Option<Box<Held>>), Refusal> {
        let (proof, wanted) = (who.proof, who.name.is_some());
        let key = who.name.as_ref().and_then(|name| self.own_key(name, proof));
        let member = Admitted::new(outbox.clone(), who.pass, key);
        let (claim, held) = match who.name {
            Some(name) => {
                let claim = self.claim((log, asker), Person::new(name, proof), &member).await?;
                self.hold((log, cluster), claim).await?
            }
            None => self.guest((log, cluster), proof, &member).await?,
        };
        // Only now: a ban that is being imposed either is seen here or finds this claim.
        let person = (claim.person(), member.pass());
        if let Some(banned) = self.ban((log, asker), person).await {
            return Err(Refusal::Banned(Box::new(banned)));
        }
        match proof {
            Proof::Key(key) if wanted => self.keep(log, claim.person(), key, opening).await?,
            Proof::Token => self.know(log, claim.person()).await,
            Proof::Key(_) | Proof::None => {}
        }
        Ok((claim, held))
    }

    /// On an open server a name is enough, and a key makes it one's own.
    fn by_key(&self, opening: &ConnectRequest, name: Option<UserName>) -> Who {
        let key = opening.key.as_ref().map(KeyHash::of);
        let name = name.or_else(|| opening.hello.user.clone());
        let known_by = name.as_ref().zip(key).map(|(name, key)| self.known_by(name, key));
        let is_moderator = self.moderators.has(known_by.or(key));
        let role = if is_moderator { Role::Moderator } else { Role::Member };
        let pass = Permissions { role, grant: None, expires: None, bot: None };
        Who {
            name,
            proof: key.map_or(Proof::None, Proof::Key),
            pass: (role != Role::Member).then_some(pass),
        }
    }

    /// What keeps somebody out of the server. The operator may have lifted it in the database.
    async fn ban(
        &self,
        (log, asker): (&Log, &Asker),
        person: (&Person, Option<&Permissions>),
    ) -> Option<Restriction> {
        loop {
            let (now, may_ask) = (|| self.time.age_ms(), || log.may_read(asker).is_ok());
            let found = match self.sanctions.standing(Kind::Ban, person, None, now, may_ask) {
                Standing::Free => return None,
                Standing::Restricted(ban) => return Some(ban),
                Standing::Unsure(found) => found,
            };
            if !matches!(log.has_sanction(asker, found.clone()).await, Ok(false)) {
                return Some(restriction(&found, now()));
            }
            self.sanctions.forget(&found);
        }
    }

    /// Whether there is a place for one more ban or mute of a moderator, without those that the operator
    /// has lifted.
    pub(crate) async fn has_place(
        &self,
        (log, asker): (&Log, &Asker),
        new: &Sanction,
        moderator: &Person,
    ) -> Result<(), Refusal> {
        let has_place = || {
            let now = self.time.age_ms();
            self.sanctions.has_place(new, &|by| self.names.is_of(by, moderator, now), now)
        };
        if has_place().is_ok() {
            return Ok(());
        }
        if let Ok(stored) = log.sanctions(asker).await {
            self.sanctions.keep_only(&stored);
        }
        has_place()
    }

    /// Whether the operator made somebody a moderator there, or anywhere: who has this key, here or
    /// not, or has come in with such a pass on any of these connections.
    pub(crate) fn is_moderator(
        &self,
        key: Option<KeyHash>,
        connections: &[Admitted],
        room: Option<&RoomName>,
    ) -> bool {
        let passes = connections.iter().filter_map(Admitted::pass);
        self.moderators.is_one(key, passes, room)
    }

    async fn claim(
        &self,
        (log, asker): (&Log, &Asker),
        person: Person,
        member: &Admitted,
    ) -> Result<Claim<Admitted>, Taken> {
        let (name, proof) = (person.name.clone(), person.proof);
        let claimed = self.names.claim(person, member.clone(), self.time.age_ms());
        let owner = match &claimed {
            Err(Taken::Kept) => name.clone(),
            Err(Taken::Similar(owner)) => owner.clone(),
            _ => return claimed,
        };
        // The operator may have released it in the database, which knows better: but not of what is
        // on its way there.
        let Some(kept) = self.names.stored(&owner, self.time.age_ms()) else { return claimed };
        if !matches!(log.find_name(asker, owner).await, Ok(None)) {
            return claimed;
        }
        self.names.release(&kept);
        self.names.claim(Person::new(name, proof), member.clone(), self.time.age_ms())
    }
}
