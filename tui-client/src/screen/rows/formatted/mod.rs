//! What a message says as rows: its blocks one below the other, each in its own shape.
//!
//! These files do not know whose message it is, or what stands beside its text.

mod code;
mod column;
mod inline;
#[cfg(test)]
mod tests;
mod words;

use std::ops::Range;

use protocol::formatting::{self, Block, BlockKind, Line};
use ratatui::style::Style;

use self::code::Code;
use self::column::Column;
pub(super) use self::column::Row;
use self::inline::Pieces;
use self::words::Words;
use super::cache::Layout;
use super::pane::Pane;
use crate::screen::measure;
use crate::screen::terminal::links::Links;

/// Blank lines in a row that are shown: enough to part what belongs apart.
const BLANK_LINES_MAX: usize = 2;
/// Before what somebody does.
const ACTION: &str = "* ";

/// A text, and how it is to be shown.
pub(super) struct Text<'a> {
    /// As it came.
    pub(super) source: &'a str,
    /// Its signs become what they mean.
    pub(super) is_formatted: bool,
    /// What it is drawn in, where it has no style of its own.
    pub(super) base: Style,
    /// Where it names somebody, in their order, and whether that is for this person.
    pub(super) marks: Vec<(Range<usize>, bool)>,
    /// Its spoilers are shown.
    pub(super) reveals: bool,
}

/// What became of it.
pub(super) struct Shown {
    pub(super) rows: Vec<Row>,
    pub(super) links: Links,
    /// A spoiler in it is hidden.
    pub(super) hides: bool,
}

/// The rows of a text in so many cells, of which some in the first row are taken. In copy mode it is shown
/// as it was typed.
pub(super) fn shown(text: Text<'_>, pane: &Pane<'_>, cells: usize, taken: usize) -> Shown {
    let Text { source, is_formatted, base, marks, reveals } = text;
    let is_copied = pane.layout == Layout::CopyMode;
    let document = match is_formatted && !is_copied {
        true => formatting::parse(source),
        false => formatting::plain(source),
    };
    let (links, hides) = (Links::default(), false);
    let pieces = Pieces { source, pane, marks, reveals, links, hides };
    let mut blocks = Blocks { pieces, base, is_copied, blank: 0, before: "" };
    let mut column = Column::new(cells, taken);
    if document.is_action {
        blocks.before = ACTION;
    }
    blocks.push(&document.blocks, &mut column);
    let Pieces { links, hides, .. } = blocks.pieces;
    Shown { rows: column.into_rows(), links, hides }
}

struct Blocks<'a> {
    pieces: Pieces<'a>,
    base: Style,
    is_copied: bool,
    /// Blank lines that stand last.
    blank: usize,
    /// What the next line of words begins with.
    before: &'static str,
}

impl Blocks<'_> {
    fn push(&mut self, blocks: &[Block], column: &mut Column) {
        for block in blocks {
            match &block.kind {
                BlockKind::Paragraph(lines) => {
                    lines.iter().for_each(|line| self.line(line, column));
                    continue;
                }
                BlockKind::Code { language, lines } => {
                    let (source, language) = (self.pieces.source, language.clone());
                    let code = Code { source, language, lines, base: self.base };
                    code::push(&code, self.pieces.pane, column);
                }
                BlockKind::Quote(inside) => column.quoted(|column| self.push(inside, column)),
                BlockKind::Item { indent, marker, lines } => {
                    self.item(*indent, marker.clone(), lines, column);
                }
            }
            self.blank = 0;
        }
    }

    fn line(&mut self, line: &Line, column: &mut Column) {
        let before = std::mem::take(&mut self.before);
        let words = self.words(line, before);
        let is_blank = words.text().trim().is_empty() || measure::width(words.text()) == 0;
        self.blank = if is_blank { self.blank + 1 } else { 0 };
        if self.blank <= BLANK_LINES_MAX {
            column.push_words(&words, self.is_copied);
        }
    }

    /// Its further rows stand below its words.
    fn item(&mut self, indent: usize, marker: Range<usize>, lines: &[Line], column: &mut Column) {
        column.begin_block();
        let most = column.cells() / 2;
        let before = " ".repeat(indent.min(most));
        let before = format!("{before}{} ", &self.pieces.source[marker]);
        let hang = measure::width(&before).min(most);
        for (at, line) in lines.iter().enumerate() {
            let words = self.words(line, if at == 0 { &before } else { "" });
            column.push_hanging(&words, hang, at == 0);
        }
    }

    fn words(&mut self, line: &Line, before: &str) -> Words {
        let mut words = Words::default();
        words.push(before, self.base);
        self.pieces.set(&line.pieces, self.base, &mut words);
        words
    }
}
