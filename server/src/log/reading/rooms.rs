//! Which rooms there are for somebody, and what a room is for them: the statements that find it.
//!
//! A page of rooms is merged from what is sorted already: open rooms by an index of their own, the asker's
//! rooms by theirs, and the few that the asker keeps. So it costs the same with ten thousand rooms as with
//! ten; only who looks for a text goes through all open rooms. This file does not know who is connected.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use protocol::{
    Grant, HISTORY_BYTES_MAX, MEMBERS_TOLD_MAX, MessageId, Notify, ROOMS_MAX, Reading, Ref,
    RoomEntry, RoomKind, RoomList, RoomMember, RoomName, Title, ToClient, TopicText, UserName,
    fold,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::about::About;
use super::page::Topic;
use super::unread::reading;
use crate::hub::Census;
use crate::log::apply::{kind_of, look, notify_of, place, role_of, room_number, users};
use crate::log::database::column::{checked, id, optional_id, signed, unsigned};
use crate::log::memory::markers::Moved;
use crate::people::names::PersonId;

/// What is asked about rooms, by whom.
#[derive(Debug, Clone)]
pub(crate) struct RoomsAsked {
    pub(crate) person: Option<PersonId>,
    /// On a closed server, what the asker's token opens: other open rooms are not there for them.
    pub(crate) grant: Option<Grant>,
    pub(crate) mine: bool,
    /// Only this one.
    pub(crate) room: Option<RoomName>,
    pub(crate) query: Option<Box<str>>,
    pub(crate) after: Option<RoomName>,
    pub(crate) reference: Option<Ref>,
}

/// Of so many bytes an answer may be: as many as a page of history.
const ROOMS_BYTES_MAX: usize = HISTORY_BYTES_MAX - 1024;

impl RoomsAsked {
    fn opens(&self, room: &RoomName) -> bool {
        room.is_address() || self.grant.as_ref().is_none_or(|grant| grant.opens(room))
    }
}

/// The first rooms that somebody belongs to, in order; with open ones or without.
const THEIRS: &str = "SELECT r.id, r.name, r.kind, r.title, r.sort FROM members m
    JOIN rooms r ON r.id = m.room
    WHERE m.person = ?1 AND m.sort >= ?2 AND (m.sort > ?2 OR r.key > ?3)
        AND (?5 OR r.kind <> 0)
        AND (?4 = '' OR instr(r.topic_key, ?4) > 0 OR CASE r.kind
            WHEN 2 THEN EXISTS (SELECT 1 FROM members o LEFT JOIN names n ON n.person = o.person
                WHERE o.room = r.id AND o.person <> ?1 AND instr(coalesce(n.key, o.name_key), ?4) > 0)
            ELSE instr(r.sort, ?4) > 0 END)
    ORDER BY m.sort, r.key";
/// The first open rooms, in order.
const EVERYBODYS: &str = "SELECT id, name, kind, title, sort FROM rooms
    WHERE kind = 0 AND (sort, key) > (?1, ?2)
        AND (instr(sort, ?3) > 0 OR instr(topic_key, ?3) > 0)
    ORDER BY sort, key";

/// By what rooms are sorted: folded title or name, then address.
type Sort = (String, Arc<str>);

/// A room that may be in a page.
struct Candidate {
    sort: Sort,
    room: RoomName,
    /// None is not in the database.
    number: Option<i64>,
    kind: RoomKind,
    title: Option<Title>,
}

/// How the asker keeps a room.
#[derive(Debug, Clone, Copy, Default)]
struct KeptAs {
    joined: bool,
    notify: Notify,
    marked: Option<MessageId>,
    place: Option<u32>,
}

