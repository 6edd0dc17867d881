//! What the rows of messages depend on.
//!
//! This file does not know where they stand.

use super::columns::{layout, widths};
use crate::screen::keys::KeyCommand;
use crate::screen::model::Screen;
use crate::screen::rows::cache::Layout;
use crate::screen::rows::pane::Pane;

/// Cells that are left to the messages. A free one keeps them from touching the border.
pub(super) fn text_cells(screen: &Screen) -> usize {
    let (rooms, people) = widths(screen);
    let border = u16::from(matches!(layout(screen), Layout::Usual | Layout::Wide));
    screen.size.0.saturating_sub(rooms.saturating_add(people).saturating_add(border)).into()
}

/// What the rows of messages depend on, where so many are shown.
pub(super) fn pane_of(screen: &Screen, height: usize) -> Pane<'_> {
    let (me, view) = (screen.chat.me.as_ref(), screen.room_view());
    let people = &screen.chat.room().people;
    Pane {
        me,
        longer_names: me.map(|me| people.longer_names(me)).unwrap_or_default(),
        words: &screen.chat.highlight,
        zone: &screen.zone,
        looks: screen.looks,
        hues: &view.hues,
        layout: layout(screen),
        names_emoji: screen.names_emoji,
        is_formatted: screen.is_formatted,
        open_key: screen.keys.shown(KeyCommand::Open),
        rows: &screen.rows,
        width: text_cells(screen),
        height,
        scroll: screen.scroll(),
        found: view.found,
        unfolded: view.unfolded,
    }
}
