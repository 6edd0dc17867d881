//! Reactions: who put which emoji on a message, and the list of them that pages hold.

use protocol::{
    Message, REACTION_KINDS_MAX, REACTION_USERS_MAX, Reacted, Refusal, ToClient, UserName,
    encode_reactions,
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::done::{self, Kind};
use super::target;
use crate::log::acts_on_messages::{NO_SUCH_MESSAGE, React};
use crate::log::apply::known::Known;
use crate::log::apply::sanctions;
use crate::log::database::column::{checked, id, signed, unsigned};
use crate::log::event::Event;
use crate::log::outcome::{Outcome, Revision};
use crate::people::names::PersonId;

const NOT_THERE: Refusal = Refusal::NotFound("you have not put this on the message");

pub(in crate::log::apply) fn react(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    react: &React,
) -> rusqlite::Result<Outcome> {
    let (author, person) = match target::person(db, &react.on)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    if let Some(refusal) = sanctions::silence(db, known, event, (&react.on.room, &author))? {
        return Ok(Outcome::Refused(refusal));
    }
    let kind = if react.put { Kind::Put } else { Kind::TakeAway };
    if let Some((id, at)) = done::find(db, (person, kind), &react.on)? {
        let first = react.reacted((author.name, None), id, at);
        return Ok(Outcome::Repeated(Box::new(ToClient::Reacted(first))));
    }
    let found = target::find(db, &react.on.room, react.on.message)?;
    let Some(found) = found.filter(|it| !it.message.deleted) else {
        return Ok(Outcome::Refused(NO_SUCH_MESSAGE));
    };
    let theirs = (react, person);
    let held = find(db, theirs)?;
    let told = match (held, react.put) {
        (Some(first), true) => return Ok(Outcome::Repeated(Box::new(ToClient::Reacted(first)))),
        (None, false) => return Ok(Outcome::Refused(NOT_THERE)),
        (Some(first), false) => take_away(db, event, theirs, first.sender)?,
        (None, true) => {
            let reactions = &found.message.reactions;
            let is_new = reactions.iter().all(|it| it.emoji != react.emoji);
            if is_new && reactions.len() >= REACTION_KINDS_MAX {
                let max = REACTION_KINDS_MAX;
                return Ok(Outcome::Refused(Refusal::TooManyReactions { max }));
            }
            put(db, event, theirs, author.name)?
        }
    };
    let state = list(db, found.message, &told)?;
    done::note(db, event, (person, kind), &react.on)?;
    Ok(Outcome::Revised(Box::new(Revision { id: event.id, told: ToClient::Reacted(told), state })))
}

fn put(
    db: &Connection,
    event: &Event,
    (react, person): (&React, PersonId),
    name: UserName,
) -> rusqlite::Result<Reacted> {
    let insert = "INSERT INTO reactions (message, emoji, person, id, at, name)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(insert)?.execute(params![
        signed(react.on.message.get()),
        react.emoji.as_str(),
        signed(person.get()),
        signed(event.id.get()),
        signed(event.at),
        name.as_str(),
    ])?;
    Ok(react.reacted((name, None), event.id, event.at))
}

/// If its owner was among those whose names are told, the next one is told from then on.
fn take_away(
    db: &Connection,
    event: &Event,
    (react, person): (&React, PersonId),
    name: UserName,
) -> rusqlite::Result<Reacted> {
    let last = last_told(db, react)?;
    let place = params![signed(react.on.message.get()), react.emoji.as_str(), signed(person.get())];
    let delete = "DELETE FROM reactions WHERE message = ?1 AND emoji = ?2 AND person = ?3";
    db.prepare_cached(delete)?.execute(place)?;
    let now = last_told(db, react)?;
    let next = now.filter(|now| last.is_some_and(|last| last.0 != now.0)).map(|now| now.1);
    Ok(react.reacted((name, next), event.id, event.at))
}

/// The last of those whose names are told, if there are so many.
fn last_told(db: &Connection, react: &React) -> rusqlite::Result<Option<(u64, UserName)>> {
    let select = "SELECT id, name FROM reactions WHERE message = ?1 AND emoji = ?2
        ORDER BY id LIMIT 1 OFFSET ?3";
    let before = i64::try_from(REACTION_USERS_MAX - 1).unwrap_or(i64::MAX);
    let bounds = params![signed(react.on.message.get()), react.emoji.as_str(), before];
    let found = db.prepare_cached(select)?.query_row(bounds, |row| {
        Ok((unsigned(row, 0)?, checked(1, UserName::known(row.get_ref(1)?.as_str()?))?))
    });
    found.optional()
}

/// How somebody put it there, if it is there.
fn find(db: &Connection, (react, person): (&React, PersonId)) -> rusqlite::Result<Option<Reacted>> {
    let select = "SELECT id, at, name FROM reactions
        WHERE message = ?1 AND emoji = ?2 AND person = ?3";
    let bounds =
        params![signed(react.on.message.get()), react.emoji.as_str(), signed(person.get())];
    let found = db.prepare_cached(select)?.query_row(bounds, |row| {
        let name = checked(2, UserName::known(row.get_ref(2)?.as_str()?))?;
        Ok(react.reacted((name, None), id(row, 0)?, unsigned(row, 1)?))
    });
    found.optional()
}

/// The message with the list as it is now.
fn list(db: &Connection, mut message: Message, told: &Reacted) -> rusqlite::Result<Message> {
    protocol::react(&mut message.reactions, told);
    let update = "UPDATE messages SET reactions = ?2, change = ?3, changed_at = ?4 WHERE id = ?1";
    let list = (!message.reactions.is_empty()).then(|| encode_reactions(&message.reactions));
    let place = signed(message.id.get());
    let (id, at) = (signed(told.id.get()), signed(told.at));
    db.prepare_cached(update)?.execute(params![place, list, id, at])?;
    Ok(Message { change: Some(told.id), ..message })
}
