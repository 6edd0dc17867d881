//! Names, and the persons they point to.

use std::borrow::Cow;

use protocol::{Refusal, UserName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::audit::{self, Did, Noted};
use super::{devices, persons};
use crate::log::acts_of_people::{NameProof, TakeName, UseName};
use crate::log::database::column::{person, signed};
use crate::log::event::{Author, Event};
use crate::log::order::entry::Claim;
use crate::log::outcome::Outcome;
use crate::people::devices::KeyOf;
use crate::people::key_hash::KeyHash;
use crate::people::names::{PersonId, Proof};

pub(super) fn take(db: &Connection, event: &Event, take: &TakeName) -> rusqlite::Result<Outcome> {
    match take.proof {
        NameProof::Token => take_by_token(db, event, &take.name),
        NameProof::Key { hash, expired } => take_by_key(db, event, take, (hash, expired)),
    }
}

/// The operator's word, which makes somebody the same person for good.
fn take_by_token(db: &Connection, event: &Event, name: &UserName) -> rusqlite::Result<Outcome> {
    let select = "SELECT person FROM subjects WHERE key = ?1";
    let mut select = db.prepare_cached(select)?;
    if let Some(known) = select.query_row([name.key()], |row| person(row, 0)).optional()? {
        return Ok(Outcome::Named(known, None, Vec::new()));
    }
    let new = persons::make(db, event, None)?;
    let insert = "INSERT INTO subjects (key, person) VALUES (?1, ?2)";
    db.prepare_cached(insert)?.execute(params![name.key(), signed(new.get())])?;
    Ok(Outcome::Named(new, None, Vec::new()))
}

fn take_by_key(
    db: &Connection,
    event: &Event,
    take: &TakeName,
    (hash, expired): (KeyHash, u64),
) -> rusqlite::Result<Outcome> {
    let name = &take.name;
    let owner = match owner(db, name, (Some(hash), expired))? {
        Some((_, _, KeyOf::Revoked)) => return Ok(Outcome::Refused(Refusal::Revoked)),
        Some((owner, _, KeyOf::Theirs)) => owner,
        Some((_, true, KeyOf::Another)) => return Ok(Outcome::Refused(Refusal::NameClaimed)),
        Some((_, false, KeyOf::Another)) | None => match without_name(db, hash)? {
            Some(owner) => owner,
            None => make_owner(db, event, (hash, take.used))?,
        },
    };
    let insert = "INSERT INTO names (key, name, person, used) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (key) DO UPDATE SET name = ?2, person = ?3, used = ?4";
    let row = params![name.key(), name.as_str(), signed(owner.get()), signed(take.used)];
    db.prepare_cached(insert)?.execute(row)?;
    Ok(Outcome::Named(owner, devices::load(db, owner, event.id)?, Vec::new()))
}

/// Whether a name is already kept for whoever takes it.
pub(super) fn is_theirs(db: &Connection, take: &TakeName) -> rusqlite::Result<bool> {
    let NameProof::Key { hash, expired } = take.proof else { return Ok(true) };
    let owner = owner(db, &take.name, (Some(hash), expired))?;
    Ok(owner.is_some_and(|(_, _, whose)| whose == KeyOf::Theirs))
}

/// Whether a name is kept for somebody, or a token has named them.
pub(super) fn is_somebodys(db: &Connection, name: &UserName) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM subjects WHERE key = ?1";
    Ok(persons::named(db, name)?.is_some() || db.prepare_cached(select)?.exists([name.key()])?)
}

/// Whose a name is, whether they used it lately, as bots always did, and whose a key is to them.
fn owner(
    db: &Connection,
    name: &UserName,
    (key, expired): (Option<KeyHash>, u64),
) -> rusqlite::Result<Option<(PersonId, bool, KeyOf)>> {
    let select = "SELECT names.person,
            names.used >= ?3 OR names.person IN (SELECT person FROM bots),
            (SELECT revoked IS NULL FROM keys WHERE hash = ?2 AND person = names.person)
        FROM names WHERE key = ?1";
    let key = key.as_ref().map(KeyHash::as_bytes);
    let bounds = params![name.key(), key, signed(expired)];
    let found = db.prepare_cached(select)?.query_row(bounds, |row| {
        let is_good: Option<bool> = row.get(2)?;
        let whose = match is_good {
            Some(true) => KeyOf::Theirs,
            Some(false) => KeyOf::Revoked,
            None => KeyOf::Another,
        };
        Ok((person(row, 0)?, row.get(1)?, whose))
    });
    found.optional()
}

