//! Messages of any rooms, the newest first, that come in pages and are kept up to date.
//!
//! This file does not know what they have in common, or when the next page is asked for.

use protocol::{Message, MessageId, MessageList};

/// Messages that are held at most: more than anybody turns pages for.
const HELD_MAX: usize = 2_000;

#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// As these messages are now.
    pub messages: Vec<Message>,
    /// There are others behind them, as far as is known.
    pub more: bool,
    /// What the next page is older than. The message itself may be gone.
    before: Option<MessageId>,
}

impl Pages {
    /// Nothing has come yet.
    pub fn awaited() -> Self {
        Pages { more: true, ..Pages::default() }
    }

    /// The next page is older than this; none if there is no next page, or the first is on its way.
    pub fn next(&self) -> Option<MessageId> {
        self.before.filter(|_| self.more)
    }

    /// Takes the page that is older than this. False if it does not follow on what is here.
    pub fn came(&mut self, before: Option<MessageId>, page: MessageList) -> bool {
        if before != self.before {
            return false;
        }
        self.before = page.messages.last().map(|message| message.id).or(before);
        self.more = page.more && !page.messages.is_empty();
        self.messages.extend(page.messages);
        self.bound();
        true
    }

    /// Where a message stands, or would stand.
    pub fn place(&self, id: MessageId) -> Result<usize, usize> {
        self.messages.binary_search_by(|message| id.cmp(&message.id))
    }

    /// A message as it is now, unless a newer state is here: it stands here if it belongs to the others.
    pub fn take_in(&mut self, message: &Message, belongs: bool) {
        match self.place(message.id) {
            Ok(at) if self.messages[at].change >= message.change => {}
            Ok(at) if belongs => self.messages[at] = message.clone(),
            Ok(at) => drop(self.messages.remove(at)),
            // What is older comes with its page.
            Err(at) if belongs && !(self.more && Some(message.id) < self.before) => {
                self.messages.insert(at, message.clone());
                self.bound();
            }
            Err(_) => {}
        }
    }

    fn bound(&mut self) {
        self.messages.truncate(HELD_MAX);
        self.more &= self.messages.len() < HELD_MAX;
    }
}
