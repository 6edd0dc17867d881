//! What is kept of people: names and whose they are, bans and mutes. The statements that read it.
//!
//! This file does not know messages, or what follows from a ban.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use protocol::{MessageId, Reason, RoomName, UserName};
use rusqlite::{Connection, Row, params};

use crate::log::apply::{devices_of, newest_sanction, room_key};
use crate::log::database::column::{checked, optional_id, person, signed, unsigned};
use crate::log::event::Expire;
use crate::log::sanction::{Kind, Sanction};
use crate::people::devices::Devices;
use crate::people::key_hash::KeyHash;
use crate::people::names::{Kept, PersonId};

/// What is kept of people.
#[derive(Debug, Default)]
pub(crate) struct Register {
    pub(crate) names: Vec<Kept>,
    /// Who the tokens of a closed server speak of, by folded name.
    pub(crate) subjects: HashMap<Arc<str>, PersonId>,
    pub(crate) sanctions: Vec<Sanction>,
    /// The newest of the bans and mutes.
    pub(crate) newest_sanction: MessageId,
}

/// Whether anything would go, or be mended. A server that starts on a full disk writes nothing that it
/// need not.
pub(in crate::log) fn has_expired(db: &Connection, expire: &Expire) -> rusqlite::Result<bool> {
    let select = "SELECT EXISTS (SELECT 1 FROM names WHERE used > ?1 OR used < max(?2, ?3))
        OR EXISTS (SELECT 1 FROM sanctions WHERE until <= ?1)";
    let Expire { now, earliest, names_used_before } = *expire;
    let bounds = [signed(now), signed(earliest), signed(names_used_before)];
    db.query_row(select, bounds, |row| row.get(0))
}

/// Reads all of it, also what is over.
pub(in crate::log) fn load(db: &Connection) -> rusqlite::Result<Register> {
    Ok(Register {
        names: names(db)?,
        subjects: subjects(db)?,
        sanctions: sanctions(db)?,
        newest_sanction: newest_sanction(db)?,
    })
}

/// The name of somebody, and the key that stands for them.
const NAMES: &str = "SELECT name, persons.key, used, person FROM names JOIN persons ON id = person";

/// Who has a name, as it stands in the database now.
pub(in crate::log) fn find_name(
    db: &Connection,
    name: &UserName,
) -> rusqlite::Result<Option<Kept>> {
    let select = format!("{NAMES} WHERE names.key = ?1");
    let found = db.prepare_cached(&select)?.query_map([name.key()], read_name)?.next();
    let Some(mut kept) = found.transpose()? else { return Ok(None) };
    learn_devices(db, &mut kept)?;
    Ok(Some(kept))
}

/// Whether there is such a ban or mute now.
pub(in crate::log) fn has_sanction(db: &Connection, sanction: &Sanction) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM sanctions WHERE kind = ?1 AND room_key = ?2 AND owner = ?3";
    let place = (sanction.kind.number(), room_key(sanction.room.as_ref()), sanction.owner());
    db.prepare_cached(select)?.exists(params![place.0, place.1, place.2])
}

pub(in crate::log) fn names(db: &Connection) -> rusqlite::Result<Vec<Kept>> {
    let mut select = db.prepare(&format!("{NAMES} ORDER BY names.key"))?;
    let mut names = select.query_map([], read_name)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let several = "SELECT person FROM keys JOIN persons ON id = person
        WHERE hash <> key OR revoked IS NOT NULL";
    let mut several = db.prepare(several)?;
    let several = several.query_map([], |row| person(row, 0))?;
    let several = several.collect::<rusqlite::Result<HashSet<_>>>()?;
    let have_several =
        names.iter_mut().filter(|kept| kept.person.is_some_and(|person| several.contains(&person)));
    for kept in have_several {
        learn_devices(db, kept)?;
    }
    Ok(names)
}

fn learn_devices(db: &Connection, kept: &mut Kept) -> rusqlite::Result<()> {
    let Some(person) = kept.person else { return Ok(()) };
    if let Some(devices) = devices_of(db, person, MessageId::ZERO)? {
        kept.devices = devices;
    }
    Ok(())
}

fn subjects(db: &Connection) -> rusqlite::Result<HashMap<Arc<str>, PersonId>> {
    let mut select = db.prepare("SELECT key, person FROM subjects")?;
    let rows =
        select.query_map([], |row| Ok((row.get::<_, String>(0)?.into(), person(row, 1)?)))?;
    rows.collect()
}

pub(in crate::log) fn sanctions(db: &Connection) -> rusqlite::Result<Vec<Sanction>> {
    let select = "SELECT kind, room, user, hash, until, reason, author,
            CASE typeof(owner) WHEN 'integer' THEN owner END
        FROM sanctions ORDER BY kind, room_key, user_key, id";
    let mut select = db.prepare(select)?;
    select.query_map([], read_sanction)?.collect()
}

fn read_name(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        name: checked(0, UserName::known(row.get_ref(0)?.as_str()?))?,
        devices: Devices::one(checked(1, KeyHash::try_from(row.get_ref(1)?.as_blob()?))?),
        used: unsigned(row, 2)?,
        person: Some(person(row, 3)?),
    })
}

fn read_sanction(row: &Row<'_>) -> rusqlite::Result<Sanction> {
    let (room, reason): (Option<String>, Option<String>) = (row.get(1)?, row.get(5)?);
    let (hash, until): (Option<Vec<u8>>, Option<i64>) = (row.get(3)?, row.get(4)?);
    Ok(Sanction {
        kind: if row.get::<_, i64>(0)? == Kind::Ban.number() { Kind::Ban } else { Kind::Mute },
        room: checked(1, room.as_deref().map(RoomName::known).transpose())?,
        user: checked(2, UserName::known(row.get_ref(2)?.as_str()?))?,
        key: checked(3, hash.as_deref().map(KeyHash::try_from).transpose())?,
        until: checked(4, until.map(u64::try_from).transpose())?,
        reason: checked(5, reason.as_deref().map(Reason::stored).transpose())?,
        by: checked(6, UserName::known(row.get_ref(6)?.as_str()?))?,
        person: optional_id(row, 7)?.map(PersonId::made_by),
    })
}
