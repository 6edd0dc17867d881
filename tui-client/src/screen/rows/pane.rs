//! What the rows of a room depend on besides its messages.
//!
//! This file does not know how rows are made.

use jiff::tz::TimeZone;
use protocol::{MessageId, UserName};

use super::cache::{Layout, RowCache};
use crate::screen::measure;
use crate::screen::model::Scroll;
use crate::screen::theme::Looks;
use crate::screen::theme::hues::Hues;
use crate::text;

#[derive(Debug, Clone, Copy)]
pub struct Pane<'a> {
    /// Who this is, for mentions.
    pub me: Option<&'a UserName>,
    /// Those whom a text may name instead: they begin like that and are longer.
    pub longer_names: &'a [UserName],
    /// Words that are highlighted like a mention.
    pub words: &'a [String],
    /// Whose clock is shown.
    pub zone: &'a TimeZone,
    pub looks: Looks,
    /// Whose name has which hue.
    pub hues: &'a Hues,
    /// How much stands beside a text.
    pub layout: Layout,
    /// Emoji are shown as their names.
    pub names_emoji: bool,
    /// The signs of a text become what they mean.
    pub is_formatted: bool,
    /// The key that shows the whole of a long message.
    pub open_key: Option<&'a str>,
    /// Rows that are known already.
    pub rows: &'a RowCache,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Where it stands.
    pub scroll: Scroll,
    /// The message that was looked for.
    pub found: Option<MessageId>,
    /// The one of which all rows are shown.
    pub unfolded: Option<MessageId>,
}

/// Columns beside the text.
pub(super) struct Columns {
    pub(super) time: usize,
    pub(super) name: usize,
    /// Longer lines are hard to read.
    pub(super) text_max: usize,
}

impl Layout {
    pub(super) fn columns(self) -> Option<Columns> {
        match self {
            Layout::CopyMode | Layout::Narrow => None,
            Layout::Usual => Some(Columns { time: 6, name: 11, text_max: usize::MAX }),
            Layout::Wide => Some(Columns { time: 9, name: 16, text_max: 110 }),
        }
    }
}

impl Pane<'_> {
    /// A line of a stranger's text, or a part of one, as it may be drawn.
    pub(super) fn shown_line(&self, text: &str) -> String {
        self.with_emoji(text::clean_line(text))
    }

    /// Cells before the further rows of a message.
    pub(super) fn before(&self) -> usize {
        self.layout.columns().map_or(self.hang(), |all| all.time + all.name + 1)
    }

    /// A sentence of our own, in which strangers' parts are clean already.
    pub(super) fn shown_own(&self, sentence: &str) -> String {
        self.with_emoji(text::clean(sentence))
    }

    /// A stranger's name: one that could be taken for a mark of a row stands in brackets.
    pub(super) fn shown_name(&self, name: &str) -> String {
        self.with_emoji(text::bracketed(&text::clean_line(name)))
    }

    pub(super) fn with_emoji(&self, text: String) -> String {
        if self.names_emoji { measure::name_emoji(&text) } else { text }
    }

    /// Cells before the further rows of what has no columns beside it.
    pub(super) fn hang(&self) -> usize {
        const CELLS: usize = 2;
        CELLS.min(self.width.saturating_sub(1))
    }
}
