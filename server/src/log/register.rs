//! What is kept of people: names and whose they are, bans and mutes. The statements for it.
//!
//! This file does not know messages, or what follows from a ban.

use std::fmt;
use std::path::Path;

use protocol::{Reason, RoomName, UserName};
use rusqlite::{Connection, OpenFlags, Row, ToSql, params};

use super::database::{BUSY_TIMEOUT, Database, OpenError};
use super::judge::{EARLIEST_MS, Reading};
use super::on_disk;
use super::sqlite::{checked, signed, unsigned};
use crate::people::key_hash::KeyHash;
use crate::people::names::Kept;

/// What somebody may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Come in.
    Ban,
    /// Speak.
    Mute,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Ban => "ban",
            Kind::Mute => "mute",
        })
    }
}

impl Kind {
    fn number(self) -> i64 {
        match self {
            Kind::Ban => 1,
            Kind::Mute => 2,
        }
    }
}

/// Whose ban or mute an operator means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Everybody's.
    All,
    /// That of a name.
    Name(UserName),
    /// Those that hold for a key.
    Key(KeyHash),
}

/// A ban or a mute: one at most of each kind for each name in each place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sanction {
    pub(crate) kind: Kind,
    /// Where; none is the whole server.
    pub(crate) room: Option<RoomName>,
    pub(crate) user: UserName,
    /// It also holds for this key.
    pub(crate) key: Option<KeyHash>,
    /// Until when, in milliseconds since 1970; none is for good.
    pub(crate) until: Option<u64>,
    pub(crate) reason: Option<Reason>,
    pub(crate) by: UserName,
}

/// A change of what is kept of people.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// A name is somebody's.
    Keep(Kept),
    /// It was used, if it is still kept.
    Used(Kept),
    /// Somebody may not do something; replaces the same one of before.
    Impose(Sanction),
    /// They may again.
    Lift(Sanction),
}

/// What is kept of people.
#[derive(Debug, Default)]
pub(crate) struct Register {
    pub(crate) names: Vec<Kept>,
    pub(crate) sanctions: Vec<Sanction>,
}

pub(super) const SCHEMA: &str = "
    CREATE TABLE names (
        key TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        hash BLOB NOT NULL,
        used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sanctions (
        kind INTEGER NOT NULL,
        room_key TEXT NOT NULL,
        user_key TEXT NOT NULL,
        room TEXT,
        user TEXT NOT NULL,
        hash BLOB,
        until INTEGER,
        reason TEXT,
        author TEXT NOT NULL,
        PRIMARY KEY (kind, room_key, user_key)
    ) STRICT, WITHOUT ROWID;
";

/// Reads all that still holds, and removes what does not, unless the time is doubted.
pub(super) fn load(
    db: &Connection,
    time: &Reading,
    name_expiry: Option<u64>,
) -> rusqlite::Result<Register> {
    let now = time.now_ms();
    if time.doubt.is_none() {
        // A clock that was wrong stamped these: they count as used now.
        let mend = "UPDATE names SET used = ?1 WHERE used > ?1 OR used < ?2";
        db.execute(mend, [signed(now), signed(EARLIEST_MS)])?;
        let oldest = name_expiry.map_or(0, |expiry| now.saturating_sub(expiry));
        db.execute("DELETE FROM names WHERE used < ?1", [signed(oldest)])?;
        db.execute("DELETE FROM sanctions WHERE until <= ?1", [signed(now)])?;
    }
    Ok(Register { names: names(db)?, sanctions: sanctions(db)? })
}

pub(super) fn apply(db: &Connection, change: &Change) -> rusqlite::Result<()> {
    match change {
        Change::Keep(Kept { name, key, used }) => {
            let keep = "INSERT INTO names (key, name, hash, used) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (key) DO UPDATE SET name = ?2, hash = ?3, used = ?4";
            let row = params![name.key(), name.as_str(), key.as_bytes(), signed(*used)];
            db.prepare_cached(keep)?.execute(row)
        }
        Change::Used(Kept { name, key, used }) => {
            let update = "UPDATE names SET used = ?3 WHERE key = ?1 AND hash = ?2";
            let row = params![name.key(), key.as_bytes(), signed(*used)];
            db.prepare_cached(update)?.execute(row)
        }
        Change::Impose(sanction) => {
            let impose = "INSERT OR REPLACE INTO sanctions
                (kind, room_key, user_key, room, user, hash, until, reason, author)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let (kind, room_key, user_key) = place(sanction);
            db.prepare_cached(impose)?.execute(params![
                kind,
                room_key,
                user_key,
                sanction.room.as_ref().map(RoomName::as_str),
                sanction.user.as_str(),
                sanction.key.as_ref().map(KeyHash::as_bytes),
                sanction.until.map(signed),
                sanction.reason.as_ref().map(Reason::as_str),
                sanction.by.as_str(),
            ])
        }
        Change::Lift(sanction) => {
            let lift = "DELETE FROM sanctions WHERE kind = ?1 AND room_key = ?2 AND user_key = ?3";
            db.prepare_cached(lift)?.execute(place(sanction))
        }
    }?;
    Ok(())
}

/// Its primary key. No room's name is empty.
fn place(sanction: &Sanction) -> (i64, &str, &str) {
    let room = sanction.room.as_ref().map_or("", |room| room.key());
    (sanction.kind.number(), room, sanction.user.key())
}

/// Who has a name, as it stands in the database now.
pub(super) fn find_name(db: &Connection, name: &UserName) -> rusqlite::Result<Option<Kept>> {
    let select = "SELECT name, hash, used FROM names WHERE key = ?1";
    db.prepare_cached(select)?.query_map([name.key()], read_name)?.next().transpose()
}

/// Whether there is such a ban or mute now.
pub(super) fn has_sanction(db: &Connection, sanction: &Sanction) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM sanctions WHERE kind = ?1 AND room_key = ?2 AND user_key = ?3";
    db.prepare_cached(select)?.exists(place(sanction))
}

