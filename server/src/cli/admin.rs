//! What an operator does beside a server, running or not: names, bans and mutes, links, invites, hooks, tokens, and the
//! files that settings name.
//!
//! This file does not know arguments, or where its answers are printed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use protocol::{
    Grant, HookEntry, PATTERNS_MAX, Refusal, Role, RoomName, RoomPattern, Token, UserName,
};

use crate::RunError;
use crate::auth::AuthError;
use crate::auth::moderators;
use crate::auth::token::{TokenKey, TokenKeyError};
use crate::config::Config;
use crate::listen::tls::{Doubt, Tls};
use crate::log::acts_of_people::{MakeInvite, MakeLink};
use crate::log::acts_of_programs::{EndHook, MakeBot, MakeHook};
use crate::log::database::OpenError;
use crate::log::event::Act;
use crate::log::now_ms;
use crate::log::operator::beside;
pub(crate) use crate::log::operator::inspect::{Copied, backup, inspect};
use crate::log::operator::intake::{Intake, IntakeError};
pub(crate) use crate::log::operator::restore::{Restored, restore};
use crate::log::reading::bots::FoundBot;
use crate::log::reading::hooks::ListedHook;
use crate::log::sanction::Sanction;
pub(crate) use crate::log::sanction::{Kind, Whom};
use crate::monitoring::moment::utc;
pub(crate) use crate::people::key_hash::KeyHash;
use crate::webhooks::OutgoingHook;

/// Why it cannot be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdminError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// There are too many patterns.
    #[error("a token has at most {PATTERNS_MAX} patterns of rooms, these are {0}")]
    TooManyRooms(usize),
    /// The key cannot be used.
    #[error(transparent)]
    TokenKey(#[from] TokenKeyError),
    /// It would be of no use to anybody.
    #[error("a server would refuse such a token: {0}")]
    Refused(#[from] Refusal),
    /// There is no place for one more.
    #[error(transparent)]
    Invites(Refusal),
    /// The room has no place for a hook, or the name of a hook or bot is or looks like that of somebody.
    #[error(transparent)]
    Hooks(Refusal),
    /// Why a program's name or hook is refused, in the words of whoever applied it.
    #[error("{0}")]
    Programs(String),
    /// A server does not do it.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// There is no such hook.
    #[error("there is no hook {0} in {1:?}: see `nebula-server hooks`")]
    NoHook(u32, PathBuf),
    /// The name is nobody's.
    #[error(
        "the name {0} is not kept for a person in {1:?}: see `nebula-server names`; for a bot use `revoke-bot`"
    )]
    NotKept(UserName, PathBuf),
    /// Its cluster decides.
    #[error(
        "the database {0:?} belongs to a cluster, where this has to change on all nodes alike: name the cluster's NATS \
         servers with --cluster nats://…"
    )]
    InCluster(PathBuf),
    /// There is no such ban, or mute.
    #[error("no such {kind} {} in {db:?}: see `nebula-server bans`", place(room.as_ref()))]
    NoSanction { kind: Kind, room: Option<RoomName>, db: PathBuf },
}

/// The names that are kept, one on a line: the hash of the owner's key, when it was used last, the
/// name.
///
/// # Errors
/// [`AdminError`] if the database cannot be read.
pub(crate) fn names(db: &Path) -> Result<String, AdminError> {
    let mut list = String::new();
    for kept in beside::kept_names(db)? {
        // Writing into a string cannot fail.
        let _ = writeln!(list, "{} {} {}", kept.devices.main(), moment(kept.used), kept.name);
    }
    Ok(list)
}

/// The bans and mutes that hold, one on a line: what, where (`*` is the whole server), until when,
/// whom, by whom, and why.
///
/// # Errors
/// [`AdminError`] if the database cannot be read.
pub(crate) fn bans(db: &Path) -> Result<String, AdminError> {
    let mut list = String::new();
    let now = now_ms();
    for sanction in beside::kept_sanctions(db)? {
        let Sanction { kind, room, user, until, reason, by, .. } = sanction;
        if until.is_some_and(|until| until <= now) {
            continue;
        }
        let what = kind.to_string();
        let place = room.map_or_else(|| "*".to_owned(), |room| format!("#{room}"));
        let until = until.map_or_else(|| "always".to_owned(), moment);
        let reason =
            reason.map_or_else(String::new, |why| format!(": {}", on_one_line(why.as_str())));
        // Writing into a string cannot fail.
        let _ = writeln!(list, "{what:<4} {place} {until} {user}, by {by}{reason}");
    }
    Ok(list)
}

