//! What the terminal tells of keys and the mouse, as the screen takes it.
//!
//! This file does not know what a key means.

use crossterm::event::{Event as TerminalEvent, MouseButton, MouseEvent, MouseEventKind};

use crate::screen::event::Event;

/// Rows for each step of the wheel, as most programs have it.
const WHEEL_ROWS: isize = 3;

pub(crate) fn from_terminal(event: TerminalEvent) -> Option<Event> {
    match event {
        TerminalEvent::Key(key) => Some(Event::Key(key)),
        TerminalEvent::Paste(text) => Some(Event::Paste(text)),
        // A signal tells of it, also while the rest of a sequence is waited for here.
        TerminalEvent::Resize(..) => None,
        TerminalEvent::FocusGained => Some(Event::Focus(true)),
        TerminalEvent::FocusLost => Some(Event::Focus(false)),
        TerminalEvent::Mouse(MouseEvent { kind, column, row, .. }) => match kind {
            MouseEventKind::ScrollUp => Some(Event::Wheel(-WHEEL_ROWS)),
            MouseEventKind::ScrollDown => Some(Event::Wheel(WHEEL_ROWS)),
            MouseEventKind::Down(MouseButton::Left) => Some(Event::Click(column, row)),
            _ => None,
        },
    }
}
