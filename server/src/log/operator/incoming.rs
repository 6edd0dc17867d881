//! What an operator hands to a running server, in a table of its database, and what became of it.
//!
//! The server looks there once a second, and oftener while it finds something. This file does not know who asks
//! for anything, or how it gets its place in the order.

use protocol::Refusal;
use rusqlite::{Connection, params};

use crate::log::acts_of_operator::Imported;
use crate::log::apply::NEWER_TOPIC;
use crate::log::event::Act;
use crate::log::outcome::Outcome;

/// Taken in one commit: a few milliseconds.
pub(crate) const BATCH: usize = 256;

/// What became of something, most of which was said elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::FromRepr)]
#[repr(i64)]
pub(crate) enum Became {
    Taken = 1,
    /// What it answers is not here.
    TakenWithoutReply = 2,
    /// It is here already.
    Known = 3,
    /// The room has a newer topic.
    OldTopic = 4,
    /// The private or direct room is not here.
    NoRoom = 5,
    /// The server cannot read it.
    Unreadable = 6,
    /// It is not done, and why stands beside it.
    Refused = 7,
}

impl Became {
    pub(crate) fn of(act: &Act, outcome: &Outcome) -> Self {
        let Act::Import(import) = act else {
            return match outcome {
                Outcome::Refused(_) => Became::Refused,
                _ => Became::Taken,
            };
        };
        let answers = matches!(&import.what, Imported::Message(it) if it.reply.is_some());
        match outcome {
            Outcome::Said(message) if answers && message.reply.is_none() => {
                Became::TakenWithoutReply
            }
            Outcome::Said(_) | Outcome::TopicSet(_) => Became::Taken,
            Outcome::Repeated(_) => Became::Known,
            Outcome::Refused(refusal) if *refusal == NEWER_TOPIC => Became::OldTopic,
            Outcome::Refused(Refusal::NoSuchRoom) => Became::NoRoom,
            _ => Became::Unreadable,
        }
    }
}

/// Hands these over, in one transaction; their numbers.
pub(in crate::log) fn hand_over(db: &Connection, all: &[Act]) -> rusqlite::Result<Vec<i64>> {
    let commit = db.unchecked_transaction()?;
    let mut numbers = Vec::with_capacity(all.len());
    for act in all {
        let act = postcard::to_allocvec(act)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        let insert = "INSERT INTO incoming (act) VALUES (?1)";
        numbers.push(commit.prepare_cached(insert)?.insert([act])?);
    }
    commit.commit().map(|()| numbers)
}

/// What waits, in the order in which it came; none is nothing that can be read.
pub(in crate::log) fn waiting(db: &Connection) -> rusqlite::Result<Vec<(i64, Option<Act>)>> {
    let select = "SELECT number, act FROM incoming WHERE became IS NULL ORDER BY number LIMIT ?1";
    let mut select = db.prepare_cached(select)?;
    let rows = select.query_map([i64::try_from(BATCH).unwrap_or(i64::MAX)], |row| {
        Ok((row.get(0)?, postcard::from_bytes(row.get_ref(1)?.as_blob()?).ok()))
    })?;
    rows.collect()
}

/// Notes what became of it, and keeps nothing else of it.
pub(in crate::log) fn note(
    db: &Connection,
    all: &[(i64, Became, Option<String>)],
) -> rusqlite::Result<()> {
    let commit = db.unchecked_transaction()?;
    let update = "UPDATE incoming SET became = ?2, act = x'', why = ?3 WHERE number = ?1";
    for (number, became, why) in all {
        commit.prepare_cached(update)?.execute(params![number, *became as i64, why])?;
    }
    commit.commit()
}

/// What became of these, of which that is known, and why that was refused; it is then forgotten.
pub(in crate::log) fn fetch(
    db: &Connection,
    (first, last): (i64, i64),
) -> rusqlite::Result<Vec<(i64, Became, Option<String>)>> {
    let known = "number BETWEEN ?1 AND ?2 AND became IS NOT NULL";
    // To look whether there is anything keeps nobody from writing.
    let select = format!("SELECT 1 FROM incoming WHERE {known}");
    if !db.prepare_cached(&select)?.exists([first, last])? {
        return Ok(Vec::new());
    }
    let delete = format!("DELETE FROM incoming WHERE {known} RETURNING number, became, why");
    let mut delete = db.prepare_cached(&delete)?;
    let rows = delete.query_map([first, last], |row| {
        let became = Became::from_repr(row.get(1)?).unwrap_or(Became::Unreadable);
        Ok((row.get(0)?, became, row.get(2)?))
    })?;
    rows.collect()
}

/// Takes back what waits; how much that is.
pub(in crate::log) fn take_back(db: &Connection, numbers: &[i64]) -> rusqlite::Result<usize> {
    let commit = db.unchecked_transaction()?;
    let mut taken = 0;
    for number in numbers {
        let delete = "DELETE FROM incoming WHERE number = ?1";
        taken += commit.prepare_cached(delete)?.execute([number])?;
    }
    commit.commit().map(|()| taken)
}

/// Forgets what became of what nobody waits for any more: a server that starts finds no command that waits. A node of
/// a cluster takes in nothing, so of that all goes.
pub(in crate::log) fn clear(db: &Connection, is_node: bool) -> rusqlite::Result<()> {
    db.execute("DELETE FROM incoming WHERE became IS NOT NULL OR ?1", [is_node]).map(drop)
}