/// What a room is for somebody; none if it is not there for them. What takes longer to find is `told` alone.
pub(super) fn about(
    db: &Connection,
    room: &RoomName,
    (person, told): (Option<PersonId>, bool),
) -> rusqlite::Result<Option<About>> {
    let Some(found) = look(db, room, person)? else {
        return Ok((!room.is_address()).then(About::default));
    };
    let kind = Some(found.kind).filter(|kind| *kind != RoomKind::Open);
    let mut about = About { kind, role: found.role, ..About::default() };
    if !told {
        return Ok(Some(about));
    }
    match found.kind {
        RoomKind::Direct => {
            about.role = None;
            about.users = users(db, found.number)?.into_iter().map(|(_, name)| name).collect();
        }
        _ => {
            about.title = title(db, found.number)?;
            about.members = members(db, found.number)?;
            about.members_more = about.members.len() > MEMBERS_TOLD_MAX;
            about.members.truncate(MEMBERS_TOLD_MAX);
        }
    }
    Ok(Some(about))
}

/// What a room is about.
pub(super) fn topic_of(db: &Connection, room: i64) -> rusqlite::Result<Topic> {
    let select = "SELECT id, content FROM topics WHERE room = ?1 ORDER BY id DESC LIMIT 1";
    let mut select = db.prepare_cached(select)?;
    let found = select.query_row([room], |row| {
        let content = checked(1, TopicText::try_from(row.get_ref(1)?.as_str()?))?;
        Ok(Topic { id: id(row, 0)?, content })
    });
    Ok(found.optional()?.unwrap_or_default())
}

fn title(db: &Connection, room: i64) -> rusqlite::Result<Option<Title>> {
    let select = "SELECT title FROM rooms WHERE id = ?1";
    db.prepare_cached(select)?.query_row([room], |row| read_title(row, 0))
}

