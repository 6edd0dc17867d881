//! What lies over the messages, or asks something: one thing at a time.
//!
//! This file does not know what keys do, or drawing.

use protocol::{Emoji, MessageId, RoomName, UserName};

use super::emoji::found_emoji;
use super::entrance::Entrance;
use super::input::Input;
use super::keys::{KeyCommand, Keys};
use crate::answers::{called, counted_results, in_a_line};
use crate::chat::model::fit;
use crate::chat::search::SearchList;
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

impl Overlay {
    /// The list of all rooms is looked at.
    pub fn is_browsing(&self) -> bool {
        matches!(self, Overlay::Prompt(Prompt { kind: Kind::Room | Kind::Browse, .. }))
    }

    /// What is marked of all there is to choose from.
    pub fn marked(&self, chat: &Model) -> Option<Choice> {
        let Overlay::Prompt(prompt) = self else { return None };
        prompt.choices(chat).into_iter().nth(prompt.at).map(|(_, choice)| choice)
    }

    /// Marks this wherever it stands now; if it is gone, what stands in its place.
    pub fn mark(&mut self, marked: &Choice, chat: &Model) {
        let Overlay::Prompt(prompt) = self else { return };
        let choices = prompt.choices(chat);
        let at = choices.iter().position(|(_, choice)| choice == marked);
        prompt.at = at.unwrap_or(prompt.at).min(choices.len().saturating_sub(1));
    }

    /// The messages that mention this person are looked at.
    pub fn lists_mentions(&self) -> bool {
        matches!(self, Overlay::Prompt(Prompt { kind: Kind::Mentions, .. }))
    }
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
    /// A room to show, or a person to write to.
    Room,
    /// A room among all there are.
    Browse,
    /// A message that mentions this person.
    Mentions,
    /// A text that was sent before.
    Sent,
    /// A message among all, by words in it.
    Search,
    /// An emoji to put on this message.
    React(MessageId),
}

impl Kind {
    /// The words before what is typed.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Room => "go to: ",
            Kind::Browse => "rooms with: ",
            Kind::Mentions => "filter mentions: ",
            Kind::Sent => "sent: ",
            Kind::Search => "search: ",
            Kind::React(_) => "emoji: ",
        }
    }
}

impl Prompt {
    /// Nothing was typed yet.
    pub fn new(kind: Kind) -> Self {
        Prompt { kind, input: Input::default(), at: 0 }
    }

    /// The words above the choices.
    pub fn title(&self, chat: &Model, keys: &Keys) -> String {
        let (what, enter) = match self.kind {
            Kind::Room => ("Go to a room or a person", "opens it"),
            Kind::Browse => ("All rooms", "joins one"),
            Kind::Mentions => ("Messages that mention you", "goes to one"),
            Kind::Sent => ("Messages you sent", "takes one"),
            Kind::React(_) => ("An emoji by its name", "puts it there, or takes yours away"),
            Kind::Search => return self.search_title(chat, keys),
        };
        keys.advise(what, ":", &[(KeyCommand::Send, enter), (KeyCommand::Escape, "cancels")])
    }

    fn search_title(&self, chat: &Model, keys: &Keys) -> String {
        let found = self.searched(chat).filter(|search| !search.found.messages.is_empty());
        let Some(SearchList { found, at, .. }) = found else {
            let does = [
                (KeyCommand::Send, "searches"),
                (KeyCommand::Complete, "completes a filter"),
                (KeyCommand::Escape, "cancels"),
            ];
            return keys.advise("Search all messages", ":", &does);
        };
        let opens = if found.messages.len() == 1 { "opens it" } else { "opens one" };
        let ends = if at.is_some() { "closes the list" } else { "ends the search" };
        let does = [(KeyCommand::Send, opens), (KeyCommand::Escape, ends)];
        keys.advise(&counted_results(found), ":", &does)
    }

    /// The search whose results are shown: other words have to be asked for first.
    pub fn searched<'a>(&self, chat: &'a Model) -> Option<&'a SearchList> {
        chat.search.as_ref().filter(|search| search.query == self.input.text().trim())
    }

    /// What fits, the best first, and what it is called.
    pub fn choices(&self, chat: &Model) -> Vec<(String, Choice)> {
        match self.kind {
            Kind::Room => self.destinations(chat),
            Kind::Browse => {
                let rooms = chat.browser.iter().flat_map(|browser| &browser.rooms);
                rooms
                    .map(|entry| {
                        (called(entry, chat.me.as_ref()), Choice::Listed(entry.room.clone()))
                    })
                    .collect()
            }
            Kind::Mentions => {
                let typed = self.input.text().to_lowercase();
                let found = chat.inbox.iter().flat_map(|inbox| &inbox.messages);
                let words = found
                    .map(|message| (in_a_line(&chat.in_words(&message.room), message), message.id));
                let fits = words.filter(|(words, _)| words.to_lowercase().contains(&typed));
                fits.map(|(words, id)| (words, Choice::Mention(id))).collect()
            }
            Kind::Sent => {
                let typed = self.input.text().to_lowercase();
                let sent = chat.sent.iter().enumerate().rev();
                let fits = sent.filter(|(_, text)| text.to_lowercase().contains(&typed));
                let fits = fits.map(|(at, text)| (text::clean_line(text), Choice::Sent(at)));
                fits.take(CHOICES_MAX).collect()
            }
            Kind::React(_) => {
                let emoji = found_emoji(self.input.text(), &chat.latest_emoji).into_iter();
                emoji.map(|(words, emoji)| (words, Choice::Emoji(emoji))).collect()
            }
            Kind::Search => {
                let found =
                    self.searched(chat).into_iter().flat_map(|search| &search.found.messages);
                found.map(|message| (String::new(), Choice::Hit(message.id))).collect()
            }
        }
    }

    /// One's own rooms, then others, then people to write to.
    fn destinations(&self, chat: &Model) -> Vec<(String, Choice)> {
        let (typed, me) = (self.input.text(), chat.me.as_ref());
        let own = chat.matching_rooms(typed).into_iter();
        let own =
            own.map(|at| (chat.rooms[at].signed(me), Choice::Room(chat.rooms[at].name.clone())));
        let is_own = |name: &RoomName| chat.rooms.iter().any(|room| room.name == *name);
        let listed = chat.browser.iter().flat_map(|browser| &browser.rooms);
        let listed = listed.filter(|entry| !typed.is_empty() && !is_own(&entry.room));
        let listed = listed.map(|entry| {
            (format!("{} (join)", called(entry, me)), Choice::Listed(entry.room.clone()))
        });
        let lower = typed.trim_start_matches('@').to_lowercase();
        let people = chat.known_people().into_iter().filter(|user| Some(*user) != me);
        let people = people.filter(|user| {
            !lower.is_empty() && fit(&user.as_str().to_lowercase(), &lower).is_some()
        });
        let people = people.map(|user| (format!("@{user} (write)"), Choice::Person(user.clone())));
        own.chain(listed).chain(people).take(CHOICES_MAX).collect()
    }
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// One of one's own rooms.
    Room(RoomName),
    /// A room of the list of all rooms.
    Listed(RoomName),
    /// Somebody to write to alone.
    Person(UserName),
    /// A message that mentions this person.
    Mention(MessageId),
    /// A message that was searched for.
    Hit(MessageId),
    /// What was sent before, by its place.
    Sent(usize),
    Emoji(Emoji),
}