/// Who says something. What was on its way when the name became theirs came under the spelling alone, and may come
/// after what they said since, elsewhere.
pub(super) fn author<'a>(db: &Connection, said: &'a Author) -> rusqlite::Result<Cow<'a, Author>> {
    if said.person.is_some() || said.key.is_none() {
        return Ok(Cow::Borrowed(said));
    }
    Ok(match owner(db, &said.name, (said.key, 0))? {
        Some((person, _, KeyOf::Theirs | KeyOf::Revoked)) => {
            Cow::Owned(Author { person: Some(person), ..said.clone() })
        }
        _ => Cow::Borrowed(said),
    })
}

/// Why somebody cannot come in under a name: it is kept for another. A token is its operator's word.
pub(in crate::log) fn kept_for_another(
    db: &Connection,
    claim: &Claim,
) -> rusqlite::Result<Option<Refusal>> {
    let key = match claim.proof {
        Proof::Token => return Ok(None),
        Proof::Key(key) => Some(key),
        Proof::None => None,
    };
    // The key is the one that stands for all of the person's, which its device may not have any more.
    let found = owner(db, &claim.name, (key, claim.expired))?;
    Ok(found
        .is_some_and(|(_, is_used, whose)| is_used && whose == KeyOf::Another)
        .then_some(Refusal::NameClaimed))
}

/// Whoever has this key and lost their name is the same person under the next one.
fn without_name(db: &Connection, hash: KeyHash) -> rusqlite::Result<Option<PersonId>> {
    let select = "SELECT person FROM keys WHERE hash = ?1 AND revoked IS NULL
        AND NOT EXISTS (SELECT 1 FROM names WHERE names.person = keys.person)
        ORDER BY person LIMIT 1";
    db.prepare_cached(select)?.query_row([hash.as_bytes()], |row| person(row, 0)).optional()
}

fn make_owner(
    db: &Connection,
    event: &Event,
    (hash, used): (KeyHash, u64),
) -> rusqlite::Result<PersonId> {
    let owner = persons::make(db, event, Some(hash))?;
    devices::add(db, (owner, event.at), (hash, None), used)?;
    Ok(owner)
}

pub(super) fn note_use(
    db: &Connection,
    event: &Event,
    used: &UseName,
) -> rusqlite::Result<Outcome> {
    let update = "UPDATE names SET used = ?3 WHERE key = ?1 AND person = ?2";
    let row = params![used.name.key(), signed(used.person.get()), signed(used.used)];
    db.prepare_cached(update)?.execute(row)?;
    Ok(Outcome::Kept(event.id))
}

/// True if it was somebody's. A bot keeps its name until it ends.
pub(in crate::log) fn release_now(
    db: &Connection,
    at: u64,
    name: &UserName,
) -> rusqlite::Result<bool> {
    let delete = "DELETE FROM names WHERE key = ?1 AND person NOT IN (SELECT person FROM bots)";
    if db.prepare_cached(delete)?.execute([name.key()])? == 0 {
        return Ok(false);
    }
    audit::note(db, at, Did::Release, &Noted { whom: Some(name), ..Noted::default() })?;
    Ok(true)
}

/// Whose it was stays who they are, under another name.
pub(super) fn release(
    db: &Connection,
    event: &Event,
    name: &UserName,
) -> rusqlite::Result<Outcome> {
    let released = release_now(db, event.at, name)?;
    Ok(match released {
        false => Outcome::Refused(Refusal::NotFound("the name is kept for nobody")),
        true => Outcome::Kept(event.id),
    })
}
