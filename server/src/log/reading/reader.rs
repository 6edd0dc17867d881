//! The statements that find what is kept, newest first, and no more of it than goes into an answer.
//!
//! This file does not know threads, or who asks.

use protocol::{
    CHANGED_BYTES_MAX, CHANGED_MAX, Device, Invited, MessageId, RoomList, RoomName, Span, UserName,
    history_bytes_left,
};
use rusqlite::{Connection, Row, params};

use crate::hub::Census;
use crate::log::apply::{MESSAGE_COLUMNS, read_envelope, room_number};
use crate::log::database::column::{id, signed};
use crate::log::memory::markers::Moved;
use crate::log::memory::ring::{RING_BYTES_MAX, RING_MESSAGES_MAX};
use crate::log::reading::about::About;
use crate::log::reading::deadline::Deadline;
use crate::log::reading::page::{Asked, Changes, Page, Stored, Topic};
use crate::log::reading::rooms::{self, RoomsAsked};
use crate::log::reading::{access, register};
use crate::log::sanction::Sanction;
use crate::people::key_hash::KeyHash;
use crate::people::names::{Kept, PersonId};

/// A connection that only reads.
#[derive(Debug)]
pub(crate) struct Reader {
    db: Connection,
    /// When what is under way is cut off.
    deadline: Deadline,
}

/// Messages that were found newest first, ascending, and the id of the one before them.
pub(super) type Found = (Vec<Stored>, Option<MessageId>);

impl Reader {
    pub(crate) fn new(db: Connection) -> Self {
        Reader { db, deadline: Deadline::default() }
    }

    /// One that can be cut off.
    pub(in crate::log) fn with_deadline(mut db: Connection) -> rusqlite::Result<Self> {
        let deadline = Deadline::watching(&mut db)?;
        Ok(Reader { db, deadline })
    }

    pub(super) fn db(&self) -> &Connection {
        &self.db
    }

    pub(super) fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// What was asked for; none if that is around a message that is not there.
    pub(crate) fn page(&self, room: &RoomName, asked: &Asked) -> rusqlite::Result<Option<Page>> {
        // One snapshot for all of it: a head that is not in the page would be a message lost.
        let _snapshot = self.db.unchecked_transaction()?;
        let id = room_number(&self.db, room.key())?;
        match (asked.span, id) {
            (Span::Newest | Span::Before(_), Some(id)) => self.before(id, room, asked).map(Some),
            (Span::After(after), Some(id)) => self.after(id, room, (after, asked.limit)).map(Some),
            (Span::Around(middle), Some(id)) => self.around(id, room, (middle, asked.limit)),
            (Span::Around(_), None) => Ok(None),
            (_, None) => self.forgotten_page(asked.since).map(Some),
        }
    }

    fn before(&self, id: i64, room: &RoomName, asked: &Asked) -> rusqlite::Result<Page> {
        // A page before something is of messages alone, and who has nothing has nothing to forget.
        let changes = if asked.is_newest() && asked.since > MessageId::ZERO {
            self.changes(id, room, asked.since, asked.since)?
        } else {
            Changes::default()
        };
        let bytes_max = history_bytes_left(bytes(&changes.list, |_| true));
        let (messages, beyond) =
            self.newest(id, room, asked, |_, nth, bytes| nth < asked.limit && bytes <= bytes_max)?;
        let (head, topic) = (self.head(id)?, Some(rooms::topic_of(&self.db, id)?));
        let (newer, about) = (false, About::default());
        Ok(Page { messages, beyond, newer, head, changes, topic, about })
    }

