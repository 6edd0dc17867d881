//! Editing: the author's new text takes the place of the old one, of which nothing is kept.

use protocol::{Edited, Everybody, Message, Refusal, ToClient};
use rusqlite::{Connection, params};

use super::done::{self, Kind};
use super::row::{written_everybody, written_names};
use super::target::{self, Target};
use crate::log::acts_on_messages::{Calls, Edit, NO_SUCH_MESSAGE};
use crate::log::apply::known::Known;
use crate::log::apply::mentions::{self, Mentioned};
use crate::log::apply::{markers, sanctions};
use crate::log::database::column::signed;
use crate::log::event::{Author, Event};
use crate::log::outcome::{Outcome, Revision};
use crate::log::search::index;
use crate::people::names::PersonId;

const NOT_YOURS: Refusal = Refusal::NotAllowedHere("only its author may edit a message");

/// The new text may call people.
pub(in crate::log::apply) fn edit(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    (edit, calls): (&Edit, Option<&Calls>),
) -> rusqlite::Result<Outcome> {
    if calls.is_some() {
        markers::start(db, event)?;
    }
    let (author, person) = match target::person(db, &edit.on)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    if let Some(refusal) = sanctions::silence(db, known, event, (&edit.on.room, &author))? {
        return Ok(Outcome::Refused(refusal));
    }
    let found = target::find(db, &edit.on.room, edit.on.message)?;
    if let Some((id, at)) = done::find(db, (person, Kind::Edit), &edit.on)? {
        return Ok(again(found, edit.edited(id, at)));
    }
    let message = match may_edit(found, person, (event, edit)) {
        Ok(message) => message,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let mentioned = match mentioned(db, (&author, edit, calls), message.everybody)? {
        Ok(mentioned) => mentioned,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    write(db, event, (edit, &message), &mentioned)?;
    done::note(db, event, (person, Kind::Edit), &edit.on)?;
    let (content, change) = (edit.content.clone(), Some(event.id));
    let Mentioned { names: mentions, everybody, .. } = mentioned;
    let told = edit.edited(event.id, event.at);
    let told = Edited { mentions: mentions.clone(), everybody, ..told };
    let edited = Some(event.at);
    let state = Message { content, change, edited, mentions, everybody, ..message };
    let told = ToClient::Edited(told);
    Ok(Outcome::Revised(Box::new(Revision { id: event.id, told, state })))
}

/// What its author was told: the same text mentions the same people still.
fn again(found: Option<Target>, edited: Edited) -> Outcome {
    let now = found.map(|found| found.message).filter(|now| now.content == edited.content);
    let (mentions, everybody) = now.map(|now| (now.mentions, now.everybody)).unwrap_or_default();
    Outcome::Repeated(Box::new(ToClient::Edited(Edited { mentions, everybody, ..edited })))
}

/// Whom it mentions from now on. Everybody is not called anew: all would be told of what they may have read.
fn mentioned(
    db: &Connection,
    (author, edit, calls): (&Author, &Edit, Option<&Calls>),
    before: Option<Everybody>,
) -> rusqlite::Result<Result<Mentioned, Refusal>> {
    let Some(calls) = calls else { return Ok(Ok(Mentioned::default())) };
    let (room, text) = (&edit.on.room, edit.content.as_str());
    let found = mentions::find_named(db, (author, room), text, calls)?;
    let is_new = found.everybody.is_some() && found.everybody != before;
    Ok(if is_new { Err(Refusal::EditAddsEverybody) } else { Ok(found) })
}

fn write(
    db: &Connection,
    event: &Event,
    (edit, message): (&Edit, &Message),
    mentioned: &Mentioned,
) -> rusqlite::Result<()> {
    index::remove(db, message.id)?;
    let update = "UPDATE messages SET content = ?2, change = ?3, changed_at = ?4, edited = ?4,
        mentions = ?5, everybody = ?6 WHERE id = ?1 RETURNING room";
    let (id, at) = (signed(event.id.get()), signed(event.at));
    let place = signed(message.id.get());
    let (names, everybody) =
        (written_names(&mentioned.names), written_everybody(mentioned.everybody));
    let row = params![place, edit.content.as_str(), id, at, names, everybody];
    let room = db.prepare_cached(update)?.query_row(row, |row| row.get(0))?;
    index::put_back(db, message.id)?;
    // Whom it mentioned with everybody it mentions still.
    mentions::erase(db, message, mentioned.everybody.is_some())?;
    mentions::keep(db, (room, place), mentioned)
}

fn may_edit(
    found: Option<Target>,
    person: PersonId,
    (event, edit): (&Event, &Edit),
) -> Result<Message, Refusal> {
    let found = found.filter(|it| !it.message.deleted).ok_or(NO_SUCH_MESSAGE)?;
    if !found.is_of(person) {
        return Err(NOT_YOURS);
    }
    if edit.window_ms == 0 {
        return Err(Refusal::NoEdits);
    }
    if event.at.saturating_sub(found.message.at) > edit.window_ms {
        return Err(Refusal::TooLate { seconds: edit.window_ms.div_ceil(1000) });
    }
    Ok(found.message)
}
