//! Devices: the keys of a person, how another one is added, and how one goes.

use protocol::{DEVICES_MAX, LINK_MS, Label, MessageId, Refusal, UserName};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::audit::{self, Did, Noted};
use super::{persons, rooms};
use crate::log::acts_of_people::{AddDevice, MakeLink, RevokeDevice, UseDevice};
use crate::log::database::column::{checked, person, signed, unsigned};
use crate::log::event::Event;
use crate::log::outcome::{Outcome, PersonDevices};
use crate::people::devices::{Device, Devices};
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

/// Revoked keys of a person that are remembered, so that they hear why they are not let in: with more, the
/// oldest are forgotten.
const REVOKED_MAX: i64 = 100;

pub(super) fn make_link(
    db: &Connection,
    event: &Event,
    make: &MakeLink,
) -> rusqlite::Result<Outcome> {
    let Some(person) = persons::named(db, &make.name)? else {
        return Ok(Outcome::Refused(Refusal::NoName));
    };
    keep_link(db, person, make, event.at)?;
    Ok(Outcome::Kept(event.id))
}

/// Keeps a link that is made `now`.
pub(in crate::log) fn keep_link(
    db: &Connection,
    person: PersonId,
    make: &MakeLink,
    now: u64,
) -> rusqlite::Result<()> {
    clear(db, now)?;
    let insert = "INSERT OR REPLACE INTO links (code, person, until, makes_room)
        VALUES (?1, ?2, ?3, ?4)";
    let until = signed(now.saturating_add(LINK_MS));
    let row = params![make.code.as_bytes(), signed(person.get()), until, make.makes_room];
    db.prepare_cached(insert)?.execute(row)?;
    // The operator's makes room.
    let by = Some(&make.name).filter(|_| !make.makes_room);
    audit::note(db, now, Did::Link, &Noted { by, whom: Some(&make.name), ..Noted::default() })
}

/// Forgets links whose time is over.
pub(super) fn clear(db: &Connection, now: u64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM links WHERE until <= ?1")?.execute([signed(now)]).map(drop)
}

/// Who is not sure whether a code was taken brings it again with the same key.
pub(super) fn add_device(
    db: &Connection,
    event: &Event,
    new: &AddDevice,
) -> rusqlite::Result<Outcome> {
    let select = "SELECT person, makes_room FROM links
        WHERE code = ?1 AND until > ?2 AND (hash IS NULL OR hash = ?3)";
    let bounds = params![new.code.as_bytes(), signed(event.at), new.key.as_bytes()];
    let mut select = db.prepare_cached(select)?;
    let found =
        select.query_row(bounds, |row| Ok((person(row, 0)?, row.get::<_, bool>(1)?))).optional()?;
    let Some((owner, makes_room)) = found else { return Ok(Outcome::Refused(Refusal::BadCode)) };
    if !has(db, owner, new.key)? {
        if count(db, owner)? >= DEVICES_MAX as u64 {
            if !makes_room {
                return Ok(Outcome::Refused(Refusal::TooManyDevices { max: DEVICES_MAX }));
            }
            end(db, (owner, least_used(db, owner)?), event.at)?;
        }
        add(db, (owner, event.at), (new.key, new.label.as_ref()), event.at)?;
        let text = new.label.as_ref().map(Label::as_str);
        note(db, event, (Did::Device, owner), Noted { text, ..Noted::default() })?;
    }
    let note = "UPDATE links SET hash = ?2 WHERE code = ?1";
    db.prepare_cached(note)?.execute([new.code.as_bytes(), new.key.as_bytes()])?;
    has_devices(db, owner, event.id)
}

pub(super) fn revoke(
    db: &Connection,
    event: &Event,
    revoke: &RevokeDevice,
) -> rusqlite::Result<Outcome> {
    let owner = signed(revoke.person.get());
    let select = "SELECT revoked IS NULL FROM keys WHERE person = ?1 AND device = ?2";
    let found = db
        .prepare_cached(select)?
        .query_row(params![owner, revoke.device], |row| row.get(0))
        .optional()?;
    match found {
        Some(true) if count(db, revoke.person)? == 1 => {
            return Ok(Outcome::Refused(Refusal::OnlyDevice));
        }
        Some(true) => {}
        Some(false) | None => {
            return Ok(Outcome::Refused(Refusal::NotFound("you have no device of this number")));
        }
    }
    end(db, (revoke.person, revoke.device), event.at)?;
    let number = Some(u64::from(revoke.device));
    note(db, event, (Did::Revoke, revoke.person), Noted { number, ..Noted::default() })?;
    has_devices(db, revoke.person, event.id)
}

/// Somebody did something to their own devices.
fn note(
    db: &Connection,
    event: &Event,
    (did, owner): (Did, PersonId),
    noted: Noted<'_>,
) -> rusqlite::Result<()> {
    let name = rooms::name_of(db, owner)?;
    let (by, whom) = (name.as_ref(), name.as_ref());
    audit::note(db, event.at, did, &Noted { by, whom, ..noted })
}