    /// The newest of a room: all that was asked for, and as many as are kept in memory of an open
    /// room. One read serves both.
    pub(crate) fn newest_page(&self, room: &RoomName, asked: &Asked) -> rusqlite::Result<Page> {
        let _snapshot = self.db.unchecked_transaction()?;
        let Some(id) = room_number(&self.db, room.key())? else {
            return self.forgotten_page(MessageId::ZERO);
        };
        let changes = self.changes(id, room, MessageId::ZERO, MessageId::LAST)?;
        let told = bytes(&changes.list, |message| message.is_missed(asked.since));
        let bytes_max = history_bytes_left(told);
        let limit = asked.limit.max(RING_MESSAGES_MAX);
        let all = Asked { since: MessageId::ZERO, span: Span::Newest, limit };
        let (messages, beyond) = self.newest(id, room, &all, |message, nth, bytes| {
            let is_asked = message > asked.since && nth < asked.limit && bytes <= bytes_max;
            is_asked || (nth < RING_MESSAGES_MAX && bytes <= RING_BYTES_MAX)
        })?;
        let (head, topic) = (self.head(id)?, Some(rooms::topic_of(&self.db, id)?));
        let (newer, about) = (false, About::default());
        Ok(Page { messages, beyond, newer, head, changes, topic, about })
    }

    /// Of a room that is not known, or not any more.
    fn forgotten_page(&self, since: MessageId) -> rusqlite::Result<Page> {
        let select = "SELECT max(upto, change), change FROM log";
        let mut select = self.db.prepare_cached(select)?;
        let (head, change) = select.query_row([], |row| Ok((id(row, 0)?, id(row, 1)?)))?;
        let changes = Changes { list: Vec::new(), floor: since.max(change) };
        Ok(Page { head, changes, topic: Some(Topic::default()), ..Page::default() })
    }

    /// Reads from the newest on for as long as they are wanted, whose id, place and bytes, with all
    /// before it, are told. Of a further one nothing but its id is of use.
    pub(super) fn newest(
        &self,
        id_of_room: i64,
        room: &RoomName,
        asked: &Asked,
        is_wanted: impl Fn(MessageId, usize, usize) -> bool,
    ) -> rusqlite::Result<Found> {
        // Below 2^53, so that it is a legal bound.
        let before = match asked.span {
            Span::Before(before) => before.get(),
            Span::Newest | Span::After(_) | Span::Around(_) => protocol::ID_END,
        };
        let one_more = i64::try_from(asked.limit).unwrap_or(i64::MAX).saturating_add(1);
        let select = format!(
            "SELECT {MESSAGE_COLUMNS} FROM messages
            WHERE room = ?1 AND id > ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"
        );
        let mut select = self.db.prepare_cached(&select)?;
        let bounds = params![id_of_room, signed(asked.since.get()), signed(before), one_more];
        let mut rows = select.query(bounds)?;
        let (mut messages, mut bytes, mut older) = (Vec::new(), 0, None);
        while let Some(row) = rows.next()? {
            let id = id(row, 0)?;
            let nth = messages.len();
            if is_wanted(id, nth, bytes) {
                let message = stored(row, room)?;
                bytes += message.frame.bytes().len();
                if is_wanted(id, nth, bytes) {
                    messages.push(message);
                    continue;
                }
            }
            older = Some(id);
            break;
        }
        messages.reverse();
        Ok((messages, older))
    }

