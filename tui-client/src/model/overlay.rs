//! What lies over the messages, or asks something: one thing at a time.
//!
//! This file does not know keys or drawing.

use protocol::{MessageId, RoomName};

use crate::input::Input;
use crate::model::Model;
use crate::text;

/// Most choices that are worth listing.
const CHOICES_MAX: usize = 100;

/// Something that takes the keys until it is closed.
#[derive(Debug, Clone, Default)]
pub enum Overlay {
    /// Nothing does.
    #[default]
    None,
    /// The help, from its n-th row on.
    Help(usize),
    /// Something is looked for.
    Prompt(Prompt),
    /// A message is selected.
    Select(MessageId),
    /// Something is asked, before it is done.
    Ask(Question),
}

/// What is asked before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A long text was pasted: is it meant?
    Paste(String),
    /// Is this message, and no other, to be deleted?
    Delete {
        /// Where it was said.
        room: RoomName,
        /// Which one.
        message: MessageId,
        /// By whom.
        sender: String,
        /// Its first words.
        words: String,
    },
}

/// A line that is typed to find something, with what it finds.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What is looked for.
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
    pub fn title(self) -> &'static str {
        match self {
            Kind::Room => "Switch to a room: Enter opens it, Esc cancels",
            Kind::Sent => "Messages you sent: Enter takes one, Esc cancels",
            Kind::Words => "Search: Enter finds the next older, Esc cancels",
        }
    }
}

impl Prompt {
    /// Nothing was typed yet.
    pub fn new(kind: Kind) -> Self {
        Prompt { kind, input: Input::default(), at: 0 }
    }

    /// What fits, the best first: what it is called, and its number.
    pub fn choices(&self, model: &Model) -> Vec<(String, usize)> {
        let typed = self.input.text().to_lowercase();
        match self.kind {
            Kind::Room => rooms(model, &typed),
            Kind::Sent => {
                let sent = model.input.sent().iter().enumerate().rev();
                let fits = sent.filter(|(_, text)| text.to_lowercase().contains(&typed));
                fits.take(CHOICES_MAX).map(|(at, text)| (text::clean_line(text), at)).collect()
            }
            Kind::Words => Vec::new(),
        }
    }
}

/// Rooms by how well they fit; without anything typed, those with something new come first.
fn rooms(model: &Model, typed: &str) -> Vec<(String, usize)> {
    let typed = typed.strip_prefix('#').unwrap_or(typed);
    let mut found: Vec<_> = model.rooms.iter().enumerate().collect();
    let score = |at: usize, name: &str| {
        let room = &model.rooms[at];
        let news = (
            room.mentions(model.me.as_ref()) > 0,
            room.unread(model.me.as_ref()) > 0,
            at != model.active,
        );
        fit(&name.to_lowercase(), typed).map(|fit| (fit, news))
    };
    found.retain(|(at, room)| score(*at, room.name.as_str()).is_some());
    found.sort_by_key(|(at, room)| std::cmp::Reverse(score(*at, room.name.as_str())));
    let named = found.into_iter().map(|(at, room)| (text::clean_line(room.name.as_str()), at));
    named.take(CHOICES_MAX).collect()
}

/// How well a name fits: all that was typed stands in it in this order; better if it stands
/// together, and best at the start.
fn fit(name: &str, typed: &str) -> Option<u8> {
    let mut rest = name.chars();
    if !typed.chars().all(|wanted| rest.any(|c| c == wanted)) {
        return None;
    }
    Some(u8::from(name.contains(typed)) + u8::from(name.starts_with(typed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_better_comes_first() {
        assert_eq!(fit("general", "gen"), Some(2));
        assert_eq!(fit("ops-general", "gen"), Some(1));
        assert_eq!(fit("german-nights", "gen"), Some(0));
        assert_eq!(fit("dev", "gen"), None);
        assert_eq!(fit("dev", ""), Some(2));
    }
}
