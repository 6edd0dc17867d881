//! What of the rooms was not told yet: each message once, in the order of the log, with nothing
//! missing in between.
//!
//! This file does not know how it is told.

use protocol::{MessageId, RoomName, UserName};

use crate::chat::update::load_older;
use crate::chat::{Effect, Model, Place, Reading, Room, What};

/// Entries that are kept after they were told: for `/url`, `/copy` and their like.
const TOLD_MAX: usize = 300;

/// Something to tell, and of which room.
#[derive(Debug, Clone)]
pub struct News {
    /// What it is called, as it stands in a sentence.
    pub room: String,
    pub what: What,
}

#[derive(Debug)]
pub struct Teller {
    from: StartAt,
    rooms: Vec<(RoomName, Told)>,
}

/// Where the telling of a room begins.
#[derive(Debug, Clone, Copy)]
pub enum StartAt {
    /// With so many messages from before one came.
    Before(usize),
    /// After this message. The model has to begin there too.
    After(MessageId),
}

/// Up to where a room was told.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    /// Everything that comes is to be told.
    UpTo(Place),
    /// It was not entered yet.
    Nothing,
}

impl Teller {
    pub fn new(from: StartAt) -> Self {
        Teller { from, rooms: Vec::new() }
    }

    /// What is new, and what has to be asked for before more can be told.
    pub fn news(&mut self, model: &mut Model) -> (Vec<News>, Vec<Effect>) {
        let (mut news, mut effects) = (Vec::new(), Vec::new());
        self.rooms.retain(|(name, _)| model.rooms.iter().any(|room| room.name == *name));
        let me = model.me.clone();
        for room in &mut model.rooms {
            let known = self.rooms.iter().position(|(name, _)| *name == room.name);
            let at = known.unwrap_or_else(|| {
                self.rooms.push((room.name.clone(), Told::Nothing));
                self.rooms.len() - 1
            });
            // Otherwise a long replay would push its own beginning out.
            room.reading = Reading::Above(MessageId::ZERO);
            let told = &mut self.rooms[at].1;
            if *told == Told::Nothing {
                *told = begin(room, self.from, &mut effects);
            }
            if let Told::UpTo(place) = told {
                news.extend(tell(room, me.as_ref(), place));
            }
        }
        (news, effects)
    }
}

/// A room is told from the moment when enough of what was before is here.
fn begin(room: &mut Room, from: StartAt, effects: &mut Vec<Effect>) -> Told {
    let before = match from {
        StartAt::Before(before) => before,
        // Pages that fill a hole may reach below it.
        StartAt::After(id) => return Told::UpTo(Place::of(id)),
    };
    if !room.joined || room.awaited.is_some() {
        return Told::Nothing;
    }
    if room.more && room.messages().count() < before {
        effects.extend(load_older(room));
        return Told::Nothing;
    }
    let first = room.messages().rev().nth(before).map(|message| message.id);
    Told::UpTo(Place::of(first.unwrap_or(MessageId::ZERO)))
}

/// While a replay has a hole, what stands behind the hole waits.
fn tell(room: &mut Room, me: Option<&UserName>, told: &mut Place) -> Vec<News> {
    if room.gap_after.is_some() {
        return Vec::new();
    }
    let name = room.in_words(me);
    let new = room.entries.iter().filter(|entry| entry.place > *told);
    let news =
        new.map(|entry| News { room: name.clone(), what: entry.what.clone() }).collect::<Vec<_>>();
    if let Some(last) = room.entries.back() {
        *told = last.place.max(*told);
    }
    let told_already = room.entries.len().saturating_sub(TOLD_MAX);
    room.entries.drain(..told_already);
    news
}
