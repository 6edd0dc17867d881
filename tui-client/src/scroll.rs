//! Moving over the rows of the message pane, and finding places in it.
//!
//! This file does not know how rows are made, or which key moves.

use std::ops::Range;

use crate::model::{Place, Room, Scroll};
use crate::rows::{Pane, rows_of, rules_of, top, top_at_bottom};

/// Moves the view up by so many rows; true if it is at the very top then.
pub fn up(room: &mut Room, pane: &Pane<'_>, mut rows: usize) -> bool {
    let (mut at, mut row) = top(room, pane);
    // Where all is in sight and nothing is older, there is no further up: it still follows the end.
    if room.scroll == Scroll::Bottom && !room.more && (at, row) == (0, 0) {
        return true;
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
    stand(room, pane, at, row);
    (at, row) == (0, 0)
}

/// Moves the view down by so many rows, and follows the end again if it is reached.
pub fn down(room: &mut Room, pane: &Pane<'_>, rows: usize) {
    if room.scroll == Scroll::Bottom {
        return;
    }
    let end = top_at_bottom(room, pane);
    let (mut at, mut row) = top(room, pane);
    row += rows;
    while at < room.entries.len() {
        let here = rows_of(room, at, pane);
        if row < here {
            break;
        }
        row -= here;
        at += 1;
    }
    if at < room.entries.len() && (at, row) < end {
        stand(room, pane, at, row);
    } else {
        room.to_bottom();
    }
}

/// Shows a place, with a row of what stands before it, if that is not all in sight anyway.
pub fn show(room: &mut Room, pane: &Pane<'_>, place: Place) {
    let at = room.index(place);
    let end = top_at_bottom(room, pane);
    if (at, 0) >= end {
        room.to_bottom();
        return;
    }
    stand(room, pane, at, 0);
    up(room, pane, usize::from(at > 0));
}

/// Where the end left rows empty, what has come above fills them.
pub fn fill(room: &mut Room, pane: &Pane<'_>) {
    if room.scroll != Scroll::Bottom && top(room, pane) > top_at_bottom(room, pane) {
        room.to_bottom();
    }
}

/// The entries that are in sight, also in part.
pub fn in_sight(room: &Room, pane: &Pane<'_>) -> Range<usize> {
    let (first, hidden) = top(room, pane);
    let (mut end, mut rows) = (first, 0);
    while end < room.entries.len() && rows < hidden + pane.height {
        rows += rows_of(room, end, pane);
        end += 1;
    }
    first..end
}

fn stand(room: &mut Room, pane: &Pane<'_>, at: usize, row: usize) {
    let Some(place) = room.entries.get(at).map(|entry| entry.place) else { return };
    let rules = rules_of(room, at, pane);
    let row = isize::try_from(row).unwrap_or(isize::MAX);
    let row = row.saturating_sub_unsigned(rules);
    room.scroll = Scroll::At { place, row };
}
