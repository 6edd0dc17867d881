//! How a message comes to be, once.

use protocol::{Message, MessageId, Ref, Refusal, RoomName, ToClient};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::row::{COLUMNS, read_message, written_everybody, written_names};
use crate::log::acts_on_messages::{Calls, Mention, NO_SUCH_MESSAGE, Reply};
use crate::log::apply::known::Known;
use crate::log::apply::mentions::{self, Mentioned};
use crate::log::apply::{bots, markers, names, rooms, sanctions};
use crate::log::database::column::signed;
use crate::log::event::{Author, Event, Say};
use crate::log::outcome::Outcome;
use crate::people::names::Owner;

/// How long after a name has become a person's a message may come again that was said under it before,
/// in µs: clients give up sooner. Ids are µs as well.
const RESENT_AFTER_US_MAX: u64 = 24 * 60 * 60 * 1_000_000;

/// What is said: it may answer another message, and call people.
struct Saying<'a> {
    say: &'a Say,
    to: Option<MessageId>,
    calls: Option<&'a Calls>,
    /// Whose it is where a hook says it; none is its author's.
    hook: Option<&'a Owner>,
}

pub(in crate::log::apply) fn say(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    say: &Say,
) -> rusqlite::Result<Outcome> {
    insert(db, known, event, &Saying { say, to: None, calls: None, hook: None })
}

pub(in crate::log::apply) fn reply(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    reply: &Reply,
) -> rusqlite::Result<Outcome> {
    let saying = Saying { say: &reply.say, to: Some(reply.to), calls: None, hook: None };
    insert(db, known, event, &saying)
}

pub(in crate::log::apply) fn mention(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    mention: &Mention,
) -> rusqlite::Result<Outcome> {
    markers::start(db, event)?;
    let Mention { say, to, calls } = mention;
    insert(db, known, event, &Saying { say, to: *to, calls: Some(calls), hook: None })
}

/// Of a room that has ended there is no hook.
pub(in crate::log::apply) fn say_as_hook(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    (say, calls): (&Say, Option<&Calls>),
    hook: &Owner,
) -> rusqlite::Result<Outcome> {
    if calls.is_some() {
        markers::start(db, event)?;
    }
    insert(db, known, event, &Saying { say, to: None, calls, hook: Some(hook) })
}

fn insert(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    saying: &Saying<'_>,
) -> rusqlite::Result<Outcome> {
    let say = saying.say;
    let author = names::author(db, &say.author)?;
    let theirs = match say.room.is_address() && saying.hook.is_none() {
        true => match rooms::yours(db, &say.room, &author)? {
            Ok(found) => Some(found),
            Err(refusal) => return Ok(Outcome::Refused(refusal)),
        },
        false => None,
    };
    if let Some(refusal) = sanctions::silence(db, known, event, (&say.room, &author))? {
        return Ok(Outcome::Refused(refusal));
    }
    let room = match &theirs {
        Some(found) => found.number,
        None => known.rooms.get_or_make(db, &say.room)?,
    };
    let place = (room, &say.room);
    if let (Some(reference), true) = (&say.reference, is_new_person(&author, event)) {
        let spelling = Owner::of(None, &author.name);
        if let Some(first) = find(db, place, &spelling, reference)? {
            return Ok(again(first));
        }
    }
    let own = Owner::of(author.person, &author.name);
    let owner = saying.hook.unwrap_or(&own);
    let before = || {
        let said = say.reference.as_ref().map(|reference| find(db, place, owner, reference));
        said.transpose().map(Option::flatten)
    };
    let mentioned = match may_say(db, room, (&author, saying))? {
        Ok(mentioned) => mentioned,
        // What was said before comes back, whatever became of what it answers.
        Err(refusal) => return Ok(before()?.map_or(Outcome::Refused(refusal), again)),
    };
    let bot = match author.person {
        Some(person) => bots::is_one(db, known, person)?,
        None => saying.hook.is_some(),
    };
    if write(db, event, (room, &author, owner), (saying, &mentioned, bot))? == 0
        && let Some(first) = before()?
    {
        return Ok(again(first));
    }
    mentions::keep(db, (room, signed(event.id.get())), &mentioned)?;
    if let Some(person) = author.person {
        markers::advance(db, event, (person, room))?;
    }
    let Mentioned { names: mentions, everybody, .. } = mentioned;
    let said = say.message(event.id, event.at);
    let message = Message { bot, reply: saying.to, mentions, everybody, ..said };
    match theirs {
        Some(found) => rooms::begun(db, (room, found.kind), message),
        None => Ok(Outcome::Said(message)),
    }
}

/// Whom it mentions, unless it may not be said.
fn may_say(
    db: &Connection,
    room: i64,
    (author, saying): (&Author, &Saying<'_>),
) -> rusqlite::Result<Result<Mentioned, Refusal>> {
    if let Some(to) = saying.to
        && !is_in(db, room, to)?
    {
        return Ok(Err(NO_SUCH_MESSAGE));
    }
    let Some(calls) = saying.calls else { return Ok(Ok(Mentioned::default())) };
    mentions::find(db, (author, &saying.say.room), saying.say.content.as_str(), calls)
}

/// How many rows that makes: none if it was said before.
fn write(
    db: &Connection,
    event: &Event,
    (room, author, owner): (i64, &Author, &Owner),
    (saying, mentioned, bot): (&Saying<'_>, &Mentioned, bool),
) -> rusqlite::Result<usize> {
    let insert =
        "INSERT INTO messages (id, room, author, owner, content, at, ref, reply, mentions, everybody,
            bot)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (room, owner, ref) WHERE ref IS NOT NULL DO NOTHING";
    db.prepare_cached(insert)?.execute(params![
        signed(event.id.get()),
        room,
        author.name.as_str(),
        owner,
        saying.say.content.as_str(),
        signed(event.at),
        saying.say.reference.as_ref().map(Ref::as_str),
        saying.to.map(|to| signed(to.get())),
        written_names(&mentioned.names),
        written_everybody(mentioned.everybody),
        bot.then_some(1),
    ])
}

/// What somebody said or set just before the name became theirs was said under the spelling alone, and may
/// come again.
pub(in crate::log::apply) fn is_new_person(author: &Author, event: &Event) -> bool {
    let made = author.person.map(|person| person.get());
    made.is_some_and(|made| event.id.get().saturating_sub(made) <= RESENT_AFTER_US_MAX)
}

fn again(first: Message) -> Outcome {
    Outcome::Repeated(Box::new(ToClient::Message(first)))
}

fn find(
    db: &Connection,
    (number, room): (i64, &RoomName),
    owner: &Owner,
    reference: &Ref,
) -> rusqlite::Result<Option<Message>> {
    let select =
        format!("SELECT {COLUMNS} FROM messages WHERE room = ?1 AND owner = ?2 AND ref = ?3");
    let mut select = db.prepare_cached(&select)?;
    let bounds = params![number, owner, reference.as_str()];
    select.query_row(bounds, |row| read_message(row, room)).optional()
}

/// Whether a message is in a room, deleted or not.
fn is_in(db: &Connection, room: i64, message: MessageId) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM messages WHERE room = ?1 AND id = ?2";
    db.prepare_cached(select)?.exists([room, signed(message.get())])
}
