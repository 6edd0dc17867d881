//! What stands beside the messages at which width.
//!
//! This file does not know how high any of it is.

use crate::screen::model::Screen;
use crate::screen::overlay::Overlay;
use crate::screen::rows::cache::Layout;

/// Below this width a screen has no columns, and one bar for rooms and state.
const COLUMNS_FROM: u16 = 60;
/// From this width on there is room for the rooms and the people beside the text; below it, for one
/// of them.
const BOTH_FROM: u16 = 100;
/// From this width on the columns are wide.
const WIDE_FROM: u16 = 120;

/// The column of people, with its border.
const PEOPLE_COLUMN: u16 = 18;
/// The column of rooms, with its border: for a name of eleven letters, and a count.
const ROOMS_COLUMN: u16 = 20;
/// Either on a wide screen.
const COLUMN_WIDE: u16 = 24;

/// How many columns there may be beside the text: with another number, F7 and F8 mean another thing.
pub fn columns_beside(columns: u16) -> u8 {
    match columns {
        0..COLUMNS_FROM => 0,
        COLUMNS_FROM..BOTH_FROM => 1,
        BOTH_FROM.. => 2,
    }
}

/// Whether the rooms and the people stand beside the text, or, on a small screen, the people instead
/// of it.
pub fn beside(screen: &Screen) -> (bool, bool) {
    let (rooms, people) = (screen.rooms_shown, screen.people_shown);
    let several = screen.chat.rooms.len() > 1;
    match columns_beside(screen.size.0) {
        _ if screen.copy_mode => (false, false),
        0 => (false, people == Some(true)),
        1 => {
            let people = people.unwrap_or(!several && rooms != Some(true));
            (rooms.unwrap_or(several) && !people, people)
        }
        _ => {
            let is_wide = screen.size.0 >= WIDE_FROM;
            (rooms.unwrap_or(several || is_wide), people.unwrap_or(true))
        }
    }
}

pub(super) fn layout(screen: &Screen) -> Layout {
    match screen.size.0 {
        _ if screen.copy_mode => Layout::CopyMode,
        0..COLUMNS_FROM => Layout::Narrow,
        COLUMNS_FROM..WIDE_FROM => Layout::Usual,
        WIDE_FROM.. => Layout::Wide,
    }
}

/// Cells of the column of rooms, and of that of people.
pub(super) fn widths(screen: &Screen) -> (u16, u16) {
    let layout = layout(screen);
    let (has_rooms, has_people) = beside(screen);
    let is_help = matches!(screen.overlay, Overlay::Help(_));
    // A code to be scanned needs all there is, and before one is in there is nothing else.
    let is_alone = matches!(screen.overlay, Overlay::Answer(..) | Overlay::Entrance(_));
    let people = match layout {
        _ if is_help || is_alone || !has_people => 0,
        // There is no room beside the text: the people take its place.
        Layout::CopyMode | Layout::Narrow => screen.size.0,
        Layout::Usual => PEOPLE_COLUMN,
        Layout::Wide => COLUMN_WIDE,
    };
    let rooms = match layout {
        _ if is_alone || !has_rooms => 0,
        Layout::Wide => COLUMN_WIDE,
        _ => ROOMS_COLUMN,
    };
    (rooms, people)
}