fn place(room: Option<&RoomName>) -> String {
    room.map_or_else(|| "of the whole server".to_owned(), |room| format!("in #{room}"))
}

/// What somebody wrote, with an escape for what would end a line, drive a terminal or not be seen.
/// Names hold nothing like that.
pub(super) fn on_one_line(text: &str) -> String {
    // But quotes are harmless.
    text.escape_debug().to_string().replace(r"\'", "'").replace(r#"\""#, "\"")
}

pub(super) fn moment(ms: u64) -> String {
    format!("{:.0}Z", utc(ms))
}

/// Nothing changes in the database of one node that does not change on the others.
fn is_alone(db: &Path) -> Result<(), AdminError> {
    if beside::is_of_cluster(db)? { Err(AdminError::InCluster(db.to_owned())) } else { Ok(()) }
}

/// Gives up a name that is kept for somebody.
///
/// # Errors
/// [`AdminError`] if it is nobody's, or the database cannot be written.
pub(crate) fn release_name(db: &Path, name: &UserName) -> Result<(), AdminError> {
    is_alone(db)?;
    if beside::release(db, name)? {
        Ok(())
    } else {
        Err(AdminError::NotKept(name.clone(), db.to_owned()))
    }
}

/// Keeps a link that adds a device to whoever has a name.
///
/// # Errors
/// [`AdminError`] if the name is nobody's, or the database cannot be written.
pub(crate) fn link(db: &Path, make: &MakeLink) -> Result<(), AdminError> {
    is_alone(db)?;
    if beside::link(db, make)? {
        Ok(())
    } else {
        Err(AdminError::NotKept(make.name.clone(), db.to_owned()))
    }
}

/// Keeps an invite.
///
/// # Errors
/// [`AdminError`] if there are too many, or the database cannot be written.
pub(crate) fn invite(db: &Path, invite: &MakeInvite) -> Result<(), AdminError> {
    is_alone(db)?;
    let number = beside::invite(db, invite)?;
    number.map(drop).ok_or(AdminError::Invites(Refusal::TooManyInvites))
}

/// Keeps a hook: its number.
///
/// # Errors
/// [`AdminError`] if it may not be, or the database cannot be written.
pub(crate) fn hook(db: &Path, make: &MakeHook) -> Result<u32, AdminError> {
    is_alone(db)?;
    beside::hook(db, make)?.map_err(AdminError::Hooks)
}

/// Makes a hook that sends what people say.
///
/// # Errors
/// [`AdminError`] if it may not be, or the database cannot be written.
pub(crate) fn outgoing_hook(db: &Path, hook: OutgoingHook) -> Result<(), AdminError> {
    is_alone(db)?;
    let intake = Intake::open(db)?;
    beside::may_be_called(db, &hook.name)?.map_err(AdminError::Hooks)?;
    intake.ask(Act::MakeOutgoing(Box::new(hook)))?.map_err(AdminError::Programs)
}

/// Makes a bot.
///
/// # Errors
/// [`AdminError`] if its name is somebody's, or the database cannot be written.
pub(crate) fn bot(db: &Path, make: MakeBot) -> Result<(), AdminError> {
    is_alone(db)?;
    let intake = Intake::open(db)?;
    beside::may_be_called(db, &make.name)?.map_err(AdminError::Hooks)?;
    intake.ask(Act::MakeBot(Box::new(make)))?.map_err(AdminError::Programs)
}

/// Ends a bot, so that its token opens nothing.
///
/// # Errors
/// [`AdminError`] if there is none, or the database cannot be written.
pub(crate) fn revoke_bot(db: &Path, name: &UserName) -> Result<(), AdminError> {
    is_alone(db)?;
    Intake::open(db)?.ask(Act::EndBot(name.clone()))?.map_err(AdminError::Programs)
}

/// The bots, one on a line: when it was made, what it is called, which rooms it may enter, and whether it only reads.
///
/// # Errors
/// [`AdminError`] if the database cannot be read.
pub(crate) fn bots(db: &Path) -> Result<String, AdminError> {
    let mut list = String::new();
    for FoundBot { name, rooms, reads_only, at, .. } in beside::kept_bots(db)? {
        let rooms: Vec<_> = rooms.iter().map(RoomPattern::as_str).collect();
        let reads = if reads_only { ", reads only" } else { "" };
        // Writing into a string cannot fail.
        let _ = writeln!(list, "{} {name}: {}{reads}", moment(at), rooms.join(","));
    }
    Ok(list)
}

/// The hooks of a room, or all, one on a line: its number, its room, what it is called, by whom it was made, whether what
/// it says can mention people, and where it sends to.
///
/// # Errors
/// [`AdminError`] if the database cannot be read.
pub(crate) fn hooks(db: &Path, room: Option<&RoomName>) -> Result<String, AdminError> {
    let mut list = String::new();
    for ListedHook { room, entry, sends } in beside::hooks(db, room)? {
        let HookEntry { hook, name, mentions, by } = entry;
        let by = by.map_or_else(String::new, |by| format!(", by {by}"));
        let mentions = if mentions { ", can mention" } else { "" };
        // Writing into a string cannot fail.
        let _ = write!(list, "{hook} #{room} {name}{by}{mentions}");
        if let Some((url, allows_private)) = sends {
            let private = if allows_private { ", also at private addresses" } else { "" };
            let _ = write!(list, ", sends to {}{private}", url.as_str());
        }
        list.push('\n');
    }
    Ok(list)
}

/// Ends a hook.
///
/// # Errors
/// [`AdminError`] if there is none, or the database cannot be written.
pub(crate) fn unhook(db: &Path, end: EndHook) -> Result<(), AdminError> {
    is_alone(db)?;
    let hook = end.hook;
    let none = |_| AdminError::NoHook(hook, db.to_owned());
    Intake::open(db)?.ask(Act::EndHook(Box::new(end)))?.map_err(none)
}

/// Lifts bans, or mutes, in a room or of the whole server; how many.
///
/// # Errors
/// [`AdminError`] if there is none, or the database cannot be written.
pub(crate) fn lift(
    db: &Path,
    kind: Kind,
    whom: &Whom,
    room: Option<&RoomName>,
) -> Result<u64, AdminError> {
    is_alone(db)?;
    match beside::lift(db, kind, whom, room)? {
        0 => Err(AdminError::NoSanction { kind, room: room.cloned(), db: db.to_owned() }),
        lifted => Ok(lifted as u64),
    }
}

/// Makes a token with the key in a file.
///
/// # Errors
/// [`AdminError`] if the key makes none, or there are too many rooms.
pub(crate) fn make_token(
    key: &Path,
    sub: UserName,
    rooms: Vec<RoomPattern>,
    days: u32,
    role: Role,
) -> Result<String, AdminError> {
    if rooms.len() > PATTERNS_MAX {
        return Err(AdminError::TooManyRooms(rooms.len()));
    }
    let now = now_ms();
    let exp = now / 1000 + u64::from(days) * 24 * 60 * 60;
    let key = TokenKey::read(key)?;
    let made = key.sign(&Grant { sub, rooms, exp, role })?;
    // What it would refuse is not handed out.
    Token::try_from(&*made).and_then(|token| key.check(&token, now))?;
    Ok(made)
}

/// What stands in the files that settings name beside the database.
#[derive(Debug)]
pub(crate) struct Files {
    /// How tokens are signed, if the server is closed.
    pub(crate) token_algorithm: Option<&'static str>,
    /// How many moderators there are by key.
    pub(crate) moderators: usize,
    /// What clients may not like about the certificate.
    pub(crate) doubts: Vec<Doubt>,
}

/// Reads the files that settings name beside the database.
///
/// # Errors
/// [`RunError`] for the first that a server could not use.
pub(crate) fn check_files(config: &Config) -> Result<Files, RunError> {
    let tls = Tls::of(config)?;
    let token_key = config.token_key.as_deref().map(TokenKey::read);
    let token_key = token_key.transpose().map_err(AuthError::from)?;
    let moderators = config.moderators.as_deref().map(moderators::read);
    let moderators = moderators.transpose().map_err(AuthError::from)?;
    Ok(Files {
        token_algorithm: token_key.as_ref().map(TokenKey::algorithm),
        moderators: moderators.map_or(0, |all| all.len()),
        doubts: tls.map_or_else(Vec::new, |tls| tls.doubts(now_ms())),
    })
}
