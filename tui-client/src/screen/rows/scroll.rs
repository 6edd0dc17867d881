//! Moving over the rows of the message pane, and finding places in it: each move gives where the view
//! stands then.
//!
//! This file does not know how rows are made, or which key moves.

use std::ops::Range;

use super::pane::Pane;
use super::{rows_of, rules_of, top, top_at_bottom};
use crate::chat::{Place, Room};
use crate::screen::model::Scroll;

/// Up by so many rows; and whether that is the very top.
pub fn up(room: &Room, pane: &Pane<'_>, mut rows: usize) -> (Scroll, bool) {
    let (mut at, mut row) = top(room, pane);
    // Where all is in sight and nothing is older, there is no further up: it still follows the end.
    if pane.scroll == Scroll::Bottom && !room.has_older() && (at, row) == (0, 0) {
        return (Scroll::Bottom, true);
    }
    while rows > 0 && (at, row) != (0, 0) {
        if row >= rows {
            row -= rows;
            break;
        }
        rows -= row;
        row = 0;
        if at > 0 {
            at -= 1;
            row = rows_of(room, at, pane);
        }
    }
    (stand(room, pane, at, row), (at, row) == (0, 0))
}

/// Down by so many rows; it follows the end again if that is reached.
pub fn down(room: &Room, pane: &Pane<'_>, rows: usize) -> Scroll {
    if pane.scroll == Scroll::Bottom {
        return Scroll::Bottom;
    }
    let end = top_at_bottom(room, pane);
    let (mut at, mut row) = top(room, pane);
    row += rows;
    while at < room.lines().len() {
        let here = rows_of(room, at, pane);
        if row < here {
            break;
        }
        row -= here;
        at += 1;
    }
    if at < room.lines().len() && (at, row) < end {
        stand(room, pane, at, row)
    } else {
        self::end(room, pane)
    }
}

/// At the end: following it, unless there is more behind what is shown.
pub fn end(room: &Room, pane: &Pane<'_>) -> Scroll {
    let (at, row) = top_at_bottom(room, pane);
    if room.past.is_some() { stand(room, pane, at, row) } else { Scroll::Bottom }
}

/// At a place, with a row of what stands before it, if that is not all in sight anyway.
pub fn to(room: &Room, pane: &Pane<'_>, place: Place) -> Scroll {
    let at = room.line_index(place);
    let end = top_at_bottom(room, pane);
    if (at, 0) >= end {
        return self::end(room, pane);
    }
    let pane = Pane { scroll: stand(room, pane, at, 0), ..*pane };
    up(room, &pane, usize::from(at > 0)).0
}

/// The end left rows empty, which what has come above can fill.
pub fn is_below_end(room: &Room, pane: &Pane<'_>) -> bool {
    pane.scroll != Scroll::Bottom && top(room, pane) > top_at_bottom(room, pane)
}

/// The entries that are in sight, also in part.
pub fn in_sight(room: &Room, pane: &Pane<'_>) -> Range<usize> {
    let (first, hidden) = top(room, pane);
    let (mut end, mut rows) = (first, 0);
    while end < room.lines().len() && rows < hidden + pane.height {
        rows += rows_of(room, end, pane);
        end += 1;
    }
    first..end
}

/// With a row of an entry at the top.
pub fn stand(room: &Room, pane: &Pane<'_>, at: usize, row: usize) -> Scroll {
    let Some(place) = room.lines().get(at).map(|entry| entry.place) else { return pane.scroll };
    let rules = rules_of(room, at, pane);
    let row = isize::try_from(row).unwrap_or(isize::MAX);
    let row = row.saturating_sub_unsigned(rules);
    Scroll::At { place, row }
}
