//! What people ask for about themselves and about who may come: their devices, and invites.
//!
//! This file does not know who may ask.

use protocol::{CAME_MAX, Device, Invited, Label, Note, RoomName, UserName};
use rusqlite::{Connection, Row, params};

use crate::log::database::column::{checked, signed, unsigned};
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

/// Invites in one answer, the newest, and what they may take, about: it fits an outbox beside live traffic.
const INVITES_TOLD_MAX: i64 = 200;
const INVITES_BYTES_MAX: usize = 64 * 1024;

/// A person's devices, each with its key, in the order in which they came. Of one device alone, what is known of
/// the name is known of it.
pub(super) fn devices(
    db: &Connection,
    person: PersonId,
) -> rusqlite::Result<Vec<(KeyHash, Device)>> {
    let select = "SELECT hash, device, label, added,
            CASE (SELECT count(*) FROM keys WHERE person = ?1 AND revoked IS NULL)
                WHEN 1 THEN max(used, coalesce((SELECT used FROM names WHERE person = ?1), 0))
                ELSE used END
        FROM keys WHERE person = ?1 AND revoked IS NULL ORDER BY device";
    let mut select = db.prepare_cached(select)?;
    select.query_map([signed(person.get())], read_device)?.collect()
}

fn read_device(row: &Row<'_>) -> rusqlite::Result<(KeyHash, Device)> {
    let label: Option<String> = row.get(2)?;
    let device = Device {
        device: row.get(1)?,
        label: checked(2, label.as_deref().map(Label::try_from).transpose())?,
        added: unsigned(row, 3)?,
        used: unsigned(row, 4)?,
        this: false,
    };
    Ok((checked(0, KeyHash::try_from(row.get_ref(0)?.as_blob()?))?, device))
}

/// The newest invites that are good `now`: those that somebody made, or all; in the order in which they were made.
pub(super) fn invites(
    db: &Connection,
    by: Option<PersonId>,
    now: u64,
) -> rusqlite::Result<Vec<Invited>> {
    let select = "SELECT number, uses, until, note,
            (SELECT name FROM names WHERE names.person = invites.person)
        FROM invites WHERE uses > 0 AND until > ?2 AND (?1 IS NULL OR person = ?1)
        ORDER BY number DESC LIMIT ?3";
    let by = by.map(|by| signed(by.get()));
    let mut select = db.prepare_cached(select)?;
    let mut rows = select.query(params![by, signed(now), INVITES_TOLD_MAX])?;
    let (mut list, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()?
        && bytes < INVITES_BYTES_MAX
    {
        let invite = read_invite(db, row)?;
        bytes += told_bytes(&invite);
        list.push(invite);
    }
    list.reverse();
    Ok(list)
}

fn read_invite(db: &Connection, row: &Row<'_>) -> rusqlite::Result<Invited> {
    let (number, note, by): (u32, Option<String>, Option<String>) =
        (row.get(0)?, row.get(3)?, row.get(4)?);
    let rooms = "SELECT room FROM invite_rooms WHERE invite = ?1 ORDER BY room";
    let mut rooms = db.prepare_cached(rooms)?;
    let rooms =
        rooms.query_map([number], |row| checked(0, RoomName::known(row.get_ref(0)?.as_str()?)))?;
    let came = "SELECT name FROM invited WHERE invite = ?1 ORDER BY id DESC LIMIT ?2";
    let mut came = db.prepare_cached(came)?;
    let came = came
        .query_map(params![number, i64::try_from(CAME_MAX).unwrap_or(i64::MAX)], |row| {
            checked(0, UserName::known(row.get_ref(0)?.as_str()?))
        })?;
    Ok(Invited {
        invite: number,
        rooms: rooms.collect::<rusqlite::Result<_>>()?,
        uses: row.get(1)?,
        expires: unsigned(row, 2)?,
        note: checked(3, note.as_deref().map(Note::try_from).transpose())?,
        by: checked(4, by.as_deref().map(UserName::known).transpose())?,
        came: came.collect::<rusqlite::Result<_>>()?,
    })
}

/// What it takes in an answer, about.
fn told_bytes(invite: &Invited) -> usize {
    const AROUND: usize = 100;
    let rooms = invite.rooms.iter().map(|room| room.as_str().len() + 3);
    let came = invite.came.iter().map(|name| name.as_str().len() + 3);
    let note = invite.note.as_ref().map_or(0, |note| note.as_str().len());
    AROUND + note + rooms.sum::<usize>() + came.sum::<usize>()
}
