//! Where everything is on the screen.
//!
//! This file does not know how any of it is drawn.

use ratatui::layout::{Constraint, Layout as Split, Rect};

use super::columns::{layout, widths};
use super::pane::{pane_of, text_cells};
use super::{composer, notice};
use crate::screen::model::{Screen, Scroll};
use crate::screen::rows::cache::Layout;
use crate::screen::rows::pane::Pane;

/// The input grows up to so many rows; and on a small screen.
const INPUT_ROWS_MAX: u16 = 6;
const INPUT_ROWS_MAX_NARROW: u16 = 3;

/// Rows that what lasts may take at least, if it needs them; beyond that, half of what there is.
const NOTICE_ROWS: u16 = 2;

/// Where everything is.
pub(super) struct Areas {
    /// How much stands beside a text.
    pub(super) layout: Layout,
    pub(super) header: Rect,
    pub(super) rooms: Rect,
    pub(super) pane: Rect,
    pub(super) people: Rect,
    pub(super) notice: Rect,
    pub(super) status: Rect,
    pub(super) input: Rect,
}

/// Columns and rows that messages have.
pub fn pane_size(screen: &Screen) -> (usize, usize) {
    (text_cells(screen), areas(screen, whole(screen)).pane.height.into())
}

/// What the rows of messages depend on.
pub fn pane(screen: &Screen) -> Pane<'_> {
    pane_of(screen, pane_size(screen).1)
}

/// Cells of a row of the input.
pub fn input_cells(screen: &Screen) -> usize {
    composer::cells(composer::label(screen), screen.size.0)
}

/// Rows that names of people have.
pub fn people_rows(screen: &Screen) -> usize {
    let area = areas(screen, whole(screen)).people;
    usize::from(area.height).saturating_sub(1)
}

/// What there is to say has more rows than the screen, and not all were shown. Who reads further up
/// turns the messages' pages first, while it lasts anyway.
pub fn has_more_notice(screen: &Screen) -> bool {
    if notice::is_lasting(screen) && screen.scroll() != Scroll::Bottom {
        return false;
    }
    let areas = areas(screen, whole(screen));
    let rows = notice::height(screen, areas.layout, areas.notice.width.into());
    screen.notice_first + usize::from(areas.notice.height) < rows
}

/// Rows of what there is to say that are shown at a time, but for the sign that there is more.
pub fn notice_rows(screen: &Screen) -> usize {
    usize::from(areas(screen, whole(screen)).notice.height).saturating_sub(1).max(1)
}

/// The people have taken the place of the text.
pub fn is_covered(screen: &Screen) -> bool {
    pane_size(screen).0 == 0
}

pub(super) fn whole(screen: &Screen) -> Rect {
    let (width, height) = screen.size;
    Rect { x: 0, y: 0, width, height }
}

/// The input comes first: with a single row, there is only that.
pub(super) fn areas(screen: &Screen, whole: Rect) -> Areas {
    let layout = layout(screen);
    let most = if layout == Layout::Narrow { INPUT_ROWS_MAX_NARROW } else { INPUT_ROWS_MAX };
    let most = most.min(whole.height.div_ceil(3)).max(1);
    let input = composer::rows(screen, whole.width).min(most);
    let (header, status) = match layout {
        Layout::CopyMode => (0, u16::from(whole.height >= 3)),
        // One bar has to do.
        Layout::Narrow => (u16::from(whole.height >= 3), 0),
        _ => (u16::from(whole.height >= 4), u16::from(whole.height >= 3)),
    };
    let said = notice::height(screen, layout, whole.width.into());
    let said = u16::try_from(said).unwrap_or(u16::MAX);
    let left = whole.height.saturating_sub(header + status + input);
    let most = if notice::is_lasting(screen) { left.min(NOTICE_ROWS.max(left / 2)) } else { left };
    let notice = said.min(most);
    let rows = [
        Constraint::Length(header),
        Constraint::Min(0),
        Constraint::Length(notice),
        Constraint::Length(status),
        Constraint::Length(input),
    ];
    let [header, middle, notice, status, input] = Split::vertical(rows).areas(whole);
    let (rooms, people) = widths(screen);
    let columns = [Constraint::Length(rooms), Constraint::Min(0), Constraint::Length(people)];
    let [rooms, pane, people] = Split::horizontal(columns).areas(middle);
    Areas { layout, header, rooms, pane, people, notice, status, input }
}
