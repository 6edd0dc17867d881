//! What can happen to a screen, and what can be done about it.
//!
//! This file does not know either's reasons.

use std::time::Duration;

use crossterm::event::KeyEvent;

use crate::chat;

#[derive(Debug, Clone)]
pub enum Event {
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The wheel was turned by so many rows, down if positive.
    Wheel(isize),
    /// A cell was clicked: column and row.
    Click(u16, u16),
    /// The screen has so many columns and rows now.
    Resize(u16, u16),
    /// The person looks at the terminal, or away from it.
    Focus(bool),
    /// Nothing was done here for a while.
    Quiet,
    /// What was asked with [`Effect::ConfirmWithin`] was not confirmed.
    Unconfirmed,
    /// The editor is closed: what was written, or why there is nothing.
    Edited(Result<String, String>),
    /// The program goes on after it was stopped.
    Resumed,
    /// Something happened to the conversation.
    Chat(chat::Event),
}

impl Event {
    /// True if the person did it, and so looks at the terminal.
    pub fn is_done_here(&self) -> bool {
        matches!(self, Event::Key(_) | Event::Paste(_) | Event::Wheel(_) | Event::Click(..))
    }
}

/// Something has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// What the conversation asks for.
    Chat(chat::Effect),
    /// Let the person write this in their editor.
    Edit(String),
    /// Take the mouse, or give it back.
    Mouse(bool),
    /// Draw everything anew.
    Repaint,
    /// Stop, until the shell brings the program back.
    Suspend,
    /// Tell when this time is over.
    ConfirmWithin(Duration),
}

impl From<chat::Event> for Event {
    fn from(event: chat::Event) -> Self {
        Event::Chat(event)
    }
}