fn names(db: &Connection) -> rusqlite::Result<Vec<Kept>> {
    let mut select = db.prepare("SELECT name, hash, used FROM names ORDER BY key")?;
    select.query_map([], read_name)?.collect()
}

pub(super) fn sanctions(db: &Connection) -> rusqlite::Result<Vec<Sanction>> {
    let select = "SELECT kind, room, user, hash, until, reason, author FROM sanctions
        ORDER BY kind, room_key, user_key";
    let mut select = db.prepare(select)?;
    select.query_map([], read_sanction)?.collect()
}

fn read_name(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        name: checked(0, UserName::known(row.get_ref(0)?.as_str()?))?,
        key: checked(1, KeyHash::try_from(row.get_ref(1)?.as_blob()?))?,
        used: unsigned(row, 2)?,
    })
}

fn read_sanction(row: &Row<'_>) -> rusqlite::Result<Sanction> {
    let (room, reason): (Option<String>, Option<String>) = (row.get(1)?, row.get(5)?);
    let (hash, until): (Option<Vec<u8>>, Option<i64>) = (row.get(3)?, row.get(4)?);
    Ok(Sanction {
        kind: if row.get::<_, i64>(0)? == 1 { Kind::Ban } else { Kind::Mute },
        room: checked(1, room.as_deref().map(RoomName::known).transpose())?,
        user: checked(2, UserName::known(row.get_ref(2)?.as_str()?))?,
        key: checked(3, hash.as_deref().map(KeyHash::try_from).transpose())?,
        until: checked(4, until.map(u64::try_from).transpose())?,
        reason: checked(5, reason.as_deref().map(Reason::stored).transpose())?,
        by: checked(6, UserName::known(row.get_ref(6)?.as_str()?))?,
    })
}

/// The names of a database that a server may be using at the moment.
///
/// # Errors
/// [`OpenError`] if it cannot be read.
pub(crate) fn kept_names(path: &Path) -> Result<Vec<Kept>, OpenError> {
    let database = Database::beside(path)?;
    connect(&database).and_then(|db| names(&db)).map_err(|error| database.failed(error))
}

/// The bans and mutes of a database that a server may be using at the moment.
///
/// # Errors
/// [`OpenError`] if it cannot be read.
pub(crate) fn kept_sanctions(path: &Path) -> Result<Vec<Sanction>, OpenError> {
    let database = Database::beside(path)?;
    connect(&database).and_then(|db| sanctions(&db)).map_err(|error| database.failed(error))
}

/// Releases a name in a database that a server may be using at the moment; true if it was kept.
///
/// # Errors
/// [`OpenError`] if it cannot be written.
pub(crate) fn release(path: &Path, name: &UserName) -> Result<bool, OpenError> {
    let delete = |database: &Database| {
        connect(database)?.execute("DELETE FROM names WHERE key = ?1", [name.key()])
    };
    let database = Database::beside(path)?;
    delete(&database).map(|rows| rows > 0).map_err(|error| database.failed(error))
}

/// Lifts bans or mutes in a room, or of the whole server, in a database that a server may be using at
/// the moment; how many.
///
/// # Errors
/// [`OpenError`] if it cannot be written.
pub(crate) fn lift(
    path: &Path,
    kind: Kind,
    whom: &Whom,
    room: Option<&RoomName>,
) -> Result<usize, OpenError> {
    let place = (kind.number(), room.map_or("", |room| room.key()));
    let (one, is_one): (Box<dyn ToSql>, _) = match whom {
        Whom::All => (Box::new(0), "?3 = 0"),
        Whom::Name(name) => (Box::new(name.key().to_string()), "user_key = ?3"),
        Whom::Key(hash) => (Box::new(hash.as_bytes().to_vec()), "hash = ?3"),
    };
    let delete = format!("DELETE FROM sanctions WHERE kind = ?1 AND room_key = ?2 AND {is_one}");
    let database = Database::beside(path)?;
    let lifted =
        connect(&database).and_then(|db| db.execute(&delete, params![place.0, place.1, one]));
    lifted.map_err(|error| database.failed(error))
}

fn connect(database: &Database) -> rusqlite::Result<Connection> {
    let db = on_disk::connect(database.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    Ok(db)
}