    /// Messages up to an id that changed after another one, as they are now: the newest changes that fit.
    /// Who was last here before others, or before those that were forgotten, is told that there were more.
    fn changes(
        &self,
        id_of_room: i64,
        room: &RoomName,
        since: MessageId,
        upto: MessageId,
    ) -> rusqlite::Result<Changes> {
        let select = format!(
            "SELECT {MESSAGE_COLUMNS} FROM messages
            WHERE room = ?1 AND change > ?2 AND id <= ?3 ORDER BY change DESC"
        );
        let mut select = self.db.prepare_cached(&select)?;
        let bounds = [id_of_room, signed(since.get()), signed(upto.get())];
        let mut rows = select.query(bounds)?;
        let (mut list, mut bytes, mut left_out) = (Vec::new(), 0, MessageId::ZERO);
        while let Some(row) = rows.next()? {
            let state = stored(row, room)?;
            bytes += state.frame.envelope().len() + 1;
            if list.len() == CHANGED_MAX || bytes > CHANGED_BYTES_MAX {
                left_out = state.change;
                break;
            }
            list.push(state);
        }
        list.reverse();
        // The room may have been forgotten, and be there again.
        let cleared = "SELECT max(change,
            (SELECT coalesce(max(change), 0) FROM cleared WHERE room = ?1)) FROM log";
        let mut cleared = self.db.prepare_cached(cleared)?;
        let cleared = cleared.query_row([id_of_room], |row| id(row, 0))?;
        Ok(Changes { list, floor: since.max(left_out).max(cleared) })
    }

    /// Who has a name now.
    pub(in crate::log) fn find_name(&self, name: &UserName) -> rusqlite::Result<Option<Kept>> {
        register::find_name(&self.db, name)
    }

    /// A person's devices, each with its key.
    pub(in crate::log) fn devices(
        &self,
        person: PersonId,
    ) -> rusqlite::Result<Vec<(KeyHash, Device)>> {
        access::devices(&self.db, person)
    }

    /// The invites that are good `now`.
    pub(in crate::log) fn invites(
        &self,
        by: Option<PersonId>,
        now: u64,
    ) -> rusqlite::Result<Vec<Invited>> {
        let _snapshot = self.db.unchecked_transaction()?;
        access::invites(&self.db, by, now)
    }

    /// Whether there is such a ban or mute.
    pub(in crate::log) fn has_sanction(&self, sanction: &Sanction) -> rusqlite::Result<bool> {
        register::has_sanction(&self.db, sanction)
    }

    /// All of them.
    pub(in crate::log) fn sanctions(&self) -> rusqlite::Result<Vec<Sanction>> {
        register::sanctions(&self.db)
    }

    /// What a room is for somebody; none if it is not there for them. What takes longer to find is `told` alone.
    pub(crate) fn about(
        &self,
        room: &RoomName,
        person: Option<PersonId>,
        told: bool,
    ) -> rusqlite::Result<Option<About>> {
        rooms::about(&self.db, room, (person, told))
    }

    /// Which rooms there are for somebody.
    pub(in crate::log) fn rooms(
        &self,
        asked: &RoomsAsked,
        beside: (&Census, &Moved),
    ) -> rusqlite::Result<RoomList> {
        rooms::rooms(&self.db, asked, beside)
    }

    pub(super) fn head(&self, room: i64) -> rusqlite::Result<MessageId> {
        let select = "SELECT max(
            (SELECT coalesce(max(id), 0) FROM messages WHERE room = ?1),
            (SELECT coalesce(max(change), 0) FROM messages WHERE room = ?1 AND change > 0),
            (SELECT coalesce(max(max(upto), max(change)), max(upto), 0)
                FROM cleared WHERE room = ?1),
            (SELECT coalesce(max(id), 0) FROM topics WHERE room = ?1))";
        let mut select = self.db.prepare_cached(select)?;
        select.query_row([room], |row| id(row, 0))
    }
}

