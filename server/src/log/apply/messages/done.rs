//! What people did to messages lately, under which `ref`: sent again, it is not done again.
//!
//! Only where it stands in the order is kept: what it was is in what comes again, and no text stays here that is
//! erased elsewhere.

use protocol::MessageId;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::log::acts_on_messages::OnMessage;
use crate::log::database::column::{id, signed, unsigned};
use crate::log::event::Event;
use crate::people::names::PersonId;

/// They are remembered for a week at most: what waited longer to be sent is too late for more than that.
pub(super) const DONE_FOR_MS: u64 = 7 * 24 * 60 * 60 * 1000;
/// Acts that are remembered of a person: what a client does in ten seconds at the highest rate, or was kept back
/// while it was offline.
pub(super) const DONE_MAX: i64 = 256;

/// What was done.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Edit = 1,
    Put = 2,
    TakeAway = 3,
}

/// Where it stands in the order, if it was done before.
pub(super) fn find(
    db: &Connection,
    (person, kind): (PersonId, Kind),
    on: &OnMessage,
) -> rusqlite::Result<Option<(MessageId, u64)>> {
    let Some(reference) = &on.reference else { return Ok(None) };
    let select = "SELECT id, at FROM done
        WHERE person = ?1 AND ref = ?2 AND kind = ?3 AND message = ?4";
    let bounds =
        params![signed(person.get()), reference.as_str(), kind as i64, signed(on.message.get())];
    let mut select = db.prepare_cached(select)?;
    select.query_row(bounds, |row| Ok((id(row, 0)?, unsigned(row, 1)?))).optional()
}

/// Forgets what is too long ago.
pub(in crate::log::apply) fn expire(db: &Connection, now: u64) -> rusqlite::Result<()> {
    let forget = "DELETE FROM done WHERE at < ?1";
    db.prepare_cached(forget)?.execute([signed(now.saturating_sub(DONE_FOR_MS))])?;
    Ok(())
}

/// Remembers it.
pub(super) fn note(
    db: &Connection,
    event: &Event,
    (person, kind): (PersonId, Kind),
    on: &OnMessage,
) -> rusqlite::Result<()> {
    let Some(reference) = &on.reference else { return Ok(()) };
    let insert = "INSERT OR REPLACE INTO done (person, ref, kind, message, id, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let person = signed(person.get());
    db.prepare_cached(insert)?.execute(params![
        person,
        reference.as_str(),
        kind as i64,
        signed(on.message.get()),
        signed(event.id.get()),
        signed(event.at)
    ])?;
    let forget = "DELETE FROM done WHERE person = ?1 AND id <=
        (SELECT id FROM done WHERE person = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    db.prepare_cached(forget)?.execute([person, DONE_MAX])?;
    Ok(())
}
