//! What a formatted text is made of. Every piece is a range of the source, so that nothing is copied and
//! whoever copies a piece gets what was typed.
//!
//! This file does not know how a text is read.

use std::ops::Range;

/// A text, read as formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Whether it is an action (`/me waves`): its blocks begin behind the four bytes `/me `.
    pub is_action: bool,
    /// In their order. Their sources, with a newline between each two, are the text.
    pub blocks: Vec<Block>,
}

/// Whole lines of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Where it stands, without the newline at its end. In a quote its second and further lines begin
    /// with the quote's signs.
    pub range: Range<usize>,
    /// What it is.
    pub kind: BlockKind,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// Lines as they were typed; blank ones too.
    Paragraph(Vec<Line>),
    /// What stands between two fences.
    Code {
        /// The word behind the first fence.
        language: Option<Range<usize>>,
        /// Its lines, without signs of quotes and without the fence's indent.
        lines: Vec<Range<usize>>,
    },
    /// What somebody else said.
    Quote(Vec<Block>),
    /// One item of a list.
    Item {
        /// Spaces before the marker.
        indent: usize,
        /// `-`, or a number and its full stop, as typed.
        marker: Range<usize>,
        /// The line behind the marker, and those that hang below it.
        lines: Vec<Line>,
    },
}

/// A line of words. Nothing inline goes beyond its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it stands.
    pub range: Range<usize>,
    /// Its pieces in their order; their ranges together are the line's.
    pub pieces: Vec<Inline>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// Where it stands, with its signs.
    pub range: Range<usize>,
    /// What it is.
    pub kind: InlineKind,
}

/// What a piece of a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InlineKind {
    /// Words as typed.
    Text,
    /// Code, which stands at this range.
    Code(Range<usize>),
    /// Pieces in a style.
    Styled(Style, Vec<Inline>),
    /// `[words](address)`.
    Link {
        /// The address as typed: http or https.
        url: Range<usize>,
        /// The host that it leads to, always to be shown beside the words.
        host: String,
        /// The words.
        pieces: Vec<Inline>,
    },
    /// An address that stands for itself; with the host that it leads to if it reads as another one.
    BareLink(Option<String>),
}

/// How words are set. None stands within itself, so nesting has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `**bold**`.
    Bold,
    /// `*italic*`.
    Italic,
    /// `~~strike~~`.
    Strike,
    /// `||spoiler||`.
    Spoiler,
}

impl Document {
    /// Where code stands, with its signs: in their order.
    pub fn code(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        code_of_blocks(&self.blocks, &mut found);
        found
    }
}

fn code_of_blocks(blocks: &[Block], found: &mut Vec<Range<usize>>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Code { .. } => found.push(block.range.clone()),
            BlockKind::Quote(blocks) => code_of_blocks(blocks, found),
            BlockKind::Paragraph(lines) | BlockKind::Item { lines, .. } => {
                lines.iter().for_each(|line| code_of_pieces(&line.pieces, found));
            }
        }
    }
}

fn code_of_pieces(pieces: &[Inline], found: &mut Vec<Range<usize>>) {
    for piece in pieces {
        match &piece.kind {
            InlineKind::Code(_) => found.push(piece.range.clone()),
            InlineKind::Styled(_, pieces) | InlineKind::Link { pieces, .. } => {
                code_of_pieces(pieces, found);
            }
            InlineKind::Text | InlineKind::BareLink(_) => {}
        }
    }
}
