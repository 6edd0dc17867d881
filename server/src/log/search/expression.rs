//! What a query means for the index: an expression that is made of words alone, so that nothing that somebody types
//! is syntax of the engine.
//!
//! This file does not know who asks.

use protocol::search::{Filter, FilterKind, Search, Term};
use protocol::{RoomName, UserName, fold};
use rusqlite::{Connection, OptionalExtension as _};

use super::entry::{ANY, LINK, at_about, by_name, by_person, in_room, piece};
use crate::log::database::column::unsigned;

/// Most rooms of one title that a filter means.
const ROOMS_MAX: i64 = 100;

/// The last piece of time that is named, in the year 2216.
const LAST_PIECE: u64 = 1000;

/// What is looked for.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::log) struct Expression {
    /// As the index takes it.
    pub(in crate::log) words: String,
    /// It was said at this time or later, in milliseconds since 1970.
    pub(in crate::log) from: u64,
    /// And before this.
    pub(in crate::log) to: u64,
}

/// What a query means; none if nothing can be found.
pub(in crate::log) fn expression(
    db: &Connection,
    search: &Search,
    room: Option<&RoomName>,
) -> rusqlite::Result<Option<Expression>> {
    if search.is_empty() {
        return Ok(None);
    }
    let mut parts = Parts::default();
    for term in &search.terms {
        parts.push(phrase(term), term.is_excluded);
    }
    for filter in &search.filters {
        if !parts.filter(db, filter)? {
            return Ok(None);
        }
    }
    if let Some(room) = room
        && !parts.any_of(&rooms(db, room.as_str())?, false)
    {
        return Ok(None);
    }
    Ok(parts.joined())
}

/// What has to be there, and what must not.
struct Parts {
    wanted: Vec<String>,
    excluded: Vec<String>,
    from: u64,
    to: u64,
}

impl Default for Parts {
    fn default() -> Self {
        Parts { wanted: Vec::new(), excluded: Vec::new(), from: 0, to: u64::MAX }
    }
}

impl Parts {
    fn push(&mut self, part: String, is_excluded: bool) {
        if is_excluded { &mut self.excluded } else { &mut self.wanted }.push(part);
    }

    /// Adds a filter; false if nothing passes it.
    fn filter(&mut self, db: &Connection, filter: &Filter) -> rusqlite::Result<bool> {
        let is_excluded = filter.is_excluded;
        match &filter.kind {
            FilterKind::From(name) => {
                let mut names = vec![by_name(name)];
                names.extend(person(db, name)?.map(by_person));
                self.any_of(&names, is_excluded);
            }
            FilterKind::In(room) => return Ok(self.any_of(&rooms(db, room)?, is_excluded)),
            FilterKind::HasLink => self.push(about(LINK), is_excluded),
            // What is not before a day is at it or after it.
            FilterKind::Before(at) if is_excluded => self.from = self.from.max(*at),
            FilterKind::Before(at) => self.to = self.to.min(*at),
            FilterKind::After(at) if is_excluded => self.to = self.to.min(*at),
            FilterKind::After(at) => self.from = self.from.max(*at),
            FilterKind::Senseless => return Ok(false),
        }
        Ok(true)
    }

    /// One of them has to be there, or none must be; false if that is never so.
    fn any_of(&mut self, tokens: &[String], is_excluded: bool) -> bool {
        if tokens.is_empty() {
            return is_excluded;
        }
        let parts: Vec<_> = tokens.iter().map(|token| about(token)).collect();
        self.push(format!("({})", parts.join(" OR ")), is_excluded);
        true
    }

    fn joined(mut self) -> Option<Expression> {
        if self.from >= self.to {
            return None;
        }
        if (self.from, self.to) != (0, u64::MAX) {
            let pieces = piece(self.from)..=piece(self.to).min(LAST_PIECE);
            let pieces: Vec<_> = pieces.map(at_about).collect();
            if !self.any_of(&pieces, false) {
                return None;
            }
        }
        if self.wanted.is_empty() {
            self.wanted.push(about(ANY));
        }
        let mut words = format!("({})", self.wanted.join(" AND "));
        if !self.excluded.is_empty() {
            words = format!("{words} NOT ({})", self.excluded.join(" OR "));
        }
        Some(Expression { words, from: self.from, to: self.to })
    }
}

/// Words hold letters and digits alone.
fn phrase(term: &Term) -> String {
    let star = if term.is_prefix { " *" } else { "" };
    format!("text : \"{}\"{star}", term.words.join(" "))
}

fn about(token: &str) -> String {
    format!("about : \"{token}\"")
}

fn person(db: &Connection, name: &str) -> rusqlite::Result<Option<u64>> {
    let Ok(name) = UserName::known(name) else { return Ok(None) };
    let select = "SELECT person FROM names WHERE key = ?1";
    db.prepare_cached(select)?.query_row([name.key()], |row| unsigned(row, 0)).optional()
}

/// The rooms of a name, title or address.
fn rooms(db: &Connection, name: &str) -> rusqlite::Result<Vec<String>> {
    let select = "SELECT id FROM rooms WHERE key = ?1 OR (kind = 1 AND sort = ?1) LIMIT ?2";
    let mut select = db.prepare_cached(select)?;
    let rooms = select.query_map((fold(name), ROOMS_MAX), |row| row.get(0).map(in_room))?;
    rooms.collect()
}
