//! Rows that were made: of one entry, and kept for messages, since most frames show the same ones.
//!
//! This file does not know how rows are made.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use protocol::MessageId;
use ratatui::text::Line;

use crate::screen::terminal::links::Links;
use crate::screen::theme::Looks;

/// Messages whose rows are kept: some screens of them.
const ROWS_MAX: usize = 2048;

/// How much stands beside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Text alone, for selecting it.
    CopyMode,
    /// The name before the text; the time only where the minute changes.
    Narrow,
    /// Time and name in columns.
    Usual,
    /// The same with seconds and longer names.
    Wide,
}

/// Rows of messages that were made already.
#[derive(Debug, Default)]
pub struct RowCache(RefCell<HashMap<RowKey, Rc<Drawn>>>);

/// Everything that a message's rows depend on.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    pub id: MessageId,
    /// Which state of the message it is.
    pub change: Option<MessageId>,
    /// When it was said.
    pub at: u64,
    /// Columns there are.
    pub width: usize,
    /// In which colours.
    pub looks: Looks,
    /// And in which of them its author's name.
    pub hue: usize,
    /// What stands beside it.
    pub layout: Layout,
    /// Its time stands there.
    pub timed: bool,
    /// Emoji are shown as their names.
    pub names_emoji: bool,
    /// The signs of a text become what they mean.
    pub is_formatted: bool,
    /// This person's name, the longer ones that it may name instead, and words that are highlighted.
    pub names: u64,
    /// What it is a reply to, and what of one's own is on its way to it or to that.
    pub life: u64,
    /// It was looked for.
    pub found: bool,
    /// All of its rows are shown, however many, and its spoilers.
    pub whole: bool,
}

/// The rows of one entry, and the links in them.
#[derive(Debug, Default, Clone)]
pub struct Drawn {
    /// Top to bottom.
    pub lines: Vec<Line<'static>>,
    /// What the marks in them lead to.
    pub links: Links,
    /// More of it is to be seen when it is opened.
    pub hides: bool,
}

impl RowCache {
    /// The rows that are known, or are made now.
    pub fn get(&self, key: RowKey, make: impl FnOnce(&RowKey) -> Drawn) -> Rc<Drawn> {
        if let Some(known) = self.0.borrow().get(&key) {
            return Rc::clone(known);
        }
        let made = Rc::new(make(&key));
        let mut known = self.0.borrow_mut();
        if known.len() >= ROWS_MAX {
            known.clear();
        }
        known.insert(key, Rc::clone(&made));
        made
    }
}
