//! What somebody looks for in all messages that they may read, and what of it was found.
//!
//! This file does not know when it is asked for, or how it is shown.

use std::ops::Range;

use protocol::search::{Search, marks};
use protocol::{Message, MessageId};

use super::pages::Pages;
use super::plain_text::plain_line;

/// What can be searched for, for somebody who has found nothing yet.
pub const HINT: &str =
    "Search for words, \"phrases\", word*, -not, from:, in:, before:, after:, has:link";

/// A search, from when it was asked for until the person ends it.
#[derive(Debug, Clone, Default)]
pub struct SearchList {
    /// As it was typed, without spaces around it.
    pub query: String,
    /// What was found.
    pub found: Pages,
    /// The result that was gone to last.
    pub at: Option<MessageId>,
    /// The next older result is gone to when it comes.
    pub goes_on: bool,
    /// Why the server has not looked.
    pub refused: Option<String>,
}

impl SearchList {
    pub fn new(query: &str) -> Self {
        SearchList { query: query.to_owned(), found: Pages::awaited(), ..SearchList::default() }
    }

    /// The result after the one that was gone to last, which may be gone meanwhile.
    pub fn older(&self) -> Option<MessageId> {
        let mut ids = self.found.messages.iter().map(|message| message.id);
        ids.find(|id| self.at.is_none_or(|at| *id < at))
    }

    pub fn newer(&self) -> Option<MessageId> {
        let at = self.at?;
        self.found.messages.iter().rev().map(|message| message.id).find(|id| *id > at)
    }

    /// Where a result stands among all.
    pub fn place(&self, id: MessageId) -> Option<usize> {
        self.found.place(id).ok()
    }

    /// A message in one line, and which parts of that were looked for, in bytes.
    pub fn shown(&self, message: &Message) -> (String, Vec<Range<usize>>) {
        let words = plain_line(message.content.as_str());
        let marks = marks(&words, &Search::parse(&self.query));
        (words, marks)
    }
}
