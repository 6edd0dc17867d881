//! The messages that a query finds, newest first, over all rooms that somebody may read.
//!
//! This file does not know who asks, or what a query means.

use std::sync::Arc;
use std::time::Duration;

use protocol::search::Search;
use protocol::{ID_END, MessageId, Ref, RoomName, encode_found};
use rusqlite::{Connection, params};

use super::deadline::is_cut_off;
use super::hits::Hits;
use super::reader::Reader;
use super::sight::Sight;
use crate::frame::{Delivery, Frame};
use crate::log::database::column::signed;
use crate::log::search::expression::{Expression, expression};

/// How long one search takes at most: a hundred times what one of a million messages takes, and soon enough for who
/// waits behind it.
const TIME_MAX: Duration = Duration::from_millis(500);

/// What is searched for, and by whom.
#[derive(Debug, Clone)]
pub(crate) struct SearchAsked {
    pub(crate) sight: Sight,
    pub(crate) query: String,
    pub(crate) room: Option<RoomName>,
    pub(crate) before: Option<MessageId>,
    pub(crate) limit: usize,
    pub(crate) reference: Option<Ref>,
}

/// Why nothing was found.
#[derive(Debug, thiserror::Error)]
pub(in crate::log) enum NotFound {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// It would have taken too long.
    #[error("the search takes too long")]
    TooLong,
}

impl Reader {
    /// The `found` envelope.
    pub(in crate::log) fn search(&self, asked: &SearchAsked) -> Result<Arc<Frame>, NotFound> {
        self.search_within(TIME_MAX, asked)
    }

    fn search_within(&self, time: Duration, asked: &SearchAsked) -> Result<Arc<Frame>, NotFound> {
        let mut hits = Hits::default();
        let searched = self.deadline().within(time, || fill(&mut hits, self.db(), asked));
        match searched {
            Err(error) if is_cut_off(&error) => {
                // Those that were found are the newest, and the next page goes on behind them.
                hits.more = true;
                if hits.envelopes.is_empty() {
                    return Err(NotFound::TooLong);
                }
            }
            searched => searched?,
        }
        let text = encode_found(&hits.envelopes, hits.more, asked.reference.as_ref());
        Ok(Frame::text(text, Delivery::Always))
    }
}

/// Who has left a private room finds nothing of it either. The index comes first: it gives the newest first, and as
/// many as are taken.
const SELECT: &str = "SELECT m.id, r.name
    FROM search s CROSS JOIN messages m ON m.id = s.rowid CROSS JOIN rooms r ON r.id = m.room
    WHERE search MATCH ?1 AND s.rowid < ?2 AND m.at >= ?3 AND m.at < ?4
        AND (r.kind = 0 OR EXISTS (SELECT 1 FROM members WHERE room = m.room AND person = ?5))
    ORDER BY s.rowid DESC";

fn fill(hits: &mut Hits, db: &Connection, asked: &SearchAsked) -> rusqlite::Result<()> {
    let _snapshot = db.unchecked_transaction()?;
    let search = Search::parse(&asked.query);
    let Some(wanted) = expression(db, &search, asked.room.as_ref())? else { return Ok(()) };
    let Expression { words, from, to } = wanted;
    let before = asked.before.map_or(ID_END, MessageId::get);
    let person = asked.sight.person.map(|person| signed(person.get()));
    let mut select = db.prepare_cached(SELECT)?;
    let rows = select.query(params![words, signed(before), signed(from), signed(to), person])?;
    hits.fill(db, rows, (&asked.sight, asked.limit))
}

#[cfg(test)]
mod tests {
    use protocol::{Body, ToClient, UserName};

    use super::*;
    use crate::log::database::Database;
    use crate::log::database::store::Store;
    use crate::log::event::{Act, Author, Event, Say};
    use crate::log::search::index;

    /// What is looked at at most until the time is looked at.
    const MANY: u64 = 3_000;

    /// Many messages with one word, ids from 1 on; the newest of them has another one, too.
    fn filled() -> (Reader, Store) {
        let database = Database::memory().unwrap();
        let mut store = Store::new(database.writer().unwrap());
        let author = Author {
            name: UserName::try_from("Alice").unwrap(),
            person: None,
            key: None,
            checked: None,
        };
        let event = |n| {
            let text = if n == MANY { "common newest" } else { "common" };
            let say = Say {
                room: RoomName::general(),
                author: author.clone(),
                content: Body::try_from(text.to_owned()).unwrap(),
                reference: None,
            };
            Event { id: MessageId::try_from(n).unwrap(), at: n, act: Act::Say(say) }
        };
        store.commit((1..=MANY).map(event)).unwrap();
        while store.transaction(|db, _| index::advance(db)).unwrap() {}
        (Reader::with_deadline(database.reader().unwrap()).unwrap(), store)
    }

    fn asked(query: &str, barred: Vec<RoomName>) -> SearchAsked {
        SearchAsked {
            sight: Sight { person: None, grant: None, barred },
            query: query.to_owned(),
            room: None,
            before: None,
            limit: 200,
            reference: None,
        }
    }

    fn found(frame: &Frame) -> (usize, bool) {
        match ToClient::parse(frame.envelope()).unwrap() {
            ToClient::Found(found) => (found.messages.len(), found.more),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_search_that_takes_too_long_is_cut_off() {
        let (reader, _store) = filled();
        let nowhere = asked("common", vec![RoomName::general()]);
        let cut_off = reader.search_within(Duration::ZERO, &nowhere);
        assert!(matches!(cut_off, Err(NotFound::TooLong)), "{cut_off:?}");
        // The reader goes on, and there is enough time for this.
        assert_eq!(found(&reader.search(&nowhere).unwrap()), (0, false));
        assert_eq!(found(&reader.search(&asked("newest", Vec::new())).unwrap()), (1, false));
    }

    #[test]
    fn what_was_found_until_then_is_a_page() {
        let (reader, _store) = filled();
        let all = asked("common", Vec::new());
        let (count, more) = found(&reader.search_within(Duration::ZERO, &all).unwrap());
        assert!((1..200).contains(&count) && more, "{count}");
    }
}
