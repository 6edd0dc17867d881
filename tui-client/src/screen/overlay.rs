//! What lies over the messages, or asks something: one thing at a time.
//!
//! This file does not know what keys do, or drawing.

use protocol::MessageId;

use super::entrance::Entrance;
use super::input::Input;
use super::keys::{KeyCommand, Keys};
use crate::chat::{Answer, Model};
use crate::text;

/// Most choices that are worth listing.
const CHOICES_MAX: usize = 100;

/// Something that takes the keys until it is closed.
#[derive(Debug, Clone, Default)]
pub enum Overlay {
    #[default]
    None,
    /// The help, from its n-th row on.
    Help(usize),
    /// Something is looked for.
    Prompt(Prompt),
    /// A message is selected.
    Select(MessageId),
    /// A long text was pasted: is it meant?
    Paste(String),
    /// The conversation asks whether something is meant.
    Question,
    /// What the server has answered, from the n-th row on.
    Answer(Answer, usize),
    /// Who this is, is asked before anything else.
    Entrance(Entrance),
}

/// A line that is typed to find something, with what it finds.
#[derive(Debug, Clone)]
pub struct Prompt {
    pub kind: Kind,
    /// What was typed.
    pub input: Input,
    /// Which of the choices is marked.
    pub at: usize,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A room to show.
    Room,
    /// A text that was sent before.
    Sent,
    /// Words in the messages of this room.
    Words,
}

impl Kind {
    /// The words before what is typed.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Room => "room: ",
            Kind::Sent => "sent: ",
            Kind::Words => "search: ",
        }
    }

    /// The words above the choices.
    pub fn title(self, keys: &Keys) -> String {
        let (what, enter) = match self {
            Kind::Room => ("Switch to a room", "opens it"),
            Kind::Sent => ("Messages you sent", "takes one"),
            Kind::Words => ("Search", "finds the next older"),
        };
        keys.advise(what, ":", &[(KeyCommand::Send, enter), (KeyCommand::Escape, "cancels")])
    }
}

impl Prompt {
    /// Nothing was typed yet.
    pub fn new(kind: Kind) -> Self {
        Prompt { kind, input: Input::default(), at: 0 }
    }

    /// What fits, the best first: what it is called, and its number.
    pub fn choices(&self, chat: &Model) -> Vec<(String, usize)> {
        match self.kind {
            Kind::Room => {
                let fits = chat.matching_rooms(self.input.text()).into_iter().take(CHOICES_MAX);
                fits.map(|at| (text::clean_line(chat.rooms[at].name.as_str()), at)).collect()
            }
            Kind::Sent => {
                let typed = self.input.text().to_lowercase();
                let sent = chat.sent.iter().enumerate().rev();
                let fits = sent.filter(|(_, text)| text.to_lowercase().contains(&typed));
                fits.take(CHOICES_MAX).map(|(at, text)| (text::clean_line(text), at)).collect()
            }
            Kind::Words => Vec::new(),
        }
    }
}
