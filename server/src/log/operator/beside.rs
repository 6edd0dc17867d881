//! What an operator's commands read and change of what is kept of people, in a database that a server
//! may be using at the moment.
//!
//! This file does not know the server.

use std::path::Path;

use protocol::{Refusal, RoomName, UserName};
use rusqlite::{Connection, OpenFlags, ToSql, Transaction, TransactionBehavior};

use crate::log::acts_of_people::{MakeInvite, MakeLink};
use crate::log::acts_of_programs::MakeHook;
use crate::log::apply::{keep_hook, keep_invite, keep_link, lift_all, person_named, release_now};
use crate::log::database::{BUSY_TIMEOUT, Database, OpenError};
use crate::log::database::{on_disk, place};
use crate::log::reading::alike::may_look_so;
use crate::log::reading::bots::{FoundBot, bots};
use crate::log::reading::hooks::{ListedHook, listed};
use crate::log::reading::register::{names, sanctions};
use crate::log::sanction::{Kind, Sanction, Whom};
use crate::log::time::clock::now_ms;
use crate::people::names::Kept;

/// The names of a database.
///
/// # Errors
/// [`OpenError`] if it cannot be read.
pub(crate) fn kept_names(path: &Path) -> Result<Vec<Kept>, OpenError> {
    with(path, names)
}

/// The bans and mutes of a database.
///
/// # Errors
/// [`OpenError`] if it cannot be read.
pub(crate) fn kept_sanctions(path: &Path) -> Result<Vec<Sanction>, OpenError> {
    with(path, sanctions)
}

/// Whether a database belongs to a cluster.
///
/// # Errors
/// [`OpenError`] if it cannot be read.
pub(crate) fn is_of_cluster(path: &Path) -> Result<bool, OpenError> {
    with(path, |db| Ok(place::cluster(db)?.is_some()))
}

/// Releases a name; true if it was kept. Whose it was stays who they are, under another name.
///
/// # Errors
/// [`OpenError`] if the database cannot be written.
pub(crate) fn release(path: &Path, name: &UserName) -> Result<bool, OpenError> {
    with(path, |db| within(db, |db| release_now(db, now_ms(), name)))
}

/// Keeps a link that adds a device to whoever has a name; false if nobody has.
///
/// # Errors
/// [`OpenError`] if the database cannot be written.
pub(crate) fn link(path: &Path, make: &MakeLink) -> Result<bool, OpenError> {
    with(path, |db| {
        let Some(person) = person_named(db, &make.name)? else { return Ok(false) };
        within(db, |db| keep_link(db, person, make, now_ms()).map(|()| true))
    })
}

/// Keeps an invite: its number; none if there are too many.
///
/// # Errors
/// [`OpenError`] if the database cannot be written.
pub(crate) fn invite(path: &Path, invite: &MakeInvite) -> Result<Option<u32>, OpenError> {
    with(path, |db| within(db, |db| keep_invite(db, invite, now_ms())))
}

/// Keeps a hook: its number; else why there is none.
///
/// # Errors
/// [`OpenError`] if the database cannot be written.
pub(crate) fn hook(path: &Path, make: &MakeHook) -> Result<Result<u32, Refusal>, OpenError> {
    with(path, |db| match may_look_so(db, &make.name)? {
        Ok(()) => within(db, |db| keep_hook(db, make, now_ms())),
        Err(refusal) => Ok(Err(refusal)),
    })
}

/// Whether a program may have a name.
///
/// # Errors
/// [`OpenError`] if the database cannot be read.
pub(crate) fn may_be_called(
    path: &Path,
    name: &UserName,
) -> Result<Result<(), Refusal>, OpenError> {
    with(path, |db| may_look_so(db, name))
}

/// The hooks of a room, or all.
///
/// # Errors
/// [`OpenError`] if the database cannot be read.
pub(crate) fn hooks(path: &Path, room: Option<&RoomName>) -> Result<Vec<ListedHook>, OpenError> {
    with(path, |db| listed(db, room))
}

/// The bots of a database.
///
/// # Errors
/// [`OpenError`] if it cannot be read.
pub(crate) fn kept_bots(path: &Path) -> Result<Vec<FoundBot>, OpenError> {
    with(path, bots)
}

/// Lifts bans or mutes in a room, or of the whole server; how many.
///
/// # Errors
/// [`OpenError`] if the database cannot be written.
pub(crate) fn lift(
    path: &Path,
    kind: Kind,
    whom: &Whom,
    room: Option<&RoomName>,
) -> Result<usize, OpenError> {
    let (one, is_one): (Box<dyn ToSql>, _) = match whom {
        Whom::All => (Box::new(0), "?3 = 0"),
        Whom::Name(name) => (Box::new(name.key().to_string()), "user_key = ?3"),
        Whom::Key(hash) => (Box::new(hash.as_bytes().to_vec()), "hash = ?3"),
    };
    let lift = |db: &Connection| lift_all(db, now_ms(), (kind, room, None), (is_one, &*one));
    with(path, |db| within(db, lift))
}

/// All of it, or nothing.
fn within<T>(
    db: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit().map(|()| done)
}

fn with<T>(
    path: &Path,
    question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, OpenError> {
    let database = Database::beside(path)?;
    let connect = || {
        let db = on_disk::connect(database.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.busy_timeout(BUSY_TIMEOUT)?;
        Ok(db)
    };
    let found = connect().and_then(|db| question(&db));
    found.map_err(|error| database.failed(error))
}