fn least_used(db: &Connection, owner: PersonId) -> rusqlite::Result<u32> {
    let select = "SELECT device FROM keys WHERE person = ?1 AND revoked IS NULL
        ORDER BY used, device LIMIT 1";
    db.prepare_cached(select)?.query_row([signed(owner.get())], |row| row.get(0))
}

/// A device is its person's no longer.
fn end(db: &Connection, (owner, device): (PersonId, u32), at: u64) -> rusqlite::Result<()> {
    let owner = signed(owner.get());
    let update = "UPDATE keys SET revoked = ?3, label = NULL WHERE person = ?1 AND device = ?2";
    db.prepare_cached(update)?.execute(params![owner, device, signed(at)])?;
    let forget = "DELETE FROM keys WHERE person = ?1 AND device IN (
        SELECT device FROM keys WHERE person = ?1 AND revoked IS NOT NULL
        ORDER BY device DESC LIMIT -1 OFFSET ?2)";
    db.prepare_cached(forget)?.execute([owner, REVOKED_MAX]).map(drop)
}

pub(super) fn note_use(
    db: &Connection,
    event: &Event,
    used: &UseDevice,
) -> rusqlite::Result<Outcome> {
    let (owner, at) = (signed(used.person.get()), signed(used.used));
    let update = "UPDATE keys SET used = max(used, ?3), label = coalesce(?4, label)
        WHERE person = ?1 AND hash = ?2 AND revoked IS NULL";
    let label = used.label.as_ref().map(Label::as_str);
    db.prepare_cached(update)?.execute(params![owner, used.key.as_bytes(), at, label])?;
    Ok(Outcome::Kept(event.id))
}

/// Adds a key that is not a device of the person, or is one no longer.
pub(super) fn add(
    db: &Connection,
    (owner, at): (PersonId, u64),
    (key, label): (KeyHash, Option<&Label>),
    used: u64,
) -> rusqlite::Result<()> {
    let insert = "INSERT OR REPLACE INTO keys (hash, person, device, label, added, used)
        SELECT ?1, ?2, coalesce(max(device), 0) + 1, ?3, ?4, ?5 FROM keys WHERE person = ?2";
    let label = label.map(Label::as_str);
    let row = params![key.as_bytes(), signed(owner.get()), label, signed(at), signed(used)];
    db.prepare_cached(insert)?.execute(row)?;
    Ok(())
}

fn has(db: &Connection, owner: PersonId, key: KeyHash) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM keys WHERE person = ?1 AND hash = ?2 AND revoked IS NULL";
    db.prepare_cached(select)?.exists(params![signed(owner.get()), key.as_bytes()])
}

fn count(db: &Connection, owner: PersonId) -> rusqlite::Result<u64> {
    let select = "SELECT count(*) FROM keys WHERE person = ?1 AND revoked IS NULL";
    db.prepare_cached(select)?.query_row([signed(owner.get())], |row| unsigned(row, 0))
}

fn has_devices(db: &Connection, owner: PersonId, changed: MessageId) -> rusqlite::Result<Outcome> {
    let select = "SELECT name FROM names WHERE person = ?1";
    let name = db.prepare_cached(select)?.query_row([signed(owner.get())], |row| {
        checked(0, UserName::known(row.get_ref(0)?.as_str()?))
    });
    let Some(devices) = load(db, owner, changed)? else {
        return Ok(Outcome::Refused(Refusal::NoName));
    };
    Ok(Outcome::HasDevices(Box::new(PersonDevices {
        person: owner,
        name: name.optional()?,
        devices,
    })))
}

/// The devices of a person; none of whom a token names.
pub(in crate::log) fn load(
    db: &Connection,
    owner: PersonId,
    changed: MessageId,
) -> rusqlite::Result<Option<Devices>> {
    let number = [signed(owner.get())];
    let main = "SELECT key FROM persons WHERE id = ?1";
    let main = db.prepare_cached(main)?.query_row(number, |row| {
        let key = row.get_ref(0)?.as_blob_or_null()?;
        checked(0, key.map(KeyHash::try_from).transpose())
    });
    let Some(main) = main.optional()?.flatten() else { return Ok(None) };
    let select = "SELECT hash, revoked IS NOT NULL FROM keys WHERE person = ?1 ORDER BY device";
    let mut select = db.prepare_cached(select)?;
    let all = select.query_map(number, read_device)?.collect::<rusqlite::Result<_>>()?;
    Ok(Some(Devices::new(main, all, changed)))
}

fn read_device(row: &Row<'_>) -> rusqlite::Result<Device> {
    Ok(Device {
        key: checked(0, KeyHash::try_from(row.get_ref(0)?.as_blob()?))?,
        is_revoked: row.get(1)?,
    })
}
