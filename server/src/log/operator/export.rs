//! Writes everything that rooms hold, as the lines of JSON that clients are told: what a room is, what it is
//! about, and each message as it is now.
//!
//! It reads one moment of the database, which a server may be using. This file does not know where the lines go.

use std::io;
use std::path::Path;

use protocol::{
    Message, Ref, RoomInfo, RoomKind, RoomMember, RoomName, Title, ToClient, Topic, TopicText,
    UserName,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::log::apply::{MESSAGE_COLUMNS, kind_of, read_message, role_of, users};
use crate::log::database::column::{checked, id, signed, unsigned};
use crate::log::database::{Database, OpenError};

/// What was written.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exported {
    pub(crate) rooms: u64,
    pub(crate) messages: u64,
}

/// Why not all was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The database cannot be read.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// There is no such room in it.
    #[error("there is no room {0} in the database")]
    NoRoom(RoomName),
    /// The lines cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// One room, or all; and what was said since a time, in milliseconds since 1970.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) room: Option<RoomName>,
    pub(crate) since: u64,
}

/// A room as it stands in the database.
struct Room {
    number: i64,
    info: RoomInfo,
}

/// Why reading was given up, before it is known for which file.
enum Stop {
    Sqlite(rusqlite::Error),
    Io(io::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Stop::Sqlite(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Io(error)
    }
}

/// Writes what is wanted.
///
/// # Errors
/// [`ExportError`].
pub(crate) fn export(
    path: &Path,
    wanted: &Wanted,
    out: &mut dyn io::Write,
) -> Result<Exported, ExportError> {
    let database = Database::beside(path)?;
    let db = database.reader()?;
    let stopped = |stop| match stop {
        Stop::Sqlite(error) => ExportError::Database(database.failed(error)),
        Stop::Io(error) => ExportError::Io(error),
    };
    // Everything that is read within it is of one moment.
    let moment = db.unchecked_transaction().map_err(|error| database.failed(error))?;
    let rooms = rooms(&moment, wanted.room.as_ref()).map_err(|error| database.failed(error))?;
    if let (true, Some(room)) = (rooms.is_empty(), &wanted.room) {
        return Err(ExportError::NoRoom(room.clone()));
    }
    let mut exported = Exported::default();
    for room in rooms {
        exported.rooms += 1;
        exported.messages += write_room(&moment, room, wanted.since, out).map_err(stopped)?;
    }
    out.flush()?;
    Ok(exported)
}

/// By key. Of a room that has ended, or that somebody only looked into, there is nothing to tell.
fn rooms(db: &Connection, one: Option<&RoomName>) -> rusqlite::Result<Vec<Room>> {
    let select = "SELECT id, name, kind, title FROM rooms
        WHERE kind <> 3 AND (?1 IS NULL OR key = ?1)
        AND (EXISTS (SELECT 1 FROM topics WHERE room = rooms.id AND content <> '')
            OR EXISTS (SELECT 1 FROM messages WHERE room = rooms.id)
            OR EXISTS (SELECT 1 FROM members WHERE room = rooms.id))
        ORDER BY key";
    let mut select = db.prepare(select)?;
    let rooms = select.query_map([one.map(|room| room.key())], |row| {
        let room = checked(1, RoomName::known(row.get_ref(1)?.as_str()?))?;
        let title = row.get_ref(3)?.as_str_or_null()?.map(Title::try_from).transpose();
        let info =
            RoomInfo { title: checked(3, title)?, ..RoomInfo::new(room, kind_of(row.get(2)?)) };
        Ok(Room { number: row.get(0)?, info })
    })?;
    rooms.collect()
}

/// How many messages it has.
fn write_room(
    db: &Connection,
    room: Room,
    since: u64,
    out: &mut dyn io::Write,
) -> Result<u64, Stop> {
    let Room { number, info } = room;
    let topic = topic(db, number, &info.room)?;
    let members = match info.kind {
        RoomKind::Direct => Vec::new(),
        _ => members(db, number)?,
    };
    let users = match info.kind {
        RoomKind::Direct => users(db, number)?.into_iter().map(|(_, name)| name).collect(),
        _ => Vec::new(),
    };
    let name = info.room.clone();
    let about = topic.as_ref().map(|topic| topic.content.clone()).unwrap_or_default();
    let info = RoomInfo { topic: about, members, users, ..info };
    writeln!(out, "{}", ToClient::Room(info).encode())?;
    if let Some(topic) = topic {
        writeln!(out, "{}", ToClient::Topic(topic).encode())?;
    }
    write_messages(db, (number, &name), since, out)
}

fn write_messages(
    db: &Connection,
    (number, room): (i64, &RoomName),
    since: u64,
    out: &mut dyn io::Write,
) -> Result<u64, Stop> {
    let select = format!(
        "SELECT {MESSAGE_COLUMNS}, coalesce(origin, (SELECT epoch FROM log) || ':' || id) AS origin
         FROM messages WHERE room = ?1 AND at >= ?2 ORDER BY id"
    );
    let mut select = db.prepare(&select)?;
    let mut rows = select.query(params![number, signed(since)])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        writeln!(out, "{}", ToClient::Message(message(row, room)?).encode())?;
        count += 1;
    }
    Ok(count)
}

/// A message without what belongs to the order and the people of this server: when it changed there, and whom
/// it mentions there. Its `ref` is what it is known by wherever it is taken in.
fn message(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Message> {
    let origin: String = row.get("origin")?;
    Ok(Message {
        reference: Some(checked(4, Ref::try_from(origin.as_str()))?),
        change: None,
        mentions: Vec::new(),
        everybody: None,
        ..read_message(row, room)?
    })
}

fn topic(db: &Connection, number: i64, room: &RoomName) -> rusqlite::Result<Option<Topic>> {
    let select = "SELECT id, content, author, at FROM topics WHERE room = ?1
        ORDER BY id DESC LIMIT 1";
    let mut select = db.prepare_cached(select)?;
    let found = select.query_row([number], |row| {
        Ok(Topic {
            room: room.clone(),
            id: id(row, 0)?,
            content: checked(1, TopicText::try_from(row.get_ref(1)?.as_str()?))?,
            sender: checked(2, UserName::known(row.get_ref(2)?.as_str()?))?,
            at: unsigned(row, 3)?,
            reference: None,
        })
    });
    Ok(found.optional()?.filter(|topic| !topic.content.is_empty()))
}

/// Everybody who has a role, as they are called now: the owner first, then moderators, then members.
fn members(db: &Connection, number: i64) -> rusqlite::Result<Vec<RoomMember>> {
    let select = "SELECT role, coalesce(names.name, members.name) FROM members
        LEFT JOIN names ON names.person = members.person WHERE room = ?1
        ORDER BY role, coalesce(names.key, members.name_key), members.person";
    let mut select = db.prepare_cached(select)?;
    let members = select.query_map([number], |row| {
        let user = checked(1, UserName::known(row.get_ref(1)?.as_str()?))?;
        Ok(RoomMember { user, role: role_of(row.get(0)?) })
    })?;
    members.collect()
}
