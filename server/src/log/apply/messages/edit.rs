//! Editing: the author's new text takes the place of the old one, of which nothing is kept.

use protocol::{Message, Refusal, ToClient};
use rusqlite::{Connection, params};

use super::done::{self, Kind};
use super::target::{self, Target};
use crate::log::acts_on_messages::{Edit, NO_SUCH_MESSAGE};
use crate::log::apply::known::Known;
use crate::log::apply::sanctions;
use crate::log::database::column::signed;
use crate::log::event::Event;
use crate::log::outcome::{Outcome, Revision};
use crate::people::names::PersonId;

const NOT_YOURS: Refusal = Refusal::NotAllowedHere("only its author may edit a message");

pub(in crate::log::apply) fn edit(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    edit: &Edit,
) -> rusqlite::Result<Outcome> {
    let (author, person) = match target::person(db, &edit.on)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    if let Some(refusal) = sanctions::silence(db, known, event, (&edit.on.room, &author))? {
        return Ok(Outcome::Refused(refusal));
    }
    if let Some((id, at)) = done::find(db, (person, Kind::Edit), &edit.on)? {
        return Ok(Outcome::Repeated(Box::new(ToClient::Edited(edit.edited(id, at)))));
    }
    let found = target::find(db, &edit.on.room, edit.on.message)?;
    let message = match may_edit(found, person, (event, edit)) {
        Ok(message) => message,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let update = "UPDATE messages SET content = ?2, change = ?3, changed_at = ?4, edited = ?4
        WHERE id = ?1";
    let (id, at) = (signed(event.id.get()), signed(event.at));
    let place = signed(message.id.get());
    db.prepare_cached(update)?.execute(params![place, edit.content.as_str(), id, at])?;
    done::note(db, event, (person, Kind::Edit), &edit.on)?;
    let (content, change) = (edit.content.clone(), Some(event.id));
    let state = Message { content, change, edited: Some(event.at), ..message };
    let told = ToClient::Edited(edit.edited(event.id, event.at));
    Ok(Outcome::Revised(Box::new(Revision { id: event.id, told, state })))
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
