//! Entries → rows of the message pane.
//!
//! Only the rows that are shown are made, and a message's rows are made once for each width and
//! theme. This file does not know the rest of the screen, or how the view moves.

mod aside;
pub(crate) mod clock;
mod message;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;

use jiff::tz::TimeZone;
use protocol::{Message, UserName};

use crate::drawn::{Drawn, Shape, Way, Wrapped};
use crate::links::Links;
use crate::model::{Entry, Room, Scroll, What};
use crate::text;
use crate::theme::Looks;
use aside::{of_note, of_traffic, rules_before};
use message::{FOLD_ROWS, of_message, of_pending};

/// What the rows depend on besides the room.
#[derive(Debug)]
pub struct Pane<'a> {
    /// Who this is, for mentions.
    pub me: Option<&'a UserName>,
    /// Whose clock is shown.
    pub zone: &'a TimeZone,
    /// Its colours.
    pub looks: Looks,
    /// How much stands beside a text.
    pub shape: Shape,
    /// Emoji are shown as their names.
    pub names_emoji: bool,
    /// The key that shows the whole of a long message.
    pub open_key: Option<&'a str>,
    /// Rows that are known already.
    pub wrapped: &'a Wrapped,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

/// Columns beside the text.
struct Columns {
    time: usize,
    name: usize,
    /// Longer lines are hard to read.
    text_max: usize,
}

impl Shape {
    fn columns(self) -> Option<Columns> {
        match self {
            Shape::Bare | Shape::Narrow => None,
            Shape::Usual => Some(Columns { time: 6, name: 11, text_max: usize::MAX }),
            Shape::Wide => Some(Columns { time: 9, name: 16, text_max: 110 }),
        }
    }
}

/// The rows that the pane shows, top to bottom.
pub fn visible(room: &Room, pane: &Pane<'_>) -> Drawn {
    let (first, skip) = top(room, pane);
    let mut shown = Drawn::default();
    let most = skip + pane.height;
    for at in first..room.entries.len() {
        if shown.lines.len() >= most {
            break;
        }
        shown.lines.extend(rules_before(room, at, pane));
        let drawn = of_entry(room, at, pane);
        shown.lines.extend(drawn.lines.iter().cloned());
        shown.links.extend(&drawn.links);
    }
    if shown.lines.len() < most {
        shown.lines.extend(of_pending(room, pane));
    }
    shown.lines.drain(..skip.min(shown.lines.len()));
    // At the end, what is on its way pushes the rest up.
    let above = match room.scroll {
        Scroll::Bottom => shown.lines.len().saturating_sub(pane.height),
        Scroll::At { .. } => 0,
    };
    shown.lines.drain(..above);
    shown.lines.truncate(pane.height);
    shown
}

/// The entry at the top of the pane, and its first row there, the rules before it counted.
pub(crate) fn top(room: &Room, pane: &Pane<'_>) -> (usize, usize) {
    let Scroll::At { place, row } = room.scroll else { return top_at_bottom(room, pane) };
    let at = room.index(place);
    if at >= room.entries.len() {
        return top_at_bottom(room, pane);
    }
    let rules = rules_before(room, at, pane).len();
    let row = row.saturating_add_unsigned(rules);
    if row < 0 {
        // Fewer lines stand before it than did: what is above comes into sight.
        return above(room, at, row.unsigned_abs(), pane);
    }
    let rows = of_entry(room, at, pane).lines.len();
    // In a wider window an entry may have fewer rows than were scrolled past.
    let last = (rules + rows).saturating_sub(1);
    (at, row.unsigned_abs().min(last))
}

/// Entry and row at the top of the pane when it shows the end.
pub(crate) fn top_at_bottom(room: &Room, pane: &Pane<'_>) -> (usize, usize) {
    let rows = pane.height.saturating_sub(of_pending(room, pane).count());
    above(room, room.entries.len(), rows, pane)
}