/// A message as it goes to clients.
pub(super) fn stored(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Stored> {
    let (id, change, envelope) = read_envelope(row, room)?;
    Ok(Stored::encoded((id, change), room, envelope))
}

/// Bytes of those that are wanted, each with its comma.
pub(super) fn bytes(messages: &[Stored], is_wanted: impl Fn(&Stored) -> bool) -> usize {
    let wanted = messages.iter().filter(|message| is_wanted(message));
    wanted.map(|message| message.frame.envelope().len() + 1).sum()
}

#[cfg(test)]
mod tests {
    use protocol::{Body, HISTORY_BYTES_MAX, ToClient};

    use super::*;
    use crate::log::database::Database;
    use crate::log::database::store::Store;
    use crate::log::event::{Act, Author, Event, Say};

    fn room() -> RoomName {
        RoomName::try_from("dev").unwrap()
    }

    /// A room with so many messages of so many characters of three bytes each; ids are 1, 2, …
    fn filled(count: u64, characters: usize) -> (Reader, Store) {
        let database = Database::memory().unwrap();
        let mut store = Store::new(database.writer().unwrap());
        let say = Act::Say(Say {
            room: room(),
            author: Author {
                name: UserName::try_from("Alice").unwrap(),
                person: None,
                key: None,
                checked: None,
            },
            content: Body::try_from("漢".repeat(characters)).unwrap(),
            reference: None,
        });
        let event = |n| Event { id: MessageId::try_from(n).unwrap(), at: n, act: say.clone() };
        store.commit((1..=count).map(event)).unwrap();
        (Reader::new(database.reader().unwrap()), store)
    }

    fn asked(since: u64, before: Option<u64>, limit: usize) -> Asked {
        let id = |n| MessageId::try_from(n).unwrap();
        let span = before.map_or(Span::Newest, |before| Span::Before(id(before)));
        Asked { since: id(since), span, limit }
    }

    fn ids(page: &Page) -> (u64, u64) {
        let id = |message: Option<&Stored>| message.map_or(0, |message| message.id.get());
        (id(page.messages.first()), id(page.messages.last()))
    }

    #[test]
    fn no_message_is_read_that_does_not_fit_into_the_answer() {
        let (reader, _store) = filled(60, 4096);
        for (asked, newest) in
            [(asked(0, None, 200), 60), (asked(3, None, 200), 60), (asked(0, Some(41), 200), 40)]
        {
            let page = reader.page(&room(), &asked).unwrap().unwrap();
            let envelope = page.envelope(&room(), asked.since, None, None);
            let ToClient::History(told) = ToClient::parse(envelope.envelope()).unwrap() else {
                panic!("no history")
            };
            assert_eq!(told.messages.len(), page.messages.len(), "nothing was read for nothing");
            let bytes = envelope.envelope().len();
            let one = page.messages[0].frame.envelope().len();
            assert!(
                bytes <= HISTORY_BYTES_MAX && bytes + one + 4096 > HISTORY_BYTES_MAX,
                "{bytes}"
            );
            let oldest = newest - u64::try_from(page.messages.len()).unwrap() + 1;
            assert_eq!(ids(&page), (oldest, newest));
            assert_eq!(page.beyond.map(MessageId::get), Some(oldest - 1));
            assert!(told.more);
        }
    }

    #[test]
    fn one_read_of_a_room_serves_the_question_and_its_memory() {
        let (reader, _store) = filled(300, 10);
        let kept = RING_MESSAGES_MAX as u64;
        for (asked, oldest) in [
            (asked(0, None, 5), 301 - kept),
            (asked(0, None, 200), 101),
            (asked(250, None, 200), 301 - kept),
            (asked(150, None, 200), 151),
        ] {
            let newest = reader.newest_page(&room(), &asked).unwrap();
            assert_eq!(ids(&newest), (oldest, 300), "{asked:?}");
            let part = newest.part(&asked);
            let alone = reader.page(&room(), &asked).unwrap().unwrap();
            assert_eq!(ids(&part), ids(&alone), "{asked:?}");
            assert_eq!((part.beyond, part.head), (alone.beyond, alone.head), "{asked:?}");
        }
    }

    #[test]
    fn of_long_texts_no_more_are_read_for_the_memory_than_it_holds() {
        let (reader, _store) = filled(60, 4096);
        let newest = reader.newest_page(&room(), &asked(0, None, 1)).unwrap();
        let bytes: usize = newest.messages.iter().map(|m| m.frame.bytes().len()).sum();
        assert!(bytes <= RING_BYTES_MAX && newest.messages.len() == 2, "{bytes}");
        let part = newest.part(&asked(0, None, 1));
        assert_eq!((ids(&part), part.beyond.map(MessageId::get)), ((60, 60), Some(59)));
    }
}