fn read_title(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Title>> {
    let title = row.get_ref(column)?.as_str_or_null()?;
    checked(column, title.map(Title::known).transpose())
}

/// Who has a role there, and one more than is told.
fn members(db: &Connection, room: i64) -> rusqlite::Result<Vec<RoomMember>> {
    let select = "SELECT coalesce(names.name, m.name), role FROM members m
        LEFT JOIN names ON names.person = m.person
        WHERE room = ?1 ORDER BY role, coalesce(names.key, name_key) LIMIT ?2";
    let mut select = db.prepare_cached(select)?;
    let one_more = i64::try_from(MEMBERS_TOLD_MAX).unwrap_or(i64::MAX).saturating_add(1);
    let members = select.query_map([room, one_more], |row| {
        let user = checked(0, UserName::known(row.get_ref(0)?.as_str()?))?;
        Ok(RoomMember { user, role: role_of(row.get(1)?) })
    })?;
    members.collect()
}

/// One page of rooms, with how many people the census counts in them.
pub(super) fn rooms(
    db: &Connection,
    asked: &RoomsAsked,
    (census, moved): (&Census, &Moved),
) -> rusqlite::Result<RoomList> {
    let _snapshot = db.unchecked_transaction()?;
    let query = asked.query.as_deref().map(fold).unwrap_or_default();
    let after = match &asked.after {
        Some(room) => sort_of(db, room, asked.person)?,
        None => (String::new(), "".into()),
    };
    let kept = kept(db, asked.person)?;
    let mut found = match &asked.room {
        Some(room) => one(db, room, (&kept, asked))?.into_iter().collect(),
        None => theirs(db, asked, (&after, &query))?,
    };
    if asked.room.is_none() {
        found.extend(match asked.mine {
            true => joined(db, (&kept, asked), (&after, &query))?,
            false => everybodys(db, (census, asked), (&after, &query))?,
        });
    }
    found.sort_by(|one, other| one.sort.cmp(&other.sort));
    found.dedup_by(|one, other| one.room == other.room);
    let mut list = RoomList { rooms: Vec::new(), more: false, reference: asked.reference.clone() };
    let mut bytes = 0;
    for candidate in found {
        let as_kept = kept.get(candidate.room.key()).map(|(_, kept)| *kept).unwrap_or_default();
        let people = census.people(&candidate.room);
        let entry = entry(db, candidate, (asked, moved), (as_kept, people))?;
        bytes += bytes_of(&entry);
        if list.rooms.len() == ROOMS_MAX || bytes > ROOMS_BYTES_MAX {
            list.more = true;
            break;
        }
        list.rooms.push(entry);
    }
    Ok(list)
}

/// Where a room stands among the others. One that is not there for the asker tells nothing of its title.
fn sort_of(db: &Connection, room: &RoomName, person: Option<PersonId>) -> rusqlite::Result<Sort> {
    let sort = match look(db, room, person)? {
        Some(found) => {
            let select = "SELECT sort FROM rooms WHERE id = ?1";
            db.prepare_cached(select)?.query_row([found.number], |row| row.get(0))?
        }
        None => room.key().to_string(),
    };
    Ok((sort, room.key().clone()))
}

fn kept(
    db: &Connection,
    person: Option<PersonId>,
) -> rusqlite::Result<HashMap<Arc<str>, (RoomName, KeptAs)>> {
    let Some(person) = person else { return Ok(HashMap::new()) };
    let select = "SELECT room, joined, muted, place, marked FROM kept_rooms WHERE person = ?1";
    let mut select = db.prepare_cached(select)?;
    let kept = select.query_map([signed(person.get())], |row| {
        let room = checked(0, RoomName::known(row.get_ref(0)?.as_str()?))?;
        let (joined, notify) = (row.get(1)?, notify_of(row.get(2)?));
        let kept = KeptAs { joined, notify, marked: optional_id(row, 4)?, place: place(row, 3)? };
        Ok((room.key().clone(), (room, kept)))
    })?;
    kept.collect()
}

/// The first of those that the asker belongs to, in order; without open ones, unless only the asker's are
/// wanted.
fn theirs(
    db: &Connection,
    asked: &RoomsAsked,
    (after, query): (&Sort, &str),
) -> rusqlite::Result<Vec<Candidate>> {
    let Some(person) = asked.person else { return Ok(Vec::new()) };
    let mut select = db.prepare_cached(THEIRS)?;
    let person = signed(person.get());
    let bounds = params![person, after.0, after.1, query, asked.mine];
    let opens =
        |it: &rusqlite::Result<Candidate>| it.as_ref().is_ok_and(|it| asked.opens(&it.room));
    first(select.query_map(bounds, candidate)?.filter(|it| it.is_err() || opens(it)))
}

/// As many as a page has, and one more, which says that there are others.
fn first(
    found: impl Iterator<Item = rusqlite::Result<Candidate>>,
) -> rusqlite::Result<Vec<Candidate>> {
    found.take(ROOMS_MAX + 1).collect()
}

fn candidate(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    let room = checked(1, RoomName::known(row.get_ref(1)?.as_str()?))?;
    Ok(Candidate {
        sort: (row.get(4)?, room.key().clone()),
        number: row.get(0)?,
        kind: kind_of(row.get(2)?),
        title: read_title(row, 3)?,
        room,
    })
}

/// The only room that is asked for, if it is there.
fn one(
    db: &Connection,
    room: &RoomName,
    (kept, asked): (&HashMap<Arc<str>, (RoomName, KeptAs)>, &RoomsAsked),
) -> rusqlite::Result<Option<Candidate>> {
    let found = look(db, room, asked.person)?;
    let has_role = found.as_ref().is_some_and(|found| found.role.is_some());
    let is_theirs = has_role || kept.get(room.key()).is_some_and(|(_, kept)| kept.joined);
    if (asked.mine && !is_theirs) || !asked.opens(room) {
        return Ok(None);
    }
    match found {
        None if room.is_address() => Ok(None),
        None => open_room(db, room).map(Some),
        Some(found) => {
            let select = "SELECT id, name, kind, title, sort FROM rooms WHERE id = ?1";
            db.prepare_cached(select)?.query_row([found.number], candidate).map(Some)
        }
    }
}

/// Open rooms that the asker has joined, in the database or not.
fn joined(
    db: &Connection,
    (kept, asked): (&HashMap<Arc<str>, (RoomName, KeptAs)>, &RoomsAsked),
    (after, query): (&Sort, &str),
) -> rusqlite::Result<Vec<Candidate>> {
    let mut found = Vec::new();
    let is_theirs =
        |(room, kept): &&(RoomName, KeptAs)| kept.joined && !room.is_address() && asked.opens(room);
    for (room, _) in kept.values().filter(is_theirs) {
        let candidate = open_room(db, room)?;
        let select = "SELECT 1 FROM rooms WHERE id = ?1 AND instr(topic_key, ?2) > 0";
        let fits = room.key().contains(query)
            || db.prepare_cached(select)?.exists(params![candidate.number, query])?;
        if fits && candidate.sort > *after {
            found.push(candidate);
        }
    }
    Ok(found)
}

fn open_room(db: &Connection, room: &RoomName) -> rusqlite::Result<Candidate> {
    let (sort, kind) = ((room.key().to_string(), room.key().clone()), RoomKind::Open);
    let number = room_number(db, room.key())?;
    Ok(Candidate { sort, room: room.clone(), number, kind, title: None })
}

/// The first open rooms, in order: those that something is kept of, and those that somebody is in.
fn everybodys(
    db: &Connection,
    (census, asked): (&Census, &RoomsAsked),
    (after, query): (&Sort, &str),
) -> rusqlite::Result<Vec<Candidate>> {
    let mut select = db.prepare_cached(EVERYBODYS)?;
    let bounds = params![after.0, after.1, query];
    let opens =
        |it: &rusqlite::Result<Candidate>| it.as_ref().is_ok_and(|it| asked.opens(&it.room));
    let found = select.query_map(bounds, candidate)?.filter(|it| it.is_err() || opens(it));
    let mut found = first(found)?;
    let fits = |room: &RoomName| {
        (&*after.0, &*after.1) < (&**room.key(), &**room.key())
            && room.key().contains(query)
            && asked.opens(room)
    };
    for room in census.open_from(&after.0, ROOMS_MAX + 1, fits) {
        found.push(open_room(db, &room)?);
    }
    Ok(found)
}

/// All that is told of a room.
fn entry(
    db: &Connection,
    candidate: Candidate,
    (asked, moved): (&RoomsAsked, &Moved),
    (kept, people): (KeptAs, usize),
) -> rusqlite::Result<RoomEntry> {
    let Candidate { room, number, kind, title, .. } = candidate;
    let KeptAs { joined, notify, marked, place } = kept;
    let (topic, last, role, nobody) = (TopicText::default(), None, None, Vec::new());
    let mut entry = RoomEntry {
        room,
        kind,
        title,
        topic,
        people,
        last,
        role,
        users: nobody,
        joined,
        muted: notify == Notify::Nothing,
        notify,
        place,
        reading: Reading::default(),
    };
    let Some(number) = number else { return Ok(entry) };
    if let Some(person) = asked.person.filter(|_| asked.mine) {
        let newer = moved.get(entry.room.key()).copied();
        entry.reading = reading(db, (person, number), (newer, marked))?;
    }
    entry.topic = topic_of(db, number)?.content;
    let last = "SELECT at FROM messages WHERE room = ?1 ORDER BY id DESC LIMIT 1";
    entry.last = db.prepare_cached(last)?.query_row([number], |row| unsigned(row, 0)).optional()?;
    if kind == RoomKind::Direct {
        entry.users = users(db, number)?.into_iter().map(|(_, name)| name).collect();
    } else if let Some(person) = asked.person {
        let role = "SELECT role FROM members WHERE room = ?1 AND person = ?2";
        let mut role = db.prepare_cached(role)?;
        let role = role.query_row([number, signed(person.get())], |row| row.get(0)).optional()?;
        entry.role = role.map(role_of);
    }
    Ok(entry)
}

/// As it stands in an answer.
fn bytes_of(entry: &RoomEntry) -> usize {
    let list = RoomList { rooms: vec![entry.clone()], more: false, reference: None };
    ToClient::Rooms(list).encode().len()
}
