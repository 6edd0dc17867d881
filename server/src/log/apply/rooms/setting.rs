//! How persons keep rooms: which are among theirs, with which notifications, marked as unread, and in which order.

use protocol::{MessageId, Notify, Refusal, RoomName, Setting, ToClient};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::access::yours;
use super::numbers::room_number;
use crate::log::acts_of_rooms::{KeepRoom, KeepRoomAs};
use crate::log::apply::{markers, names};
use crate::log::database::column::{checked, id, optional_id, signed};
use crate::log::event::Event;
use crate::log::outcome::Outcome;
use crate::people::names::PersonId;

/// Rooms that a person keeps in some way: as many as a connection can be in.
pub(in crate::log) const KEPT_MAX: usize = 200;

pub(in crate::log::apply) fn keep_room(
    db: &Connection,
    event: &Event,
    keep: &KeepRoom,
) -> rusqlite::Result<Outcome> {
    change(db, event, keep, (None, None))
}

pub(in crate::log::apply) fn keep_room_as(
    db: &Connection,
    event: &Event,
    it: &KeepRoomAs,
) -> rusqlite::Result<Outcome> {
    markers::start(db, event)?;
    change(db, event, &it.keep, (it.notify, it.marked))
}

fn change(
    db: &Connection,
    event: &Event,
    keep: &KeepRoom,
    (notify, marked): (Option<Notify>, Option<MessageId>),
) -> rusqlite::Result<Outcome> {
    let author = names::author(db, &keep.author)?;
    let Some(person) = author.person else { return Ok(Outcome::Refused(Refusal::NoName)) };
    if keep.room.is_address()
        && let Err(refusal) = yours(db, &keep.room, &author)?
    {
        return Ok(Outcome::Refused(refusal));
    }
    let before = find(db, person, keep)?;
    let was = before.clone().unwrap_or_else(|| nothing(keep));
    let notify = match (notify, keep.muted, was.notify) {
        (Some(notify), ..) => notify,
        (None, Some(true), _) => Notify::Nothing,
        (None, Some(false), Notify::Nothing) => Notify::Default,
        (None, _, as_before) => as_before,
    };
    let marked = marked.map(|id| Some(id).filter(|id| *id > MessageId::ZERO));
    let now = Setting {
        joined: keep.joined.unwrap_or(was.joined),
        muted: notify == Notify::Nothing,
        notify,
        marked: marked.unwrap_or(was.marked),
        place: keep.place.or(was.place),
        id: event.id,
        ..was.clone()
    };
    if now == (Setting { id: event.id, ..was.clone() }) {
        // Of what is kept in no way no event said so.
        let id = before.map_or(event.id, |before| before.id);
        return Ok(Outcome::Repeated(Box::new(ToClient::Setting(Setting { id, ..was }))));
    }
    let is_new = before.is_none();
    if is_new && count(db, person)? >= KEPT_MAX {
        return Ok(Outcome::Refused(Refusal::TooManyRooms { max: KEPT_MAX }));
    }
    write(db, person, &now)?;
    if now.joined && !was.joined {
        begin(db, event, (person, &keep.room))?;
    }
    Ok(Outcome::Set(Box::new((person, now))))
}

/// A room is among somebody's, if they keep no more than they may.
pub(super) fn join(
    db: &Connection,
    event: &Event,
    (person, room): (PersonId, &RoomName),
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO kept_rooms (person, room_key, room, joined, muted, id)
        SELECT ?1, ?2, ?3, 1, 0, ?4
        WHERE (SELECT count(*) FROM kept_rooms WHERE person = ?1) < ?5
        ON CONFLICT DO UPDATE SET joined = 1, id = ?4 WHERE joined = 0";
    let most = i64::try_from(KEPT_MAX).unwrap_or(i64::MAX);
    let (owner, person, id) = (person, signed(person.get()), signed(event.id.get()));
    let row = params![person, room.key(), room.as_str(), id, most];
    db.prepare_cached(insert)?.execute(row)?;
    begin(db, event, (owner, room))
}

/// What was said in a room until now counts as read, if somebody has it for the first time.
fn begin(
    db: &Connection,
    event: &Event,
    (person, room): (PersonId, &RoomName),
) -> rusqlite::Result<()> {
    match room_number(db, room.key())? {
        Some(number) => markers::begin(db, event, (person, number)),
        None => Ok(()),
    }
}

/// Of a room that is kept in no way.
fn nothing(keep: &KeepRoom) -> Setting {
    let (room, reference) = (keep.room.clone(), keep.reference.clone());
    Setting {
        room,
        joined: false,
        muted: false,
        notify: Notify::Default,
        marked: None,
        place: None,
        id: MessageId::ZERO,
        reference,
    }
}

fn find(db: &Connection, person: PersonId, keep: &KeepRoom) -> rusqlite::Result<Option<Setting>> {
    let select = "SELECT joined, muted, place, id, marked FROM kept_rooms
        WHERE person = ?1 AND room_key = ?2";
    let mut select = db.prepare_cached(select)?;
    let found = select.query_row(params![signed(person.get()), keep.room.key()], |row| {
        let notify = notify_of(row.get(1)?);
        Ok(Setting {
            joined: row.get(0)?,
            muted: notify == Notify::Nothing,
            notify,
            marked: optional_id(row, 4)?,
            place: place(row, 2)?,
            id: id(row, 3)?,
            ..nothing(keep)
        })
    });
    found.optional()
}

/// Of what a keeper wants notifications: in the column that once said whether a room is muted.
pub(in crate::log) fn notify_of(muted: i64) -> Notify {
    match muted {
        1 => Notify::Nothing,
        2 => Notify::Mentions,
        3 => Notify::Everything,
        _ => Notify::Default,
    }
}

fn muted_of(notify: Notify) -> i64 {
    match notify {
        Notify::Default => 0,
        Notify::Nothing => 1,
        Notify::Mentions => 2,
        Notify::Everything => 3,
    }
}

/// Where a room stands in its keeper's order.
pub(in crate::log) fn place(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u32>> {
    let place: Option<i64> = row.get(column)?;
    checked(column, place.map(u32::try_from).transpose())
}

fn count(db: &Connection, person: PersonId) -> rusqlite::Result<usize> {
    let count = "SELECT count(*) FROM kept_rooms WHERE person = ?1";
    db.prepare_cached(count)?
        .query_row([signed(person.get())], |row| checked(0, usize::try_from(row.get::<_, i64>(0)?)))
}

fn write(db: &Connection, person: PersonId, now: &Setting) -> rusqlite::Result<()> {
    let (person, key) = (signed(person.get()), now.room.key());
    let is_nothing = !now.joined && now.notify == Notify::Default;
    if is_nothing && now.place.is_none() && now.marked.is_none() {
        let delete = "DELETE FROM kept_rooms WHERE person = ?1 AND room_key = ?2";
        db.prepare_cached(delete)?.execute(params![person, key])?;
        return Ok(());
    }
    let insert = "INSERT OR REPLACE INTO kept_rooms
        (person, room_key, room, joined, muted, place, id, marked)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let (room, id) = (now.room.as_str(), signed(now.id.get()));
    let (muted, marked) = (muted_of(now.notify), now.marked.map(|id| signed(id.get())));
    let row = params![person, key, room, now.joined, muted, now.place, id, marked];
    db.prepare_cached(insert)?.execute(row)?;
    Ok(())
}
