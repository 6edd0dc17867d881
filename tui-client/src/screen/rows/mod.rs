//! Entries → rows of the message pane.
//!
//! Only the rows that are shown are made; those of messages are cached under all that they depend on
//! ([`RowKey`]). This file does not know the rest of the screen, or how the view moves.

mod aside;
pub mod cache;
mod formatted;
mod life;
mod message;
pub mod pane;
mod reactions;
mod reply;
pub mod scroll;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::rc::Rc;

use protocol::{Message, UserName};

use super::model::Scroll;
use crate::chat::{Room, What};
use aside::{of_note, of_traffic, rules_before};
use cache::{Drawn, Layout, RowKey};
use message::{of_message, of_pending};
use pane::Pane;
pub(crate) use reply::brief;

/// The rows that the pane shows, top to bottom.
pub fn visible(room: &Room, pane: &Pane<'_>) -> Drawn {
    let (first, skip) = top(room, pane);
    let mut shown = Drawn::default();
    let most = skip + pane.height;
    for at in first..room.lines().len() {
        if shown.lines.len() >= most {
            break;
        }
        shown.lines.extend(rules_before(room, at, pane));
        let drawn = of_entry(room, at, pane);
        shown.lines.extend(drawn.lines.iter().cloned());
        shown.links.extend(&drawn.links);
    }
    if shown.lines.len() < most && room.past.is_none() {
        for drawn in of_pending(room, pane) {
            shown.lines.extend(drawn.lines);
            shown.links.extend(&drawn.links);
        }
    }
    shown.lines.drain(..skip.min(shown.lines.len()));
    // At the end, what is on its way pushes the rest up.
    let above = match pane.scroll {
        Scroll::Bottom => shown.lines.len().saturating_sub(pane.height),
        Scroll::At { .. } => 0,
    };
    shown.lines.drain(..above);
    shown.lines.truncate(pane.height);
    shown
}

/// The entry at the top of the pane, and its first row there, the rules before it counted.
pub(crate) fn top(room: &Room, pane: &Pane<'_>) -> (usize, usize) {
    let Scroll::At { place, row } = pane.scroll else { return top_at_bottom(room, pane) };
    let at = room.line_index(place);
    if at >= room.lines().len() {
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
    let pending = of_pending(room, pane).filter(|_| room.past.is_none());
    let pending: usize = pending.map(|drawn| drawn.lines.len()).sum();
    let rows = pane.height.saturating_sub(pending);
    above(room, room.lines().len(), rows, pane)
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

/// More of the entry is to be seen when it is opened.
pub(crate) fn hides(room: &Room, at: usize, pane: &Pane<'_>) -> bool {
    of_entry(room, at, pane).hides
}

/// The entry that has a row of the pane.
pub(crate) fn entry_at(room: &Room, row: usize, pane: &Pane<'_>) -> Option<usize> {
    let (first, skip) = top(room, pane);
    let mut left = skip + row;
    (first..room.lines().len()).find(|at| {
        let here = rows_of(room, *at, pane);
        let is_here = left < here;
        left = left.saturating_sub(here);
        is_here
    })
}

fn of_entry(room: &Room, at: usize, pane: &Pane<'_>) -> Rc<Drawn> {
    let plain = |lines| Rc::new(Drawn { lines, ..Drawn::default() });
    match &room.lines()[at].what {
        What::Message(message) => {
            let timed = begins_a_minute(room, at, message, pane);
            let Pane { width, looks, layout, names_emoji, is_formatted, .. } = *pane;
            let Message { id, change, at: said_at, .. } = *message;
            let key = RowKey {
                id,
                change,
                at: said_at,
                width,
                looks,
                hue: pane.hues.of(&message.sender),
                layout,
                timed,
                names_emoji,
                is_formatted,
                names: hash_of_names(pane),
                life: life::hash_of(message, room),
                found: pane.found == Some(id),
                whole: pane.unfolded == Some(id),
            };
            pane.rows.get(key, |key| {
                let shown = room.as_shown(message, pane.me);
                life::around(of_message(&shown, key, pane), &shown, room, pane)
            })
        }
        What::Join(_) | What::Leave(_) => plain(of_traffic(room, at, pane)),
        What::Note(note) => plain(of_note(note, pane)),
    }
}

/// What is marked depends on these names and words. One's own counts as it is spelt: a bare name is a
/// mention only in that spelling.
fn hash_of_names(pane: &Pane<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    pane.me.map(UserName::as_str).hash(&mut hasher);
    pane.longer_names.iter().for_each(|name| name.key().hash(&mut hasher));
    pane.words.hash(&mut hasher);
    hasher.finish()
}

/// Where there is little room, the time stands once for each minute.
fn begins_a_minute(room: &Room, at: usize, message: &Message, pane: &Pane<'_>) -> bool {
    const MINUTE_MS: u64 = 60_000;
    pane.layout != Layout::Narrow
        || room
            .message_before(at)
            .is_some_and(|before| before.at / MINUTE_MS != message.at / MINUTE_MS)
}
