//! Bans and mutes.

use protocol::{MessageId, Reason, Refusal, Restriction, RoomName, UserName};
use rusqlite::{Connection, OptionalExtension as _, ToSql, params};

use super::audit::{self, Did, Noted};
use super::known::Known;
use crate::log::database::column::{checked, id, signed};
use crate::log::event::{Author, Event};
use crate::log::outcome::Outcome;
use crate::log::sanction::{Kind, Lift, Sanction};
use crate::people::key_hash::KeyHash;
use crate::people::names::Owner;

/// The newest ban or mute that there is.
pub(crate) fn newest_sanction(db: &Connection) -> rusqlite::Result<MessageId> {
    db.query_row("SELECT coalesce(max(id), 0) FROM sanctions", [], |row| id(row, 0))
}

pub(super) fn impose(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    sanction: &Sanction,
) -> rusqlite::Result<Outcome> {
    let impose = "INSERT OR REPLACE INTO sanctions
        (kind, room_key, owner, id, room, user_key, user, hash, until, reason, author)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    db.prepare_cached(impose)?.execute(params![
        sanction.kind.number(),
        room_key(sanction.room.as_ref()),
        sanction.owner(),
        signed(event.id.get()),
        sanction.room.as_ref().map(RoomName::as_str),
        sanction.user.key(),
        sanction.user.as_str(),
        sanction.key.as_ref().map(KeyHash::as_bytes),
        sanction.until.map(signed),
        sanction.reason.as_ref().map(Reason::as_str),
        sanction.by.as_str(),
    ])?;
    known.newest_sanction = Some(event.id);
    let did = if sanction.kind == Kind::Ban { Did::Ban } else { Did::Mute };
    let noted = Noted {
        by: Some(&sanction.by),
        whom: Some(&sanction.user),
        room: sanction.room.as_ref(),
        until: sanction.until,
        text: sanction.reason.as_ref().map(Reason::as_str),
        number: None,
    };
    audit::note(db, event.at, did, &noted)?;
    Ok(Outcome::Kept(event.id))
}

/// None in place of a moderator is the operator.
pub(super) fn lift(
    db: &Connection,
    event: &Event,
    (lift, by): (&Lift, Option<&UserName>),
) -> rusqlite::Result<Outcome> {
    let (kind, room) = (lift.kind, lift.room.as_ref());
    lift_all(db, event.at, (kind, room, by), ("owner = ?3", &lift.owner))?;
    Ok(Outcome::Kept(event.id))
}

/// Ends the bans or mutes of a place for which a condition holds that has `?3` as its only parameter; how many.
pub(in crate::log) fn lift_all(
    db: &Connection,
    at: u64,
    (kind, room, by): (Kind, Option<&RoomName>, Option<&UserName>),
    (condition, whom): (&str, &dyn ToSql),
) -> rusqlite::Result<usize> {
    let delete = format!(
        "DELETE FROM sanctions WHERE kind = ?1 AND room_key = ?2 AND {condition} RETURNING user"
    );
    let mut delete = db.prepare_cached(&delete)?;
    let lifted = delete.query_map(params![kind.number(), room_key(room), whom], |row| {
        checked(0, UserName::known(row.get_ref(0)?.as_str()?))
    })?;
    let mut lifted = lifted.collect::<rusqlite::Result<Vec<_>>>()?;
    lifted.sort();
    let did = if kind == Kind::Ban { Did::Unban } else { Did::Unmute };
    for user in &lifted {
        audit::note(db, at, did, &Noted { by, whom: Some(user), room, ..Noted::default() })?;
    }
    Ok(lifted.len())
}

/// Why a message is refused that was on its way when its author was banned or muted. What is older
/// was looked at before, with the time that it needs.
pub(super) fn silence(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    (room, author): (&RoomName, &Author),
) -> rusqlite::Result<Option<Refusal>> {
    let Some(seen) = author.checked else { return Ok(None) };
    let newest = match known.newest_sanction {
        Some(newest) => newest,
        None => *known.newest_sanction.insert(newest_sanction(db)?),
    };
    if newest <= seen {
        return Ok(None);
    }
    let select = "SELECT kind, room IS NULL, until, reason FROM sanctions
        WHERE id > ?1 AND room_key IN ('', ?2)
        AND (owner = ?3 OR owner = ?4 OR hash = ?5)
        ORDER BY kind, id LIMIT 1";
    let bounds = params![
        signed(seen.get()),
        room.key(),
        Owner::of(author.person, &author.name),
        Owner::of(None, &author.name),
        author.key.as_ref().map(KeyHash::as_bytes),
    ];
    let found = db.prepare_cached(select)?.query_row(bounds, |row| {
        let (until, reason): (Option<i64>, Option<String>) = (row.get(2)?, row.get(3)?);
        let until = checked(2, until.map(u64::try_from).transpose())?;
        let restriction = Restriction {
            server: row.get(1)?,
            seconds: until.map(|until| until.saturating_sub(event.at).div_ceil(1000)),
            reason: checked(3, reason.as_deref().map(Reason::stored).transpose())?,
        };
        Ok((row.get::<_, i64>(0)?, Box::new(restriction)))
    });
    Ok(found.optional()?.map(|(kind, restriction)| {
        let is_ban = kind == Kind::Ban.number();
        if is_ban { Refusal::Banned(restriction) } else { Refusal::Muted(restriction) }
    }))
}

/// No room's name is empty.
pub(crate) fn room_key(room: Option<&RoomName>) -> &str {
    room.map_or("", |room| room.key())
}