/// Entry and row that stand so many rows above an entry, or at the very top.
fn above(room: &Room, at: usize, mut rows: usize, pane: &Pane<'_>) -> (usize, usize) {
    for at in (0..at).rev() {
        let here = rows_of(room, at, pane);
        if here >= rows {
            return (at, here - rows);
        }
        rows -= here;
    }
    (0, 0)
}

/// Rows of an entry, with the rules before it.
pub(crate) fn rows_of(room: &Room, at: usize, pane: &Pane<'_>) -> usize {
    rules_before(room, at, pane).len() + of_entry(room, at, pane).lines.len()
}

/// Rows of the lines that stand before an entry.
pub(crate) fn rules_of(room: &Room, at: usize, pane: &Pane<'_>) -> usize {
    rules_before(room, at, pane).len()
}

/// The message has more rows than are shown at once.
pub(crate) fn is_long(room: &Room, at: usize, pane: &Pane<'_>) -> bool {
    room.entries[at].message().is_some() && of_entry(room, at, pane).lines.len() >= FOLD_ROWS
}

fn of_entry(room: &Room, at: usize, pane: &Pane<'_>) -> Rc<Drawn> {
    let plain = |lines| Rc::new(Drawn { lines, links: Links::default() });
    match &room.entries[at].what {
        What::Message(message) => {
            let timed = begins_a_minute(room, at, message, pane);
            let Pane { width, looks, shape, names_emoji, .. } = *pane;
            let (id, deleted) = (message.id, message.deleted);
            let hue = room.people.hue(&message.sender);
            let (found, whole) = (room.found == Some(id), room.unfolded == Some(id));
            let longer = pane.me.map(|me| room.people.longer_names(me)).unwrap_or_default();
            let longer_names = hash(longer);
            let way = Way {
                id,
                width,
                looks,
                hue,
                shape,
                timed,
                names_emoji,
                longer_names,
                deleted,
                found,
                whole,
            };
            pane.wrapped.get(way, |way| of_message(message, longer, way, pane))
        }
        What::Join(_) | What::Leave(_) => plain(of_traffic(room, at, pane)),
        What::Note(note) => plain(of_note(note, pane)),
    }
}

/// Nearly always there is none.
fn hash(names: &[UserName]) -> u64 {
    let mut hasher = DefaultHasher::new();
    names.iter().for_each(|name| name.key().hash(&mut hasher));
    if names.is_empty() { 0 } else { hasher.finish() }
}

fn message_before(room: &Room, at: usize) -> Option<&Message> {
    room.entries.range(..at).rev().find_map(Entry::message)
}

/// Where there is little room, the time stands once for each minute.
fn begins_a_minute(room: &Room, at: usize, message: &Message, pane: &Pane<'_>) -> bool {
    const MINUTE_MS: u64 = 60_000;
    pane.shape != Shape::Narrow
        || message_before(room, at)
            .is_some_and(|before| before.at / MINUTE_MS != message.at / MINUTE_MS)
}

impl Pane<'_> {
    /// A stranger's text as it may be drawn.
    fn shown(&self, text: &str) -> String {
        let clean = text::shown(text);
        if self.names_emoji { text::name_emoji(&clean) } else { clean }
    }

    /// A sentence of our own, in which strangers' parts are clean already.
    fn shown_own(&self, sentence: &str) -> String {
        let clean = text::clean(sentence);
        if self.names_emoji { text::name_emoji(&clean) } else { clean }
    }

    /// A stranger's name: one that could be taken for a mark of a row stands in brackets.
    fn shown_name(&self, name: &str) -> String {
        let name = text::bracketed(&text::clean_line(name));
        if self.names_emoji { text::name_emoji(&name) } else { name }
    }
}

/// Cells before the further rows of what has no columns beside it.
fn hang(width: usize) -> usize {
    const CELLS: usize = 2;
    CELLS.min(width.saturating_sub(1))
}
